//! `--add-ignore` and `privlint exceptions`.

use crate::support::{Folder, SOCKET};

#[test]
fn comments_are_added_where_they_cover_the_finding_and_nothing_is_left() {
    let script = "#!/bin/sh\nset -e\nif true; then\n    docker run -d \\\n        --privileged \\\n        example.org/x:1\nfi\n";
    let dockerfile = "FROM debian:13\nRUN --security=insecure true && \\\n    false\nUSER 1000\n";
    let windows = SOCKET.replace('\n', "\r\n");
    let folder = Folder::with(&[
        ("compose.yaml", SOCKET),
        ("windows/compose.yaml", &windows),
        ("run.sh", script),
        ("Dockerfile", dockerfile),
    ]);
    let before = folder.run(&["--format=concise"]);
    assert_eq!(before.code, 1);
    let ran = folder.run(&["--add-ignore", "known since 2019"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}{}", ran.out, ran.err);
    let again = folder.run(&[]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
    assert_eq!(
        folder.read("compose.yaml"),
        SOCKET.replace(
            "      - /var",
            "      # privlint: ignore[engine-socket] known since 2019\n      - /var"
        )
    );
    assert!(!folder.read("windows/compose.yaml").replace("\r\n", "").contains('\n'));
    let fixed = folder.read("run.sh");
    assert!(fixed.contains("then\n    # privlint: ignore["), "{fixed}");
    // taking the comments out again gives what was there
    let without: Vec<&str> = fixed.lines().filter(|l| !l.contains("# privlint:")).collect();
    assert_eq!(without.join("\n") + "\n", script);
}

#[test]
fn a_second_rule_at_the_same_place_joins_the_list() {
    let folder = Folder::with(&[("run.sh", "docker run --privileged example.org/x:1\n")]);
    folder.run(&["--add-ignore", "why"]);
    let text = folder.read("run.sh");
    assert_eq!(text.matches("# privlint: ignore[").count(), 1, "{text}");
    assert_eq!(folder.run(&[]).code, 0, "{text}");
}

#[test]
fn exceptions_are_listed_with_reason_and_end() {
    let text = SOCKET.replace(
        "docker.sock\n",
        "docker.sock # privlint: ignore[engine-socket] until=2999-01-31 lists | containers\n",
    );
    let folder = Folder::with(&[("compose.yaml", &text)]);
    let table = folder.run(&["exceptions"]);
    assert!(
        table.code == 0
            && table
                .out
                .contains("compose.yaml:5  engine-socket  web        2999-01-31  lists | containers"),
        "{}",
        table.out
    );
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["exceptions", "--format=json"]).out).unwrap();
    assert_eq!(json["exceptions"][0]["until"], "2999-01-31");
    let markdown = folder.run(&["exceptions", "--format=markdown"]).out;
    assert!(
        markdown.contains("| engine-socket | web | 2999-01-31 | lists \\| containers |"),
        "{markdown}"
    );
}

#[test]
fn no_ignores_shows_what_comments_and_the_configured_baseline_hide() {
    let text = "# privlint: ignore[host-pid] meant\ndocker run -d --cap-drop=all --pid=host x\n\
                docker run -d --cap-drop=all --ipc=host x\n# privlint: ignore[host-ipc] for nothing\nls\n";
    let folder = Folder::with(&[("run.sh", text), (".privlint.yaml", "baseline: known.json\n")]);
    assert_eq!(folder.run(&["--write-baseline=known.json"]).code, 0);
    assert_eq!(folder.run(&["--format=concise"]).out, "");
    let out = folder.run(&["--no-ignores", "--format=concise"]).out;
    let rules: Vec<&str> = out.lines().map(|l| l.split(['[', ']']).nth(1).unwrap()).collect();
    assert_eq!(rules, ["host-pid", "host-ipc"], "{out}");
}

#[test]
fn a_comment_that_another_setting_needs_is_kept() {
    let labelled = "services:\n  web:\n    image: example.org/x\n    volumes:\n      # privlint: ignore[unlabeled-mount] labelled by the playbook\n      - ./d:/d\n";
    let either = "# privlint: ignore[net-raw] a bridge of its own\n$DOCKER run -d example.org/x\n";
    let folder = Folder::with(&[("compose.yaml", labelled), ("run.sh", either)]);
    let of_run: &[&[&str]] = &[
        &[],
        &["--selinux=off"],
        &["--engine=docker"],
        &["--engine=podman"],
        &["--strict"],
    ];
    for args in of_run {
        let ran = folder.run(&[&["--select=unused-ignore,unlabeled-mount,net-raw", "--fix"], *args].concat());
        assert!(!ran.out.contains("unused-ignore"), "{args:?}: {}", ran.out);
        assert_eq!(
            (folder.read("compose.yaml"), folder.read("run.sh")),
            (labelled.to_owned(), either.to_owned())
        );
    }
    // one that nothing needs goes as before
    folder.write("compose.yaml", labelled.replace("unlabeled-mount", "privileged"));
    folder.run(&["--fix", "compose.yaml"]);
    assert!(!folder.read("compose.yaml").contains("privlint: ignore"));
}

#[test]
fn exceptions_list_what_the_configuration_and_the_baseline_let_pass() {
    let compose = "services:\n  web:\n    image: x.example/a\n    cap_drop: [ALL]\n    cap_add: [SYS_PTRACE]\n    \
                   pid: host\n    ipc: host\n    privileged: false\n    volumes: [/run/docker.sock:/run/docker.sock]\n";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    folder.run(&["--write-baseline=known.json", "--select=engine-socket"]);
    let config = "ignore: [host-ipc]\nbaseline: known.json\nper-file-ignores: {'compose.*': [host-pid]}\n\
                  rules: {strong-capability: {allow: [SYS_PTRACE]}}\n";
    folder.write(".privlint.yaml", config);
    let table = folder.run(&["exceptions"]).out;
    for (rule, why) in [
        ("strong-capability", "`allow` in .privlint.yaml"),
        ("host-pid", "`per-file-ignores` in .privlint.yaml"),
        ("host-ipc", "`ignore` in .privlint.yaml"),
        ("engine-socket", "listed in known.json"),
    ] {
        let row = table.lines().find(|row| row.contains(rule));
        assert!(row.is_some_and(|row| row.ends_with(why)), "{rule}: {table}");
    }
    folder.write(".privlint.yaml", "");
    assert!(folder.run(&["exceptions"]).err.contains("nothing is ignored"));
    let named = folder
        .run(&["exceptions", "--baseline=known.json", "--format=json"])
        .out;
    let json: serde_json::Value = serde_json::from_str(&named).unwrap();
    assert_eq!(json["exceptions"].as_array().unwrap().len(), 1);
    assert_eq!(json["exceptions"][0]["by"], "baseline");
}
