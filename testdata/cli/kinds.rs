//! Kinds of launches that are easily missed or misread, each with its neighbours: what `inspect` says of them.
//!
//! In `kinds.txt` a line `# …` begins a kind, `--- NAME` a file of it (`run.sh` where it has no name), and the
//! lines `=> …` behind a file say what is found there, `=> nothing` that nothing is.

use serde_json::Value;

use crate::support::Folder;

struct Case {
    name: String,
    text: String,
    expected: Vec<String>,
}

/// The kinds, each with its cases.
fn kinds() -> Vec<(String, Vec<Case>)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/kinds.txt");
    let mut kinds: Vec<(String, Vec<Case>)> = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        // a comment within a file is none of the headings, which stand behind what is expected
        let open = kinds.last().and_then(|(_, cases)| cases.last());
        let within = open.is_some_and(|case| case.expected.is_empty());
        if let Some(kind) = line.strip_prefix("# ").filter(|_| !within) {
            kinds.push((kind.to_owned(), Vec::new()));
            continue;
        }
        let cases = &mut kinds.last_mut().unwrap().1;
        if let Some(name) = line.strip_prefix("---") {
            let name = match name.trim() {
                "" => "run.sh",
                name => name,
            };
            cases.push(Case {
                name: name.to_owned(),
                text: String::new(),
                expected: Vec::new(),
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        match line.strip_prefix("=> ") {
            Some(expected) => case.expected.push(expected.to_owned()),
            None => case.text.push_str(&format!("{line}\n")),
        }
    }
    kinds
}

/// A container in a line: form, engine, image or name, whether it is privileged, mounts, capabilities, devices,
/// entitlements, what is unseen.
fn line(container: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value, mark: &str| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.map(|item| format!("{mark}{}", text(item))).collect()
    };
    let called = container["image"]
        .as_str()
        .or(container["name"].as_str())
        .unwrap_or("-");
    let mut words = vec![
        text(&container["syntax"]),
        text(&container["runtime"]),
        called.to_owned(),
        text(&container["privileged"]),
    ];
    for mount in container["mounts"].as_array().into_iter().flatten() {
        let (kind, source, target) = (&mount["kind"], &mount["source"], &mount["target"]);
        words.push(format!("{}={}:{}", text(kind), text(source), text(target)));
    }
    words.extend(list(&container["capabilities"]["add"], "+"));
    words.extend(list(&container["devices"], "dev="));
    words.extend(list(&container["build"]["entitlements"], "allow="));
    words.extend(container["build"]["security"].as_str().map(str::to_owned));
    for unseen in container["unseen"].as_array().into_iter().flatten() {
        let word = format!("?{}", text(&unseen["text"]));
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

fn inspect(case: &Case) -> Vec<String> {
    let folder = Folder::with(&[(&case.name, &case.text)]);
    let ran = folder.run(&["inspect", "--isolated", "--format=json"]);
    let found: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}\n{ran:?}", case.text));
    let containers = found["containers"].as_array().unwrap();
    match containers.is_empty() {
        true => vec!["nothing".to_owned()],
        false => containers.iter().map(line).collect(),
    }
}

/// `PRIVLINT_BLESS=1` writes what is found.
#[test]
fn each_kind_is_read_as_its_neighbours_are() {
    let mut written = String::new();
    let mut wrong = Vec::new();
    for (kind, cases) in kinds() {
        assert!(cases.len() >= 3, "{kind} has no neighbours");
        written.push_str(&format!("# {kind}\n"));
        for case in cases {
            let found = inspect(&case);
            if found != case.expected {
                wrong.push(format!(
                    "{kind}\n{}  expected {:?}\n  found    {found:?}",
                    case.text, case.expected
                ));
            }
            let name = if case.name == "run.sh" {
                String::new()
            } else {
                format!(" {}", case.name)
            };
            written.push_str(&format!("---{name}\n{}", case.text));
            found.iter().for_each(|line| written.push_str(&format!("=> {line}\n")));
        }
    }
    if std::env::var_os("PRIVLINT_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/kinds.txt");
        std::fs::write(path, written).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What privlint follows no further is a note of its own, once in a file, whatever else is found there.
#[test]
fn a_bound_of_the_reader_is_no_error_of_the_file() {
    let calls: String = (0..120).map(|i| format!("f{i}() {{ f{} \"$@\"; }}\n", i + 1)).collect();
    let doubled = "X=\"$X$X$X$X\"\n".repeat(12);
    let wide = format!(
        "docker run --cap-drop ALL img\n{}true{}\n",
        "(".repeat(3000),
        ")".repeat(3000)
    );
    for script in [
        format!("X={}\n{doubled}docker run --cap-drop ALL $X img\n", "a".repeat(32)),
        format!(
            "X={}\n{doubled}Y={}\n{}docker run --cap-drop ALL $X$Y img\n",
            "a".repeat(32),
            "b".repeat(32),
            doubled.replace('X', "Y")
        ),
        format!("{calls}f120() {{ docker run --cap-drop ALL \"$@\"; }}\nf0 img\nf0 other\n"),
        wide,
    ] {
        let folder = Folder::with(&[("run.sh", &format!("#!/bin/bash\n{script}"))]);
        let ran = folder.run(&["--isolated", "--format=json"]);
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        let of = |rule: &str| {
            let all = found["findings"].as_array().unwrap().iter();
            all.filter(|finding| finding["rule"] == rule).collect::<Vec<_>>()
        };
        let limits = of("reading-limit");
        assert_eq!(
            (limits.len(), of("syntax-error").len(), ran.code),
            (1, 0, 0),
            "{script:.80}: {ran:?}"
        );
        assert_eq!(limits[0]["severity"], "note");
        assert!(!ran.out.contains("what comes after it was not read"), "{script:.80}");
    }
}

/// What a message calls a container by is what is written at the launch, or no name at all.
#[test]
fn messages_name_an_image_as_it_is_written_or_not_at_all() {
    for (script, called) in [
        (
            "docker run --privileged \"grafana/loki:${version}\"",
            "`grafana/loki:${version}`",
        ),
        ("docker run --privileged \"$1\"", "the container"),
        ("docker run --privileged \"${env}${env}\"", "the container"),
        (
            "f() { local image=$1; docker run --privileged \"$image\"; }",
            "`$image`",
        ),
        (
            "R=q/x\nif a; then R=\"$R:a\"; fi\ndocker run --privileged \"$R\"",
            "`$R`",
        ),
    ] {
        let folder = Folder::with(&[("run.sh", &format!("#!/bin/bash\n{script}\n"))]);
        let ran = folder.run(&["--isolated", "--format=concise", "--select=privileged"]);
        assert!(
            ran.out.contains(&format!("error[privileged] {called} runs with")),
            "{script}: {ran:?}"
        );
    }
}

#[test]
fn the_commands_of_a_page_are_for_several_hosts() {
    let page = "# Run it\n\n```sh\ndocker run -v ./data:/data --cap-drop=all x.example/a\n```\n\n# On Fedora\n\n\
                ```sh\npodman run -v ./other:/other:Z --cap-drop=all x.example/a\n```\n";
    let folder = Folder::with(&[("README.md", page)]);
    let ran = folder.run(&["--format=concise"]);
    assert!(ran.out.contains("SELinux may not let"), "{}", ran.out);
    let workflow =
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: podman run -v ./d:/d x\n";
    let other = workflow.replace("ubuntu-24.04", "[self-hosted, fedora]");
    for (text, told) in [(workflow, false), (other.as_str(), true)] {
        let folder = Folder::with(&[(".github/workflows/a.yml", text)]);
        let ran = folder.run(&["--format=concise"]);
        assert_eq!(ran.out.contains("[unlabeled-mount]"), told, "{}", ran.out);
    }
}
