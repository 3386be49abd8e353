//! What each option says of the container.

use crate::container::{
    Build, Container, Engine, Hole, Mount, MountKind, Namespace, NamespaceSetting, PieceKind, Place, Switch, Text,
    Unseen, ViaKind, Written,
};
use crate::container::{Key, Labelling};
use crate::knowledge::flags::{Command, Takes};
use crate::source::Span;
use crate::spec::{CommandLine, Dialect, csv, mount, switch};

use super::builders;
use super::options::{Options, Setting};

/// Takes the words that are no options: image and command, container and command, build context.
pub(super) fn operands(container: &mut Container, line: &CommandLine, options: &Options, command: Command) {
    let mut words = options.operands.iter().filter_map(|at| line.words.get(*at));
    // podman's `exec --latest` names no container
    let latest = options
        .settings
        .iter()
        .any(|s| s.flag.canonical() == "latest" && state(s) != Switch::Off);
    let first = match command {
        // names of targets, and where a builder runs
        Command::KubePlay | Command::Bake | Command::Builder => None,
        Command::Exec if latest => None,
        _ => words.next(),
    };
    if let Some(word) = first {
        let written = Written {
            value: word.text.clone(),
            place: word.place.clone(),
            certain: word.certain,
        };
        match command {
            Command::Build => {
                container.build.get_or_insert_with(Build::default).context = Some(written);
            }
            Command::Exec | Command::PodCreate => container.name = Some(written),
            _ => {
                let value = as_used(named(written.value, &written.place));
                container.image = Some(Written { value, ..written });
            }
        }
    }
    container.command = words.map(|word| word.text.clone()).collect();
}

/// A parameter of the function or script that a variable holds, by the name of the variable: `$1` tells nobody
/// what it is.
fn named(text: Text, place: &Place) -> Text {
    let holder = place.via.iter().find(|via| via.kind == ViaKind::Variable);
    let numbered = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
    match (text.pieces(), holder) {
        ([only], Some(via)) if matches!(&only.kind, PieceKind::Hole(Hole::Variable(name)) if numbered(name)) => {
            Text::hole(format!("${}", via.name), only.span, Hole::Variable(via.name.clone()))
        }
        _ => text,
    }
}

/// A value that begins with what is not known, and came whole through one variable, as it is written where
/// it is used: what of it is known tells nothing of the image.
fn as_used(text: Text) -> Text {
    match text.pieces() {
        [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|piece| piece.span == first.span) => {
            match &first.kind {
                PieceKind::Hole(hole) if first.text.starts_with('$') => {
                    Text::hole(first.text.clone(), first.span, hole.clone())
                }
                _ => text,
            }
        }
        _ => text,
    }
}

/// Takes the options, in order.
pub(super) fn settings(
    container: &mut Container,
    settings: impl Iterator<Item = Setting>,
    engine: Engine,
    command: Command,
) {
    let builds = matches!(command, Command::Build | Command::Bake | Command::Builder);
    if builds {
        container.build.get_or_insert_with(Build::default).reach = builders::reach(command);
    }
    let mut networks = Vec::new();
    let mut root_folder = None;
    for setting in settings {
        match setting.flag.canonical() {
            "network" if !builds => {
                networks.extend(elements(&setting).map(|mode| NamespaceSetting {
                    namespace: Namespace::Network,
                    mode: match engine {
                        Engine::Podman => mode,
                        _ => Written {
                            value: network_name(&mode.value),
                            ..mode
                        },
                    },
                }));
            }
            "rootfs" if setting.takes == Takes::Switch => root_folder = Some(setting),
            name => one(container, name, &setting, engine, command),
        }
    }
    // with several networks the first decides in both engines, and the model's last setting does
    container.namespaces.extend(networks.into_iter().rev());
    if let Some(setting) = root_folder
        && state(&setting) != Switch::Off
    {
        root(container);
    }
}

