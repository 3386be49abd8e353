//! What is known of images: the table under `rules/knowledge/images.yaml`, and finding an image in it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::image_name::{ImageName, Tag, fits_image};

/// The table's path, as notes cite it.
pub const TABLE_PATH: &str = "rules/knowledge/images.yaml";

/// What is known of one image, or of a family of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// A short name for it.
    pub name: String,
    /// Full names as globs, each with an optional tag glob: `docker.io/library/php:*-fpm*`.
    pub images: Vec<String>,
    /// The versions it holds for: `<8.0.2`, `>=8.0.2`.
    #[serde(default)]
    pub versions: Option<String>,
    /// True for a family, which only counts where no other entry fits.
    #[serde(default)]
    pub fallback: bool,
    /// How it is known.
    pub basis: Basis,
    /// Whether the capabilities are all it needs after every one was dropped.
    pub drop_all: DropAll,
    /// What is weak about it.
    #[serde(default)]
    pub uncertain: Option<String>,
    /// The user that the image starts as.
    pub starts_as: StartsAs,
    /// Whether it runs under `--user`.
    pub as_user: AsUser,
    /// Where it listens.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// The environment variable that moves the port.
    #[serde(default)]
    pub port_env: Option<String>,
    /// The mounts that decide about existing data and its owner.
    #[serde(default)]
    pub data: Vec<String>,
    /// True where root reads keys and settings in other mounts too.
    #[serde(default)]
    pub reads_mounts: bool,
    /// Commands that start what is described here.
    #[serde(default)]
    pub programs: Vec<String>,
    /// True for an image without a program of its own: only the commands named are known.
    #[serde(default)]
    pub needs_program: bool,
    /// Capabilities it needs after every one was dropped.
    #[serde(default)]
    pub capabilities: Vec<CapabilityNeed>,
    /// Capabilities that its program carries as file capabilities.
    #[serde(default)]
    pub file_capabilities: Vec<String>,
    /// Devices it needs.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Kernel parameters it needs set.
    #[serde(default)]
    pub sysctls: Vec<String>,
    /// What is known of running it privileged.
    #[serde(default)]
    pub privileged: Privileged,
    /// Why it is given the engine's socket.
    #[serde(default)]
    pub socket: Option<String>,
    /// What it looks at the host for: its processes, its network, its file systems.
    #[serde(default)]
    pub host: Option<String>,
    /// The entry that holds instead where it is privileged and runs its own program.
    #[serde(default)]
    pub privileged_as: Option<String>,
    /// Where all this comes from.
    pub sources: Vec<String>,
}

/// A capability that an image needs, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapabilityNeed {
    /// Its name without `CAP_`, in upper case.
    pub name: String,
    /// When it needs it.
    pub when: Condition,
    /// What for.
    pub why: String,
}

/// What is known of running an image privileged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privileged {
    /// Whether it has to.
    #[serde(default)]
    pub required: Required,
    /// Why.
    #[serde(default)]
    pub why: Option<String>,
    /// What to do instead.
    #[serde(default)]
    pub instead: Option<String>,
}

/// Whether an image has to run privileged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Required {
    /// No.
    #[default]
    No,
    /// The project says so, and something narrower is known.
    ByUpstream,
    /// Yes.
    Yes,
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// It was run with a reduced set.
    Measured,
    /// The project says so.
    Upstream,
    /// Read from the entrypoint and the Dockerfile.
    Source,
    /// Somebody says so.
    Reported,
    /// Nobody tried.
    Inferred,
}

impl Basis {
    /// How a note says it.
    pub fn as_words(self) -> &'static str {
        match self {
            Basis::Measured => "measured",
            Basis::Upstream => "its project says so",
            Basis::Source => "read from its sources",
            Basis::Reported => "as users report",
            Basis::Inferred => "not tried",
        }
    }
}

