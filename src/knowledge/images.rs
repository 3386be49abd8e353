//! What is known of images: the tables under `rules/knowledge/images/`, and finding an image in it.

mod table;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::versions::Versions;
pub use table::all;
use table::{Slot, TABLE};

mod check;
mod find;

pub use check::Wrong;
pub use find::{Match, cited, find, named, without_tag};

/// What is known of one image, or of a family of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapabilityNeed {
    /// Its name without `CAP_`, in upper case.
    pub name: String,
    /// The path on which it is used.
    pub when: Condition,
    /// What for.
    pub why: String,
    /// Where that can be read: `repository path:line @ commit`; the sources of the entry where it is left out.
    #[serde(default)]
    pub at: Option<String>,
    /// True where a program carries it as a file capability, and cannot be executed without it.
    #[serde(default)]
    pub carried: bool,
    /// True for one that no engine grants by itself: it is used where it is given, and not missed.
    #[serde(default)]
    pub optional: bool,
}

/// A path through the start-up on which an image may use anything.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnknownPath {
    /// The path.
    pub when: Condition,
    /// What is unknown there, in lower case without a full stop.
    pub why: String,
}

/// Why an image never uses some capabilities that the engine grants.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
            Evidence::Verified => "tested by running its entrypoint with this set",
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::image_name::ImageName;
    use super::*;
    use crate::container::{Knowledge, Text};
    use crate::source::Span;

    fn image(reference: &str) -> Option<ImageName> {
        ImageName::parse(&Text::cooked(reference, Span::default()))
    }

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let entries = written();
        assert!(entries.len() > 100);
        for entry in &entries {
            let name = &entry.name;
            assert_eq!(entry.wrong(), None, "{name}");
            let twice = entries.iter().filter(|e| e.name == *name).count();
            assert_eq!(twice, 1, "{name} stands there twice");
        }
    }

    /// The entries as the YAML says them.
    fn written() -> Vec<Entry> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/knowledge/images");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut tables: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
            .collect();
        tables.sort();
        let read = |path: &std::path::PathBuf| -> Vec<Entry> {
            let text = std::fs::read_to_string(path).unwrap();
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        tables.iter().flat_map(read).collect()
    }

    #[test]
    fn what_is_built_in_says_what_the_tables_say() {
        let said = |entry: &Entry| format!("{entry:?}");
        let (built, written) = (all(), written());
        for (one, other) in built.iter().zip(&written) {
            assert_eq!(said(one), said(other));
        }
        assert_eq!(built.len(), written.len());
        for slot in &TABLE {
            let entry = slot.entry().unwrap();
            assert_eq!((slot.name, slot.fallback), (entry.name.as_str(), entry.fallback));
            assert_eq!(slot.images, entry.images);
        }
    }

    #[test]
    fn whoever_takes_a_default_capability_away_says_where_that_is_read() {
        for entry in all().iter().filter(|e| e.trust.is_enough() && !e.needs_program) {
            for never in &entry.never {
                assert!(never.at.contains(['@', '/']), "{}: where is it read?", entry.name);
            }
        }
    }

    #[test]
    fn an_entry_gives_a_reason_for_what_a_fix_takes_away() {
        let wrong = |text: &str| -> Option<String> {
            let entry: Entry =
                serde_yaml::from_str(&format!("{{name: app, sources: [x], as-user: 'yes', {text}}}")).unwrap();
            entry.wrong().map(|wrong| wrong.what)
        };
        let image = "images: [registry.example.org/app], starts-as: root";
        for (text, expected) in [
            ("images: [app], starts-as: root, trust: source", "`app` is no full name"),
            (
                &format!("{image}, trust: read"),
                "does not say why it never uses AUDIT_WRITE",
            ),
            (
                &format!("{image}, trust: read, never: [{{capabilities: [ALL], why: w, at: a/b}}]"),
                "ALL under `never`",
            ),
            (
                &format!("{image}, trust: source, file-capabilities: [NET_ADMN]"),
                "unknown capability `NET_ADMN`",
            ),
            (&format!("{image}, trust: read, fallback: true"), "is not of one image"),
        ] {
            let found = wrong(text).unwrap_or_default();
            assert!(found.contains(expected), "{text}: {found}");
        }
        assert_eq!(wrong(&format!("{image}, trust: source")), None);
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
            let found = find(&image(reference).unwrap(), Knowledge::default()).unwrap();
            let found_names: Vec<&str> = found.entries.iter().map(|e| e.name.as_str()).collect();
            assert_eq!(
                (found_names.join(" ").as_str(), found.exact),
                (names, exact),
                "{reference}"
            );
        }
        assert!(find(&image("example.org/app").unwrap(), Knowledge::default()).is_none());
    }
}
