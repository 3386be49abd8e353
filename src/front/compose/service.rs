//! A service as a container.

use super::Project;
use super::hooks;
use super::merge;
use super::mount;
use super::paths;
use super::value::{Body, Value};
use crate::container::{
    Build, Container, Engine, Key, Namespace, NamespaceSetting, PieceKind, Place, Starts, Switch, Syntax, Text, Unseen,
    Written,
};
use crate::front::reading::Problem;
use crate::source::Span;

/// A service and the execs that its hooks make.
pub(super) fn lower(
    project: &Project,
    name: &str,
    service: &Value,
    engine: Engine,
    problems: &mut Vec<Problem>,
) -> Vec<Container> {
    if service.get("provider").is_some() {
        // run by a program outside: no container of the engine
        return Vec::new();
    }
    let mut c = Container::new(Syntax::Compose, engine, service.file, service.key, service.entry);
    c.via = service.via.clone();
    c.name = Some(Written::new(
        Text::cooked(name, service.key),
        Place {
            file: service.file,
            ..Place::new(service.key, service.entry)
        },
    ));
    let mut reader = Reader { container: c, problems };
    reader.unreadable(service);
    for (key, value) in service.entries() {
        reader.key(project, key, value);
    }
    let mut c = reader.container;
    mount::configs_and_secrets(project, service, &mut c.mounts);
    if let Some(key) = c.api_socket.as_ref().filter(|k| k.value == Switch::On) {
        c.mounts.push(mount::api_socket(key));
    }
    c.around.worked_in = hooks::worked_in(service, &c);
    let before = hooks::before_start(name, service, &c, problems);
    let hooks = hooks::hooks(name, service, engine, problems);
    let mut all = vec![c];
    all.extend(before);
    all.extend(hooks);
    all
}

