//! Exit codes, streams, colours, discovery.

use std::process::Stdio;

use crate::support::{CLEAN, Folder, SOCKET, is_root, privlint};

#[test]
fn exit_codes_are_0_1_and_2() {
    let folder = Folder::with(&[("clean/compose.yaml", CLEAN), ("bad/compose.yaml", SOCKET)]);
    let code = |args: &[&str]| folder.run(args).code;
    assert_eq!(code(&["clean"]), 0);
    assert_eq!(code(&["bad"]), 1);
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["bad", "--fail-on=never"]), 0);
    assert_eq!(code(&["bad", "--format=json"]), 1);
    assert_eq!(code(&["bad", "--format=concise=out.txt"]), 1);
    assert_eq!(code(&["missing"]), 2);
    assert_eq!(code(&["bad", "missing"]), 2);
    assert_eq!(code(&["--no-such-option"]), 2);
    assert_eq!(code(&["bad", "--unsafe-fixes"]), 2);
    assert_eq!(code(&["bad", "--format=json=no/such/folder/x"]), 2);
    assert_eq!(code(&["--help"]), 0);
    assert_eq!(code(&["explain", "no-such-rule"]), 2);
}

#[test]
fn findings_go_to_standard_output_and_all_else_to_standard_error() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let ran = folder.run(&["compose.yaml", "missing"]);
    assert!(ran.out.starts_with("error[engine-socket]: "), "{}", ran.out);
    assert!(ran.out.contains("--> compose.yaml:5:9"), "{}", ran.out);
    assert!(ran.err.contains("missing: no such file or folder"), "{}", ran.err);
    assert!(ran.err.contains("1 error in 1 file"), "{}", ran.err);
    let quiet = folder.run(&["-q"]);
    assert_eq!((quiet.err.as_str(), quiet.code), ("", 1));
    let clean = Folder::with(&[("compose.yaml", CLEAN)]);
    let ran = clean.run(&[]);
    assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.code), ("", "", 0));
}

#[test]
fn nothing_to_check_is_said_and_no_failure() {
    let folder = Folder::with(&[("notes.txt", "docker run --privileged x\n")]);
    let ran = folder.run(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.contains("nothing to check"), "{}", ran.err);
}

#[test]
fn what_is_named_and_not_read_is_said() {
    let folder = Folder::with(&[("notes.txt", "docker run --privileged x\n"), ("compose.yaml", CLEAN)]);
    let ran = folder.run(&["notes.txt", "compose.yaml"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("notes.txt is not read: "), "{}", ran.err);
    let input: Option<&[u8]> = Some(b"anything\n");
    let ran = folder.run_with(&["--stdin-filename", "notes.txt", "-"], &[], input);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("standard input: "), "{}", ran.err);
}

