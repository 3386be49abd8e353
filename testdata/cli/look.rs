//! How findings look.

use crate::support::Folder;

#[test]
fn what_says_the_same_of_several_containers_is_one_in_every_format() {
    let services: String = (0..12)
        .map(|i| format!("  s{i}:\n    image: example.org/x:{i}\n"))
        .collect();
    let folder = Folder::with(&[("compose.yaml", &format!("services:\n{services}"))]);
    let select = "--select=undropped-capabilities";
    let full = folder.run(&[select]);
    assert_eq!(full.out.matches("[undropped-capabilities]").count(), 1, "{}", full.out);
    assert!(
        full.out.contains("(and 11 other containers in this file)"),
        "{}",
        full.out
    );
    assert!(
        full.out.contains("also `s8`") && !full.out.contains("also `s9`"),
        "{}",
        full.out
    );
    assert!(full.out.contains("note: also at the lines 20, 22, 24"), "{}", full.out);
    assert!(full.err.contains("12 notes in 1 file"), "{}", full.err);
    let others = "(and 11 other containers in this file: `s1` at line 4, `s2` at line 6,";
    for (format, once) in [
        ("concise", "note[undropped-capabilities]"),
        ("github", "::notice "),
        ("markdown", "| note |"),
        ("gitlab", "\"check_name\""),
        ("junit", "<failure "),
        ("checkstyle", "<error "),
    ] {
        let out = folder.run(&[select, &format!("--format={format}")]).out;
        assert_eq!(out.matches(once).count(), 1, "{format}: {out}");
        assert!(out.contains(others), "{format}: {out}");
    }
    let json: serde_json::Value = serde_json::from_str(&folder.run(&[select, "--format=json"]).out).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 12);
    assert!(findings.iter().all(|f| f["group"] == findings[0]["fingerprint"]));
    let sarif: serde_json::Value = serde_json::from_str(&folder.run(&[select, "--format=sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 12);
    let group = |r: &serde_json::Value| r["properties"]["group"].as_str().unwrap().to_owned();
    assert!(results.iter().all(|r| group(r) == group(&results[0])));
}

#[test]
fn only_the_same_message_and_the_same_advice_make_one() {
    let text = "services:\n  a:\n    image: redis:7\n  b:\n    image: nginx:1.27\n  c:\n    image: redis:7\n  \
                d:\n    image: redis:7\n    network_mode: host\n    cap_drop: [ALL]\n  e:\n    image: x\n    \
                network_mode: host\n    cap_drop: [ALL]\n";
    let folder = Folder::with(&[("compose.yaml", text)]);
    let out = folder.run(&["--format=concise", "--sort=path"]).out;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert!(
        lines[0].contains("`a` needs only") && lines[0].contains("`c` at line 6"),
        "{out}"
    );
    assert!(
        lines[1].contains("`b` needs only") && !lines[1].contains("other"),
        "{out}"
    );
    assert!(
        lines[2].contains("host-network") && lines[2].contains("`e` at line 14"),
        "{out}"
    );
}

#[test]
fn the_gravest_come_first_and_the_order_of_paths_is_an_option() {
    let folder = Folder::with(&[
        (
            "a.sh",
            "docker run -d registry:2\ndocker run -d --network host --cap-drop=all x\n",
        ),
        (
            "b.sh",
            "docker run -d registry:2\ndocker run -d --cap-drop=all --pid=host x\n",
        ),
    ]);
    let places = |args: &[&str]| -> Vec<String> {
        let out = folder.run(&[args, &["--format=concise"]].concat()).out;
        out.lines().map(|l| l.split(' ').next().unwrap().to_owned()).collect()
    };
    let grave = places(&[]);
    assert_eq!(grave[0], "b.sh:2:36:", "{grave:?}");
    assert_eq!(grave[1], "b.sh:1:1:", "{grave:?}");
    let by_path = places(&["--sort=path"]);
    assert!(by_path.is_sorted() && by_path.len() == grave.len(), "{by_path:?}");
    assert_eq!(places(&["--min-severity=error"]), ["b.sh:2:36:"]);
    let ran = folder.run(&["--min-severity=error", "--fail-on=warning", "a.sh"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn a_rule_says_once_a_file_where_to_read_on() {
    let text = "docker run -d --cap-drop=all --pid=host x\ndocker run -d --cap-drop=all --pid host y z\n";
    let folder = Folder::with(&[("a.sh", text), ("b.sh", text)]);
    let out = folder.run(&[]).out;
    assert_eq!(out.matches("= more: `privlint explain host-pid`").count(), 2, "{out}");
    let out = folder.run(&["--format=github"]).out;
    assert_eq!(out.matches("more: https://").count(), 2, "{out}");
}

#[test]
fn the_most_dangerous_containers_are_listed_first() {
    let folder = Folder::with(&[(
        "run.sh",
        "docker run -d --cap-drop=all --name fine x\ndocker run -d --name plain x\n\
         docker run -d --name all --privileged x\n# privlint: ignore[host-network] meant\n\
         docker run -d --cap-drop=all --name net --network=host x\n",
    )]);
    let out = folder.run(&["inspect"]).out;
    let rows: Vec<Vec<&str>> = out.lines().map(|l| l.split_whitespace().collect()).collect();
    let shown: Vec<(&str, &str)> = rows.iter().skip(1).map(|row| (row[0], row[3])).collect();
    assert_eq!(
        shown,
        [("high", "all"), ("medium", "net"), ("low", "plain"), ("-", "fine")],
        "{out}"
    );
    assert!(out.contains("14 default capabilities"), "{out}");
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["inspect", "--format=json"]).out).unwrap();
    assert_eq!(json["containers"][0]["danger"], "-");
    assert_eq!(json["containers"][2]["danger"], "high");
}

#[test]
fn numbers_have_one_gutter_and_no_line_ends_in_blanks() {
    let filler = "# nothing\n".repeat(98);
    let text = format!(
        "{filler}services:\n  web:\n    image: x\n    cap_drop: [ALL]\n    security_opt: [seccomp=unconfined]\n"
    );
    let folder = Folder::with(&[("compose.yaml", &text)]);
    let out = folder.run(&["--select=seccomp-unconfined"]).out;
    assert!(
        out.contains("\n   --> compose.yaml:103:20\n    |\n103 |     security_opt: ["),
        "{out}"
    );
    assert!(out.lines().all(|line| !line.ends_with(' ')), "{out}");
}

#[test]
fn a_long_command_is_whole_above_its_fix_and_in_it() {
    let script = format!(
        "podman run -e A={} -v ./a:/a --privileged registry:2\n",
        "b".repeat(240)
    );
    let folder = Folder::with(&[("run.sh", &script)]);
    let out = folder.run(&["--select=privileged"]).out;
    assert!(!out.contains("..."), "{out}");
    let lines: Vec<&str> = out.lines().filter(|l| l.contains("podman run -e A=bbb")).collect();
    assert_eq!(lines.len(), 3, "{out}");
}

#[test]
fn a_very_long_line_is_cut_around_what_matters() {
    let script = format!("docker run -e A={} --privileged nginx:1.29\n", "b".repeat(3000));
    let folder = Folder::with(&[("run.sh", &script)]);
    let out = folder.run(&["--select=privileged"]).out;
    assert!(out.contains("run.sh:1:3018"), "{out}");
    assert!(out.contains("...b") && out.contains("--privileged"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() < 420), "{out}");
}