struct Reader<'a> {
    container: Container,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn key(&mut self, project: &Project, key: &str, value: &Value) {
        if let Body::Unknown(written) = &value.body {
            let hides = hidden_by(key);
            self.unseen(value, written, hides);
            return;
        }
        let c = &mut self.container;
        match key {
            "image" => c.image = one(value),
            "container_name" => c.container_name = one(value),
            "entrypoint" => {
                if let [first, rest @ ..] = words(value).as_slice() {
                    c.entrypoint = Some(value.written(first.clone()));
                    let rest: Vec<Text> = rest.to_vec();
                    c.command.splice(0..0, rest);
                }
            }
            "command" => c.command.extend(words(value)),
            "privileged" => self.switch(key, value),
            "read_only" => self.switch(key, value),
            "use_api_socket" => self.switch(key, value),
            "cap_add" => c.cap_add = texts(value),
            "cap_drop" => c.cap_drop = texts(value),
            "security_opt" if value.complete && value.text().is_some_and(|text| !text.is_empty()) => {
                refused(
                    value,
                    "`security_opt` is a list, and Compose refuses a text".to_owned(),
                    self.problems,
                );
            }
            "security_opt" => c.security_opt = texts(value),
            "group_add" => c.group_add = texts(value),
            "sysctls" => c.sysctls = texts(value),
            "environment" => c.environment = texts(value),
            "env_file" => c.open_environment = true,
            "tty" => c.terminal = may_be_on(value),
            "init" => c.init = may_be_on(value),
            "healthcheck" => c.health = health_check(value),
            "labels" => c.labels = texts(value),
            "device_cgroup_rules" => c.device_cgroup_rules = texts(value),
            "volumes_from" => c.volumes_from = texts(value),
            "devices" => c.devices = composed(value, &["source", "target", "permissions"]),
            "ports" => c.ports = ports(value),
            "gpus" => c.gpus.extend(gpus(value)),
            "runtime" => c.runtime = one(value),
            "shm_size" => c.shm_size = one(value),
            "user" => c.user = value.text().map(|t| Written::new(t.clone(), value.place_with_key())),
            "pid" => self.namespace(key, Namespace::Pid, value),
            "ipc" => self.namespace(key, Namespace::Ipc, value),
            "uts" => self.namespace(key, Namespace::Uts, value),
            "network_mode" | "net" => self.namespace(key, Namespace::Network, value),
            "userns_mode" => self.namespace(key, Namespace::User, value),
            "cgroup" => self.namespace(key, Namespace::Cgroup, value),
            "volumes" => {
                let mounts = mount::volumes(project, value, self.container.engine);
                self.container.mounts.extend(mounts);
            }
            "tmpfs" => {
                let mounts = mount::tmpfs(value);
                self.container.mounts.extend(mounts);
            }
            "platform" => c
                .options
                .extend(value.text().map(|t| format!("platform={}", t.shown()))),
            "scale" => self.replicas(value),
            "deploy" => self.deploy(value),
            "build" => self.build(project, value),
            _ => {}
        }
    }

    /// What is cut off, or comes from where nothing could be read.
    fn unreadable(&mut self, service: &Value) {
        match &service.body {
            Body::Unknown(written) => self.unseen(service, written, None),
            _ if !service.complete => self.unseen(service, "…", None),
            _ => {}
        }
        for (key, value) in service.entries() {
            if key == "<<"
                && let Body::Unknown(written) = &value.body
            {
                self.unseen(value, written, None);
            }
        }
    }

    fn unseen(&mut self, value: &Value, written: &str, hides: Option<Key>) {
        self.container.unseen.push(Unseen {
            place: value.place(),
            text: written.to_owned(),
            hides,
        });
    }

    fn switch(&mut self, key: &str, value: &Value) {
        for earlier in &value.earlier {
            self.switch(key, earlier);
        }
        // podman-compose takes a value that Docker's Compose refuses as Python takes it: `1` is on
        let odd = self.container.engine == Engine::Podman && value.text().is_some();
        let unknown = || odd.then(|| Written::new(Switch::Unknown, value.place_with_key()));
        let Some(mut said) = switch(value, key, self.problems).or_else(unknown) else {
            return;
        };
        said.certain = !self.is_dropped(key);
        let c = &mut self.container;
        match key {
            "privileged" => c.privileged.push(said),
            "read_only" => c.read_only.push(said),
            _ => c.api_socket = Some(said),
        }
    }

    /// True for what podman-compose does not pass on (seen on 1.6), where `podman compose` may still
    /// hand the file to Docker's Compose.
    fn is_dropped(&self, key: &str) -> bool {
        self.container.engine == Engine::Podman && matches!(key, "ipc" | "uts" | "cgroup" | "use_api_socket")
    }

    fn namespace(&mut self, key: &str, namespace: Namespace, value: &Value) {
        if let Some(text) = value.text().filter(|t| !t.is_empty()) {
            self.container.namespaces.push(NamespaceSetting {
                namespace,
                mode: Written {
                    value: text.clone(),
                    place: value.place_with_key(),
                    certain: !self.is_dropped(key),
                },
            });
        }
    }

    fn replicas(&mut self, value: &Value) {
        let Some(text) = value.text() else { return };
        let c = &mut self.container;
        match text.known().and_then(|t| t.parse::<u32>().ok()) {
            Some(count) => {
                c.replicas = c.replicas.max(count);
                if c.replicas > 1 {
                    c.starts = Starts::Many;
                }
            }
            None => c.starts = c.starts.max(Starts::Unknown),
        }
    }

    fn deploy(&mut self, value: &Value) {
        if let Some(replicas) = value.get("replicas") {
            self.replicas(replicas);
        }
        let reserved = value
            .get("resources")
            .and_then(|v| v.get("reservations"))
            .and_then(|v| v.get("devices"));
        if let Some(devices) = reserved {
            for device in devices.items() {
                let gpu = device.get("capabilities").is_some_and(|c| {
                    c.items()
                        .iter()
                        .any(|v| v.text().is_some_and(|t| t.is("gpu") || t.is("nvidia")))
                });
                if gpu {
                    self.container.gpus.extend(gpu_request(device));
                }
            }
        }
    }

    fn build(&mut self, project: &Project, value: &Value) {
        let folder = |value: &Value| {
            let path = paths::rebased(project, value.file, value.text()?);
            Some(value.written(path))
        };
        let mut build = Build {
            context: value.get("context").and_then(folder),
            dockerfile: value.get("dockerfile").and_then(one),
            inline: value.get("dockerfile_inline").and_then(Value::text).cloned(),
            args: value.get("args").map(arguments).unwrap_or_default(),
            target: value.get("target").and_then(one),
            network: value.get("network").and_then(one),
            entitlements: value.get("entitlements").map(texts).unwrap_or_default(),
            ..Build::default()
        };
        if let Some(privileged) = value.get("privileged") {
            build.privileged = switch(privileged, "privileged", self.problems);
        }
        if build.context.is_none() && value.get("dockerfile_inline").is_none() {
            build.context = folder(value); // the short form: the context alone
        }
        self.container.build = Some(build);
    }
}

