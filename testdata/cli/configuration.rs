//! The configuration file.

use crate::support::{CLEAN, Folder, SOCKET};

#[test]
fn the_nearest_file_holds_alone_up_to_the_repository_root() {
    let folder = Folder::with(&[
        (".privlint.yaml", "ignore: [engine-socket]\n"),
        ("a/compose.yaml", SOCKET),
        ("b/privlint.yaml", "ignore: [label-disabled]\n"),
        ("b/compose.yaml", SOCKET),
        ("c/.git/HEAD", ""),
        ("c/compose.yaml", SOCKET),
    ]);
    let ran = folder.run(&["--format=concise"]);
    let paths: Vec<&str> = ran.out.lines().map(|l| l.split_once(':').unwrap().0).collect();
    assert_eq!(paths, ["b/compose.yaml", "c/compose.yaml"]);
    assert_eq!(folder.run(&["--isolated", "a"]).code, 1);
    assert_eq!(folder.run(&["--config", ".privlint.yaml", "b"]).code, 0);
}

#[test]
fn a_mistake_is_told_at_its_line_and_ends_the_run() {
    for (text, expected) in [
        (
            "select: [default]\nfail_on: error\n",
            ".privlint.yaml:2:1: unknown key `fail_on`; did you mean `fail-on`?",
        ),
        (
            "ignore:\n  - engine-socket\n  - engine-sockets\n",
            ".privlint.yaml:3:5: ignore[1]: unknown rule `engine-sockets`; did you mean `engine-socket`?",
        ),
        ("selinux: yes\n", ".privlint.yaml:1:10: "),
        ("exclude: [\"{a\"]\n", ".privlint.yaml:1:12: `{a` is not a valid glob"),
        (
            "severity: {engine-socket: fatal}\n",
            ".privlint.yaml:1:27: unknown value `fatal`",
        ),
    ] {
        let folder = Folder::with(&[(".privlint.yaml", text), ("compose.yaml", SOCKET)]);
        let ran = folder.run(&[]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(expected), "{text}: {}", ran.err);
    }
    let folder = Folder::with(&[("compose.yaml", CLEAN)]);
    let ran = folder.run(&["--config", "missing.yaml"]);
    assert!(
        ran.code == 2 && ran.err.contains("missing.yaml: no such file or folder"),
        "{}",
        ran.err
    );
}

#[test]
fn every_key_acts() {
    let run = |text: &str| {
        let folder = Folder::with(&[(".privlint.yaml", text), ("dev/compose.yaml", SOCKET)]);
        let ran = folder.run(&["--format=concise"]);
        (ran.code, ran.out)
    };
    assert_eq!(run("select: [label-disabled]\n"), (0, String::new()));
    assert_eq!(run("exclude: ['dev/']\n").0, 0);
    assert_eq!(run("per-file-ignores: {'dev/**': [engine-socket]}\n").0, 0);
    assert_eq!(run("per-file-ignores: {'prod/**': [engine-socket]}\n").0, 1);
    assert_eq!(run("fail-on: never\n").0, 0);
    let (code, out) = run("severity: {engine-socket: note}\n");
    assert!(code == 0 && out.contains("note[engine-socket]"), "{out}");
    assert_eq!(
        run("rules: {engine-socket: {allow-images: ['example.org/web:*']}}\n").0,
        0
    );
}

const CAPABILITIES: &str = "services:\n  web:\n    image: example.org/web:1\n    cap_drop: [ALL]\n    cap_add: [CAP_SYS_PTRACE, NET_ADMIN]\n    pid: host\n    devices: [/dev/sda]\n    volumes:\n      - /etc/:/etc\n";

