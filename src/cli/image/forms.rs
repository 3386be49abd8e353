//! A launch of an image in each of the forms that it can be written in. Each is a text that its front reads, so
//! that the container is the very one that the rules would judge.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::container::{Container, Engine, FileId, Key, Knowledge, MountKind, Text, Unseen};
use crate::fix::{Change, apply};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::knowledge::image_name::ImageName;
use crate::source::{Source, Span};

/// What is said of a launch.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    /// The image as it is written.
    pub(super) image: String,
    /// As behind `-v` or `--mount`.
    pub(super) mounts: Vec<String>,
    pub(super) user: Option<String>,
    pub(super) environment: Vec<String>,
    pub(super) ports: Vec<String>,
    pub(super) command: Vec<String>,
    pub(super) engine: Engine,
    /// True where podman runs as root.
    pub(super) rootful: bool,
    /// True where nothing is said of the launch: whatever it is then counts.
    pub(super) open: bool,
    pub(super) knowledge: Knowledge,
}

impl Launch {
    /// A launch by docker of which nothing but the image is said.
    pub(super) fn of_any_kind(image: String) -> Launch {
        Launch {
            image,
            mounts: Vec::new(),
            user: None,
            environment: Vec::new(),
            ports: Vec::new(),
            command: Vec::new(),
            engine: Engine::Docker,
            rootful: false,
            open: true,
            knowledge: Knowledge::default(),
        }
    }
}

/// A form of launches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Run,
    Compose,
    Quadlet,
}

/// A launch in one form.
pub(super) struct Formed {
    reading: Reading,
    /// The container as it is judged.
    pub(super) container: Container,
}

impl Formed {
    /// Reads the launch in a form; `None` where that form cannot say it.
    pub(super) fn of(launch: &Launch, form: Form) -> Option<Formed> {
        let (kind, name, text) = match form {
            Form::Run => (Kind::Shell, "run.sh", command(launch)),
            Form::Compose => (Kind::Compose, "compose.yaml", service(launch)?),
            Form::Quadlet => (Kind::Quadlet, "app.container", unit(launch)),
        };
        let source = Arc::new(Source::new(Path::new(name), text));
        let surroundings = Surroundings {
            engine: launch.engine,
            knowledge: launch.knowledge,
            ..Surroundings::none()
        };
        let reading = front::read(kind, &source, &surroundings);
        let mut launches = reading.containers.iter().filter(|c| c.syntax.is_launch());
        let mut container = launches.next()?.clone();
        if launch.open {
            open(&mut container);
        }
        Some(Formed { reading, container })
    }

    /// The text with some changes.
    pub(super) fn with(&self, changes: &[Change]) -> Option<String> {
        let mut launches = self.reading.containers.iter().filter(|c| c.syntax.is_launch());
        let edits = front::render(&self.reading, launches.next()?, changes).ok()?;
        apply(self.reading.source(), FileId(0), &edits)
    }
}

/// What is not said may be anything, but its own program runs.
fn open(container: &mut Container) {
    container.open_environment = true;
    for key in [Key::Mount, Key::Device, Key::Other] {
        container.unseen.push(Unseen {
            place: container.place(),
            text: "whatever is given".to_owned(),
            hides: Some(key),
        });
    }
}

/// True for the syntax of `--mount`.
fn is_long(mount: &str) -> bool {
    let first = mount.split(',').next().unwrap_or("");
    first.split_once('=').is_some_and(|(key, _)| !key.contains(['/', ':']))
}

/// The command line.
fn command(launch: &Launch) -> String {
    let mut words: Vec<&str> = match (launch.engine, launch.rootful) {
        (Engine::Podman, true) => vec!["sudo", "podman", "run"],
        (Engine::Podman, false) => vec!["podman", "run"],
        _ => vec!["docker", "run"],
    };
    for mount in &launch.mounts {
        words.extend([Form::mount_flag(mount), mount]);
    }
    for (flag, values) in [("-e", &launch.environment), ("-p", &launch.ports)] {
        words.extend(values.iter().flat_map(|value| [flag, value.as_str()]));
    }
    words.extend(launch.user.iter().flat_map(|user| ["--user", user.as_str()]));
    words.push(&launch.image);
    words.extend(launch.command.iter().map(String::as_str));
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ") + "\n"
}

/// A word as a shell reads it back, quoted only where it has to be.
pub(super) fn shell_word(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => Cow::Borrowed(word),
        false => shell_words::quote(word),
    }
}

/// The name that a service has by its image.
fn called(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or("");
    let name = last.split([':', '@']).next().unwrap_or("").to_lowercase();
    match name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !name.is_empty()
    {
        true => name,
        false => "app".to_owned(),
    }
}

