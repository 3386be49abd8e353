//! What one container needs, by what is known of its image and by how it is launched.

use crate::container::{Container, Engine, Key, Mount, MountKind, Namespace, Text, Tri, Written};

use super::image_name::{self, ImageName, Tag};
use super::images::{self, Basis, CapabilityNeed, Condition, DropAll, Entry, Required, StartsAs};
use super::images::{AsUser, TABLE_PATH};

/// How far a set of needs can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Nobody tried, or what is known may not hold for this launch.
    Guess,
    /// Read from sources, or not decided in every point.
    Likely,
    /// Run so, or shipped so by its project, and it holds for this launch.
    Sure,
}

/// What a container needs.
#[derive(Clone, Debug)]
pub struct Needs {
    /// What is known of its image.
    pub entry: &'static Entry,
    /// The capabilities that it needs after every one was dropped, with the reason for each.
    pub capabilities: Vec<(&'static str, &'static str)>,
    /// How far these are all that it needs.
    pub trust: Trust,
    /// Why they are not to be relied on more, in lower case without a full stop.
    pub doubt: Option<String>,
    /// True where dropping every capability may take more than is known to be needed: the
    /// capabilities are meant on top of the engine's default ones.
    pub on_top_of_default: bool,
    /// Facts that a reader should know, in lower case without a full stop.
    pub facts: Vec<String>,
}

impl Needs {
    /// The names of the capabilities.
    pub fn names(&self) -> Vec<&'static str> {
        self.capabilities.iter().map(|(name, _)| *name).collect()
    }

    /// True where the launch starts another program than the image's own.
    pub fn is_of_another_program(&self) -> bool {
        self.doubt.as_deref() == Some(OWN_COMMAND)
    }

    /// Where it is known from, as a note cites it.
    pub fn source(&self) -> String {
        format!("{TABLE_PATH}, {}", self.entry.name)
    }
}

/// The doubt about a launch whose first word is no program of the image that is known.
const OWN_COMMAND: &str = "it runs a command of its own";

/// What a container needs; `None` where nothing is known of its image.
pub fn needs(container: &Container) -> Option<Needs> {
    let built = container.built.as_deref();
    let reference = match built.and_then(|b| b.base.as_ref()) {
        Some(base) => base,
        None => &container.image.as_ref()?.value,
    };
    let image = ImageName::parse(reference)?;
    let mut found = images::find(&image)?;
    let own = container
        .command
        .first()
        .is_none_or(|word| word.known_prefix().starts_with("dockerd"));
    if container.privileged() != Tri::No && own {
        let instead = found.entry.privileged_as.as_deref().and_then(images::named);
        found.entry = instead.unwrap_or(found.entry);
    }
    let entry = found.entry;
    let mut needs = Needs {
        entry,
        capabilities: Vec::new(),
        trust: Trust::Sure,
        doubt: None,
        on_top_of_default: entry.drop_all == DropAll::Unverified,
        facts: Vec::new(),
    };
    let user = user(container, entry);
    if user != User::Ordinary {
        for need in &entry.capabilities {
            if holds(container, entry, &image, need, &mut needs.facts) {
                needs.capabilities.push((&need.name, &need.why));
            }
        }
    }
    for name in &entry.file_capabilities {
        if !needs.names().contains(&name.as_str()) {
            let why = "its program carries it as a file capability and cannot be executed without it";
            needs.capabilities.push((name, why));
        }
    }
    let (trust, doubt) = trust(container, &found, user);
    needs.trust = trust;
    needs.doubt = doubt;
    Some(needs)
}

/// Who the container starts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    /// The image's own start, which may become another user later.
    Own,
    /// Root, where the image would start as somebody else.
    MadeRoot,
    /// An ordinary user, by the launch's word.
    Ordinary,
}

fn user(container: &Container, entry: &Entry) -> User {
    let built = container.built.as_deref().and_then(|b| b.user.as_ref());
    let Some(user) = container.user.as_ref().map(|w| &w.value).or(built) else {
        return User::Own;
    };
    let Some(name) = user.known() else {
        return User::Own;
    };
    let name = name.split(':').next().unwrap_or("");
    let root = name == "root" || name.is_empty() || name.trim_start_matches('+').chars().all(|c| c == '0');
    match (root, entry.starts_as) {
        (false, _) => User::Ordinary,
        (true, StartsAs::Root) => User::Own,
        (true, _) => User::MadeRoot,
    }
}

