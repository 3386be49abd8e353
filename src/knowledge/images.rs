//! What is known of images: the tables under `rules/knowledge/images/`, and finding an image in it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::condition::Condition;
use super::image_name::{ImageName, Tag, fits_image};
use super::versions::Versions;

/// The folder of the tables, as notes cite it.
pub const TABLE_PATH: &str = "rules/knowledge/images";

/// The tables, by the kind of image.
const TABLES: [&str; 9] = [
    include_str!("../../rules/knowledge/images/applications.yaml"),
    include_str!("../../rules/knowledge/images/containers.yaml"),
    include_str!("../../rules/knowledge/images/databases.yaml"),
    include_str!("../../rules/knowledge/images/families.yaml"),
    include_str!("../../rules/knowledge/images/home.yaml"),
    include_str!("../../rules/knowledge/images/network.yaml"),
    include_str!("../../rules/knowledge/images/observability.yaml"),
    include_str!("../../rules/knowledge/images/programs.yaml"),
    include_str!("../../rules/knowledge/images/web.yaml"),
];

/// What is known of one image, or of a family of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// A short name for it.
    pub name: String,
    /// Full names as globs, each with an optional tag glob: `docker.io/library/php:*-fpm*`.
    pub images: Vec<String>,
    /// The versions it holds for; all of them where none are named.
    #[serde(default)]
    pub versions: Option<Versions>,
    /// True for a family, which only counts where no other entry fits.
    #[serde(default)]
    pub fallback: bool,
    /// How it is known.
    pub trust: Evidence,
    /// What is weak about it.
    #[serde(default)]
    pub uncertain: Option<String>,
    /// True where the capabilities are meant on top of the engine's default ones: which of those it
    /// needs is not known.
    #[serde(default)]
    pub on_top_of_default: bool,
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
    /// Files and folders in which its ports may be named; where none are listed, any mount but one of its
    /// data may hold such a file.
    #[serde(default)]
    pub config: Option<Vec<String>>,
    /// Where it keeps its data.
    #[serde(default)]
    pub data: Vec<String>,
    /// Commands that start what is described here, whatever their arguments.
    #[serde(default)]
    pub programs: Vec<String>,
    /// True for an image without a program of its own: its command decides what it needs.
    #[serde(default)]
    pub needs_program: bool,
    /// Every capability that its start-up uses on any path.
    #[serde(default)]
    pub capabilities: Vec<CapabilityNeed>,
    /// Why it never uses the other default capabilities.
    #[serde(default)]
    pub never: Vec<Never>,
    /// Paths of its start-up of which nothing is known: no fix is safe on them.
    #[serde(default)]
    pub unknown: Vec<UnknownPath>,
    /// Folders and files that its entrypoint runs as root: what is mounted there does what it likes.
    #[serde(default)]
    pub runs: Vec<String>,
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

/// A capability that an image uses, and on which path.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapabilityNeed {
    /// Its name without `CAP_`, in upper case.
    pub name: String,
    /// The path on which it is used.
    pub when: Condition,
    /// What for.
    pub why: String,
    /// True where a program carries it as a file capability, and cannot be executed without it.
    #[serde(default)]
    pub carried: bool,
    /// True for one that no engine grants by itself: it is used where it is given, and not missed.
    #[serde(default)]
    pub optional: bool,
}

/// A path through the start-up on which an image may use anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnknownPath {
    /// The path.
    pub when: Condition,
    /// What is unknown there, in lower case without a full stop.
    pub why: String,
}

/// Why an image never uses some capabilities that the engine grants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Never {
    /// Their names; `ALL` stands for every one of them, of an image that starts as an ordinary user.
    pub capabilities: Vec<String>,
    /// Why.
    pub why: String,
    /// Where that can be read: `repository path:line @ commit`, or the trial.
    pub at: String,
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
    /// Why it uses nothing of what the flag gives: no device, no system call that seccomp refuses, no
    /// writable `/proc` or `/sys`, no control group.
    #[serde(default)]
    pub unused: Option<String>,
    /// The versions that this was found of; all of them where none are named.
    #[serde(default, rename = "unused-in")]
    pub unused_in: Option<Versions>,
}

/// Whether an image has to run privileged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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

