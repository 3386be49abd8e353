//! Volumes in both forms, named volumes that are host paths in disguise, tmpfs, configs and secrets.

use super::Project;
use super::paths::rebased;
use super::value::{Body, Value};
use crate::container::{
    Engine, Hole, Labelling, Mount, MountKind, PieceKind, Place, Refused, Refuser, Relabel, Switch, Text, Written,
};
use crate::source::Span;
use crate::spec::{Dialect, mount as spec};

/// Why Compose loses the label of a mount beside these settings: it hands the mount over by an
/// interface of the engine that has no label (Compose `pkg/compose/create.go`, seen on 2.40).
const NO_LABEL: &str = "beside propagation, recursive, nocopy or create_host_path: false, \
    Compose passes the mount on in a form that has no label";
/// The words that the daemon takes (moby `linux_parser.go`).
const PROPAGATIONS: &[&str] = &["private", "rprivate", "slave", "rslave", "shared", "rshared"];

/// The mounts of a service's `volumes`.
pub(super) fn volumes(project: &Project, value: &Value, engine: Engine) -> Vec<Written<Mount>> {
    let mount = |item: &Value| match &item.body {
        Body::Scalar(text) => Some(short(project, item, text, engine)),
        Body::Map(_) => Some(long(project, item, engine)),
        _ => None,
    };
    value.items().iter().filter_map(mount).collect()
}

/// The mounts of a service's `tmpfs`.
pub(super) fn tmpfs(value: &Value) -> Vec<Written<Mount>> {
    let mount = |item: &Value| Some(Written::new(spec::tmpfs(item.text()?, Dialect::Compose), item.place()));
    match &value.body {
        Body::Scalar(_) => mount(value).into_iter().collect(),
        _ => value.items().iter().filter_map(mount).collect(),
    }
}

fn short(project: &Project, item: &Value, text: &Text, engine: Engine) -> Written<Mount> {
    let text = with_home(text);
    let mut mount = spec::volume(&text, Dialect::Compose);
    let mut place = item.place();
    if mount.kind == MountKind::Bind {
        mount.source = mount.source.map(|source| rebased(project, item.file, &source));
        let asked = mount.options.iter().find(|o| o.is("z") || o.is("Z")).cloned();
        keep_label(&mut mount, asked.as_ref(), engine);
    }
    if mount.kind == MountKind::Volume
        && let Some(volume) = disguised(project, mount.source.as_ref())
    {
        become_bind(project, &mut mount, &volume, &mut place);
    } else if mount.kind == MountKind::Volume && engine == Engine::Podman && mount.relabel != Relabel::None {
        mount.relabel = Relabel::None;
        mount.relabel_lost = Some("podman-compose loses the label of a named volume");
    }
    if mount.options.len() == 1 && mount.options.iter().all(Text::is_empty) {
        mount.error = Some(Refused::new(Refuser::Client, "a field between colons is empty"));
    }
    if mount.kind == MountKind::Volume && mount.options.iter().any(|o| o.is("nocopy")) {
        mount.labelling = Labelling::Impossible(NO_LABEL);
        if mount.relabel != Relabel::None {
            mount.relabel = Relabel::None;
            mount.relabel_lost = Some(NO_LABEL);
        }
    }
    if mount.labelling == Labelling::Suffix {
        if mount.propagation.is_some() && engine != Engine::Podman {
            mount.labelling = Labelling::Impossible(NO_LABEL);
        } else if ends_unseen(project, item, &text) {
            mount.labelling = Labelling::Impossible("a variable may already hold the mount's options");
        }
    }
    Written::new(mount, place)
}

/// podman-compose hands binds over as `-v`, which takes a label beside everything else (seen on 1.6).
fn keep_label(mount: &mut Mount, asked: Option<&Text>, engine: Engine) {
    if engine != Engine::Podman || mount.kind != MountKind::Bind {
        return;
    }
    if mount.labelling == Labelling::Impossible(NO_LABEL) && mount.error.is_none() {
        mount.labelling = Labelling::Key;
    }
    if mount.relabel_lost.take().is_some() {
        let shared = asked.is_some_and(|label| label.is("z"));
        mount.relabel = if shared { Relabel::Shared } else { Relabel::Private };
    }
}

/// True when a variable that is empty by default ends the text: someone may set options with it.
fn ends_unseen(project: &Project, item: &Value, text: &Text) -> bool {
    let Some(source) = project.sources.get(usize::from(item.file.0)) else {
        return false;
    };
    let token = source.slice(item.span).trim_end_matches(['"', '\'']);
    let end = item.span.start as usize + token.len();
    token.ends_with('}') && (text.span().end as usize) < end
}

