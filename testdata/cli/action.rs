//! The GitHub action, run step by step as a runner would, as far as its expressions go.

use std::collections::BTreeMap;
use std::process::Command;

use serde_yaml::Value;

use crate::support::{CLEAN, Folder, SOCKET, root};

/// What a run of the action came to.
#[derive(Debug)]
struct Ran {
    code: i32,
    log: String,
    outputs: BTreeMap<String, String>,
    summary: String,
    /// The inputs of the upload, where it took place.
    upload: Option<BTreeMap<String, String>>,
    /// The uploaded file.
    upload_log: String,
}

/// The values of expressions at one moment.
struct Context {
    values: BTreeMap<String, String>,
}

impl Context {
    /// A text with its `${{ … }}` filled in.
    fn fill(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (name, tail) = after.split_once("}}").unwrap();
            out.push_str(before);
            out.push_str(&self.value(name.trim()));
            rest = tail;
        }
        out + rest
    }

    fn value(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None if name.starts_with("steps.") => String::new(),
            None => panic!("the action uses {name}, which this runner does not know"),
        }
    }

    /// A condition of terms joined by `&&`.
    fn holds(&self, condition: &str) -> bool {
        let condition = condition.trim().trim_start_matches("${{").trim_end_matches("}}");
        condition.split("&&").all(|term| {
            let term = term.trim();
            let literal = |text: &str| text.trim().trim_matches('\'').to_owned();
            match (term, term.split_once("!="), term.split_once("==")) {
                ("!cancelled()", ..) => true,
                (_, Some((name, value)), _) => self.value(name.trim()) != literal(value),
                (_, _, Some((name, value))) => self.value(name.trim()) == literal(value),
                _ => panic!("the condition {term} is not known"),
            }
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(String::new, str::to_owned)
}

fn run(folder: &Folder, inputs: &[(&str, &str)]) -> Ran {
    run_with(folder, inputs, None)
}

/// Runs the action with some programs in the place of the machine's own.
fn run_with(folder: &Folder, inputs: &[(&str, &str)], programs: Option<&Folder>) -> Ran {
    run_of(root(), folder, inputs, programs)
}

/// Runs the action of a commit whose files are in `home`.
fn run_of(home: &std::path::Path, folder: &Folder, inputs: &[(&str, &str)], programs: Option<&Folder>) -> Ran {
    let action: Value = serde_yaml::from_str(&std::fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    let mut context = Context {
        values: BTreeMap::new(),
    };
    for (name, input) in action["inputs"].as_mapping().unwrap() {
        context
            .values
            .insert(format!("inputs.{}", text(name)), text(&input["default"]));
    }
    for (name, value) in [("version", "system")].iter().chain(inputs) {
        let known = context.values.insert(format!("inputs.{name}"), (*value).to_owned());
        assert!(known.is_some(), "there is no input {name}");
    }
    let here = home.display().to_string();
    context.values.insert("github.action_path".to_owned(), here);
    context.values.insert("github.token".to_owned(), String::new());
    let mut ran = Ran {
        code: 0,
        log: String::new(),
        outputs: BTreeMap::new(),
        summary: String::new(),
        upload: None,
        upload_log: String::new(),
    };
    let temp = Folder::with(&[("output", ""), ("summary", "")]);
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        if let Some(condition) = step.get("if")
            && !context.holds(&text(condition))
        {
            continue;
        }
        if step.get("uses").is_some() {
            let with = step["with"].as_mapping().unwrap();
            let with = with
                .iter()
                .map(|(name, value)| (text(name), context.fill(&text(value))));
            ran.upload = Some(with.collect());
            continue;
        }
        assert!(!text(&step["run"]).contains("${{"), "an expression in a script");
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_privlint")).parent().unwrap();
        let mut path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        if let Some(programs) = programs {
            path = format!("{}:{path}", programs.0.display());
        }
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &text(&step["run"])]);
        command.current_dir(&folder.0).env("PATH", path);
        command
            .env("RUNNER_TEMP", &temp.0)
            .env("GITHUB_OUTPUT", temp.0.join("output"));
        command.env("GITHUB_STEP_SUMMARY", temp.0.join("summary"));
        for (name, value) in step["env"].as_mapping().unwrap() {
            command.env(text(name), context.fill(&text(value)));
        }
        let output = command.output().unwrap();
        ran.log += &String::from_utf8_lossy(&output.stdout);
        ran.log += &String::from_utf8_lossy(&output.stderr);
        let id = step.get("id").map(text).unwrap_or_default();
        for line in temp.read("output").lines() {
            let (name, value) = line.split_once('=').unwrap();
            context
                .values
                .insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        temp.write("output", "");
        ran.code = output.status.code().unwrap();
        if ran.code != 0 {
            break;
        }
    }
    for (name, output) in action["outputs"].as_mapping().unwrap() {
        ran.outputs.insert(text(name), context.fill(&text(&output["value"])));
    }
    ran.summary = temp.read("summary");
    if let Some(file) = ran.upload.as_ref().and_then(|with| with.get("sarif_file")) {
        ran.upload_log = std::fs::read_to_string(file).unwrap();
        let log: serde_json::Value = serde_json::from_str(&ran.upload_log).unwrap();
        assert_eq!(log["version"], "2.1.0");
    }
    ran
}

#[test]
fn findings_fail_the_action_and_are_shown_in_every_place() {
    let folder = Folder::with(&[(".git/HEAD", ""), ("deploy/compose.yaml", SOCKET)]);
    let ran = run(&folder, &[("sarif", "true")]);
    assert_eq!(ran.code, 1, "{}", ran.log);
    assert!(
        ran.log.contains("\n::error file=deploy/compose.yaml,line=5,"),
        "{}",
        ran.log
    );
    assert!(ran.summary.contains("engine-socket"), "{}", ran.summary);
    assert_eq!(
        (ran.outputs["findings"].as_str(), ran.outputs["exit-code"].as_str()),
        ("1", "1")
    );
    assert_eq!(ran.upload.unwrap()["category"], "privlint");
}

#[test]
fn a_clean_tree_passes_and_uploads_nothing_unasked() {
    let folder = Folder::with(&[("compose.yaml", CLEAN)]);
    let ran = run(&folder, &[]);
    assert_eq!((ran.code, ran.upload), (0, None), "{}", ran.log);
    assert_eq!(ran.outputs["findings"], "0");
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    assert_eq!(run(&folder, &[("fail-on", "never")]).code, 0);
    assert_eq!(run(&folder, &[("args", "--ignore=engine-socket")]).code, 0);
}

#[test]
fn a_failure_is_never_green() {
    let folder = Folder::with(&[("compose.yaml", CLEAN)]);
    assert_eq!(run(&folder, &[("paths", "missing")]).code, 2);
    assert_eq!(run(&folder, &[("paths", "--fail-on=never")]).code, 2);
    assert_eq!(run(&folder, &[("args", "--no-such-option")]).code, 2);
    assert_eq!(run(&folder, &[("config", "missing.yaml")]).code, 2);
}

#[test]
fn a_run_over_nothing_is_no_all_clear() {
    let folder = Folder::with(&[("notes.txt", "some words\n"), ("compose.yaml", CLEAN)]);
    let ran = run(&folder, &[("paths", "notes.txt")]);
    assert!(
        ran.log.contains("::warning title=privlint::nothing was checked"),
        "{ran:?}"
    );
    assert!(ran.summary.contains("nothing was checked"), "{ran:?}");
    let ran = run(&folder, &[("config", "nope.yaml")]);
    assert!(ran.code != 0 && ran.log.contains("::error title=privlint::"), "{ran:?}");
}

#[test]
fn linted_text_speaks_no_workflow_commands() {
    let hostile = SOCKET.replace("docker.sock\n", "docker.sock # ::error::owned\n");
    let folder = Folder::with(&[
        ("compose.yaml", &hostile),
        ("a%0A::error::b.sh", "docker run --privileged x\n"),
    ]);
    let ran = run(&folder, &[("annotations", "false")]);
    let stop = ran
        .log
        .lines()
        .position(|l| l.starts_with("::stop-commands::"))
        .unwrap();
    let token = ran
        .log
        .lines()
        .nth(stop)
        .unwrap()
        .trim_start_matches("::stop-commands::")
        .to_owned();
    let end = ran.log.lines().position(|l| l == format!("::{token}::")).unwrap();
    for (n, line) in ran.log.lines().enumerate() {
        assert!(!line.contains("::error::") || (stop < n && n < end), "{line}");
    }
}

/// A folder as releases are downloaded from: the archive of this machine's binary, with its checksum.
fn releases() -> Option<Folder> {
    let folder = Folder::with(&[]);
    let target = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", arch) => format!("{arch}-unknown-linux-musl"),
        ("macos", arch) => format!("{arch}-apple-darwin"),
        _ => return None,
    };
    let script = format!(
        "set -e; v=v{}; n=privlint-{target}; mkdir -p $v/$n; ln -s '{}' $v/$n/privlint
         tar -C $v -chzf $v/$n.tar.gz $n; cd $v; sha256sum $n.tar.gz >$n.tar.gz.sha256 || shasum -a 256 $n.tar.gz >$n.tar.gz.sha256",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_BIN_EXE_privlint"),
    );
    let done = Command::new("bash")
        .args(["-c", &script])
        .current_dir(&folder.0)
        .output();
    let done = done.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(folder)
}

