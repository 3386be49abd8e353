//! Compares our reading of Quadlets with the commands that podman's generator made of them.
//!
//! `testdata/truths/quadlets.jsonl` was recorded from podman 5.8.6 by `testdata/record/quadlets.py`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use privlint::container::{Container, Engine, Hole, PieceKind, Starts, Syntax, Text};
use privlint::front::{self, Kind, Reading, Surroundings};
use privlint::source::{Source, Span};
use privlint::spec::command;
use serde_json::Value;

type Files = Vec<(String, String)>;

/// Where the generator makes nothing for a reason that is not ours to tell: another unit may stand
/// elsewhere, and a group without a user hangs on nothing.
const UNTOLD: &[&str] = &["mounts/a-volume-unit-that-is-not-there", "namespaces/a-group-alone"];

fn folders() -> BTreeMap<String, Files> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/quadlets");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for block in text.split("#### ").skip(1) {
            let (name, body) = block.split_once('\n').unwrap();
            let parts = body.split("==== ").skip(1);
            let files = parts.map(|part| part.split_once('\n').unwrap());
            let files = files.map(|(file, text)| (file.to_owned(), text.to_owned())).collect();
            found.insert(format!("{stem}/{name}"), files);
        }
    }
    found
}

fn read(files: &Files, name: &str) -> Reading {
    let open = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| text.clone())
    };
    let list = |folder: &Path| {
        let paths = files.iter().map(|(name, _)| PathBuf::from(name));
        paths.filter(|path| path.parent() == Some(folder)).collect()
    };
    let surroundings = Surroundings {
        open: &open,
        list: &list,
        ..Surroundings::none()
    };
    let text = open(Path::new(name)).unwrap();
    front::read(Kind::Quadlet, &Arc::new(Source::new(name, text)), &surroundings)
}

/// What a container is to podman, in comparable words.
fn shown(c: &Container) -> Vec<String> {
    let mut facts = c.facts();
    facts.syntax = Syntax::Command;
    facts.name = None;
    for list in [&mut facts.cap_add, &mut facts.cap_drop] {
        list.iter_mut().for_each(|name| name.make_ascii_lowercase());
    }
    let own = [
        "container_name",
        "lost",
        "rootless",
        "stays",
        "certain",
        "option",
        "pod",
    ];
    facts.others.retain(|(name, _)| !own.contains(name));
    let mut words: Vec<String> = facts
        .others
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    // the order among options of different names is nobody's
    let mut options: Vec<String> = c
        .options
        .iter()
        .filter(|o| !o.starts_with("infra-name"))
        .cloned()
        .collect();
    options.sort();
    words.extend(options);
    words.sort();
    facts.others.clear();
    facts.unseen.clear();
    // a device that is taken only where it is there
    facts
        .devices
        .iter_mut()
        .for_each(|d| *d = d.trim_end_matches('?').to_owned());
    words.push(format!("{facts:#?}"));
    words
}

/// The words as systemd hands them on.
fn argv(truth: &Value, file: &str) -> Vec<String> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words: Vec<String> = serde_json::from_value(truth.clone()).unwrap();
    let word = |word: &String| {
        let word = word.replace("systemd-%N", &format!("systemd-{stem}"));
        let word = word.replace("%%", "%").replace("$$", "$");
        match word.as_str() {
            "--security-opt=no-new-privileges" => format!("{word}=true"),
            _ => word,
        }
    };
    std::iter::once("podman".to_owned())
        .chain(words.iter().map(word))
        .collect()
}

/// A word with what systemd fills in left open.
fn with_holes(word: &str, span: Span) -> Text {
    let mut text = Text::new();
    let mut rest = word;
    while let Some((before, after)) = rest
        .split_once('%')
        .filter(|(_, after)| after.starts_with(char::is_alphabetic))
    {
        text.push(before.to_owned(), span, PieceKind::Cooked);
        let hole = match after.get(..1) {
            Some("h") => Hole::Home,
            _ => Hole::Other,
        };
        text.push(format!("%{}", &after[..1]), span, PieceKind::Hole(hole));
        rest = &after[1..];
    }
    text.push(rest.to_owned(), span, PieceKind::Cooked);
    text
}

#[test]
fn units_are_read_as_the_generator_reads_them() {
    let recorded = include_str!("quadlets.jsonl");
    let truths: Vec<Value> = recorded
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let folders = folders();
    assert!(
        truths.len() >= 150 && folders.len() == truths.len(),
        "record the truths again"
    );
    let mut wrong = Vec::new();
    for truth in &truths {
        let name = truth["folder"].as_str().unwrap();
        let files = &folders[name];
        if truth.get("no").is_some() {
            let reading = read(files, &files[0].0);
            let told = !reading.problems.is_empty() || reading.containers.iter().any(|c| !c.lost.is_empty());
            if !told && !reading.containers.is_empty() && !UNTOLD.contains(&name) {
                wrong.push(format!(
                    "{name}: podman generates no service from it, and we say nothing"
                ));
            }
            continue;
        }
        for (file, words) in truth["services"].as_object().unwrap() {
            let reading = read(files, file);
            let mut line = super::line(&argv(words, file)).1;
            line.words
                .iter_mut()
                .for_each(|word| word.text = with_holes(&word.text.shown(), word.place.value));
            let expected = command::read(&line, Engine::Podman);
            match (reading.containers.first(), expected) {
                (None, None) => {}
                (Some(ours), Some(mut theirs)) => {
                    // a template is several units, and the command of each starts one container
                    if file.contains("@.") {
                        theirs.starts = Starts::Many;
                    }
                    let (ours, theirs) = (shown(ours), shown(&theirs));
                    let apart = ours.iter().zip(&theirs).find(|(a, b)| a != b);
                    if let Some((ours, theirs)) = apart {
                        wrong.push(format!("{name}: {file}: {ours} is {theirs} to podman"));
                    } else if ours.len() != theirs.len() {
                        wrong.push(format!("{name}: {file}: {ours:?} is {theirs:?} to podman"));
                    }
                }
                (ours, _) => wrong.push(format!(
                    "{name}: {file}: only {} reads it",
                    if ours.is_some() { "we" } else { "podman" }
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