/// A leading `~` is the home of the user, also before a name: `~x` is a folder `x` of it (compose-go
/// `paths/home.go`).
fn with_home(text: &Text) -> Text {
    let Some(rest) = text.strip_prefix("~") else {
        return text.clone();
    };
    let at = text.span().start as usize;
    let mut home = Text::hole("~", Span::new(at, at + 1), Hole::Home);
    if !rest.is_empty() && !rest.known_prefix().starts_with(['/', ':']) {
        home.push("/".to_owned(), Span::at(at + 1), PieceKind::Cooked);
    }
    home.append(rest);
    home
}

/// A named volume that is something of the host.
struct Disguised<'a> {
    device: &'a Value,
    /// True for a folder, false for the file system on a device.
    folder: bool,
    read_only: bool,
}

/// What a named volume binds of the host: a folder, or the file system on a block device.
fn disguised<'a>(project: &'a Project, name: Option<&Text>) -> Option<Disguised<'a>> {
    let name = name?.known()?;
    let options = project.root.get("volumes")?.get(&name)?.get("driver_opts")?;
    let said = |key: &str| {
        options
            .get(key)
            .and_then(Value::text)
            .map(Text::shown)
            .unwrap_or_default()
    };
    let flags = said("o");
    let has = |flag: &str| flags.split(',').any(|o| o.trim() == flag);
    let folder = has("bind") || has("rbind") || said("type") == "bind";
    let device = options.get("device")?;
    let path = device.text().filter(|t| !t.is_empty())?;
    (folder || path.known_prefix().starts_with("/dev/")).then_some(Disguised {
        device,
        folder,
        read_only: has("ro"),
    })
}

fn become_bind(project: &Project, mount: &mut Mount, volume: &Disguised, place: &mut Place) {
    let device = volume.device;
    if volume.folder {
        mount.kind = MountKind::Bind;
    }
    mount.read_only |= volume.read_only;
    mount.source = device.text().map(|path| rebased(project, device.file, path));
    mount.error = None;
    if place.file == device.file {
        place.value = device.span;
        place.via.extend(device.via.iter().cloned());
    }
}

fn long(project: &Project, item: &Value, engine: Engine) -> Written<Mount> {
    let text_of = |key: &str| item.get(key).and_then(Value::text);
    let kind = match text_of("type").map(Text::shown).as_deref() {
        Some("bind") => MountKind::Bind,
        Some("volume") | None => MountKind::Volume,
        Some("tmpfs") => MountKind::Tmpfs,
        Some(other) => MountKind::Other(other.to_owned()),
    };
    let source = text_of("source").map(with_home);
    let target = text_of("target").cloned();
    let mut mount = Mount::new(kind, summary(item, source.as_ref(), target.as_ref()));
    mount.read_only = yes(item.get("read_only"));
    if let Some(target) = &target {
        spec::check_target(target, Dialect::Compose, &mut mount);
    }
    mount.target = target;
    mount.source = source;
    let mut place = item.place();
    match mount.kind {
        MountKind::Bind => {
            mount.source = mount.source.map(|source| rebased(project, item.file, &source));
            bind_options(item.get("bind"), &mut mount);
            let selinux = item.get("bind").and_then(|b| b.get("selinux")).and_then(Value::text);
            keep_label(&mut mount, selinux, engine);
        }
        MountKind::Volume => {
            mount.labelling = Labelling::Impossible("the long form of a named volume has no label");
            if let Some(volume) = disguised(project, mount.source.as_ref()) {
                become_bind(project, &mut mount, &volume, &mut place);
            }
        }
        _ => {}
    }
    for (group, key) in [
        ("volume", "nocopy"),
        ("volume", "subpath"),
        ("tmpfs", "size"),
        ("tmpfs", "mode"),
    ] {
        if let Some(value) = item.get(group).and_then(|g| g.get(key)).and_then(Value::text) {
            let mut option = Text::cooked(format!("{key}="), Span::at(value.span().start as usize));
            option.append(value.clone());
            mount.options.push(option);
        }
    }
    Written::new(mount, place)
}