#[test]
fn named_values_are_passed_over_and_the_others_not() {
    let found = |text: &str| {
        let folder = Folder::with(&[(".privlint.yaml", text), ("compose.yaml", CAPABILITIES)]);
        let ran = folder.run(&["--format=concise", "--selinux=off"]);
        assert!(ran.code != 2, "{}", ran.err);
        let lines = ran.out.lines();
        lines
            .map(|l| l.split(['[', ']']).nth(1).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = [
        "host-pid",
        "raw-host-device",
        "strong-capability",
        "strong-capability",
        "writable-sensitive-path",
    ];
    assert_eq!(found(""), all);
    let without = |text: &str, gone: usize| {
        let mut expected = all.to_vec();
        expected.remove(gone);
        assert_eq!(found(text), expected, "{text}");
    };
    without("rules: {strong-capability: {allow: [sys_ptrace]}}\n", 2);
    without("rules: {host-pid: {allow: [host]}}\n", 0);
    without("rules: {raw-host-device: {allow: ['/dev/sd*']}}\n", 1);
    without("rules: {writable-sensitive-path: {allow: [/etc]}}\n", 4);
    assert_eq!(found("rules: {writable-sensitive-path: {allow: [/etc/ssh]}}\n"), all);
}

#[test]
fn files_of_a_project_are_one() {
    let base =
        "services:\n  web:\n    image: example.org/web:1\n  db:\n    image: example.org/db:1\n    cap_drop: [ALL]\n";
    let folder = Folder::with(&[
        (".privlint.yaml", "projects: [[deploy/base.yaml, deploy/prod.yaml]]\n"),
        (".git/HEAD", ""),
        ("deploy/base.yaml", base),
        (
            "deploy/prod.yaml",
            "services:\n  web:\n    cap_drop: [ALL]\n    pid: host\n",
        ),
    ]);
    for (at, paths) in [
        ("", ["."].as_slice()),
        ("deploy", &["."]),
        ("deploy", &["prod.yaml"]),
        ("", &["deploy/base.yaml"]),
    ] {
        let mut args = vec!["--format=concise", "--selinux=off"];
        args.extend(paths);
        let ran = folder.run_at(at, &args);
        assert!(
            ran.out.lines().count() == 1 && ran.out.contains("prod.yaml:4:5: error[host-pid] `web`"),
            "{at} {paths:?}: {}{}",
            ran.out,
            ran.err
        );
    }
    let ran = folder.run(&["inspect", "--format=json", "."]);
    let records: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let names: Vec<&str> = records["containers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["web", "db"]);
    assert_eq!(records["containers"][0]["namespaces"]["pid"], "host");
    assert!(
        folder
            .run(&["--isolated", "--format=concise"])
            .out
            .contains("unknown-needs")
    );
    let folder = Folder::with(&[
        (".privlint.yaml", "projects: [[a.yaml, b.yaml]]\n"),
        ("compose.yaml", CLEAN),
    ]);
    let ran = folder.run(&[]);
    assert!(
        ran.code == 2 && ran.err.contains("`a.yaml` in `projects`: no such file or folder"),
        "{}",
        ran.err
    );
}

#[test]
fn an_ignore_without_an_end_does_not_count_where_one_is_asked_for() {
    let ignored = |until: &str| {
        SOCKET.replace(
            "docker.sock\n",
            &format!("docker.sock # privlint: ignore[engine-socket]{until} why\n"),
        )
    };
    let config = "ignores: {max-age-days: 30}\n";
    let far = Folder::with(&[
        (".privlint.yaml", config),
        ("compose.yaml", &ignored(" until=2999-01-01")),
    ]);
    let ran = far.run(&[]);
    assert!(
        ran.code == 1 && ran.out.contains("requires `until=` with a date at most 30 days ahead"),
        "{}",
        ran.out
    );
    let none = Folder::with(&[(".privlint.yaml", config), ("compose.yaml", &ignored(""))]);
    assert_eq!(none.run(&[]).code, 1);
    let without = Folder::with(&[("compose.yaml", &ignored(""))]);
    assert_eq!(without.run(&[]).code, 0);
}

#[test]
fn init_writes_a_file_that_is_right() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!(folder.run(&["init"]).code, 2);
    assert_eq!(folder.run(&[]).code, 1);
}

#[test]
fn what_holds_for_a_file_can_be_asked() {
    let folder = Folder::with(&[
        (".privlint.yaml", "selinux: on\nseverity: {engine-socket: note}\n"),
        ("compose.yaml", SOCKET),
    ]);
    let ran = folder.run(&["--show-settings", "--select=engine-socket", "--engine=podman"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            0,
            "compose.yaml\n  configuration: .privlint.yaml\n  selinux: on (.privlint.yaml)\n  engine: podman\n  fail-on: warning\n  rules: engine-socket (note)\n"
        )
    );
}

#[test]
fn every_key_that_init_writes_can_be_uncommented() {
    let folder = Folder::with(&[("compose.yaml", SOCKET), ("compose.prod.yaml", SOCKET)]);
    folder.run(&["init"]);
    let text = folder.read(".privlint.yaml");
    let is_key = |line: &str| {
        line.strip_prefix('#')
            .is_some_and(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let keys = text.lines().filter(|line| is_key(line)).count();
    assert!(keys >= 11, "{text}");
    for nth in 0..keys {
        let mut seen = 0;
        let mut open = false;
        let lines = text.lines().map(|line| {
            if is_key(line) {
                open = seen == nth;
                seen += 1;
            }
            let own = open && (is_key(line) || line.starts_with("#  "));
            if own { line.trim_start_matches('#') } else { line }
        });
        let one = lines.collect::<Vec<_>>().join("\n") + "\n";
        folder.write(".privlint.yaml", &one);
        let ran = folder.run(&["--show-settings"]);
        assert_eq!(ran.code, 0, "{one}{}", ran.err);
    }
}
