#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::answer::{Answer, Known};
use super::forms::{Form, Launch};
use super::{json, page, refer, trial};
use crate::config::{Asked, Config, Selector, settings};
use crate::container::{Engine, Knowledge};
use crate::engine::{self, Report, Tree, TreeCache};
use crate::front::Kind;
use crate::knowledge::images::{self, Entry};
use crate::rules::Group;

fn launch(image: &str) -> Launch {
    Launch::of_any_kind(image.to_owned())
}

fn of(launch: Launch) -> Answer {
    Answer::of(launch).unwrap()
}

/// The launches of an entry that are asked about.
fn launches(entry: &Entry) -> Vec<Launch> {
    let image = refer::reference(entry, Knowledge::default()).unwrap();
    let plain = launch(&image);
    let closed = Launch {
        open: false,
        ..plain.clone()
    };
    let data = entry.data.first().map_or("/data", String::as_str);
    let mut all = vec![
        plain,
        closed.clone(),
        Launch {
            mounts: vec![format!("./data:{data}")],
            ..closed.clone()
        },
        Launch {
            user: Some("1000:1000".to_owned()),
            ..closed
        },
    ];
    let podman: Vec<Launch> = all.clone();
    all.extend(podman.into_iter().map(|launch| Launch {
        engine: Engine::Podman,
        ..launch
    }));
    all
}

fn lint(kind: Kind, name: &str, text: &str) -> Report {
    let asked = Asked {
        select: Some(vec![Selector::Group(Group::Default), Selector::Group(Group::Strict)]),
        ..Asked::default()
    };
    let settings = settings(&Config::none(), &asked, Path::new(name), "2026-06-30");
    let cache = TreeCache::default();
    let tree = Tree {
        open: &|_| None,
        folder: &|_| Vec::new(),
        root: &PathBuf::from("/"),
        list: &|_: &Path| Default::default(),
        cache: &cache,
    };
    engine::lint(Path::new(name), kind, text.to_owned(), &settings, &tree)
}

#[test]
fn every_entry_is_found_by_the_name_that_findings_cite() {
    for entry in images::all() {
        let image = refer::image_of(&entry.name, Knowledge::default());
        let answer = of(launch(&image));
        let known = answer.known.as_ref().unwrap();
        assert!(
            known.found.entries.iter().any(|e| e.name == entry.name),
            "{}: {image} is of {:?}",
            entry.name,
            known.found.entries.iter().map(|e| &e.name).collect::<Vec<_>>()
        );
    }
}

#[test]
fn what_is_written_is_what_a_finding_would_write() {
    for (number, entry) in images::all().iter().enumerate() {
        for (i, launch) in launches(entry).into_iter().filter(|launch| !launch.open).enumerate() {
            let answer = of(launch.clone());
            let known: &Known = answer.known.as_ref().unwrap();
            let Ok(written) = &known.write else { continue };
            let (_, text) = written.iter().find(|(form, _)| *form == Form::Run).unwrap();
            let names: BTreeSet<&str> = known.needs.names().into_iter().collect();
            let rows: BTreeSet<&str> = known.rows.iter().map(|row| row.capability.as_str()).collect();
            assert_eq!(names, rows, "{}: {launch:?}", entry.name);
            // to lint them all takes long: each entry has its turn in another launch
            if (number + i) % 6 != 0 {
                continue;
            }
            // nothing is left to say of it
            let report = lint(Kind::Shell, "run.sh", text);
            let told: Vec<&str> = report.diagnostics.iter().map(|d| d.finding.rule).collect();
            for rule in [
                "missing-cap-drop",
                "undropped-capabilities",
                "unknown-needs",
                "syntax-error",
            ] {
                assert!(
                    !told.contains(&rule) || known.needs.on_top_of_default,
                    "{}: {rule}: {text}",
                    entry.name
                );
            }
            same_as_the_fix(&launch, known, text);
        }
    }
}

/// Where nothing but default capabilities is written, a fix of the bare launch writes the same.
fn same_as_the_fix(launch: &Launch, known: &Known, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let bare: Vec<&str> = words.iter().filter(|w| !w.starts_with("--cap-")).copied().collect();
    let report = lint(Kind::Shell, "run.sh", &format!("{}\n", bare.join(" ")));
    let caps = |text: &str| -> BTreeSet<String> {
        text.split_whitespace()
            .filter(|w| w.starts_with("--cap-"))
            .map(str::to_owned)
            .collect()
    };
    let rules = ["missing-cap-drop", "undropped-capabilities"];
    let found = report.diagnostics.iter().find(|d| rules.contains(&d.finding.rule));
    let Some(offer) = found.and_then(|d| d.fix.as_ref()) else {
        return;
    };
    let fixed = crate::fix::apply(report.reading.source(), crate::container::FileId(0), &offer.edits).unwrap();
    let given = crate::knowledge::capabilities::defaults(Engine::Docker);
    let beyond = known.rows.iter().any(|row| !given.contains(row.capability.as_str()));
    if !beyond {
        assert_eq!(caps(&fixed), caps(text), "{launch:?}");
    }
}