/// `curl` and `gh` that know the releases in a folder, and nothing else; `gh` vouches for them while
/// there is a file `attested`.
fn programs(releases: &Folder) -> Folder {
    use std::os::unix::fs::PermissionsExt;
    let curl = format!(
        "#!/bin/sh\nfor last; do :; done\nwhile [ $# -gt 1 ]; do [ \"$1\" != --output ] || out=$2; shift; done
         case $last in https://releases.test/*) cp \"{}/${{last#https://releases.test/}}\" \"$out\" ;; *) exit 1 ;; esac\n",
        releases.0.display()
    );
    let gh = format!(
        "#!/bin/sh\n[ \"$1 $2\" = 'attestation verify' ] && [ -f \"$3\" ] && [ -f '{}/attested' ]\n",
        releases.0.display()
    );
    let folder = Folder::with(&[("curl", &curl), ("gh", &gh)]);
    for name in ["curl", "gh"] {
        std::fs::set_permissions(folder.0.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[test]
fn a_release_is_downloaded_and_its_checksum_and_attestation_count() {
    let Some(releases) = releases() else { return };
    let programs = programs(&releases);
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let download = |inputs: &[(&str, &str)]| {
        let inputs: Vec<_> = inputs
            .iter()
            .chain(&[("releases", "https://releases.test")])
            .copied()
            .collect();
        run_with(&folder, &inputs, Some(&programs))
    };
    let version = env!("CARGO_PKG_VERSION");
    let ran = download(&[("version", version)]);
    assert!(
        ran.code == 2 && ran.log.contains("was built by the project"),
        "{}",
        ran.log
    );
    let ran = download(&[("version", version), ("attestation", "off")]);
    assert_eq!(ran.code, 1, "{}", ran.log);
    releases.write("attested", "");
    let ran = download(&[("version", version)]);
    assert_eq!((ran.code, ran.outputs["findings"].as_str()), (1, "1"), "{}", ran.log);
    for file in std::fs::read_dir(releases.0.join(format!("v{version}"))).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == "sha256") {
            std::fs::write(path, format!("{}  x\n", "0".repeat(64))).unwrap();
        }
    }
    let ran = download(&[("version", version)]);
    assert!(
        ran.code == 2 && ran.log.contains("is not the one that its checksum is of"),
        "{}",
        ran.log
    );
    for wrong in ["--help", "latest", "1;x"] {
        assert_eq!(run(&folder, &[("version", wrong)]).code, 2, "{wrong}");
    }
}

#[test]
fn a_pinned_action_takes_the_archive_whose_checksum_is_committed_beside_it() {
    let Some(releases) = releases() else { return };
    let programs = programs(&releases);
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    let home = Folder::with(&[]);
    std::fs::create_dir(home.0.join("action")).unwrap();
    for name in ["run.sh", "pin", "release.txt"] {
        std::fs::copy(root().join("action").join(name), home.0.join("action").join(name)).unwrap();
    }
    let auto = [("version", "auto"), ("releases", "https://releases.test")];
    let required = [auto[0], auto[1], ("attestation", "required")];
    let run = |inputs: &[(&str, &str)]| run_of(&home.0, &folder, inputs, Some(&programs));
    // between releases it is built, for which there is no source here
    assert_eq!(run(&auto).code, 2);
    let version = env!("CARGO_PKG_VERSION");
    let archives = releases.0.join(format!("v{version}"));
    let pinned = Command::new("bash")
        .arg(home.0.join("action/pin"))
        .args([version, archives.to_str().unwrap()])
        .status();
    assert!(pinned.unwrap().success());
    // the place that the archive comes from has no say about its checksum
    for file in std::fs::read_dir(&archives).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|e| e == "sha256") {
            std::fs::remove_file(file).unwrap();
        }
    }
    let ran = run(&auto);
    assert!(
        ran.code == 2 && ran.log.contains("was built by the project"),
        "{}",
        ran.log
    );
    releases.write("attested", "");
    for inputs in [&auto[..], &required] {
        let ran = run(inputs);
        assert_eq!((ran.code, ran.outputs["version"].as_str()), (1, version), "{}", ran.log);
    }
    let text = home.read("action/release.txt");
    let wrong: Vec<String> = text
        .lines()
        .map(|line| line.replace("  privlint", "0  privlint"))
        .collect();
    home.write("action/release.txt", wrong.join("\n") + "\n");
    let ran = run(&auto);
    assert!(
        ran.code == 2 && ran.log.contains("is not the one that its checksum is of"),
        "{}",
        ran.log
    );
}