/// How an entry is known. Only the first two are enough for a safe fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Its own entrypoint ran with this set; `rules/knowledge/trials.yaml` holds the runs.
    Verified,
    /// Its entrypoint was read line by line, and what the server does with privileges is named.
    Read,
    /// Worked out from its sources, which were not read whole.
    Source,
    /// The project says so.
    Upstream,
    /// Somebody says so.
    Reported,
    /// Nobody tried.
    Inferred,
}

impl Evidence {
    /// How a note says it.
    pub fn as_words(self) -> &'static str {
        match self {
            Evidence::Verified => "its entrypoint was run with just that",
            Evidence::Read => "read from its entrypoint",
            Evidence::Source => "worked out from its sources, not tested",
            Evidence::Upstream => "its project says so; not tested",
            Evidence::Reported => "as users report",
            Evidence::Inferred => "not tested",
        }
    }

    /// True where a fix that rests on it may be safe.
    pub fn is_enough(self) -> bool {
        self <= Evidence::Read
    }
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

/// All tables together; without one that could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let read = |table: &&str| serde_yaml::from_str::<Vec<Entry>>(table).unwrap_or_default();
    TABLES.iter().flat_map(read).collect()
});

/// Everything that is known.
pub fn all() -> &'static [Entry] {
    &TABLE
}

/// The entries that fit an image.
#[derive(Clone, Debug)]
pub struct Match {
    /// The first of them.
    pub entry: &'static Entry,
    /// All of them: more than one where the tag does not tell which version it is.
    pub entries: Vec<&'static Entry>,
    /// False for a family, or an image of the same name elsewhere.
    pub exact: bool,
}

/// The entry of a name.
pub fn named(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.name == name)
}

/// The entries that fit an image best: those of its name that its tag does not rule out.
pub fn find(image: &ImageName) -> Option<Match> {
    if let Some(entries) = fitting(image) {
        return Some(Match {
            entry: entries.first()?,
            entries,
            exact: true,
        });
    }
    let family = TABLE.iter().filter(|e| e.fallback);
    let fits = |entry: &&Entry| entry.images.iter().any(|glob| fits_image(glob, image));
    let found = family.clone().find(fits).map(|entry| vec![entry]);
    let entries = found.or_else(|| same_name_elsewhere(image))?;
    Some(Match {
        entry: entries.first()?,
        entries,
        exact: false,
    })
}

/// The entries of just this name and a tag that may be the image's; `None` where there is none.
fn fitting(image: &ImageName) -> Option<Vec<&'static Entry>> {
    let any_tag = image.tag == Tag::Unknown;
    let fits = |entry: &&Entry| {
        let fits = |glob: &String| match any_tag {
            true => fits_image(without_tag(glob), image),
            false => fits_image(glob, image),
        };
        !entry.fallback && entry.images.iter().any(fits)
    };
    let named: Vec<&'static Entry> = TABLE.iter().filter(fits).collect();
    // one that names the tag, or the name without a star, knows better
    let best = named.iter().map(|e| specificity(e, image)).max()?;
    let best = named.iter().filter(|e| any_tag || specificity(e, image) == best);
    let may_be: Vec<&'static Entry> = best
        .filter(|e| e.versions.as_ref().is_none_or(|v| v.may_hold(&image.tag)))
        .copied()
        .collect();
    (!may_be.is_empty()).then_some(may_be)
}

/// How exactly an entry names the image: a tag glob counts more than none.
fn specificity(entry: &Entry, image: &ImageName) -> (bool, bool) {
    let best = entry.images.iter().filter(|g| fits_image(g, image));
    best.map(|g| (!g.contains('*') || without_tag(g) != *g, without_tag(g) != *g))
        .max()
        .unwrap_or_default()
}

/// A pattern without its tag.
pub(super) fn without_tag(pattern: &str) -> &str {
    let slash = pattern.rfind('/').map_or(0, |i| i + 1);
    let colon = pattern.get(slash..).and_then(|last| last.find(':'));
    colon.and_then(|at| pattern.get(..slash + at)).unwrap_or(pattern)
}

