//! Compares our reading of command lines with what the real clients made of them.
//!
//! `testdata/truths/*.jsonl` was recorded from docker 28.5 and podman 5.8 by `testdata/record/record.py`:
//! a line each, with the words and either what the client asked of its engine or the kind of its refusal.

#![allow(clippy::unwrap_used, clippy::string_slice, clippy::panic)]

#[path = "truths/quadlets.rs"]
mod quadlets;
#[path = "truths/refused.rs"]
mod refused;
#[path = "truths/said.rs"]
mod said;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use privlint::container::{Container, Engine, FileId, Place, Refused, Refuser, Switch, Text, Written};
use privlint::source::Span;
use privlint::spec::{CommandLine, Word, command};
use serde_json::{Value, json};

use said::{docker, podman, podman_mount, sorted};

/// The words side by side, a blank between them, all literal.
fn line(argv: &[String]) -> (String, CommandLine) {
    let mut text = String::new();
    let mut words = Vec::new();
    for word in argv {
        if !text.is_empty() {
            text.push(' ');
        }
        let span = Span::new(text.len(), text.len() + word.len());
        text.push_str(word);
        words.push(Word {
            text: Text::literal(word.as_str(), span),
            place: Place::new(span, span),
            certain: true,
            splits: false,
            options: Vec::new(),
        });
    }
    let line = CommandLine {
        words,
        file: FileId(0),
        span: Span::new(0, text.len()),
        via: Vec::new(),
        certain: true,
        as_root: false,
        maybe_podman: false,
        turns: privlint::spec::Turns::Once,
        background: false,
        folder: Text::new(),
        moved: false,
    };
    (text, line)
}

/// What is always true of the places: they hold what they say.
fn check_places(c: &Container, text: &str) -> Result<(), String> {
    let check = |place: &Place, value: &str, what: &str| {
        let (shown, entry) = (&text[place.value.range()], &text[place.entry.range()]);
        if shown != value || !entry.ends_with(value) && !entry.contains(value) {
            return Err(format!("{what}: `{value}` is at `{shown}`, entry `{entry}`"));
        }
        Ok(())
    };
    for w in &c.mounts {
        check(&w.place, &w.value.text.shown(), "mount")?;
        if let Some(span) = w.value.relabel_span {
            let request = &text[span.range()];
            if !matches!(request, "z" | "Z") && !request.starts_with("relabel=") {
                return Err(format!("label request at `{request}`"));
            }
        }
    }
    for list in [
        &c.cap_add,
        &c.cap_drop,
        &c.security_opt,
        &c.devices,
        &c.group_add,
        &c.sysctls,
    ] {
        for w in list.iter().filter(|w| !w.value.is_empty()) {
            check(&w.place, &w.value.shown(), "value")?;
        }
    }
    for w in [&c.name, &c.user, &c.image, &c.entrypoint].into_iter().flatten() {
        check(&w.place, &w.value.shown(), "value")?;
    }
    Ok(())
}

/// What our reading has to say of a line that the client refuses, by the kind of refusal.
fn refusal(kind: &str, read: Option<&Container>, argv: &[String]) -> Result<(), String> {
    let Some(c) = read else { return Ok(()) };
    let modelled = ["--privileged=", "--read-only="]
        .iter()
        .any(|f| argv.iter().any(|w| w.starts_with(f)));
    let ok = match kind {
        "flag" => !c.unseen.is_empty(),
        "value" => c.image.is_none(),
        "image" => c.image.as_ref().is_none_or(|i| i.value.is_empty() || i.value.is("-")),
        "mount" => c.mounts.iter().any(|m| m.value.error.is_some()),
        "switch" if modelled => {
            let switches = c.privileged.iter().chain(&c.read_only);
            switches
                .into_iter()
                .any(|w| matches!(w.value, Switch::Unknown | Switch::Refused))
        }
        _ => true,
    };
    if ok {
        Ok(())
    } else {
        Err(format!("the client refuses it ({kind}), we read on"))
    }
}

/// True for what the client that was asked refuses; others are later versions, or the engine.
fn by_client(refused: &Written<Refused>) -> bool {
    refused.value.by == Refuser::Client && refused.value.since.is_none()
}

