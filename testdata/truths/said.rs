//! What our reading says of a container, in the words in which the clients' answers were recorded.

use std::collections::BTreeMap;

use privlint::container::{Container, MountKind, Namespace, Relabel, Switch, Text, Tri, Written};
use privlint::spec::security::security_option;
use serde_json::{Value, json};

pub(super) type Said = BTreeMap<&'static str, Value>;

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

pub(super) fn sorted(mut list: Vec<String>) -> Vec<String> {
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

pub(super) fn docker(c: &Container, text: &str) -> Said {
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

pub(super) fn podman(c: &Container, text: &str) -> Said {
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
    // podman lists secrets apart
    for w in c.mounts.iter().filter(|w| w.value.kind.as_str() != "secret") {
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
pub(super) fn podman_mount(mount: &Value) -> Value {
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
