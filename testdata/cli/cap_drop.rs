//! Capabilities that nobody drops: what is said where something is known, and where nothing is.

use crate::support::Folder;

const UNKNOWN: &str = "services:\n  a:\n    image: example.org/a\n  b:\n    image: example.org/b\n";

fn rules(folder: &Folder, args: &[&str]) -> Vec<(String, String, String)> {
    let mut all = args.to_vec();
    all.push("--format=json");
    let ran = folder.run(&all);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = |f: &serde_json::Value, key: &str| f[key].as_str().unwrap().to_owned();
    let findings = json["findings"].as_array().unwrap().iter();
    findings
        .map(|f| (text(f, "file"), text(f, "rule"), text(f, "message")))
        .collect()
}

#[test]
fn what_is_not_known_is_one_note_a_project() {
    let folder = Folder::with(&[
        ("one/.git/HEAD", "ref: refs/heads/main\n"),
        ("one/b/compose.yaml", UNKNOWN),
        (
            "one/a/run.sh",
            "docker run -d example.org/a\ndocker run -d registry:2\n",
        ),
        ("two/.git/HEAD", "ref: refs/heads/main\n"),
        ("two/compose.yaml", "services:\n  x:\n    image: example.org/x\n"),
    ]);
    let found = rules(&folder, &[]);
    let short: Vec<(&str, &str)> = found
        .iter()
        .map(|(file, rule, _)| (file.as_str(), rule.as_str()))
        .collect();
    let wanted = [
        ("one/a/run.sh", "missing-cap-drop"),
        ("one/a/run.sh", "unknown-needs"),
        ("two/compose.yaml", "unknown-needs"),
    ];
    assert_eq!(short, wanted, "{found:?}");
    assert!(found[1].2.starts_with("3 containers drop no capabilities"), "{found:?}");
    assert!(found[2].2.starts_with("1 container drops no capabilities"), "{found:?}");
    let out = folder.run(&["one"]).out;
    assert!(
        out.contains("their images: `example.org/a` (2), `example.org/b`"),
        "{out}"
    );
    // a hook counts its own files
    let found = rules(&folder, &["one/b/compose.yaml"]);
    assert!(found[0].2.starts_with("2 containers drop no capabilities"), "{found:?}");
}

#[test]
fn it_never_fails_a_run_and_is_silenced_by_the_configuration() {
    let folder = Folder::with(&[("compose.yaml", UNKNOWN)]);
    assert_eq!(folder.run(&[]).code, 0);
    assert_eq!(folder.run(&["--fail-on=note"]).code, 1);
    folder.write(".privlint.yaml", "ignore: [unknown-needs]\n");
    assert_eq!(rules(&folder, &[]), []);
    folder.write(".privlint.yaml", "{}\n");
    let one_ignored = UNKNOWN.replace("  a:", "  # privlint: ignore[unknown-needs] on trial\n  a:");
    folder.write("compose.yaml", one_ignored);
    let found = rules(&folder, &[]);
    assert!(found[0].2.starts_with("1 container drops"), "{found:?}");
}