/// Whether a set of capabilities is all that an image needs after `--cap-drop=all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropAll {
    /// It was run so.
    Verified,
    /// Its project ships it so.
    Documented,
    /// It starts as an ordinary user, or does nothing that asks for a capability.
    Implied,
    /// Worked out from its sources.
    Derived,
    /// Somebody says so.
    Reported,
    /// The set is meant on top of the engine's default one.
    Unverified,
}

/// The user that an image starts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartsAs {
    /// Root.
    Root,
    /// An ordinary user.
    User,
    /// It depends on the tag.
    Varies,
}

/// Whether an image runs under `--user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AsUser {
    /// Yes.
    Yes,
    /// It does so anyway.
    Default,
    /// With some preparation.
    Partial,
    /// No.
    No,
    /// Another image does.
    Other,
}

/// When a capability is needed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Condition {
    /// On every start.
    Always,
    /// From the second start on.
    ExistingData,
    /// Where mounted data may belong to another user.
    ForeignOwner,
    /// Where it listens below 1024 and the engine does not allow that to everybody.
    LowPort,
    /// To end processes of another user.
    Stop,
    /// Under podman, whose default set is smaller.
    Podman,
    /// Where the variable is set, and to this value if one is given.
    Env(String, Option<String>),
    /// Where the port is published.
    Port(u16),
    /// Where a device fits the glob.
    Device(String),
    /// Where the command begins with the word.
    Command(String),
    /// Where the tag fits the glob.
    Tag(String),
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Condition, String> {
        Ok(match (text.as_str(), text.split_once(':')) {
            ("always", _) => Condition::Always,
            ("existing-data", _) => Condition::ExistingData,
            ("foreign-owner", _) => Condition::ForeignOwner,
            ("low-port", _) => Condition::LowPort,
            ("stop", _) => Condition::Stop,
            ("podman", _) => Condition::Podman,
            (_, Some(("env", entry))) => match entry.split_once('=') {
                Some((name, value)) => Condition::Env(name.to_owned(), Some(value.to_owned())),
                None => Condition::Env(entry.to_owned(), None),
            },
            (_, Some(("port", port))) => Condition::Port(port.parse().map_err(|_| format!("`{port}` is not a port"))?),
            (_, Some(("device", glob))) => Condition::Device(glob.to_owned()),
            (_, Some(("command", word))) => Condition::Command(word.to_owned()),
            (_, Some(("tag", glob))) => Condition::Tag(glob.to_owned()),
            _ => return Err(format!("`{text}` is no condition")),
        })
    }
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../rules/knowledge/images.yaml")).unwrap_or_default());

/// Everything that is known.
pub fn all() -> &'static [Entry] {
    &TABLE
}

/// An entry that fits an image, and how well.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The entry.
    pub entry: &'static Entry,
    /// False for a family, an image of the same name elsewhere, or a version that could not be decided.
    pub exact: bool,
}

/// The entry of a name.
pub fn named(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.name == name)
}

/// The entry that fits an image best.
pub fn find(image: &ImageName) -> Option<Match> {
    let fits = |entry: &&Entry| entry.images.iter().any(|glob| fits_image(glob, image));
    let named: Vec<&'static Entry> = TABLE.iter().filter(|e| !e.fallback).filter(fits).collect();
    let decided = |entry: &&&Entry| version_fits(entry.versions.as_deref(), &image.tag) == Some(true);
    if let Some(entry) = named.iter().filter(decided).max_by_key(|e| specificity(e, image)) {
        let open = image.tag == Tag::Unknown && named.len() > 1;
        return Some(Match { entry, exact: !open });
    }
    if let Some(entry) = named.first() {
        return Some(Match { entry, exact: false });
    }
    let family = TABLE.iter().filter(|e| e.fallback).find(fits);
    family
        .or_else(|| same_name_elsewhere(image))
        .map(|entry| Match { entry, exact: false })
}

