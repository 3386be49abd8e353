//! What is said of documentation and of what only tests start.

use crate::support::Folder;

const WIDE: &str = "docker run -d --network host app.example/app\n";

fn project() -> Folder {
    let page = format!("# App\n\n```sh\n{WIDE}```\n\n```sh\ndocker run --privileged app.example/app\n```\n");
    Folder::with(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("README.md", &page),
        ("tests/run.sh", WIDE),
        ("run.sh", WIDE),
    ])
}

fn found(folder: &Folder, args: &[&str]) -> Vec<String> {
    let ran = folder.run(&[&["--isolated", "--format=concise", "--ignore=cap-drop"], args].concat());
    let rule = |line: &str| {
        let file = line.split(':').next().unwrap_or_default();
        let rule = line.split_once('[').and_then(|(_, rest)| rest.split(']').next());
        format!("{file} {}", rule.unwrap_or_default())
    };
    ran.out.lines().filter(|line| line.contains('[')).map(rule).collect()
}

#[test]
fn what_is_merely_wide_in_them_is_told_when_asked_for() {
    let folder = project();
    let wide = [
        "README.md host-network",
        "run.sh host-network",
        "tests/run.sh host-network",
    ];
    // what opens the host is told wherever it stands
    let opens = "README.md privileged";
    assert_eq!(found(&folder, &["."]), [opens, "run.sh host-network"]);
    assert_eq!(found(&folder, &["--select=host-network", "."]), wide);
    let strict = found(&folder, &["--strict", "."]);
    assert!(wide.iter().all(|one| strict.contains(&(*one).to_owned())), "{strict:?}");
    // a hook that names the file says what a run over everything says
    assert!(found(&folder, &["tests/run.sh"]).is_empty());
    assert_eq!(found(&folder, &["tests"]), ["tests/run.sh host-network"]);
}

#[test]
fn a_run_counts_what_it_does_not_show() {
    let folder = project();
    let ran = folder.run(&["--isolated", "--ignore=cap-drop", "tests/run.sh", "README.md"]);
    let said = "2 findings in documentation and tests are not shown (--strict shows them)";
    assert!(ran.err.contains(said), "{}", ran.err);
    let ran = folder.run(&["--isolated", "--ignore=cap-drop", "--format=json", "tests/run.sh"]);
    assert!(ran.out.contains("\"aside\": 1"), "{}", ran.out);
    assert_eq!(ran.code, 0);
}

#[test]
fn a_comment_about_them_is_not_unused() {
    let folder = project();
    folder.write(
        "tests/run.sh",
        format!("# privlint: ignore[host-network] it answers DHCP\n{WIDE}"),
    );
    assert!(found(&folder, &["tests/run.sh"]).is_empty());
}