fn one(container: &mut Container, name: &str, setting: &Setting, engine: Engine, command: Command) {
    match name {
        "privileged" => container.privileged.push(written_switch(setting)),
        "read-only" => container.read_only.push(written_switch(setting)),
        "rm" if command != Command::Build => {
            container.removed_on_exit = setting.certain && state(setting) == Switch::On;
        }
        // podman removes the container before the image
        "rmi" if setting.certain && state(setting) == Switch::On => container.removed_on_exit = true,
        "detach" if command == Command::Run => {
            container.stays |= state(setting) != Switch::Off;
            container
                .options
                .push(format!("{name}={:?} {}", state(setting), setting.certain));
        }
        "use-api-socket" => container.api_socket = Some(written_switch(setting)),
        "cap-add" => container.cap_add.extend(elements(setting)),
        "cap-drop" => container.cap_drop.extend(elements(setting)),
        "security-opt" => container.security_opt.extend(elements(setting)),
        "device" => container.devices.extend(elements(setting)),
        "device-cgroup-rule" => container.device_cgroup_rules.extend(elements(setting)),
        "gpus" => container.gpus.extend(whole(setting)),
        "group-add" | "group" => container.group_add.extend(elements(setting)),
        "sysctl" => container.sysctls.extend(elements(setting)),
        "publish" => container.ports.extend(elements(setting)),
        "env" => container.environment.extend(whole(setting)),
        "label" | "container-label" => container.labels.extend(whole(setting)),
        "volumes-from" => container.volumes_from.extend(whole(setting)),
        "volume" => mounts(container, setting, |text| volume(text, engine)),
        "mount" => mounts(container, setting, |text| mount_flag(text, engine)),
        "secret" if engine == Engine::Podman && command != Command::Build => secrets(container, setting),
        "tmpfs" => mounts(container, setting, |text| mount::tmpfs(text, dialect(engine))),
        "pid" => namespace(container, Namespace::Pid, setting),
        "ipc" => namespace(container, Namespace::Ipc, setting),
        "uts" => namespace(container, Namespace::Uts, setting),
        "userns" => namespace(container, Namespace::User, setting),
        "cgroupns" => namespace(container, Namespace::Cgroup, setting),
        "user" => container.user = whole(setting),
        "name" => container.name = whole(setting),
        "entrypoint" => container.entrypoint = whole(setting),
        "runtime" => container.runtime = whole(setting),
        "shm-size" => container.shm_size = whole(setting),
        "pod" => container.pod = whole(setting),
        "replicas" => {
            let count = setting
                .value
                .as_ref()
                .and_then(Text::known)
                .and_then(|v| v.parse().ok());
            container.replicas = count.unwrap_or(1);
        }
        "buildkitd-flags" => builders::daemon_flags(container, setting),
        _ if matches!(command, Command::Build | Command::Bake | Command::Builder) => build(container, name, setting),
        "health-cmd" => container.health = health(setting),
        "env-file" | "env-host" => container.open_environment = true,
        "init" | "init-path" => container.init = state(setting) != Switch::Off,
        // no rule reads it; it is kept so that a fix that moves it is noticed
        _ => container.options.push(format!(
            "{name}={}{}",
            setting.value.as_ref().map(Text::shown).unwrap_or_default(),
            if setting.certain { "" } else { "?" }
        )),
    }
}

fn build(container: &mut Container, name: &str, setting: &Setting) {
    match name {
        "tag" => {
            container.name = container.name.take().or_else(|| whole(setting));
            return;
        }
        "network" | "file" | "allow" => {}
        _ => return,
    }
    let build = container.build.get_or_insert_with(Build::default);
    match name {
        "network" => build.network = whole(setting),
        "file" => build.dockerfile = elements(setting).next(),
        _ => build.entitlements.extend(whole(setting)),
    }
}

/// podman's `--rootfs`: the word in the image's place is a folder of the host.
fn root(container: &mut Container) {
    let Some(image) = container.image.take() else { return };
    let mut mount = Mount::new(MountKind::Other("rootfs".to_owned()), image.value.clone());
    mount.labelling = Labelling::Impossible("a root file system takes no label request here");
    mount.source = Some(image.value);
    container.mounts.push(Written {
        value: mount,
        place: image.place,
        certain: image.certain,
    });
}

/// The health check, which the engine hands to a shell; `none` switches the image's own off.
fn health(setting: &Setting) -> Vec<Text> {
    match &setting.value {
        Some(script) if !script.is("none") && script.shown() != "" => {
            let word = |text: &str| Text::cooked(text, setting.place.value);
            vec![word("sh"), word("-c"), script.clone()]
        }
        _ => Vec::new(),
    }
}

fn state(setting: &Setting) -> Switch {
    setting.value.as_ref().map_or(Switch::On, switch)
}

