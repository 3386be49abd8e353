//! Fixes of scripts: bash still reads the result, and the client is then asked for what was meant and
//! nothing else. What it is asked for was recorded by `testdata/record/scripts.py`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use privlint::fix::Safety;
use privlint::front::Kind;
use serde_json::Value;

use crate::samples::{Sample, settings};

/// The scripts, and what their fixes mean to change, in the words of the recorded truths.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("01-array", &["privileged", "cap_drop", "mounts"]),
    ("02-continued-lines", &["privileged", "cap_drop", "mounts"]),
    ("03-variable-of-options", &["privileged", "cap_drop"]),
    ("04-quoted-engine", &["mounts"]),
    ("05-branch", &["security_opt"]),
    ("06-function", &["cap_drop", "mounts"]),
    ("07-single-quotes", &["mounts"]),
    ("08-shell-in-a-string", &["privileged", "cap_drop", "mounts"]),
    ("09-two-commands", &["mounts"]),
    ("10-podman-mount", &["mounts"]),
    ("11-sudo-and-environment", &["cap_add", "cap_drop"]),
    ("12-heredoc", &["privileged", "cap_drop"]),
];

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(testdata(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The recorded answers of the clients, by the words of the command.
fn truths() -> BTreeMap<Vec<String>, Value> {
    let mut truths = BTreeMap::new();
    for file in ["truths/scripts-docker.jsonl", "truths/scripts-podman.jsonl"] {
        for line in text(file).lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let argv: Vec<String> = serde_json::from_value(line["argv"].clone()).unwrap();
            truths.insert(argv, line["is"].clone());
        }
    }
    truths
}

/// The engine commands that bash makes of a script: programs that only write down how they are called
/// stand in the place of the engines, as the recorder has them.
fn commands(script: &str, name: &str) -> Vec<Vec<String>> {
    let top = std::env::temp_dir().join(format!("privlint-scripts-{}-{name}", std::process::id()));
    let (bin, here, log) = (top.join("bin"), top.join("app"), top.join("calls"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::create_dir_all(&here).unwrap();
    let note = "for word; do printf '%s\\0' \"$word\"; done >> \"$CALLS\"; printf '\\n\\0' >> \"$CALLS\"\n";
    let pass = "while case \"$1\" in -*|*=*) true;; *) false;; esac; do shift; done\nexec \"$@\"\n";
    let programs = [
        ("docker", format!("#!/bin/sh\nset -- docker \"$@\"\n{note}")),
        ("podman", format!("#!/bin/sh\nset -- podman \"$@\"\n{note}")),
        ("sudo", format!("#!/bin/sh\n{pass}")),
        ("env", format!("#!/bin/sh\n{pass}")),
    ];
    for (program, body) in programs {
        let path = bin.join(program);
        std::fs::write(&path, body).unwrap();
        assert!(Command::new("chmod").arg("755").arg(&path).status().unwrap().success());
    }
    let run = Command::new("bash")
        .args(["-c", script])
        .current_dir(&here)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("CALLS", &log)
        .output()
        .unwrap();
    assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    let calls = std::fs::read_to_string(&log).unwrap();
    std::fs::remove_dir_all(&top).unwrap();
    let here = here.canonicalize().unwrap_or(here).display().to_string();
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for word in calls.split_terminator('\0') {
        match word {
            "\n" => lines.push(Vec::new()),
            word => lines.last_mut().unwrap().push(word.replace(&here, "/srv/app")),
        }
    }
    lines.pop();
    lines
}

#[test]
fn fixes_of_scripts_change_for_the_client_what_they_mean_to() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: there is no bash");
        return;
    }
    let truths = truths();
    for (name, meant) in SCRIPTS {
        let (before, after) = (
            text(&format!("scripts/{name}.sh")),
            text(&format!("scripts/{name}.fixed")),
        );
        let sample = Sample {
            from: (*name).to_owned(),
            path: "run.sh".into(),
            kind: Kind::Shell,
            text: before.clone(),
            settings: settings("", None, None),
        };
        assert_eq!(sample.fix(&before, Safety::Unsafe).text, after, "{name}");
        for text in [&before, &after] {
            let read = Command::new("bash").args(["-n", "-c", text]).output().unwrap();
            let said = String::from_utf8_lossy(&read.stderr).into_owned();
            assert!(read.status.success() && said.is_empty(), "{name}: bash -n says {said}");
        }
        let (old, new) = (commands(&before, name), commands(&after, name));
        assert!(
            !old.is_empty() && old.len() == new.len(),
            "{name}: {old:?} became {new:?}"
        );
        let mut changed = BTreeSet::new();
        for (old, new) in old.iter().zip(&new) {
            let is = |argv: &Vec<String>| {
                truths
                    .get(argv)
                    .unwrap_or_else(|| panic!("{name}: not recorded: {argv:?}"))
            };
            let (old, new) = (is(old).as_object().unwrap(), is(new).as_object().unwrap());
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            changed.extend(keys.into_iter().filter(|k| old.get(*k) != new.get(*k)).cloned());
        }
        let meant: BTreeSet<String> = meant.iter().map(|m| (*m).to_owned()).collect();
        assert_eq!(changed, meant, "{name}");
    }
}