#[test]
fn launches_that_cannot_be_read_to_their_end_are_counted() {
    let folder = Folder::with(&[("run.sh", "docker run $OPTS a b\ndocker run --rm c\n")]);
    let ran = folder.run(&["--fail-on=never"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("1 launch could only be read in part"), "{}", ran.err);
    assert_eq!(folder.run(&["--fail-on=never", "--fail-on-unseen"]).code, 1);
}

#[test]
fn a_page_a_workflow_a_makefile_and_a_devcontainer_are_read() {
    let launch = "docker run --privileged x";
    let folder = Folder::with(&[
        ("README.md", &format!("```sh\n{launch}\n```\n")),
        ("Makefile", &format!("a:\n\t{launch}\n")),
        (
            ".github/workflows/ci.yml",
            &format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {launch}\n"),
        ),
        ("devcontainer.json", "{ \"image\": \"x\", \"privileged\": true }\n"),
    ]);
    let ran = folder.run(&["--show-files"]);
    assert_eq!(
        ran.out,
        ".github/workflows/ci.yml\nMakefile\nREADME.md\ndevcontainer.json\n"
    );
    let ran = folder.run(&["--format=concise"]);
    assert_eq!(ran.out.matches("error[privileged]").count(), 4, "{}", ran.out);
}

#[test]
fn colours_follow_the_option_then_the_environment() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let ran = folder.run_with(args, variables, None);
        assert_eq!(ran.code, 1);
        ran.out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color=always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("FORCE_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
    assert!(!coloured(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color=never"], &[("FORCE_COLOR", "1")]));
    assert!(!coloured(&["--format=json"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn colours_may_be_asked_for_before_the_subcommand() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let behind = folder.run(&["rules", "--color=never"]);
    for before in [&["--color=never", "rules"][..], &["--color", "never", "rules"]] {
        assert_eq!(
            (folder.run(before).code, folder.run(before).out),
            (0, behind.out.clone())
        );
    }
    // and a check with a path that is no subcommand stays one
    assert_eq!(folder.run(&["--color", "never", "compose.yaml"]).code, 1);
}

#[test]
fn colours_change_nothing_but_colours() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let plain = folder.run(&[]).out;
    let coloured = folder.run(&["--color=always"]).out;
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn linted_text_never_speaks_to_the_terminal() {
    let hostile = SOCKET.replace(
        "    cap_drop",
        "    container_name: \"a\u{202e}b\u{9b}31m\u{200b}\"\n    # \u{1b}[2J\n    cap_drop",
    );
    let hostile = hostile.replace("docker.sock\n", "docker.sock # \u{202e}\u{9b}2J\n");
    let folder = Folder::with(&[
        ("compose.yaml", &hostile),
        ("a\u{1b}[31m.sh", "docker run --privileged\n"),
    ]);
    for format in ["full", "concise"] {
        let ran = folder.run(&["--format", format]);
        let both = format!("{}{}", ran.out, ran.err);
        let bad = both
            .chars()
            .find(|c| matches!(c, '\u{1b}' | '\u{202e}' | '\u{9b}' | '\u{200b}'));
        assert_eq!(bad, None, "{both:?}");
    }
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let service = SOCKET.replace("services:\n", "").replace("    cap_drop: [ALL]\n", "");
    let many: String = (0..400)
        .map(|i| service.replace("web:\n", &format!("web{i}:\n")))
        .collect();
    let folder = Folder::with(&[("compose.yaml", &format!("services:\n{many}"))]);
    let mut child = privlint(&folder.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(!err.contains("panic") && !err.contains("pipe"), "{err}");
}

#[test]
fn folders_are_searched_as_people_expect() {
    let folder = Folder::with(&[
        (".git/config", ""),
        (".git/hooks/run.sh", "docker run --privileged x\n"),
        (".gitignore", "built/\n"),
        (".devcontainer/compose.yml", SOCKET),
        ("built/compose.yaml", SOCKET),
        ("odd.yaml", SOCKET),
        ("k8s.yaml", "apiVersion: v1\nkind: Pod\n"),
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    services:\n      db:\n        image: x\n",
        ),
        ("tool", "#!/usr/bin/env bash\ndocker ps\n"),
        ("notes", "docker run --privileged x\n"),
        ("parts/Dockerfile", "FROM x\n"),
    ]);
    let listed = |args: &[&str]| {
        let ran = folder.run(&[&["--show-files"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    assert_eq!(
        listed(&[]),
        ".devcontainer/compose.yml\nodd.yaml\nparts/Dockerfile\ntool\n"
    );
    assert!(listed(&["--no-gitignore"]).contains("built/compose.yaml"));
    assert!(!listed(&["--exclude=parts/"]).contains("parts"));
    assert_eq!(
        listed(&["built/compose.yaml", "parts"]),
        "built/compose.yaml\nparts/Dockerfile\n"
    );
    assert_eq!(listed(&["parts/Dockerfile", "--exclude=parts/"]), "parts/Dockerfile\n");
    assert_eq!(listed(&["parts/Dockerfile", "--exclude=parts/", "--force-exclude"]), "");
    assert_eq!(listed(&["./odd.yaml", "odd.yaml"]), "odd.yaml\n");
}

#[cfg(unix)]
#[test]
fn symbolic_links_lead_nowhere_but_where_they_are_named() {
    let outside = Folder::with(&[("compose.yaml", SOCKET)]);
    let folder = Folder::with(&[("clean/compose.yaml", CLEAN)]);
    std::os::unix::fs::symlink(&outside.0, folder.0.join("out")).unwrap();
    std::os::unix::fs::symlink(folder.0.join("clean"), folder.0.join("clean/loop")).unwrap();
    let ran = folder.run(&["--show-files"]);
    assert_eq!(ran.out, "clean/compose.yaml\n");
    // what somebody put into a repository does not decide what is read outside of it
    let ran = folder.run(&["out/compose.yaml"]);
    assert!(
        ran.code == 2 && ran.err.contains("leads out of the tree"),
        "{}",
        ran.err
    );
    assert_eq!(folder.run(&["clean/loop/compose.yaml"]).code, 0);
}

#[test]
fn standard_input_takes_its_kind_and_configuration_from_a_name() {
    let folder = Folder::with(&[("deploy/.privlint.yaml", "ignore: [engine-socket]\n")]);
    let run = |args: &[&str]| folder.run_with(args, &[], Some(SOCKET.as_bytes()));
    let ran = run(&["-", "--stdin-filename", "compose.yaml", "--format=concise"]);
    assert!(
        ran.out.starts_with("compose.yaml:5:9: error[engine-socket] "),
        "{}",
        ran.out
    );
    assert_eq!(run(&["-", "--stdin-filename", "deploy/compose.yaml"]).code, 0);
    assert_eq!(run(&["-", "--as=compose"]).code, 1);
    let ran = run(&["-", "--as=compos"]);
    assert!(
        ran.code == 2 && ran.err.contains("a similar value exists: 'compose'"),
        "{}",
        ran.err
    );
}

#[test]
fn broken_files_are_findings_and_the_others_are_still_checked() {
    let folder = Folder::with(&[
        ("good/compose.yaml", SOCKET),
        ("compose.yaml", "services:\n  web: [\n"),
        ("quote.sh", "docker run --name 'web\n"),
    ]);
    folder.write("Dockerfile", b"FROM x\nRUN echo \xff\n");
    let ran = folder.run(&["--format=concise"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("Dockerfile:2:10: error[syntax-error] "), "{}", ran.out);
    assert!(
        ran.out.contains("compose.yaml:3:1: error[syntax-error] ")
            || ran.out.contains("compose.yaml:2:8: error[syntax-error] "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("good/compose.yaml:5:9: error[engine-socket] "),
        "{}",
        ran.out
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_entered_fails_the_run_but_not_the_others() {
    use std::os::unix::fs::PermissionsExt;
    if is_root() {
        eprintln!("skipped: no permission holds root back");
        return;
    }
    let folder = Folder::with(&[("compose.yaml", SOCKET), ("closed/compose.yaml", SOCKET)]);
    let closed = folder.0.join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let ran = folder.run(&["--format=concise"]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("closed: permission denied"), "{}", ran.err);
    assert!(
        ran.out.contains("compose.yaml:5:9: error[engine-socket]"),
        "{}",
        ran.out
    );
}

#[test]
fn a_file_over_the_cap_is_said_and_not_read() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    folder.write("run.sh", vec![b'#'; 10 * 1024 * 1024 + 1]);
    let ran = folder.run(&["--format=concise"]);
    assert!(
        ran.out
            .contains("run.sh:1:1: error[syntax-error] the file has 10485761 bytes"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("compose.yaml:5:9"), "{}", ran.out);
}

#[test]
fn the_order_is_by_path_then_place_in_every_run() {
    let names = [
        "b/compose.yaml",
        "a/compose.yaml",
        "a.d/compose.yaml",
        "a/b/compose.yaml",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, SOCKET)).collect();
    let folder = Folder::with(&files);
    let first = folder.run(&["--format=concise"]).out;
    let paths: Vec<&str> = first.lines().map(|l| l.split_once(':').unwrap().0).collect();
    let mut sorted = paths.clone();
    sorted.sort_unstable();
    assert_eq!(paths, sorted);
    for _ in 0..3 {
        assert_eq!(folder.run(&["--format=concise"]).out, first);
    }
}

#[test]
fn several_formats_in_one_run() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let ran = folder.run(&["--format=concise", "--format=json=out.json"]);
    assert!(ran.out.starts_with("compose.yaml:5:9: "), "{}", ran.out);
    let json: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["summary"]["errors"], 1);
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "engine-socket");
    assert_eq!(finding["range"]["start"]["line"], 5);
    assert_eq!(finding["container"], "web");
    assert_eq!(finding["syntax"], "compose");
    let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
    for key in [
        "rule",
        "severity",
        "message",
        "url",
        "file",
        "syntax",
        "container",
        "range",
        "related",
        "notes",
        "fix",
        "fix_refused",
        "fingerprint",
    ] {
        assert!(keys.iter().any(|k| *k == key), "{key}");
    }
}

#[test]
fn inspect_rules_explain_and_statistics() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let ran = folder.run(&["inspect"]);
    assert!(
        ran.code == 0 && ran.out.contains("compose.yaml:2") && ran.out.contains("-ALL"),
        "{}",
        ran.out
    );
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["inspect", "--format=json"]).out).unwrap();
    assert_eq!(
        (&json["version"], &json["containers"][0]["name"]),
        (&1.into(), &"web".into())
    );
    let rules = folder.run(&["rules"]).out;
    assert!(rules.lines().any(|l| l.starts_with("engine-socket ")), "{rules}");
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["rules", "--format=json"]).out).unwrap();
    assert_eq!(json["rules"].as_array().unwrap().len(), rules.lines().count() - 1);
    assert!(folder.run(&["explain", "engine-socket"]).out.contains("docker.sock"));
    assert!(
        folder
            .run(&["explain", "engine-sockt"])
            .err
            .contains("did you mean `engine-socket`?")
    );
    assert_eq!(folder.run(&["--statistics"]).out, "1 error   engine-socket\n");
}

#[test]
fn completions_and_manual_are_written() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let ran = folder.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("stdin-filename"), "{shell}");
    }
    assert!(folder.run(&["man"]).out.contains(".TH privlint"));
}

#[test]
fn old_compose_files_and_those_of_includes_alone_are_read_and_each_service_is_listed_once() {
    let folder = Folder::with(&[
        (
            "old/docker-compose.yml",
            "web:\n  image: example.org/web:1\n  privileged: true\n",
        ),
        ("new/compose.yaml", "include:\n  - ../db.yaml\n"),
        (
            "db.yaml",
            "services:\n  db:\n    image: example.org/db:1\n    privileged: true\n",
        ),
    ]);
    let ran = folder.run(&["inspect", "--format=json"]);
    let records: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let list = records["containers"].as_array().unwrap();
    let places: Vec<(&str, &str)> = list
        .iter()
        .map(|c| (c["file"].as_str().unwrap(), c["name"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [("db.yaml", "db"), ("old/docker-compose.yml", "web")]);
    let ran = folder.run(&["--format=concise", "new", "old"]);
    assert_eq!(ran.out.matches("error[privileged]").count(), 2, "{}", ran.out);
}

#[test]
fn a_watched_folder_is_checked_again_when_a_file_changes() {
    use std::io::BufRead;
    let folder = Folder::with(&[("a.sh", "docker run --privileged example.org/a:1\n")]);
    let mut command = crate::support::privlint(&folder.0);
    command.args(["--watch", "--format=concise", "-q", "--isolated"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |name: &str| {
        let line = lines.next().map(Result::unwrap).unwrap_or_default();
        assert!(line.starts_with(name), "{line}");
    };
    until("a.sh:1:");
    folder.write("b.sh", "docker run --privileged example.org/b:1\n");
    until("a.sh:1:");
    until("b.sh:1:");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(folder.run(&["--watch", "-"]).code, 2);
    assert_eq!(folder.run(&["--watch", "--fix"]).code, 2);
}

#[test]
fn what_other_projects_keep_in_a_tree_is_left_out_and_counted() {
    let run = "docker run -d --cap-drop=all --pid=host x\n";
    let folder = Folder::with(&[
        ("run.sh", "docker run -d --cap-drop=all -v /srv/a:/a:Z x\n"),
        ("vendor/x/run.sh", run),
        ("web/node_modules/y/run.sh", run),
        ("web/node_modules/y/vendor/run.sh", run),
    ]);
    let ran = folder.run(&["--format=concise"]);
    assert_eq!(ran.out, "", "{}", ran.err);
    let said = "privlint: 2 vendored folders left out: vendor, web/node_modules (--no-default-excludes to check them)";
    assert_eq!(ran.err.lines().filter(|l| *l == said).count(), 1, "{}", ran.err);
    assert_eq!(
        folder
            .run(&["--no-default-excludes", "--format=concise"])
            .out
            .lines()
            .count(),
        3
    );
    assert_eq!(folder.run(&["vendor", "--format=concise"]).out.lines().count(), 1);
    assert_eq!(
        folder.run(&["vendor/x/run.sh", "--format=concise"]).out.lines().count(),
        1
    );
    let ran = folder.run(&["vendor/x/run.sh", "--force-exclude", "--format=concise"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    // who else mounts a path is looked for there all the same
    folder.write("vendor/x/run.sh", "podman run -d --cap-drop=all -v /srv/a:/a:Z y\n");
    folder.write("run.sh", "podman run -d --cap-drop=all -v /srv/a:/a:Z x\n");
    let out = folder.run(&["--format=concise"]).out;
    assert!(out.contains("private-label-on-shared-mount"), "{out}");
}