#[test]
fn it_is_known_to_a_baseline_whatever_its_count_and_its_file() {
    let folder = Folder::with(&[("b/compose.yaml", UNKNOWN)]);
    assert_eq!(folder.run(&["--write-baseline=known.json"]).code, 0);
    folder.write("a/compose.yaml", UNKNOWN);
    let ran = folder.run(&["--baseline=known.json", "--fail-on=note"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn its_group_word_says_all_about_drops_that_are_missing() {
    let script = "docker run --rm registry:2 registry --version\n\
                  docker run --rm -v \"$PWD\":/x registry:2 registry --version\n\
                  docker create --name x example.org/x\ndocker cp x:/a .\n";
    let folder = Folder::with(&[("run.sh", script)]);
    let found = rules(&folder, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    let found = rules(&folder, &["--select=cap-drop", "--sort=path"]);
    let names: Vec<&str> = found.iter().map(|(_, rule, _)| rule.as_str()).collect();
    let wanted = ["undropped-capabilities", "missing-cap-drop", "undropped-capabilities"];
    assert_eq!(names, wanted, "{found:?}");
    let ran = folder.run(&["--select=cap-drop", "--ignore=cap-drop"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn one_variable_that_holds_a_command_is_one_finding() {
    let script = "RUN=\"docker run --rm -p 1:1\"\n$RUN example.org/a x\n$RUN example.org/b y\n";
    let folder = Folder::with(&[("run.sh", script)]);
    let ran = folder.run(&["--select=undropped-capabilities", "--format=concise"]);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(ran.out.starts_with("run.sh:1:13:"), "{}", ran.out);
    let found = rules(&folder, &[]);
    assert!(found[0].2.starts_with("2 containers"), "{found:?}");
}

#[test]
fn comments_are_not_written_for_a_project() {
    let folder = Folder::with(&[("compose.yaml", UNKNOWN)]);
    let ran = folder.run(&["--add-ignore=later"]);
    assert!(ran.err.contains("no comment was added"), "{}", ran.err);
    assert_eq!(ran.out.matches("note[unknown-needs]").count(), 1, "{}", ran.out);
    assert_eq!(folder.read("compose.yaml"), UNKNOWN);
}

/// The words that the safe fixes of a folder add, in order: the capabilities that are kept and the drop.
fn added(files: &[(&str, &str)]) -> Vec<String> {
    let folder = Folder::with(files);
    let out = folder.run(&["--diff", "."]).out;
    let lines = out
        .lines()
        .filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    let words = lines.flat_map(|line| {
        line.split_whitespace()
            .map(|word| word.trim_start_matches('+').to_owned())
    });
    words
        .filter(|word| word.starts_with("--cap-") || word.ends_with("NET_BIND_SERVICE") || word == "cap_drop:")
        .collect()
}

#[test]
fn a_value_that_may_be_another_proves_no_need() {
    let edge = "--network=host -e REGISTRY_HTTP_ADDR=:80";
    let kept = ["--cap-drop=all", "--cap-add=NET_BIND_SERVICE"];
    let run = |script: String| added(&[("run.sh", &script)]);
    // what a path may give counts as what the text gives
    for script in [
        format!("s() {{ if [ -n \"$E\" ]; then o=\"{edge}\"; return; fi; o=; }}\ns\ndocker run -d $o registry:2\n"),
        format!("o=\nif [ -n \"$E\" ]; then exec >>log 2>&1; o=\"{edge}\"; fi\ndocker run -d $o registry:2\n"),
        format!("o=\nfor e in $(cat l); do docker run -d $o registry:2; o=\"{edge}\"; done\n"),
        format!("a() {{ local -n t=$1; t+=({edge}); }}\na=(-d)\na a\ndocker run \"${{a[@]}}\" registry:2\n"),
        "docker run -d --network=\"${1:-bridge}\" -e \"REGISTRY_HTTP_ADDR=${2:-:5000}\" registry:2\n".to_owned(),
        "N=${N:-bridge} A=${A:=:5000}\ndocker run -d --network=$N -e REGISTRY_HTTP_ADDR=$A registry:2\n".to_owned(),
        "[ -z \"$N\" ] && N=bridge\ndocker run -d --network=${N,,} registry:2\n".to_owned(),
        "N=bridge\n. /etc/default/r\ndocker run -d --network=$N registry:2\n".to_owned(),
    ] {
        assert_eq!(run(script.clone()), kept, "{script}");
    }
    // of what nobody can see nothing is taken away
    for script in [
        "o=\n. /etc/default/r\ndocker run -d $o registry:2\n",
        "docker run -d \"${IMAGE:-registry:2}\"\n",
        "docker run -d registry:${TAG:-2}\n",
        "docker run -d registry:2 ${CMD:-serve}\n",
    ] {
        assert_eq!(run(script.to_owned()), [""; 0], "{script}");
    }
    // a default that needs nothing whatever it is
    let plain = "docker run -d --name \"${N:-r}\" -p \"${P:-5000}:5000\" -e TZ=\"${TZ:-UTC}\" registry:2\n";
    assert_eq!(run(plain.to_owned()), kept[..1]);
    let compose = |lines: &str| {
        let text = format!("services:\n  r:\n    image: registry:2\n{lines}");
        added(&[("compose.yaml", &text)])
    };
    let default = compose("    network_mode: ${N:-bridge}\n    environment: {A: \"${A:-b}\"}\n");
    assert_eq!(default, ["cap_drop:", "NET_BIND_SERVICE"]);
    assert_eq!(compose("    container_name: ${N:-r}\n"), ["cap_drop:"]);
}

#[test]
fn a_launch_that_another_script_runs_otherwise_has_no_safe_fix() {
    let lib = "r() { docker run -d \"$@\" registry:2; }\nr -p 5000:5000\n";
    let edge = "r --network=host -e REGISTRY_HTTP_ADDR=:80\n";
    assert_eq!(added(&[("lib.sh", lib)]), ["--cap-drop=all"]);
    let same = [("lib.sh", lib), ("same.sh", ". ./lib.sh\nr -p 5000:5000\n")];
    assert_eq!(added(&same), ["--cap-drop=all"]);
    for (path, sources) in [
        ("edge.sh", ". ./lib.sh"),
        ("sub/edge.sh", "source ../lib.sh"),
        ("bin/edge.sh", "source \"$(dirname \"$0\")/../lib.sh\""),
    ] {
        let script = format!("{sources}\n{edge}");
        assert_eq!(added(&[("lib.sh", lib), (path, &script)]), [""; 0], "{path}");
    }
}