fn written_switch(setting: &Setting) -> Written<Switch> {
    Written {
        value: state(setting),
        // the switch as a whole is what a reader is shown
        place: Place {
            value: setting.place.entry,
            ..setting.place.clone()
        },
        certain: setting.certain,
    }
}

fn whole(setting: &Setting) -> Option<Written<Text>> {
    Some(Written {
        value: setting.value.clone()?,
        place: setting.place.clone(),
        certain: setting.certain,
    })
}

/// The elements of a list, split where the engine splits. A value that is no CSV, which the client
/// refuses, stays whole.
fn elements(setting: &Setting) -> impl Iterator<Item = Written<Text>> {
    let parts = match (&setting.value, setting.takes) {
        (Some(value), Takes::Csv) => csv::fields(value).unwrap_or_else(|_| vec![value.clone()]),
        (Some(value), _) => vec![value.clone()],
        (None, _) => Vec::new(),
    };
    // only what stands plainly in the file has bytes of its own for each element
    let plain = setting
        .value
        .as_ref()
        .is_some_and(|value| value.pieces().iter().all(|p| p.kind == PieceKind::Literal));
    let apart = parts.len() > 1 && plain;
    parts.into_iter().enumerate().map(move |(i, part)| {
        let mut place = setting.place.clone();
        if apart && !part.is_empty() {
            let span = part.span();
            place.value = span;
            // one comma goes with it: the one before, for the first the one after
            place.entry = match i {
                0 => Span {
                    start: span.start,
                    end: span.end + 1,
                },
                _ => Span {
                    start: span.start.saturating_sub(1),
                    end: span.end,
                },
            };
        }
        Written {
            value: part,
            place,
            certain: setting.certain,
        }
    })
}

fn namespace(container: &mut Container, namespace: Namespace, setting: &Setting) {
    container
        .namespaces
        .extend(whole(setting).map(|mode| NamespaceSetting { namespace, mode }));
}

/// docker's longer form names the network in a field: `name=web,alias=www`.
fn network_name(value: &Text) -> Text {
    let fields = value.split(',');
    if fields.iter().all(|field| field.split_once('=').is_some()) {
        for field in &fields {
            if let Some(name) = field.strip_prefix("name=") {
                return name;
            }
        }
    }
    value.clone()
}

/// Whose grammar mounts are read by. An unknown engine is read as docker first.
fn dialect(engine: Engine) -> Dialect {
    match engine {
        Engine::Docker | Engine::Unknown => Dialect::Docker,
        Engine::Podman => Dialect::Podman,
        Engine::Nerdctl => Dialect::Nerdctl,
    }
}

/// Read as docker would; where docker refuses and podman takes it, as podman would.
fn either(engine: Engine, read: impl Fn(Dialect) -> Mount) -> Mount {
    let mount = read(dialect(engine));
    if engine == Engine::Unknown && mount.error.is_some() {
        let other = read(Dialect::Podman);
        if other.error.is_none() {
            return other;
        }
    }
    mount
}

fn volume(text: &Text, engine: Engine) -> Mount {
    either(engine, |dialect| mount::volume(text, dialect))
}

fn mount_flag(text: &Text, engine: Engine) -> Mount {
    either(engine, |dialect| mount::mount_flag(text, dialect))
}

fn secrets(container: &mut Container, setting: &Setting) {
    let (place, certain) = (setting.place.clone(), setting.certain);
    match setting.value.as_ref().map(mount::secret) {
        Some(mount::Secret::File(file)) => container.mounts.push(Written {
            value: *file,
            place,
            certain,
        }),
        Some(mount::Secret::Variable(value)) => container.environment.push(Written { value, place, certain }),
        None => {}
    }
}

fn mounts(container: &mut Container, setting: &Setting, read: impl Fn(&Text) -> Mount) {
    let Some(value) = &setting.value else { return };
    let mut mount = read(value);
    if mount.is_bind() && mount.may_be_labelled() {
        mount.labelling = Labelling::Impossible("a variable stands where its options would be");
    }
    if mount.kind == MountKind::Other("unknown".to_owned()) {
        container.unseen.push(Unseen {
            place: setting.place.clone(),
            text: value.shown(),
            hides: Some(Key::Mount),
        });
    }
    container.mounts.push(Written {
        value: mount,
        place: setting.place.clone(),
        certain: setting.certain,
    });
}