/// The service of a Compose file; `None` for a mount that it has no words for.
fn service(launch: &Launch) -> Option<String> {
    let mut text = format!(
        "services:\n  {}:\n    image: {}\n",
        called(&launch.image),
        scalar(&launch.image)
    );
    let mut list = |key: &str, values: &[String]| {
        if !values.is_empty() {
            let _ = writeln!(text, "    {key}:");
            values.iter().for_each(|value| {
                let _ = writeln!(text, "      - {value}");
            });
        }
    };
    let scalars = |values: &[String]| values.iter().map(|value| scalar(value)).collect::<Vec<_>>();
    let mounts: Option<Vec<String>> = launch.mounts.iter().map(|mount| compose_mount(launch, mount)).collect();
    list("volumes", &mounts?);
    list("environment", &scalars(&launch.environment));
    list("ports", &scalars(&launch.ports));
    list("command", &scalars(&launch.command));
    if let Some(user) = &launch.user {
        let _ = writeln!(text, "    user: {}", scalar(user));
    }
    Some(text)
}

/// A mount as an item of `volumes`.
fn compose_mount(launch: &Launch, mount: &str) -> Option<String> {
    if !is_long(mount) {
        return Some(scalar(mount));
    }
    let one = Launch {
        mounts: vec![mount.to_owned()],
        open: false,
        ..launch.clone()
    };
    let run = Formed::of(&one, Form::Run)?;
    let mount = &run.container.mounts.first()?.value;
    let known = matches!(mount.kind, MountKind::Bind | MountKind::Volume | MountKind::Tmpfs);
    let read_only = |option: &str| matches!(option, "ro" | "readonly" | "readonly=true" | "ro=true" | "rw");
    let plain = mount.options.iter().all(|option| read_only(&option.shown())) && !mount.chown;
    let target = mount.target.as_ref()?.known()?;
    let mut item = format!("{{type: {}", mount.kind.as_str());
    if let Some(source) = mount.source.as_ref().and_then(|source| source.known()) {
        let _ = write!(item, ", source: {}", scalar(&source));
    }
    let _ = write!(item, ", target: {}", scalar(&target));
    if mount.read_only {
        item.push_str(", read_only: true");
    }
    (known && plain).then(|| item + "}")
}

/// A text as YAML and Compose read it back.
fn scalar(text: &str) -> String {
    let text = text.replace('$', "$$");
    let letter = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.'));
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':' | '='));
    let word = matches!(
        text.as_str(),
        "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "y" | "n"
    );
    match letter && plain && !word && !text.ends_with(':') {
        true => text,
        false => serde_json::Value::String(text).to_string(),
    }
}

/// The unit.
fn unit(launch: &Launch) -> String {
    let mut text = format!("[Container]\nImage={}\n", quadlet_image(&launch.image));
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(text, "{key}={}", value.replace('%', "%%"));
    };
    for mount in &launch.mounts {
        line(if is_long(mount) { "Mount" } else { "Volume" }, mount);
    }
    for variable in &launch.environment {
        let quoted = variable.contains([' ', '"', '\'', '\\']);
        let escaped = variable.replace('\\', "\\\\").replace('"', "\\\"");
        match quoted {
            true => line("Environment", &format!("\"{escaped}\"")),
            false => line("Environment", variable),
        }
    }
    launch.ports.iter().for_each(|port| line("PublishPort", port));
    if let Some(user) = &launch.user {
        line("User", user);
    }
    if !launch.command.is_empty() {
        line("Exec", &shell_words::join(&launch.command));
    }
    text
}

/// A unit names its image in full, or it is asked which registry is meant.
fn quadlet_image(image: &str) -> String {
    let text = Text::cooked(image, Span::default());
    match ImageName::parse(&text) {
        Some(parsed) => {
            let name = image.split('@').next().unwrap_or("");
            let slash = name.rfind('/').map_or(0, |at| at + 1);
            let colon = image
                .get(slash..)
                .and_then(|last| last.find([':', '@']))
                .map(|at| at + slash);
            format!("{}{}", parsed.name, colon.and_then(|at| image.get(at..)).unwrap_or(""))
        }
        None => image.to_owned(),
    }
}

impl Form {
    /// The option that takes the mount.
    pub(super) fn mount_flag(mount: &str) -> &'static str {
        if is_long(mount) { "--mount" } else { "-v" }
    }

    pub(super) const ALL: [Form; 3] = [Form::Run, Form::Compose, Form::Quadlet];
}