/// An image of docker's library that is kept under another address: `registry.example/mirror/postgres`.
fn same_name_elsewhere(image: &ImageName) -> Option<Vec<&'static Entry>> {
    let last = image.name.rsplit('/').next()?;
    let moved = ImageName {
        name: format!("docker.io/library/{last}"),
        tag: image.tag.clone(),
    };
    fitting(&moved).filter(|entries| entries.iter().all(|e| !e.needs_program))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Text;
    use crate::knowledge::capabilities;
    use crate::source::Span;

    fn image(reference: &str) -> Option<ImageName> {
        ImageName::parse(&Text::cooked(reference, Span::default()))
    }

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let read = |table: &&str| -> Vec<Entry> { serde_yaml::from_str(table).unwrap() };
        let entries: Vec<Entry> = TABLES.iter().flat_map(read).collect();
        assert!(entries.len() > 100);
        for entry in &entries {
            let name = &entry.name;
            assert!(!entry.sources.is_empty(), "{name} has no source");
            assert!(
                entry
                    .images
                    .iter()
                    .all(|i| i.split('/').count() > 1 && i.split('/').next().unwrap().contains('.')),
                "{name}: images are named in full"
            );
            if entry.privileged.required != Required::No {
                assert!(entry.privileged.why.is_some(), "{name}: why privileged");
            }
            let written = entry.capabilities.iter().map(|c| &c.name);
            for capability in written.chain(&entry.file_capabilities) {
                assert!(capabilities::named(capability).is_some(), "{name}: {capability}");
            }
            let twice = entries.iter().filter(|e| e.name == *name).count();
            assert_eq!(twice, 1, "{name} stands there twice");
        }
    }

    #[test]
    fn whoever_takes_a_default_capability_away_says_why() {
        for entry in all().iter().filter(|e| e.trust.is_enough() && !e.needs_program) {
            let (name, never) = (&entry.name, &entry.never);
            assert!(
                !entry.fallback && !entry.on_top_of_default,
                "{name} is not of one image"
            );
            let whole = never.iter().any(|n| n.capabilities == ["ALL"]);
            assert!(
                !whole || entry.starts_as == StartsAs::User,
                "{name}: ALL is of ordinary users"
            );
            for capability in capabilities::defaults(crate::container::Engine::Docker) {
                let used = entry.capabilities.iter().any(|c| c.name == capability);
                let carried = entry.file_capabilities.iter().any(|c| c == capability);
                let reason = never.iter().filter(|n| n.capabilities.iter().any(|c| c == capability));
                let reasons = reason.count();
                assert!(
                    used || carried || whole || reasons == 1,
                    "{name}: {reasons} reasons that it never uses {capability}"
                );
                assert!(!used || reasons == 0, "{name}: {capability} is used, and never used");
            }
            for n in never {
                assert!(
                    !n.why.is_empty() && n.at.contains(['@', '/']),
                    "{name}: where is it read?"
                );
            }
        }
    }

    #[test]
    fn entries_are_found_by_name_tag_and_version() {
        for (reference, names, exact) in [
            ("registry:2", "registry", true),
            ("redis:7-alpine", "redis-7", true),
            ("redis:8.0.1", "redis-8", true),
            ("redis:8", "redis-8", true),
            ("redis", "redis-7 redis-8", true),
            ("redis:alpine", "redis-7 redis-8", true),
            ("redis@sha256:00", "redis-7 redis-8", true),
            ("docker:27-dind", "docker-dind", true),
            ("docker:dind-rootless", "docker-dind", true),
            ("docker@sha256:00", "docker-dind docker-cli", true),
            ("moby/buildkit:v0.20-rootless", "buildkit-rootless", true),
            ("lscr.io/linuxserver/wireguard", "wireguard-lsio", true),
            ("lscr.io/linuxserver/sonarr", "linuxserver-sonarr", true),
            ("lscr.io/linuxserver/sonarr:2.0.0", "linuxserver-generic", false),
            ("lscr.io/linuxserver/pyload-ng", "linuxserver-generic", false),
            ("registry.example.org:5000/mirror/postgres:16", "postgres", false),
        ] {
            let found = find(&image(reference).unwrap()).unwrap();
            let found_names: Vec<&str> = found.entries.iter().map(|e| e.name.as_str()).collect();
            assert_eq!(
                (found_names.join(" ").as_str(), found.exact),
                (names, exact),
                "{reference}"
            );
        }
        assert!(find(&image("example.org/app").unwrap()).is_none());
    }
}