fn compare(engine: Engine, truth: &Value) -> Result<(), String> {
    let argv: Vec<String> = serde_json::from_value(truth["argv"].clone()).unwrap();
    let (text, line) = line(&argv);
    let read = command::read(&line, engine);
    if truth.get("help").is_some() {
        return if read.is_none() {
            Ok(())
        } else {
            Err("the client only prints its help".to_owned())
        };
    }
    if let Some(kind) = truth.get("no") {
        return refusal(kind.as_str().unwrap(), read.as_ref(), &argv);
    }
    let Some(c) = read else {
        return Err("not read".to_owned());
    };
    check_places(&c, &text)?;
    let mut is: BTreeMap<String, Value> = serde_json::from_value(truth["is"].clone()).unwrap();
    let ours = match engine {
        Engine::Podman => podman(&c, &text),
        _ => docker(&c, &text),
    };
    let (launch, pod) = (argv.iter().any(|w| w == "run" || w == "create"), argv[1] == "pod");
    let service = argv[1] == "service";
    if service {
        // the client asks the registry which image that is, and the engine which network
        let image = is["image"]
            .as_str()
            .unwrap()
            .split([':', '@'])
            .next()
            .unwrap()
            .to_owned();
        is.insert("image".to_owned(), json!(image));
        is.remove("network");
    }
    if c.api_socket.is_some() {
        // the model keeps the switch, which says more than the socket's mount
        is.remove("mounts");
    }
    if engine == Engine::Podman {
        is.remove("networks");
        if let Some(mounts) = is.get_mut("mounts") {
            let mut list: Vec<Value> = mounts.as_array().unwrap().iter().map(podman_mount).collect();
            list.sort_by_key(Value::to_string);
            *mounts = json!(list);
        }
    } else if let Some(mounts) = is.get_mut("mounts") {
        let mut list = mounts.as_array().unwrap().clone();
        list.sort_by_key(|m| m.to_string());
        *mounts = json!(list);
    }
    for key in ["cap_add", "cap_drop"] {
        if engine == Engine::Docker
            && let Some(list) = is.get_mut(key)
        {
            let names: Vec<String> = serde_json::from_value(list.clone()).unwrap();
            *list = json!(sorted(names));
        }
    }
    let mut wrong = Vec::new();
    let keys: BTreeSet<&str> = is.keys().map(String::as_str).chain(ours.keys().copied()).collect();
    for key in keys {
        let (theirs, mine) = (
            is.get(key).unwrap_or(&Value::Null),
            ours.get(key).unwrap_or(&Value::Null),
        );
        let absent = theirs.is_null() && matches!((key, mine.as_str()), ("network", Some("default")));
        // a pod's own container is asked for by another part of the service
        let odd = pod && !matches!(key, "name" | "mounts" | "userns");
        let replicas = service && matches!(key, "replicas");
        let network = key == "network" && (service || !launch);
        // the client asks for a volume, and the driver's options make it a folder of the host
        let disguised = key == "mounts"
            && c.mounts
                .iter()
                .any(|m| m.value.text.shown().contains("volume-opt=device="));
        if theirs != mine && !absent && !odd && !replicas && !network && !disguised {
            wrong.push(format!("{key}: client {theirs}, ours {mine}"));
        }
    }
    if let Some(refused) = c.refused().iter().find(|w| by_client(w)) {
        wrong.push(format!("we see an error: {}", refused.value.why));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

fn check(engine: Engine, file: &str, at_least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/truths").join(file);
    let recorded = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in recorded.lines() {
        let truth: Value = serde_json::from_str(line).unwrap();
        count += 1;
        if let Err(why) = compare(engine, &truth) {
            wrong.push(format!("{}\n    {why}", truth["argv"]));
        }
    }
    assert!(count >= at_least, "{count} truths");
    let shown = wrong.iter().take(60).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {count} are read otherwise:\n{shown}",
        wrong.len()
    );
}

#[test]
fn docker_reads_them_so() {
    check(Engine::Docker, "docker.jsonl", 2000);
}

#[test]
fn podman_reads_them_so() {
    check(Engine::Podman, "podman.jsonl", 2000);
}

/// Compares the capability sets and `no-new-privileges`. The machine they were recorded on could not give
/// SYS_RESOURCE to anyone, so that one is left out.
#[test]
fn podman_gives_these_capabilities() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/truths/podman-capabilities.jsonl");
    let recorded = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    for truth in recorded
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
    {
        let argv: Vec<String> = serde_json::from_value(truth["argv"].clone()).unwrap();
        let c = command::read(&line(&argv).1, Engine::Podman).unwrap();
        let listed = |names: Option<BTreeSet<&'static str>>| match names {
            Some(names) => json!(names.into_iter().filter(|n| *n != "SYS_RESOURCE").collect::<Vec<_>>()),
            None => Value::Null,
        };
        let (effective, granted) = (listed(c.effective_capabilities()), listed(c.granted_capabilities()));
        let right = match truth.get("no") {
            Some(_) => effective.is_null(),
            None => {
                effective == truth["effective"] && granted == truth["granted"] && c.no_new_privileges() == truth["nnp"]
            }
        };
        if !right {
            wrong.push(format!("{argv:?}\n    ours {effective} of {granted}, podman {truth}"));
        }
    }
    assert!(recorded.lines().count() >= 90);
    assert!(
        wrong.is_empty(),
        "{} are read otherwise:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