/// What a key that cannot be read may hide.
fn hidden_by(key: &str) -> Option<Key> {
    Some(match key {
        "privileged" => Key::Privileged,
        "cap_add" => Key::CapAdd,
        "cap_drop" => Key::CapDrop,
        "security_opt" => Key::SecurityOpt,
        "volumes" | "volumes_from" | "tmpfs" => Key::Mount,
        "devices" | "gpus" => Key::Device,
        "device_cgroup_rules" => Key::DeviceCgroupRule,
        "pid" => Key::Namespace(Namespace::Pid),
        "ipc" => Key::Namespace(Namespace::Ipc),
        "uts" => Key::Namespace(Namespace::Uts),
        "network_mode" => Key::Namespace(Namespace::Network),
        "userns_mode" => Key::Namespace(Namespace::User),
        "cgroup" => Key::Namespace(Namespace::Cgroup),
        "user" => Key::User,
        "read_only" => Key::ReadOnly,
        "sysctls" => Key::Sysctl,
        "shm_size" => Key::ShmSize,
        "image" => Key::Image,
        "command" | "entrypoint" => Key::Command,
        "extends" | "<<" => return None,
        _ => Key::Other,
    })
}

/// A switch as Compose takes it: `true false yes no on off y n` in any case, bare or quoted; all else
/// is refused when the project is loaded (compose-go `interpolation`; seen on Compose 2.40).
pub(super) fn switch(value: &Value, key: &str, problems: &mut Vec<Problem>) -> Option<Written<Switch>> {
    let known = match &value.body {
        Body::Scalar(text) => text.known(),
        Body::Unknown(_) => None,
        _ => Some("".into()),
    };
    let said = match known.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => Switch::Unknown,
        Some("true" | "yes" | "on" | "y") => Switch::On,
        Some("false" | "no" | "off" | "n") => Switch::Off,
        Some(_) if !value.complete => return None,
        Some(other) => {
            let shown = match &value.body {
                Body::List(_) => "a list".to_owned(),
                Body::Map(_) => "a mapping".to_owned(),
                _ if other.is_empty() => "nothing".to_owned(),
                _ => format!("`{other}`"),
            };
            refused(
                value,
                format!("`{key}` is true or false, and Compose refuses {shown}"),
                problems,
            );
            return None;
        }
    };
    Some(Written::new(said, value.place_with_key()))
}

/// A value that Compose, or the engine for it, refuses.
pub(super) fn refused(value: &Value, message: String, problems: &mut Vec<Problem>) {
    problems.push(Problem {
        file: value.file,
        span: if value.span.is_empty() { value.entry } else { value.span },
        message,
        ends_reading: false,
        bound: false,
    });
}

/// A single text.
pub(super) fn one(value: &Value) -> Option<Written<Text>> {
    value.text().map(|text| value.written(text.clone()))
}

/// The items of a list; a lone scalar counts as a list of one.
pub(super) fn texts(value: &Value) -> Vec<Written<Text>> {
    match &value.body {
        Body::Scalar(text) => vec![value.written(text.clone())],
        Body::List(items) => items.iter().filter_map(one).collect(),
        _ => Vec::new(),
    }
}