fn bind_options(bind: Option<&Value>, mount: &mut Mount) {
    let said = |key: &str| bind.and_then(|b| b.get(key));
    mount.labelling = Labelling::Key;
    let propagation = said("propagation").and_then(Value::text).filter(|t| !t.is_empty());
    mount.propagation = propagation.map(Text::shown);
    if let Some(text) = propagation {
        mount.options.push(text.clone());
        let known = text.known();
        if let Some(word) = known.filter(|word| !PROPAGATIONS.contains(&word.as_ref())) {
            let refused = Refused::new(Refuser::Engine, format!("docker knows no propagation `{word}`"));
            mount.error = Some(refused.at(text).among(&word, PROPAGATIONS));
        }
    }
    if let Some(text) = said("recursive").and_then(Value::text) {
        mount.options.push(text.clone());
    }
    let create = said("create_host_path").map(|v| yes(Some(v)));
    let labelless = propagation.is_some() || said("recursive").is_some() || create == Some(false);
    if labelless {
        mount.labelling = Labelling::Impossible(NO_LABEL);
    }
    let Some(selinux) = said("selinux") else { return };
    let Some(text) = selinux.text() else { return };
    mount.relabel_span = Some(selinux.span);
    mount.options.push(text.clone());
    let asked = match text.known().as_deref() {
        Some("z") => Relabel::Shared,
        Some("Z") => Relabel::Private,
        Some(other) => {
            let why = format!("`selinux` is `z` or `Z`, and not `{other}`");
            mount.error = Some(Refused::new(Refuser::Client, why).at(text));
            Relabel::None
        }
        None => {
            mount.labelling = Labelling::Impossible("a variable decides the label");
            Relabel::None
        }
    };
    if labelless {
        mount.relabel_lost = Some(NO_LABEL);
    } else if create.is_none() && asked != Relabel::None {
        mount.relabel_lost = Some(Mount::LOST_BY_OLD_COMPOSE);
    } else {
        mount.relabel = asked;
    }
}

/// The long form as the short one would say it, for messages.
fn summary(item: &Value, source: Option<&Text>, target: Option<&Text>) -> Text {
    let mut text = Text::new();
    for part in [source, target].into_iter().flatten() {
        if !text.is_empty() {
            text.push(":".to_owned(), Span::at(item.span.start as usize), PieceKind::Cooked);
        }
        text.append(part.clone());
    }
    text
}

fn yes(value: Option<&Value>) -> bool {
    let known = value.and_then(Value::text).and_then(|t| t.known());
    let word = known.map(|k| k.to_ascii_lowercase());
    matches!(word.as_deref(), Some("true" | "yes" | "on" | "y"))
}

/// `configs` and `secrets`: Compose mounts the files of the host among them read-only and never labels
/// them; those with a text of their own, or kept elsewhere, it copies into the container.
pub(super) fn configs_and_secrets(project: &Project, service: &Value, mounts: &mut Vec<Written<Mount>>) {
    for (kind, word, folder) in [("configs", "config", "/"), ("secrets", "secret", "/run/secrets/")] {
        let Some(listed) = service.get(kind) else { continue };
        for item in listed.items() {
            let Some(name) = item.get("source").unwrap_or(item).text() else {
                continue;
            };
            let file = name.known().and_then(|n| project.root.get(kind)?.get(&n)?.get("file"));
            let file = file.and_then(|v| Some((v.text()?, v.file)));
            let kind = match file {
                Some(_) => MountKind::Bind,
                None => MountKind::Other(word.to_owned()),
            };
            let mut mount = Mount::new(kind, name.clone());
            mount.source = file.map(|(path, file)| rebased(project, file, &with_home(path)));
            mount.target = Some(match item.get("target").and_then(Value::text) {
                Some(target) if target.known_prefix().starts_with('/') => target.clone(),
                Some(target) => under(folder, target),
                None => under(folder, name),
            });
            mount.read_only = true;
            mount.labelling = Labelling::Impossible("Compose never labels configs and secrets");
            let place = Place {
                file: item.file,
                ..item.place()
            };
            mounts.push(Written::new(mount, place));
        }
    }
}

/// The engine's socket that `use_api_socket` hands in (seen on Compose 2.40).
pub(super) fn api_socket(key: &Written<Switch>) -> Written<Mount> {
    let at = Span::at(key.place.value.start as usize);
    let socket = Text::cooked("/var/run/docker.sock", at);
    let mut mount = Mount::new(MountKind::Bind, socket.clone());
    mount.labelling = Labelling::Impossible("`use_api_socket` takes no label");
    mount.target = Some(socket.clone());
    mount.source = Some(socket);
    Written {
        value: mount,
        place: key.place.clone(),
        certain: key.certain,
    }
}

fn under(folder: &str, name: &Text) -> Text {
    let mut text = Text::cooked(folder, Span::at(name.span().start as usize));
    text.append(name.clone());
    text
}
