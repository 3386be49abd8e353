//! What a user types by mistake is answered, and what goes together works together.

use crate::support::Folder;

const FLAG: &str = "docker run -d --privileged --cap-add=NET_ADMIN web.example/site\n";
const SOCKET: &str =
    "services:\n  web:\n    image: x\n    cap_drop: [ALL]\n    volumes: [/run/docker.sock:/run/docker.sock]\n";

#[test]
fn options_that_cannot_go_together_say_what_to_write_instead() {
    let folder = Folder::with(&[("run.sh", FLAG)]);
    for (args, told) in [
        (
            &["--format=json", "--format=sarif"][..],
            "`sarif` is the second; give it a file: --format sarif=FILE",
        ),
        (&["--diff", "--format=json"], "give it a file: --format json=FILE"),
        (&["--statistics", "--format=github"], "--format github=FILE"),
        (&["--stdin-filename=run.sh"], "give `-` as the path"),
        (&["--show-fixes"], "--show-fixes goes with --fix or --diff"),
        (&["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
    ] {
        let ran = folder.run(args);
        assert!(ran.code == 2 && ran.err.contains(told), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
}

#[test]
fn a_mistyped_word_is_answered_with_the_one_that_was_meant() {
    let folder = Folder::with(&[("run.sh", FLAG)]);
    for (args, told) in [
        (&["inspekt"][..], "did you mean the command `inspect`?"),
        (&["expain"], "did you mean the command `explain`?"),
        (&["--format=jsn"], "did you mean `json`?"),
        (&["--select=privlieged"], "did you mean `privileged`?"),
        (&["--selinux=onn"], "a similar value exists: 'on'"),
        (&["--engine=podmann"], "a similar value exists: 'podman'"),
        (&["--fail-on=warn"], "a similar value exists: 'warning'"),
        (&["--as=compos"], "a similar value exists: 'compose'"),
        (&["explain", "privleged"], "did you mean `privileged`?"),
        (&["--watch", "nowhere"], "nowhere: no such file or folder"),
    ] {
        let ran = folder.run(args);
        assert!(ran.code == 2 && ran.err.contains(told), "{args:?}: {}", ran.err);
    }
}

#[test]
fn completions_offer_the_values_of_options() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let script = folder.run(&["completions", shell]).out;
        for word in ["missing-cap-drop", "checkstyle", "podman", "never", "dockerfile"] {
            assert!(script.contains(word), "{shell} does not offer `{word}`");
        }
        let words = "\":: :_privlint_words\" \\\n\"*::: :->privlint\"";
        assert!(shell != "zsh" || (script.contains(words) && !script.contains("$line[2]")));
        let explain = "using_subcommand explain\" -f -a \"all-capabilities ";
        assert!(
            shell != "fish" || (script.contains(explain) && script.contains("or return 0")),
            "fish gets the names of rules, and the values of options before a command"
        );
    }
}

#[test]
fn findings_can_go_to_files_beside_a_diff_a_baseline_and_statistics() {
    for first in ["--diff", "--write-baseline=b.json", "--statistics"] {
        let folder = Folder::with(&[("run.sh", FLAG), ("compose.yaml", SOCKET)]);
        folder.run(&[first, "--format=concise=out.txt", "--format=json=out.json"]);
        assert!(folder.read("out.txt").contains("error[privileged]"), "{first}");
        let json: serde_json::Value = serde_json::from_str(&folder.read("out.json")).unwrap();
        assert!(!json["findings"].as_array().unwrap().is_empty(), "{first}");
    }
}

#[test]
fn statistics_are_also_written_for_programs() {
    let folder = Folder::with(&[("run.sh", FLAG)]);
    let ran = folder.run(&["--statistics", "--format=json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let rows = json["statistics"].as_array().unwrap();
    assert!(
        rows.iter()
            .any(|row| row["rule"] == "privileged" && row["findings"] == 1),
        "{}",
        ran.out
    );
}

#[test]
fn fixes_are_listed_and_what_is_left_can_be_kept_quiet() {
    let folder = Folder::with(&[
        ("run.sh", "docker run -d --privileged registry:2\n"),
        ("compose.yaml", SOCKET),
    ]);
    let shown = folder.run(&["--diff", "--show-fixes"]);
    assert!(shown.err.contains("run.sh:1: privileged: "), "{}", shown.err);
    let only = folder.run(&["--fix-only", "--show-fixes"]);
    assert_eq!((only.code, only.out.as_str()), (0, ""), "{}", only.err);
    assert!(
        only.err.contains("run.sh:1: privileged: ") && only.err.contains("fixed 1 finding in 1 file"),
        "{}",
        only.err
    );
    assert_eq!(folder.read("run.sh"), "docker run -d --cap-drop=all registry:2\n");
    assert_eq!(folder.run(&[]).code, 1);
}

#[test]
fn settings_are_shown_once_for_the_files_they_hold_for() {
    let folder = Folder::with(&[
        ("run.sh", FLAG),
        ("compose.yaml", SOCKET),
        ("sub/compose.yaml", SOCKET),
        ("sub/.privlint.yml", "engine: podman\n"),
    ]);
    let out = folder.run(&["--show-settings"]).out;
    assert_eq!(out.matches("configuration:").count(), 2, "{out}");
    assert!(out.contains("compose.yaml\nrun.sh\n  configuration: none\n"), "{out}");
    assert!(
        out.contains("configuration: sub/.privlint.yml\n") && out.contains("engine: podman"),
        "{out}"
    );
}

#[test]
fn an_unreadable_date_ignores_nothing_and_fails() {
    for until in [
        "until=tomorow",
        "until=2027-02-30",
        "Until=2020-01-01",
        "untill=2020-01-01",
        "until: 2020-01-01",
        "until 2020-01-01",
        "(until=2020-01-01)",
    ] {
        let comment = format!(" # privlint: ignore[engine-socket] {until} why\n");
        let folder = Folder::with(&[(
            "compose.yaml",
            &SOCKET.replace("docker.sock]\n", &format!("docker.sock]{comment}")),
        )]);
        let ran = folder.run(&["--format=concise", "--fail-on=error"]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(
            ran.out.contains("error[unreadable-until]") && ran.out.contains("[engine-socket]"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn a_reason_that_is_required_fails_the_run_where_it_is_missing() {
    let compose = SOCKET.replace("docker.sock]\n", "docker.sock] # privlint: ignore[engine-socket]\n");
    let config = "ignores: {require-reason: true}\n";
    let folder = Folder::with(&[(".privlint.yaml", config), ("compose.yaml", &compose)]);
    let ran = folder.run(&["--format=concise", "--fail-on=error"]);
    assert!(
        ran.code == 1 && ran.out.contains("error[ignore-without-reason]"),
        "{}",
        ran.out
    );
    folder.write(
        ".privlint.yaml",
        format!("{config}severity: {{ignore-without-reason: note}}\n"),
    );
    assert_eq!(folder.run(&[]).code, 0);
}

#[test]
fn a_comment_names_what_it_would_bring_to_light() {
    let compose =
        "services:\n  web:\n    image: x\n    privileged: true\n    cap_drop: [ALL]\n    cap_add: [NET_ADMIN]\n";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let ran = folder.run(&["--add-ignore", "drives the label printer"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let text = folder.read("compose.yaml");
    assert!(
        text.contains("# privlint: ignore[privileged, inert-hardening] drives the label printer\n"),
        "{text}"
    );
}

#[test]
fn a_new_rule_gets_its_files_and_its_place_in_the_list() {
    let list = "mod allowed;\nmod host_ipc;\nmod relabel;\n\npub const RULES: &[Rule] = &[\n    Rule { name: \"host-ipc\", page: 1 },\n    Rule { name: \"relabel\", page: 2 },\n];\n";
    let folder = Folder::with(&[("src/rules.rs", list), ("rules/host-ipc.md", "")]);
    let write = |name: &str| crate::new_rule::write_rule(&folder.0, name);
    assert!(write("host-ipc").unwrap_err().contains("there is such a rule"));
    assert!(write("Host Clock").is_err() && write("").is_err());
    folder.write("src/rules/mod.txt", "");
    assert_eq!(
        write("host-clock").unwrap(),
        ["rules/host-clock.md", "src/rules/host_clock.rs", "src/rules.rs"]
    );
    let list = folder.read("src/rules.rs");
    assert!(
        list.starts_with("mod allowed;\nmod host_clock;\nmod host_ipc;\n"),
        "{list}"
    );
    let at = |name: &str| list.find(&format!("name: \"{name}\""));
    assert!(
        at("host-clock").is_some() && at("host-clock") < at("host-ipc"),
        "{list}"
    );
}

#[test]
fn what_fixes_bring_to_light_under_other_rules_is_said() {
    let text = "docker run -d --privileged --security-opt seccomp=unconfined registry:2\n";
    let folder = Folder::with(&[("run.sh", text)]);
    let told = "rules that were not selected report: seccomp-unconfined at run.sh:1";
    for args in [["--diff", "--select=privileged"], ["--fix", "--select=privileged"]] {
        let ran = folder.run(&args);
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
    }
    let folder = Folder::with(&[("run.sh", text)]);
    for args in [&["--diff"][..], &["--diff", "-q", "--select=privileged"]] {
        assert!(!folder.run(args).err.contains("not selected"), "{args:?}");
    }
}

#[test]
fn every_container_of_a_block_gets_its_fix_or_its_reason() {
    let service =
        |name: &str| format!("  {name}:\n    image: {name}.example/x\n    privileged: true\n    command: $ARGS\n");
    let names: Vec<String> = (0..12).map(|n| format!("s{n}")).collect();
    let all: String = names.iter().map(|name| service(name)).collect();
    let folder = Folder::with(&[("compose.yaml", &format!("services:\n{all}"))]);
    let json = folder.run(&["--format=json", "--select=privileged"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), names.len());
    let full = folder.run(&["--select=privileged"]).out;
    for finding in findings {
        let (fix, refused) = (finding["fix"]["title"].as_str(), finding["fix_refused"].as_str());
        let told = fix.or(refused).unwrap();
        assert!(full.contains(told), "{told}: {full}");
    }
}

#[test]
fn fixing_only_still_fails_on_what_could_not_be_read() {
    let folder = Folder::with(&[("run.sh", "docker run -d $OPTIONS --privileged registry:2\n")]);
    assert_eq!(folder.run(&["--fix-only"]).code, 0);
    assert_eq!(folder.run(&["--fix-only", "--fail-on-unseen"]).code, 1);
}

#[test]
fn a_flag_of_a_quadlet_is_written_over_and_not_contradicted() {
    let unit = "[Container]\nNoNewPrivileges=false\nImage=registry.example/x:1\n";
    let folder = Folder::with(&[("web.container", unit)]);
    folder.run(&["--fix", "--unsafe-fixes", "--select=missing-no-new-privileges"]);
    assert_eq!(
        folder.read("web.container"),
        "[Container]\nNoNewPrivileges=true\nImage=registry.example/x:1\n"
    );
}

#[test]
fn paths_outside_of_the_repository_are_whole_addresses() {
    let other = Folder::with(&[("run.sh", FLAG)]);
    let folder = Folder::with(&[]);
    let path = other.0.join("run.sh").display().to_string();
    let log: serde_json::Value = serde_json::from_str(&folder.run(&["--format=sarif", &path]).out).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], format!("file://{path}"));
    assert!(place.get("uriBaseId").is_none(), "{place}");
}

#[test]
fn what_is_not_read_is_no_all_clear() {
    let folder = Folder::with(&[("README.md", "# words\n"), ("a.md", "# words\n"), ("run.sh", FLAG)]);
    let piped = |text: &str| folder.run_with(&["-", "--format=concise"], &[], Some(text.as_bytes()));
    let ran = piped("FROM debian:13\nRUN apt-get install -y sudo\n");
    assert!(ran.code == 1 && ran.out.contains("[sudo-in-image]"), "{ran:?}");
    assert_eq!(piped("[Container]\nImage=x\nPodmanArgs=--privileged\n").code, 1);
    assert_eq!(piped(FLAG).code, 1);
    assert_eq!(piped("#!/bin/sh\necho hello\n").code, 0);
    for text in ["some words\n", "", "a: 1\n"] {
        let ran = piped(text);
        assert!(
            ran.code == 2 && ran.err.contains("standard input: not a kind of file"),
            "{ran:?}"
        );
    }
    let ran = folder.run(&["README.md"]);
    let told = "privlint: README.md is not read: nothing about a container in it\n";
    assert_eq!((ran.code, ran.err.as_str()), (0, told));
    let ran = folder.run(&["README.md", "a.md", "run.sh"]);
    let told = "privlint: README.md, a.md are not read: nothing about a container in them\n";
    assert!(ran.code == 1 && ran.err.starts_with(told), "{}", ran.err);
    assert!(
        !folder
            .run(&["--force-exclude", "README.md", "run.sh"])
            .err
            .contains("README.md")
    );
}

#[test]
fn a_line_for_each_finding_says_what_mends_it() {
    let folder = Folder::with(&[(
        "run.sh",
        "docker run -d --privileged registry:2\ndocker run --rm --privileged web.example/site\n",
    )]);
    let out = folder.run(&["--format=concise", "--select=privileged"]).out;
    let ends: Vec<bool> = out.lines().map(|line| line.ends_with(" [--fix]")).collect();
    assert_eq!(ends, [true, false], "{out}");
}

#[test]
fn a_configuration_is_told_what_belongs_in_it() {
    for (config, told) in [
        (
            "ignores: {max-age-days: x}\n",
            "a whole number belongs in `ignores.max-age-days`",
        ),
        ("select: 3\n", "a list belongs"),
        ("severity: [a]\n", "keys with their values belong in `severity`"),
        ("images: [{name: x}]\n", "`images` is missing"),
        (
            "selinux: on\n---\nselinux: off\n",
            "a configuration is a single document",
        ),
        ("select: [\n", "not valid YAML"),
    ] {
        let folder = Folder::with(&[(".privlint.yaml", config), ("compose.yaml", SOCKET)]);
        let ran = folder.run(&[]);
        assert!(ran.code == 2 && ran.err.contains(told), "{config}: {}", ran.err);
    }
    let folder = Folder::with(&[
        ("privlint.yaml", "selinux: on\n"),
        (".privlint.yml", "selinux: off\n"),
        ("compose.yaml", SOCKET),
    ]);
    let ran = folder.run(&[]);
    assert!(
        ran.code == 2 && ran.err.contains("only one of them can hold"),
        "{}",
        ran.err
    );
}

#[test]
fn a_mistyped_command_checks_nothing() {
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let ran = folder.run(&["inspct", "compose.yaml"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.ends_with("did you mean the command `inspect`?\n"),
        "{}",
        ran.err
    );
    // a path that is like no command is a path that is missing
    let ran = folder.run(&["nothing-there.yaml", "compose.yaml"]);
    assert!(ran.code == 2 && ran.out.contains("[engine-socket]"), "{ran:?}");
}

#[test]
fn what_fix_only_and_add_ignore_leave_is_said() {
    let folder = Folder::with(&[("compose.yaml", "services:\n  a:\n    image: x.example/a\n")]);
    let ran = folder.run(&["--fix-only", "--format=json=found.json"]);
    assert!(
        ran.code == 2 && ran.err.contains("goes without --format"),
        "{}",
        ran.err
    );
    let ran = folder.run(&["--add-ignore=known"]);
    assert!(
        ran.err.contains("no comment is written for `unknown-needs`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("no comment was added"), "{}", ran.err);
}