#[test]
fn nothing_is_said_of_a_launch_takes_in_every_launch() {
    for entry in images::all() {
        let all = launches(entry);
        let rows = |launch: &Launch| -> BTreeSet<String> {
            let answer = of(launch.clone());
            answer
                .known
                .unwrap()
                .rows
                .into_iter()
                .map(|row| row.capability)
                .collect()
        };
        for engine in [Engine::Docker, Engine::Podman] {
            let mut of_engine = all.iter().filter(|launch| launch.engine == engine);
            let open = rows(of_engine.next().unwrap());
            for closed in of_engine {
                assert!(rows(closed).is_subset(&open), "{}: {closed:?}", entry.name);
            }
        }
    }
}

#[test]
fn each_form_says_the_same_launch() {
    let answer = of(Launch {
        mounts: vec![
            "./db:/var/lib/postgresql/data".into(),
            "type=bind,source=./a,target=/a,readonly".into(),
        ],
        environment: vec!["A=b $c".into()],
        ports: vec!["5432:5432".into()],
        command: vec!["postgres".into(), "-c".into(), "log_connections=on".into()],
        open: false,
        ..launch("postgres:17")
    });
    let written = answer.known.unwrap().write.unwrap();
    assert_eq!(written.len(), 3);
    let said: Vec<String> = written.iter().map(|(_, text)| text.clone()).collect();
    assert_eq!(
        said[0],
        "docker run -v ./db:/var/lib/postgresql/data --mount type=bind,source=./a,target=/a,readonly -e 'A=b $c' \
         -p 5432:5432 --cap-drop=all --cap-add=CHOWN --cap-add=DAC_OVERRIDE --cap-add=FOWNER --cap-add=KILL \
         --cap-add=SETGID --cap-add=SETUID postgres:17 postgres -c log_connections=on\n"
    );
    for needle in [
        "image: postgres:17",
        "- ./db:/var/lib/postgresql/data",
        "{type: bind, source: ./a, target: /a, read_only: true}",
        "\"A=b $$c\"",
        "cap_drop",
        "cap_add",
    ] {
        assert!(said[1].contains(needle), "{needle}: {}", said[1]);
    }
    for needle in [
        "Image=docker.io/library/postgres:17\n",
        "Volume=./db:",
        "Mount=type=bind",
        "Environment=\"A=b $c\"",
        "DropCapability=all\n",
        "AddCapability=",
    ] {
        assert!(said[2].contains(needle), "{needle}: {}", said[2]);
    }
}

#[test]
fn a_launch_narrows_what_is_needed_and_says_what_it_leaves_out() {
    let bare = |mounts: &[&str]| {
        let answer = of(Launch {
            mounts: mounts.iter().map(|m| (*m).to_owned()).collect(),
            open: false,
            ..launch("mariadb:11")
        });
        json::written(&answer)
    };
    let names = |value: &serde_json::Value, key: &str| -> Vec<String> {
        let list = value[key].as_array().unwrap();
        list.iter()
            .map(|row| row["capability"].as_str().unwrap().to_owned())
            .collect()
    };
    let without = bare(&["./db:/var/lib/mysql"]);
    assert_eq!(names(&without, "spared"), ["AUDIT_WRITE"]);
    let with = bare(&["./pam.d:/etc/pam.d"]);
    assert!(names(&with, "needs").contains(&"AUDIT_WRITE".to_owned()));
    for key in [
        "image",
        "entry",
        "match",
        "trust",
        "starts_as",
        "needs",
        "never",
        "privileged",
    ] {
        assert!(!with[key].is_null(), "{key}");
    }
    assert_eq!(with["match"], "exact");
    let audit = with["needs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["capability"] == "AUDIT_WRITE");
    assert_eq!(audit.unwrap()["paths"], serde_json::json!(["mount:/etc/pam.d"]));
}

#[test]
fn a_script_tries_each_situation_of_each_entry_that_something_is_proposed_for() {
    let mut scripts = 0;
    for entry in images::all() {
        let image = refer::reference(entry, Knowledge::default()).unwrap();
        let answer = of(launch(&image));
        let known = answer.known.as_ref().unwrap();
        let Ok(script) = trial::script(&answer, known) else {
            continue;
        };
        scripts += 1;
        assert!(!script.contains('@') || !script.contains("@TRIALS@"), "{}", entry.name);
        if entry.data.is_empty() {
            continue;
        }
        for situation in [
            "nothing-mounted",
            "fresh-volume",
            "root-bind",
            "user-bind",
            "tmpfs",
            "caller-bind",
        ] {
            assert!(
                script.contains(&format!("trial {situation} ")),
                "{}: {situation}",
                entry.name
            );
        }
    }
    assert!(scripts > 100, "{scripts}");
    let answer = of(launch("postgres:17"));
    let script = trial::script(&answer, answer.known.as_ref().unwrap()).unwrap();
    assert!(
        script.contains("\"$@\" -e POSTGRES_PASSWORD=trial \"$IMAGE\" >"),
        "{script}"
    );
    assert!(script.contains(
        "trial fresh-volume 'CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID' volume /var/lib/postgresql \"$@\""
    ));
}

#[test]
fn every_entry_has_a_page() {
    let pages = page::pages();
    assert_eq!(pages.len(), images::all().len() + 1);
    let postgres = &pages.iter().find(|(name, _)| name == "postgres").unwrap().1;
    for needle in [
        "# postgres\n",
        "| `CHOWN` | on every start |",
        "```ini\n[Container]",
        "- trust: verified, the weakest of these",
    ] {
        assert!(postgres.contains(needle), "{needle}: {postgres}");
    }
}
