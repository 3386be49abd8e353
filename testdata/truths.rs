//! Compares our reading of command lines with what the real clients made of them.
//!
//! `testdata/truths/*.jsonl` was recorded from docker 28.5 and podman 5.8 by `testdata/record/record.py`:
//! a line each, with the words and either what the client asked of its engine or the kind of its refusal.

#![allow(clippy::unwrap_used, clippy::string_slice, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use privlint::container::{
    Container, Engine, FileId, MountKind, Namespace, Place, Relabel, Switch, Text, Tri, Written,
};
use privlint::source::Span;
use privlint::spec::security::security_option;
use privlint::spec::{CommandLine, Word, command};
use serde_json::{Value, json};

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
        });
    }
    let line = CommandLine {
        words,
        file: FileId(0),
        span: Span::new(0, text.len()),
        via: Vec::new(),
        certain: true,
        as_root: false,
    };
    (text, line)
}

type Said = BTreeMap<&'static str, Value>;

/// Puts what says something; what is empty, false or absent is left out, as in the recorded truths.
fn put(said: &mut Said, key: &'static str, value: Value) {
    let empty = match &value {
        Value::Null | Value::Bool(false) => true,
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        Value::Number(n) => n.as_u64() == Some(0),
        Value::Bool(true) => false,
    };
    if !empty {
        said.insert(key, value);
    }
}

