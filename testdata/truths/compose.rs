//! What privlint reads of the projects in `testdata/compose/projects` is what Docker Compose asked an
//! engine for. `testdata/record/compose.py` recorded the truths.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::string_slice)]

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use privlint::container::{
    Container, Hole, Mount, PieceKind, Place, Relabel, Switch, Syntax, Text, Tri, ViaKind, Written,
};
use privlint::front::{self, Kind, Reading, Surroundings};
use privlint::source::Source;
use serde_json::{Value, json};

/// Projects that Compose refuses for reasons that have nothing to do with privilege: what is read of
/// them is left to those who check schemas.
const SCHEMA: &[&str] = &[
    "clauses/a null service",
    "clauses/extends from an include",
    "clauses/extends provider",
    "clauses/include as a word",
    "clauses/network mode beside networks",
    "clauses/version one layout",
    "clauses/yaml numbers",
    "extends/lists that say the same",
    "extends/missing file",
    "extends/missing service",
    "extends/old layout beside",
    "lists/capabilities as a word",
    "lists/capabilities null",
    "lists/provider",
    "merging/variable broken",
    "merging/variable required",
    "namespaces/user number",
    "projects/include missing",
    "volumes/external volume",
    "volumes/long without a target",
    "volumes/long without a type",
    "volumes/named and not declared",
];

type Files = Vec<(String, String)>;

/// `#### name`, then `==== file` before each file of the project; the first is the one that is read.
fn projects() -> BTreeMap<String, Files> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/compose/projects");
    let mut projects = BTreeMap::new();
    for bundle in std::fs::read_dir(folder).unwrap() {
        let path = bundle.unwrap().path();
        let text = format!("\n{}", std::fs::read_to_string(&path).unwrap());
        for block in text.split("\n#### ").skip(1) {
            let (name, body) = block.split_once('\n').unwrap();
            let body = format!("\n{body}\n");
            let mut parts = body.split("\n==== ");
            let mut files = Files::new();
            let first = parts.next().unwrap().trim_start_matches('\n');
            if !first.trim().is_empty() {
                files.push(("compose.yaml".to_owned(), first.to_owned()));
            }
            for part in parts {
                let (file, text) = part.split_once('\n').unwrap();
                files.push((file.to_owned(), text.to_owned()));
            }
            let stem = path.file_stem().unwrap().to_string_lossy();
            projects.insert(format!("{stem}/{name}"), files);
        }
    }
    projects
}

fn truths() -> BTreeMap<String, Value> {
    let text = include_str!("compose.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|truth| (truth["project"].as_str().unwrap().to_owned(), truth))
        .collect()
}

fn read(files: &Files) -> Reading {
    let open = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| text.clone())
    };
    let surroundings = Surroundings {
        open: &open,
        ..Surroundings::none()
    };
    front::read(
        Kind::Compose,
        &Arc::new(Source::new(&files[0].0, files[0].1.as_str())),
        &surroundings,
    )
}