/// How far what the entry says holds for this launch, and what speaks against it.
fn trust(container: &Container, found: &images::Match, user: User) -> (Trust, Option<String>) {
    let entry = found.entry;
    let mut trust = Trust::Sure;
    let mut doubt = None;
    let mut weaken = |to: Trust, why: String| {
        if to < trust {
            trust = to;
            doubt = Some(why);
        }
    };
    match entry.drop_all {
        DropAll::Verified | DropAll::Documented | DropAll::Implied => {}
        DropAll::Derived => weaken(Trust::Likely, "worked out from its sources, not tried".into()),
        DropAll::Reported => weaken(Trust::Likely, "reported by users, not by the project".into()),
        DropAll::Unverified => weaken(Trust::Likely, "not tried after dropping every capability".into()),
    }
    if entry.basis == Basis::Inferred {
        weaken(Trust::Guess, "nobody tried it".into());
    }
    if let Some(why) = &entry.uncertain {
        weaken(Trust::Likely, why.clone());
    }
    if entry.needs_program {
        weaken_by_command(container, entry, &mut weaken, Trust::Guess);
    } else if user != User::Ordinary && entry.starts_as != StartsAs::User {
        weaken_by_command(container, entry, &mut weaken, Trust::Likely);
    }
    match user {
        User::MadeRoot => weaken(Trust::Guess, "the image is meant to run as an ordinary user".into()),
        User::Ordinary if !matches!(entry.as_user, AsUser::Yes | AsUser::Default) => {
            weaken(
                Trust::Likely,
                "the image is not made to start as an ordinary user".into(),
            );
        }
        _ => {}
    }
    if let Some(built) = &container.built {
        weaken(
            Trust::Likely,
            format!(
                "its image is built by `{}`, whose steps may need more",
                built.dockerfile
            ),
        );
    }
    let of_image = container.built.as_deref().and_then(|b| b.entrypoint.as_ref());
    if let Some(entrypoint) = container.entrypoint.as_ref().map(|w| &w.value).or(of_image) {
        let own = entrypoint
            .known()
            .is_some_and(|e| entry.programs.iter().any(|p| *p == e));
        if !own {
            weaken(Trust::Guess, "its entrypoint is replaced".into());
        }
    }
    if let Some(unseen) = container.unseen.iter().find(|u| u.hides.is_none()) {
        weaken(Trust::Likely, format!("`{}` may say more", unseen.text));
    }
    if !found.exact {
        let why = if entry.fallback {
            "only its family is known".to_owned()
        } else {
            "it may not be the image of that name, or not that version".to_owned()
        };
        weaken(Trust::Guess, why);
    }
    (trust, doubt)
}

/// A command of its own may need anything.
fn weaken_by_command(container: &Container, entry: &Entry, weaken: &mut impl FnMut(Trust, String), to: Trust) {
    match container.command.first() {
        None if entry.needs_program => weaken(to, "what is typed into its shell decides".into()),
        None => {}
        Some(word) => {
            let word = word.known();
            let known = word
                .as_deref()
                .is_some_and(|w| (!entry.needs_program && w.starts_with('-')) || entry.programs.iter().any(|p| p == w));
            if !known {
                weaken(to, OWN_COMMAND.into());
            }
        }
    }
    if container.may_hide(Key::Command) && !container.unseen.iter().any(|u| u.hides.is_none()) {
        weaken(Trust::Likely, "its command cannot be read".into());
    }
}

/// Whether the container is in the situation in which the image needs the capability. What is not
/// known is taken to be so: granting one of the default capabilities again takes nothing away.
fn holds(
    container: &Container,
    entry: &Entry,
    image: &ImageName,
    need: &CapabilityNeed,
    facts: &mut Vec<String>,
) -> bool {
    match &need.when {
        Condition::Always | Condition::Stop => true,
        Condition::Podman => container.engine == Engine::Podman,
        Condition::ExistingData => {
            !container.removed_on_exit || touches_data(container, entry, |_| true) || container.may_hide(Key::Mount)
        }
        Condition::ForeignOwner => {
            let bind = touches_data(container, entry, |mount| {
                mount.kind == MountKind::Bind && !mount.overlay
            });
            let read = entry.reads_mounts && container.mounts.iter().any(|w| w.value.is_bind());
            if (bind || read) && is_rootless(container) {
                facts.push(format!(
                    "{} is not needed for the mounts: rootless podman makes root in the container the user who calls it",
                    need.name
                ));
            }
            if !bind && read && !is_rootless(container) {
                facts.extend(private_files(container, &need.name));
            }
            (bind || container.may_hide(Key::Mount)) && !is_rootless(container)
        }
        Condition::LowPort => {
            listens_low(container, entry) && {
                let open = low_ports_are_open(container);
                if let Some(why) = open {
                    facts.push(format!("{} is not needed: {why}", need.name));
                }
                open.is_none()
            }
        }
        Condition::Env(name, value) => container.environment.iter().any(|entry| {
            let text = entry.value.shown();
            let (key, set) = text.split_once('=').unwrap_or((&text, ""));
            key == name && value.as_ref().is_none_or(|v| v == set)
        }),
        Condition::Port(port) => published(container).any(|p| p == Some(*port)),
        Condition::Device(pattern) => {
            let mut devices = container.devices.iter().map(|d| d.value.shown());
            devices.any(|d| image_name::glob(pattern, d.split(':').next().unwrap_or("")))
        }
        Condition::Command(word) => container.command.first().is_some_and(|c| c.is(word)),
        Condition::Tag(pattern) => match &image.tag {
            Tag::Known(tag) => image_name::glob(pattern, tag),
            Tag::Latest => false,
            Tag::Unknown => true,
        },
    }
}