fn texts(list: &[Written<Text>]) -> Vec<String> {
    list.iter().map(|w| w.value.shown()).collect()
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

fn optional(text: &Option<Written<Text>>) -> String {
    text.as_ref().map_or(String::new(), |w| w.value.shown())
}

/// A relative path as the recorder writes it: without `./` and what cancels out.
fn clean(path: &str, relative: bool) -> String {
    if !relative {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// An absolute path without what cancels out, as podman cleans targets.
fn cleaned(path: &str) -> String {
    format!("/{}", clean(path, true))
        .replace("/.", "/")
        .replacen("//", "/", 1)
}

fn both(said: &mut Said, c: &Container) {
    put(said, "image", json!(optional(&c.image)));
    put(
        said,
        "command",
        json!(c.command.iter().map(Text::shown).collect::<Vec<_>>()),
    );
    put(said, "name", json!(optional(&c.name)));
    put(said, "user", json!(optional(&c.user)));
    put(said, "privileged", json!(c.privileged() == Tri::Yes));
    let read_only = c.read_only.last().is_some_and(|w| w.value == Switch::On);
    put(said, "read_only", json!(read_only));
    put(said, "rm", json!(c.removed_on_exit));
    put(said, "group_add", json!(texts(&c.group_add)));
    put(said, "volumes_from", json!(texts(&c.volumes_from)));
    let sysctls: BTreeMap<String, String> = c
        .sysctls
        .iter()
        .map(|w| {
            let text = w.value.shown();
            let (key, value) = text.split_once('=').unwrap_or((text.as_str(), ""));
            (key.to_owned(), value.to_owned())
        })
        .collect();
    put(said, "sysctls", json!(sysctls));
}

fn mode(c: &Container, namespace: Namespace) -> String {
    c.namespace(namespace).map_or(String::new(), |w| w.value.shown())
}

fn docker(c: &Container, text: &str) -> Said {
    let mut said = Said::new();
    both(&mut said, c);
    let normal = |list: &[Written<Text>]| {
        let name = |n: String| match n.to_uppercase() {
            n if n == "ALL" || n.starts_with("CAP_") => n,
            n => format!("CAP_{n}"),
        };
        sorted(texts(list).into_iter().map(name).collect())
    };
    put(&mut said, "cap_add", json!(normal(&c.cap_add)));
    put(&mut said, "cap_drop", json!(normal(&c.cap_drop)));
    // the client keeps this one to itself: it sends empty lists of masked paths
    let unmasked = texts(&c.security_opt).contains(&"systempaths=unconfined".to_owned());
    put(&mut said, "unmasked", json!(unmasked));
    let options: Vec<String> = texts(&c.security_opt)
        .into_iter()
        .filter(|o| o != "systempaths=unconfined")
        .map(|o| {
            if o == "seccomp=profile.json" {
                "seccomp=FILE".to_owned()
            } else {
                o
            }
        })
        .collect();
    put(&mut said, "security_opt", json!(options));
    let (mut binds, mut mounts, mut anonymous, mut tmpfs) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
    for w in &c.mounts {
        let m = &w.value;
        let shown = |t: &Option<Text>| t.as_ref().map_or(String::new(), Text::shown);
        let (source, target) = (shown(&m.source), shown(&m.target));
        let relative = source.starts_with('.');
        let options: Vec<String> = m.options.iter().map(Text::shown).collect();
        let flag = &text[w.place.entry.range()];
        if flag.starts_with("--mount") {
            // a mount that docker's client takes as a bind only by its type
            let relative = source == "." || source.starts_with("./");
            let access = if m.read_only { "ro" } else { "rw" };
            let kind = m.kind.as_str();
            let propagation = m.propagation.clone().unwrap_or_default();
            mounts.push(json!([kind, clean(&source, relative), target, access, propagation]));
        } else if m.kind == MountKind::Tmpfs {
            tmpfs.insert(target, options.join(","));
        } else if m.source.is_none() {
            anonymous.push(target);
        } else {
            let mut spec = format!("{}:{target}", clean(&source, relative && m.is_bind()));
            if m.text.split(':').len() > 2 && !options.is_empty() {
                spec = format!("{spec}:{}", options.join(","));
            }
            binds.push(spec);
        }
    }
    mounts.sort_by_key(|m| m.to_string());
    put(&mut said, "binds", json!(sorted(binds)));
    put(&mut said, "mounts", json!(mounts));
    put(&mut said, "anonymous", json!(sorted(anonymous)));
    put(&mut said, "tmpfs", json!(tmpfs));
    let first = |d: String| d.split(':').next().unwrap_or_default().to_owned();
    let mut devices: Vec<String> = texts(&c.devices).into_iter().map(first).collect();
    devices.sort();
    put(&mut said, "devices", json!(devices));
    put(&mut said, "device_cgroup_rules", json!(texts(&c.device_cgroup_rules)));
    put(
        &mut said,
        "entrypoint",
        json!(c.entrypoint.iter().map(|w| w.value.shown()).collect::<Vec<_>>()),
    );
    let network = mode(c, Namespace::Network);
    let network = if network.is_empty() {
        "default".to_owned()
    } else {
        network
    };
    put(&mut said, "network", json!(network));
    put(&mut said, "pid", json!(mode(c, Namespace::Pid)));
    put(&mut said, "ipc", json!(mode(c, Namespace::Ipc)));
    put(&mut said, "uts", json!(mode(c, Namespace::Uts)));
    put(&mut said, "userns", json!(mode(c, Namespace::User)));
    put(&mut said, "cgroupns", json!(mode(c, Namespace::Cgroup)));
    said
}

/// podman's word for a namespace setting.
fn podman_mode(c: &Container, namespace: Namespace) -> String {
    let written = mode(c, namespace);
    let (word, value) = written.split_once(':').unwrap_or((written.as_str(), ""));
    let joined = |word: &str| {
        if value.is_empty() {
            word.to_owned()
        } else {
            format!("{word}:{value}")
        }
    };
    match (namespace, word) {
        (Namespace::Network, "") if c.namespace(namespace).is_some() => "private".to_owned(),
        (Namespace::User, "nomap") => "no-map".to_owned(),
        (_, "ns") => joined("path"),
        (_, "" | "host" | "private" | "container" | "none" | "pod" | "default") => joined(word),
        (Namespace::Ipc, "shareable") | (Namespace::User, "keep-id" | "auto") => joined(word),
        (Namespace::Network, "slirp4netns" | "pasta") => word.to_owned(),
        (Namespace::Network, _) => "bridge".to_owned(),
        _ => joined(word),
    }
}

fn podman(c: &Container, text: &str) -> Said {
    let mut said = Said::new();
    both(&mut said, c);
    put(&mut said, "cap_add", json!(texts(&c.cap_add)));
    put(&mut said, "cap_drop", json!(texts(&c.cap_drop)));
    put(
        &mut said,
        "entrypoint",
        json!(c.entrypoint.iter().map(|w| w.value.shown()).collect::<Vec<_>>()),
    );
    let (mut selinux, mut mask, mut unmask, mut nested) = (Vec::new(), Vec::new(), Vec::new(), false);
    for option in &c.security_opt {
        let parts = security_option(&option.value);
        let value = parts.value.as_ref().map_or(String::new(), Text::shown);
        match parts.key.shown().as_str() {
            "label" if value == "nested" => nested = true,
            "label" => selinux.push(value),
            "seccomp" => put(&mut said, "seccomp", json!(value)),
            "apparmor" => put(&mut said, "apparmor", json!(value)),
            "no-new-privileges" => {
                said.remove("no_new_privileges");
                put(&mut said, "no_new_privileges", json!(value != "false"));
            }
            "mask" => mask.extend(value.split(':').map(str::to_owned)),
            "unmask" => unmask.extend(value.split(':').map(str::to_owned)),
            "systempaths" => unmask.push("ALL".to_owned()),
            "proc-opts" => put(&mut said, "proc_opts", json!([value])),
            _ => {}
        }
    }
    put(&mut said, "selinux", json!(selinux));
    put(&mut said, "mask", json!(mask));
    let mut mounts: Vec<Value> = Vec::new();
    if nested {
        unmask.extend(["/sys/fs/selinux", "/proc"].map(str::to_owned));
        let path = "/sys/fs/selinux";
        mounts.push(json!(["bind", path, path, Relabel::None, false, false, false, null]));
    }
    put(&mut said, "unmask", json!(unmask));
    for w in &c.mounts {
        let m = &w.value;
        if m.kind == MountKind::Other("rootfs".to_owned()) {
            put(&mut said, "rootfs", json!(m.source.as_ref().map(Text::shown)));
            continue;
        }
        let shown = |t: &Option<Text>| t.as_ref().map_or(String::new(), Text::shown);
        let source = shown(&m.source);
        // the client resolves those of `-v`, the service those of `--mount`
        let flag = &text[w.place.entry.range()];
        let relative = m.is_bind() && !source.starts_with('/') && !flag.starts_with("--mount");
        let kind = m.kind.as_str();
        mounts.push(json!([
            kind,
            if matches!(kind, "tmpfs" | "ramfs" | "devpts") {
                kind.to_owned()
            } else {
                clean(&source, relative)
            },
            cleaned(&shown(&m.target)),
            m.relabel,
            m.read_only,
            m.chown,
            m.overlay,
            m.propagation,
        ]));
    }
    mounts.sort_by_key(Value::to_string);
    mounts.dedup();
    put(&mut said, "mounts", json!(mounts));
    let mut devices: Vec<String> = texts(&c.devices);
    devices.extend(texts(&c.gpus).into_iter().map(|gpu| format!("nvidia.com/gpu={gpu}")));
    devices.sort();
    put(&mut said, "devices", json!(devices));
    put(&mut said, "device_cgroup_rules", json!(c.device_cgroup_rules.len()));
    put(&mut said, "network", json!(podman_mode(c, Namespace::Network)));
    put(&mut said, "pid", json!(podman_mode(c, Namespace::Pid)));
    put(&mut said, "ipc", json!(podman_mode(c, Namespace::Ipc)));
    put(&mut said, "uts", json!(podman_mode(c, Namespace::Uts)));
    put(&mut said, "userns", json!(podman_mode(c, Namespace::User)));
    put(&mut said, "cgroupns", json!(podman_mode(c, Namespace::Cgroup)));
    put(&mut said, "pod", json!(optional(&c.pod).trim_start_matches("new:")));
    said
}

/// A recorded mount of podman in the words of the model.
fn podman_mount(mount: &Value) -> Value {
    let words: Vec<&str> = mount.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    let options = words.get(3..).unwrap_or_default();
    let has = |word: &str| options.contains(&word);
    let relabel = match (has("Z"), has("z")) {
        (true, _) => Relabel::Private,
        (_, true) => Relabel::Shared,
        _ => Relabel::None,
    };
    let propagation = options
        .iter()
        .rev()
        .find(|o| o.ends_with("shared") || o.ends_with("slave") || o.ends_with("private") || o.ends_with("unbindable"));
    let read_only = options.iter().rev().find(|o| matches!(**o, "ro" | "rw")) == Some(&"ro");
    json!([
        words[0],
        words[1],
        cleaned(words[2]),
        relabel,
        read_only,
        has("U"),
        has("O"),
        propagation
    ])
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
            switches.into_iter().any(|w| w.value == Switch::Unknown)
        }
        _ => true,
    };
    if ok {
        Ok(())
    } else {
        Err(format!("the client refuses it ({kind}), we read on"))
    }
}

/// What only the engine behind docker's client refuses, or a client of another version.
const DOCKER_LATER: [&str; 8] = [
    "blanks around",
    "the target is not an absolute path",
    "the target cannot be the root",
    "docker does not expand",
    "the source is",
    "is no option of a mount",
    "only one option about",
    "an option is empty",
];

/// What only podman's service refuses.
const PODMAN_LATER: [&str; 3] = [
    "the target is not an absolute path",
    "the source is",
    "the volume is empty",
];

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
    let keys: std::collections::BTreeSet<&str> = is.keys().map(String::as_str).chain(ours.keys().copied()).collect();
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
        if theirs != mine && !absent && !odd && !replicas && !network {
            wrong.push(format!("{key}: client {theirs}, ours {mine}"));
        }
    }
    let later: &[&str] = if engine == Engine::Podman {
        &PODMAN_LATER
    } else {
        &DOCKER_LATER
    };
    if let Some(error) = c.mounts.iter().find_map(|m| m.value.error.as_ref())
        && !later.iter().any(|later| error.contains(later))
    {
        wrong.push(format!("we see an error: {error}"));
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
        let listed = |names: Option<std::collections::BTreeSet<&'static str>>| match names {
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