/// How exactly an entry names the image: a tag glob counts more than none.
fn specificity(entry: &Entry, image: &ImageName) -> (bool, bool) {
    let best = entry.images.iter().filter(|g| fits_image(g, image));
    best.map(|g| (!g.contains('*') || has_tag(g), has_tag(g)))
        .max()
        .unwrap_or_default()
}

fn has_tag(pattern: &str) -> bool {
    pattern.rsplit('/').next().is_some_and(|last| last.contains(':'))
}

/// An image of docker's library that is kept under another address: `registry.example/mirror/postgres`.
fn same_name_elsewhere(image: &ImageName) -> Option<&'static Entry> {
    let last = image.name.rsplit('/').next()?;
    let moved = ImageName {
        name: format!("docker.io/library/{last}"),
        tag: image.tag.clone(),
    };
    TABLE.iter().filter(|e| !e.fallback && !e.needs_program).find(|e| {
        e.images.iter().any(|glob| fits_image(glob, &moved))
            && version_fits(e.versions.as_deref(), &image.tag) != Some(false)
    })
}

/// Whether a tag is within versions; `None` where the tag does not say.
fn version_fits(versions: Option<&str>, tag: &Tag) -> Option<bool> {
    let Some(versions) = versions else { return Some(true) };
    let tag = match tag {
        Tag::Unknown => return None,
        Tag::Latest => "",
        Tag::Known(tag) => tag,
    };
    let number = tag.split('-').next().unwrap_or("").trim_start_matches('v');
    // a part that is missing is the newest there is
    let part = |text: &str, i: usize| text.split('.').nth(i).and_then(|p| p.parse::<u32>().ok());
    let parts = |text: &str, rest: u32| (0..3).map(|i| part(text, i).unwrap_or(rest)).collect::<Vec<_>>();
    let given = parts(number, u32::MAX);
    match versions.strip_prefix(">=") {
        Some(bound) => Some(given >= parts(bound, 0)),
        None => versions.strip_prefix('<').map(|bound| given < parts(bound, 0)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Text;
    use crate::source::Span;

    fn image(reference: &str) -> Option<ImageName> {
        ImageName::parse(&Text::cooked(reference, Span::default()))
    }

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let read: Result<Vec<Entry>, _> = serde_yaml::from_str(include_str!("../../rules/knowledge/images.yaml"));
        let entries = read.unwrap();
        assert!(entries.len() > 100);
        for entry in &entries {
            assert!(!entry.sources.is_empty(), "{} has no source", entry.name);
            assert!(
                entry
                    .images
                    .iter()
                    .all(|i| i.split('/').count() > 1 && i.split('/').next().unwrap().contains('.')),
                "{}: images are named in full",
                entry.name
            );
            if entry.privileged.required != Required::No {
                assert!(entry.privileged.why.is_some(), "{}: why privileged", entry.name);
            }
        }
    }

    #[test]
    fn entries_are_found_by_name_tag_and_version() {
        for (reference, name, exact) in [
            ("registry:2", "registry", true),
            ("redis:7-alpine", "redis-7", true),
            ("redis:8.0.1", "redis-7", true),
            ("redis:8", "redis-8", true),
            ("redis", "redis-8", true),
            ("redis:alpine", "redis-8", true),
            ("redis@sha256:00", "redis-7", false),
            ("docker:27-dind", "docker-dind", true),
            ("docker:dind-rootless", "docker-dind", true),
            ("php:8-fpm-alpine", "php-fpm", true),
            ("moby/buildkit:v0.20-rootless", "buildkit-rootless", true),
            ("lscr.io/linuxserver/wireguard", "wireguard-lsio", true),
            ("lscr.io/linuxserver/sonarr", "linuxserver-generic", false),
            ("registry.example.org:5000/mirror/postgres:16", "postgres", false),
        ] {
            let found = find(&image(reference).unwrap()).unwrap();
            assert_eq!((found.entry.name.as_str(), found.exact), (name, exact), "{reference}");
        }
        assert!(find(&image("example.org/app").unwrap()).is_none());
    }
}