/// What root could not read in the mounts of the host's files without the capability. Whether there
/// is such a file is not written anywhere, so it is told and not granted.
fn private_files(container: &Container, name: &str) -> Option<String> {
    let binds = container.mounts.iter().map(|w| &w.value).filter(|m| m.is_bind());
    let targets: Vec<String> = binds
        .filter_map(|m| m.target.as_ref()?.known())
        .map(|target| format!("`{}`", target.chars().take(60).collect::<String>()))
        .take(3)
        .collect();
    let (last, rest) = targets.split_last()?;
    let places = if rest.is_empty() {
        last.clone()
    } else {
        format!("{} or {last}", rest.join(", "))
    };
    Some(format!(
        "a key in {places} that only another user may read (mode 0600) would need {name}"
    ))
}

/// True for podman that the calling user runs for itself.
fn is_rootless(container: &Container) -> bool {
    container.engine == Engine::Podman && container.rootless
}

/// True where a mount of the kind lies at, above or below one of the image's data paths.
fn touches_data(container: &Container, entry: &Entry, kind: impl Fn(&Mount) -> bool) -> bool {
    container.mounts.iter().map(|w: &Written<Mount>| &w.value).any(|mount| {
        let target = mount.target.as_ref().and_then(Text::known);
        let near = |data: &String| target.as_ref().is_none_or(|t| is_near(t, data));
        kind(mount) && entry.data.iter().any(near)
    })
}

/// True where one path is the other, or lies below it.
fn is_near(a: &str, b: &str) -> bool {
    let below = |path: &str, above: &str| {
        let above = above.trim_end_matches('/');
        path.trim_end_matches('/')
            .strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(a, b) || below(b, a)
}

/// The ports inside the container that are published; `None` for one that cannot be read.
fn published(container: &Container) -> impl Iterator<Item = Option<u16>> + '_ {
    container.ports.iter().map(|port| {
        let text = port.value.shown();
        let text = text.split('/').next().unwrap_or("");
        let inside = text.rsplit(':').next().unwrap_or("");
        inside.split('-').next().and_then(|p| p.parse().ok())
    })
}

/// True where the program listens below 1024, or may.
fn listens_low(container: &Container, entry: &Entry) -> bool {
    let moved = entry.port_env.as_ref().and_then(|name| {
        let set = container.environment.iter().rev().map(|e| e.value.shown());
        let mut values = set.filter_map(|e| e.split_once('=').filter(|(k, _)| k == name).map(|(_, v)| v.to_owned()));
        values.next()
    });
    let own = match moved {
        Some(address) => address
            .rsplit(':')
            .next()
            .and_then(|p| p.parse::<u16>().ok())
            .is_none_or(|p| p < 1024),
        None => entry.ports.iter().any(|p| *p < 1024),
    };
    own || published(container).any(|p| p.is_none_or(|p| p < 1024))
}

/// Why every user of the container may listen below 1024, if so.
fn low_ports_are_open(container: &Container) -> Option<&'static str> {
    let sysctl = "net.ipv4.ip_unprivileged_port_start=";
    let lowered = |s: &Written<Text>| {
        let text = s.value.shown();
        text.strip_prefix(sysctl)
            .and_then(|p| p.parse::<u16>().ok())
            .is_some_and(|p| p < 80)
    };
    if container.sysctls.iter().any(lowered) {
        return Some("the launch lowers net.ipv4.ip_unprivileged_port_start");
    }
    let private = match container.namespace(Namespace::Network) {
        None => !container.may_hide(Key::Namespace(Namespace::Network)),
        Some(mode) => mode
            .value
            .known()
            .is_some_and(|m| m != "host" && !m.starts_with("container:")),
    };
    (container.engine == Engine::Docker && private)
        .then_some("docker lets every user of a private network listen below 1024 (20.10 and later)")
}