/// The arguments of a build, a list or a mapping.
fn arguments(value: &Value) -> Vec<Written<Text>> {
    let pairs = value.entries().iter();
    let pairs = pairs.filter_map(|(name, v)| one(&merge::pair("environment", name, v.clone())?));
    texts(value).into_iter().chain(pairs).collect()
}

/// Items that are texts, or mappings whose fields make one with colons.
fn composed(value: &Value, fields: &[&str]) -> Vec<Written<Text>> {
    let compose = |item: &Value| match &item.body {
        Body::Map(_) => {
            let mut text = Text::new();
            for (i, field) in fields.iter().enumerate() {
                let Some(part) = item.get(field).and_then(Value::text) else {
                    continue;
                };
                if i > 0 {
                    text.push(":".to_owned(), Span::at(part.span().start as usize), PieceKind::Cooked);
                }
                text.append(part.clone());
            }
            Some(item.written(text))
        }
        _ => one(item),
    };
    value.items().iter().filter_map(compose).collect()
}

/// Published ports: `[HOST_IP:]PUBLISHED:TARGET[/PROTOCOL]`.
fn ports(value: &Value) -> Vec<Written<Text>> {
    let mut found = composed(value, &["host_ip", "published", "target"]);
    let with_protocol = value
        .items()
        .iter()
        .filter(|i| one(i).is_some() || !i.entries().is_empty());
    for (written, item) in found.iter_mut().zip(with_protocol) {
        if let Some(protocol) = item.get("protocol").and_then(Value::text) {
            let at = Span::at(protocol.span().start as usize);
            written.value.push("/".to_owned(), at, PieceKind::Cooked);
            written.value.append(protocol.clone());
        }
    }
    found
}

/// `gpus: all`, or a list of requests.
fn gpus(value: &Value) -> Vec<Written<Text>> {
    match &value.body {
        Body::Scalar(text) => vec![Written::new(text.clone(), value.place_with_key())],
        Body::List(items) => items.iter().filter_map(gpu_request).collect(),
        _ => Vec::new(),
    }
}

fn gpu_request(request: &Value) -> Option<Written<Text>> {
    if let Body::Scalar(text) = &request.body {
        return Some(request.written(text.clone()));
    }
    let ids: Vec<String> = request
        .get("device_ids")
        .map(Value::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|v| v.text().map(Text::shown))
        .collect();
    let count = request.get("count").and_then(Value::text).map(Text::shown);
    let said = match (ids.is_empty(), count) {
        (false, _) => format!("device={}", ids.join(",")),
        (true, Some(count)) => count,
        (true, None) => "all".to_owned(),
    };
    Some(request.written(Text::cooked(said, request.span)))
}

/// The words of a command: a list as it is, a string as Compose splits it.
pub(super) fn words(value: &Value) -> Vec<Text> {
    match &value.body {
        Body::List(items) => items.iter().filter_map(|v| v.text().cloned()).collect(),
        Body::Scalar(text) => match text.known().and_then(|known| shell_words::split(&known).ok()) {
            Some(words) => words.into_iter().map(|word| Text::cooked(word, value.span)).collect(),
            None => vec![text.clone()],
        },
        _ => Vec::new(),
    }
}

/// True for a switch that is on, or may be.
fn may_be_on(value: &Value) -> bool {
    let off = |text: &Text| ["false", "no", "off", "n"].iter().any(|word| text.is(word));
    !value.text().is_some_and(off)
}

/// The words of a health check; none where it only switches the image's own off.
fn health_check(value: &Value) -> Vec<Text> {
    let Some(test) = value.get("test") else {
        return Vec::new();
    };
    let shell = |script: Text| vec![Text::cooked("sh", test.span), Text::cooked("-c", test.span), script];
    if let Body::Scalar(script) = &test.body {
        return shell(script.clone());
    }
    let items: Vec<Text> = test.items().iter().filter_map(|v| v.text().cloned()).collect();
    match items.split_first() {
        Some((form, rest)) if form.is("CMD") => rest.to_vec(),
        Some((form, [script])) if form.is("CMD-SHELL") => shell(script.clone()),
        Some((form, _)) if form.is("NONE") => Vec::new(),
        _ => items,
    }
}