#[test]
fn projects_are_read_as_compose_reads_them() {
    let (projects, truths) = (projects(), truths());
    assert!(projects.keys().eq(truths.keys()), "record the truths again");
    assert!(projects.len() >= 150);
    let mut wrong = Vec::new();
    for (name, files) in &projects {
        let reading = read(files);
        let truth = &truths[name];
        if truth.get("no").is_some() {
            let said = !reading.problems.is_empty() || reading.containers.iter().any(|c| !c.refused().is_empty());
            if said == SCHEMA.contains(&name.as_str()) {
                wrong.push(format!(
                    "{name}: Compose refuses, {}",
                    if said { "and so do we" } else { "and we are silent" }
                ));
            }
            continue;
        }
        let services = reading.containers.iter().filter(|c| c.syntax == Syntax::Compose);
        let mut found: BTreeMap<String, Value> = services.map(|c| (c.called(), service(&reading, c))).collect();
        for exec in reading.containers.iter().filter(|c| c.syntax == Syntax::Exec) {
            let hook = json!([
                exec.user.as_ref().map(|u| text(&u.value)),
                exec.privileged() == Tri::Yes
            ]);
            let service = found.get_mut(&exec.called()).unwrap();
            service["hooks"]
                .as_array_mut()
                .map(|hooks| hooks.push(hook.clone()))
                .unwrap_or_else(|| {
                    service["hooks"] = json!([hook]);
                });
        }
        // they are listed in the order of their places, which is not the one in which they run
        for hooks in found.values_mut().filter_map(|s| s.get_mut("hooks")?.as_array_mut()) {
            hooks.sort_by_key(Value::to_string);
        }
        for (service, expected) in truth["services"].as_object().unwrap() {
            match found.remove(service) {
                None => wrong.push(format!("{name}: {service} is not found")),
                Some(got) => differences(name, service, &got, expected, &mut wrong),
            }
        }
        wrong.extend(found.keys().map(|service| format!("{name}: {service} is too much")));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(name: &str, service: &str, got: &Value, expected: &Value, wrong: &mut Vec<String>) {
    let (got, expected) = (got.as_object().unwrap(), expected.as_object().unwrap());
    let mut keys: Vec<&String> = got.keys().chain(expected.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (ours, theirs) = (got.get(key), expected.get(key));
        if ours != theirs {
            let shown = |v: Option<&Value>| v.map_or("nothing".to_owned(), Value::to_string);
            wrong.push(format!(
                "{name}: {service}.{key}: {} is {} to Compose",
                shown(ours),
                shown(theirs)
            ));
        }
    }
}

/// A service in the words of the truths.
fn service(reading: &Reading, c: &Container) -> Value {
    let mut said = serde_json::Map::new();
    let mut say = |key: &str, value: Value| {
        let empty = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::String(s) => s.is_empty(),
            Value::Array(a) => a.is_empty(),
            Value::Object(o) => o.is_empty(),
            Value::Number(n) => n.as_u64() == Some(0),
            Value::Bool(true) => false,
        };
        if !empty {
            said.insert(key.to_owned(), value);
        }
    };
    let list = |list: &[Written<Text>]| list.iter().map(|w| text(&w.value)).collect::<Vec<_>>();
    let sorted = |all: &[Written<Text>]| {
        let mut all = list(all);
        all.sort();
        all
    };
    say("image", json!(c.image.as_ref().map(|i| text(&i.value))));
    say("user", json!(c.user.as_ref().map(|u| text(&u.value))));
    say("privileged", json!(c.privileged() == Tri::Yes));
    say(
        "read_only",
        json!(c.read_only.last().is_some_and(|r| r.value == Switch::On)),
    );
    say("cap_add", json!(capabilities(&c.cap_add)));
    say("cap_drop", json!(capabilities(&c.cap_drop)));
    say("security_opt", json!(list(&c.security_opt)));
    say("group_add", json!(list(&c.group_add)));
    say("device_cgroup_rules", json!(list(&c.device_cgroup_rules)));
    say("volumes_from", json!(list(&c.volumes_from)));
    say("runtime", json!(c.runtime.as_ref().map(|r| text(&r.value))));
    let mut devices: Vec<String> = list(&c.devices).iter().map(|d| device(d)).collect();
    devices.sort();
    say("devices", json!(devices));
    say("sysctls", json!(sorted(&c.sysctls)));
    say("environment", json!(sorted(&c.environment)));
    let labels: Vec<String> = sorted(&c.labels)
        .into_iter()
        .map(|l| if l.contains('=') { l } else { l + "=" })
        .collect();
    say("labels", json!(labels));
    let named = |n: &privlint::container::NamespaceSetting| {
        (
            json!(n.namespace).as_str().unwrap_or("").to_owned(),
            json!(text(&n.mode.value)),
        )
    };
    // what comes from another service was not asked of the engine for this one
    let own = |place: &Place| place.via.iter().all(|step| step.kind != ViaKind::Service);
    let namespaces = c.namespaces.iter().filter(|n| own(&n.mode.place));
    let namespaces: serde_json::Map<_, _> = namespaces.map(named).collect();
    say("namespaces", Value::Object(namespaces));
    say(
        "api_socket",
        json!(c.api_socket.as_ref().is_some_and(|s| s.value == Switch::On)),
    );
    say("replicas", json!(c.replicas));
    say("gpus", json!(c.gpus.len()));
    let mut mounts: Vec<Value> = c
        .mounts
        .iter()
        // what Compose copies in is no mount to its client
        .filter(|m| own(&m.place) && !matches!(m.value.kind.as_str(), "config" | "secret"))
        .map(|m| mount(reading, m))
        .collect();
    mounts.sort_by_key(Value::to_string);
    say("mounts", json!(mounts));
    let entrypoint = c.entrypoint.iter().map(|e| text(&e.value));
    say(
        "command",
        json!(entrypoint.chain(c.command.iter().map(text)).collect::<Vec<_>>()),
    );
    if let Some(build) = &c.build {
        let one = |w: &Option<Written<Text>>| w.as_ref().map(|w| text(&w.value));
        let context = build.context.as_ref().map(|w| path(reading, &text(&w.value)));
        say(
            "build",
            json!({
                "context": context,
                "dockerfile": one(&build.dockerfile).or_else(|| build.inline.is_none().then(|| "Dockerfile".to_owned())),
                "network": one(&build.network),
                "privileged": build.privileged.as_ref().is_some_and(|p| p.value == Switch::On),
                "entitlements": list(&build.entitlements),
            }),
        );
    }
    Value::Object(said)
}

/// What Compose would make of a text: an unset variable is nothing.
fn text(text: &Text) -> String {
    let piece = |p: &privlint::container::Piece| match &p.kind {
        PieceKind::Hole(Hole::Home) => "~".to_owned(),
        PieceKind::Hole(Hole::WorkingDirectory) => ".".to_owned(),
        PieceKind::Hole(_) => String::new(),
        _ => p.text.clone(),
    };
    text.pieces().iter().map(piece).collect()
}

fn capabilities(list: &[Written<Text>]) -> Vec<String> {
    let name = |w: &Written<Text>| {
        let name = text(&w.value).to_uppercase();
        name.strip_prefix("CAP_").map_or(name.clone(), str::to_owned)
    };
    let mut names: Vec<String> = list.iter().map(name).collect();
    names.sort();
    names
}

/// Compose fills in the target and the permissions of a device, but not of one that has a name.
fn device(said: &str) -> String {
    let parts: Vec<&str> = said.split(':').collect();
    match parts.as_slice() {
        [one] if !one.starts_with('/') => format!("{one}:{one}:rwm"),
        [one] => format!("{one}:{one}:rwm"),
        [source, target] => format!("{source}:{target}:rwm"),
        _ => said.to_owned(),
    }
}

fn mount(reading: &Reading, m: &Written<Mount>) -> Value {
    let mount = &m.value;
    let source = mount.source.as_ref().map(text).unwrap_or_default();
    let source = if mount.is_bind() {
        path(reading, &source)
    } else {
        source
    };
    let label = match mount.relabel {
        Relabel::None => "",
        Relabel::Shared => "z",
        Relabel::Private => "Z",
    };
    json!([
        mount.kind.as_str(),
        source,
        mount.target.as_ref().map(target).unwrap_or_default(),
        if mount.read_only { "ro" } else { "" },
        label,
        mount.propagation.clone().unwrap_or_default(),
    ])
}

/// A target, which Compose passes on without dots and slashes that say nothing; privlint shows it as it
/// is written.
fn target(written: &Text) -> String {
    let written = text(written);
    if !written.starts_with('/') {
        return written;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A path of the file that is read, as seen from the project's folder.
fn path(reading: &Reading, path: &str) -> String {
    if path.starts_with('/') || path.starts_with('~') || path.contains("://") {
        return path.to_owned();
    }
    let folder = reading.source().path.parent().unwrap_or(Path::new("")).to_owned();
    let mut out = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.components().next_back().is_some_and(|c| c != Component::ParentDir) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        out.to_string_lossy().into_owned()
    }
}