#[test]
fn no_list_is_opened_that_bash_3_takes_for_unset() {
    let script = std::fs::read_to_string(root().join("action/run.sh")).unwrap();
    for (n, line) in script.lines().enumerate() {
        let bare = line.replace("${read_lines[@]+\"${read_lines[@]}\"}", "");
        assert!(!bare.contains("${read_lines[@]}"), "line {}: {line}", n + 1);
    }
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    assert_eq!(run(&folder, &[("args", ""), ("paths", "")]).code, 1);
}

#[test]
fn the_script_uses_nothing_that_bash_3_does_not_know() {
    let script = std::fs::read_to_string(root().join("action/run.sh")).unwrap();
    let newer = [
        ",,}",
        "^^}",
        "^}",
        ",}",
        "@Q}",
        "[-1]",
        "|&",
        "&>>",
        ";;&",
        ";&",
        "mapfile",
        "readarray",
        "coproc",
        "globstar",
        "lastpipe",
        "declare -A",
        "local -A",
        "declare -n",
        "local -n",
        "declare -g",
        "wait -n",
        "printf -v",
        "EPOCH",
        "BASHPID",
        "read -N",
        "read -i",
        "exec {",
        "\\u",
        "-v \"",
    ];
    for (n, line) in script.lines().enumerate() {
        let code = line.split(" # ").next().unwrap();
        let found = newer.iter().find(|word| code.contains(**word));
        assert!(
            code.starts_with('#') || found.is_none(),
            "line {}: {found:?} in {line}",
            n + 1
        );
    }
}

#[test]
fn what_is_gone_from_the_baseline_is_not_uploaded() {
    if !Command::new("jq")
        .arg("--version")
        .output()
        .is_ok_and(|o| o.status.success())
    {
        return;
    }
    let folder = Folder::with(&[("compose.yaml", SOCKET)]);
    folder.run(&["--write-baseline", "known.json"]);
    folder.write("compose.yaml", CLEAN);
    let inputs = [("sarif", "true"), ("args", "--baseline=known.json")];
    let ran = run(&folder, &inputs);
    assert_eq!(ran.code, 0, "{}", ran.log);
    assert!(ran.upload_log.contains("\"results\": []"), "{}", ran.upload_log);
}