/// Whether an image has to run privileged.
pub fn required(needs: Option<&Needs>) -> Required {
    needs.map_or(Required::No, |n| n.entry.privileged.required)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::{FileId, Place, Syntax};
    use crate::source::Span;

    fn written(text: &str) -> Written<Text> {
        Written::new(
            Text::cooked(text, Span::default()),
            Place::new(Span::default(), Span::default()),
        )
    }

    fn launch(engine: Engine, image: &str) -> Container {
        let mut container = Container::new(Syntax::Command, engine, FileId(0), Span::default(), Span::default());
        container.image = Some(written(image));
        container.rootless = engine == Engine::Podman;
        container
    }

    fn bind(source: &str, target: &str) -> Written<Mount> {
        let mut mount = Mount::new(MountKind::Bind, Text::new());
        mount.source = Some(written(source).value);
        mount.target = Some(written(target).value);
        Written::new(mount, Place::new(Span::default(), Span::default()))
    }

    #[test]
    fn a_registry_needs_nothing_unless_root_cannot_read_its_mounts_or_the_port_is_low() {
        let mut podman = launch(Engine::Podman, "registry:2");
        podman.environment = vec![written("REGISTRY_HTTP_ADDR=0.0.0.0:5000")];
        podman.ports = vec![written("5000:5000")];
        podman.mounts = vec![bind("./certs", "/certs")];
        let got = needs(&podman).unwrap();
        assert_eq!((got.names(), got.trust), (vec![], Trust::Sure));

        let mut docker = podman.clone();
        docker.engine = Engine::Docker;
        docker.rootless = false;
        let told = needs(&docker).unwrap();
        assert!(told.names().is_empty() && told.facts[0].starts_with("a key in `/certs` that only"));
        docker.mounts.push(bind("./data", "/var/lib/registry"));
        assert_eq!(needs(&docker).unwrap().names(), ["DAC_OVERRIDE"]);
        docker.mounts.clear();
        assert!(needs(&docker).unwrap().names().is_empty());

        podman.environment = vec![written("REGISTRY_HTTP_ADDR=:443")];
        assert_eq!(needs(&podman).unwrap().names(), ["NET_BIND_SERVICE"]);
        podman.sysctls = vec![written("net.ipv4.ip_unprivileged_port_start=0")];
        assert!(needs(&podman).unwrap().names().is_empty());
    }

    #[test]
    fn a_database_needs_more_from_its_second_start_on() {
        let mut postgres = launch(Engine::Docker, "postgres:16");
        assert_eq!(needs(&postgres).unwrap().names(), ["SETUID", "SETGID", "DAC_OVERRIDE"]);
        postgres.removed_on_exit = true;
        assert_eq!(needs(&postgres).unwrap().names(), ["SETUID", "SETGID"]);
        postgres.mounts = vec![bind("./data", "/var/lib/postgresql/data")];
        assert_eq!(
            needs(&postgres).unwrap().names(),
            ["SETUID", "SETGID", "DAC_OVERRIDE", "CHOWN"]
        );
        postgres.user = Some(written("999:999"));
        let got = needs(&postgres).unwrap();
        assert_eq!((got.names(), got.trust), (vec![], Trust::Sure));
    }

    #[test]
    fn low_ports_are_free_in_dockers_private_networks_only() {
        let nginx = launch(Engine::Docker, "nginx");
        assert_eq!(needs(&nginx).unwrap().names(), ["SETUID", "SETGID", "CHOWN"]);
        assert!(
            needs(&nginx)
                .unwrap()
                .facts
                .iter()
                .any(|f| f.starts_with("NET_BIND_SERVICE is not needed"))
        );
        let podman = launch(Engine::Podman, "nginx");
        assert!(needs(&podman).unwrap().names().contains(&"NET_BIND_SERVICE"));
    }

    #[test]
    fn what_is_known_is_not_relied_on_where_the_launch_says_otherwise() {
        let trust = |change: &dyn Fn(&mut Container)| {
            let mut container = launch(Engine::Docker, "redis:7");
            change(&mut container);
            needs(&container).map(|n| n.trust)
        };
        assert_eq!(trust(&|_| {}), Some(Trust::Sure));
        assert_eq!(
            trust(&|c| c.command = vec![written("--appendonly").value]),
            Some(Trust::Sure)
        );
        assert_eq!(trust(&|c| c.command = vec![written("sh").value]), Some(Trust::Likely));
        assert_eq!(trust(&|c| c.entrypoint = Some(written("/x"))), Some(Trust::Guess));
        assert_eq!(
            trust(&|c| c.image = Some(written("mirror.example/redis:7"))),
            Some(Trust::Guess)
        );
        assert_eq!(trust(&|c| c.image = Some(written("example.org/app"))), None);
        assert_eq!(trust(&|c| c.image = Some(written("alpine"))), Some(Trust::Guess));
        let sleep = |c: &mut Container| {
            c.image = Some(written("alpine"));
            c.command = vec![written("sleep").value];
        };
        assert_eq!(trust(&sleep), Some(Trust::Sure));
        assert_eq!(trust(&|c| c.image = Some(written("docker:dind"))), Some(Trust::Likely));
    }
}
