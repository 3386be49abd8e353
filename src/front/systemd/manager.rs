//! Whether a unit is started for a user or for the system, and the folder that its commands run in.

use std::path::Path;

use super::lines::{Assignment, Unit};
use crate::container::{Hole, Text};
use crate::source::Span;

/// Targets of the system's manager that no user's has.
const SYSTEM_TARGETS: &[&str] = &[
    "multi-user.target",
    "graphical.target",
    "network-online.target",
    "cloud-init.target",
    "local-fs.target",
    "docker.service",
];

/// True for a unit of a user: by the folder it lies in, by what it is wanted by, or because it speaks
/// of the user's home.
pub(in crate::front) fn is_users(path: &Path, unit: &Unit) -> bool {
    let path = path.to_string_lossy().replace('\\', "/");
    let lies_in = |folder: &str| path.contains(folder);
    if lies_in("systemd/user/") || lies_in(".config/") || lies_in("dot_config/") || lies_in("containers/systemd/users/")
    {
        return true;
    }
    if lies_in("etc/systemd/system/") || lies_in("lib/systemd/system/") || lies_in("etc/containers/systemd/") {
        return false;
    }
    let wanted: Vec<&str> = ["WantedBy", "RequiredBy", "UpheldBy"]
        .iter()
        .flat_map(|key| unit.list("Install", key))
        .flat_map(|line| line.value.text().split_whitespace())
        .collect();
    if wanted.iter().any(|target| SYSTEM_TARGETS.contains(target)) {
        return false;
    }
    let speaks_of_home = || unit.assignments.iter().any(|a| a.value.text().contains("%h/"));
    wanted.contains(&"default.target") || speaks_of_home()
}

/// True for a template, of which each instance is a unit of its own: `web@.service`.
pub(in crate::front) fn is_template(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.split_once('@').is_some_and(|(_, rest)| rest.starts_with('.')))
}

/// The folder that the commands of a service run in. It is never the one that the unit lies in.
#[derive(Clone, Debug)]
pub(in crate::front) enum Folder<'u> {
    /// `/`
    Root,
    /// The home of whoever the unit is for, and what follows it.
    Home(String),
    /// An absolute path, and where it stands in the value of a line.
    Path(&'u Assignment, std::ops::Range<usize>),
    /// Nobody knows.
    Unknown,
}

impl Folder<'_> {
    /// That of a section: what `WorkingDirectory=` says, else `/`, or the home for the unit of a user
    /// (`man systemd.exec`).
    pub(in crate::front) fn of<'u>(unit: &'u Unit, section: &'u str, users: bool) -> Folder<'u> {
        let own = if users {
            Folder::Home(String::new())
        } else {
            Folder::Root
        };
        if ["RootDirectory", "RootImage"]
            .iter()
            .any(|key| unit.all(section, key).next().is_some())
        {
            return Folder::Unknown;
        }
        let Some(line) = unit.all(section, "WorkingDirectory").next_back() else {
            return own;
        };
        let value = line.value.text();
        let path = value.strip_prefix('-').unwrap_or(value);
        let below = path.strip_prefix("%h").or_else(|| path.strip_prefix('~'));
        let plain = |text: &str| !text.contains(['%', '$', '\\', '{']);
        match below {
            _ if path.is_empty() => own,
            Some(rest) if plain(rest) && (rest.is_empty() || rest.starts_with('/')) => Folder::Home(rest.to_owned()),
            None if path.starts_with('/') && plain(path) => Folder::Path(line, value.len() - path.len()..value.len()),
            _ => Folder::Unknown,
        }
    }

    /// Its path.
    pub(in crate::front) fn path(&self) -> Text {
        let nowhere = Span::default();
        match self {
            Folder::Root => Text::cooked("/", nowhere),
            Folder::Home(rest) => {
                let mut home = Text::hole("$HOME", nowhere, Hole::Home);
                home.append(Text::cooked(rest.clone(), nowhere));
                home
            }
            Folder::Path(line, range) => Text::cooked(line.value.text().get(range.clone()).unwrap_or("/"), nowhere),
            Folder::Unknown => Text::hole("…", nowhere, Hole::Other),
        }
    }
}
