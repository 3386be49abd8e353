//! What the log of a container says where something is kept from it: the table under
//! `rules/knowledge/symptoms.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table's path, as notes cite it.
pub(super) const TABLE_PATH: &str = "rules/knowledge/symptoms.yaml";

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// A capability.
    Capability,
    /// A label, or a capability that opens files of others.
    Files,
    /// A device.
    Device,
    /// A port below 1024.
    Port,
    /// A system call that the filter refuses.
    Seccomp,
    /// The container forbids programs to gain privileges.
    NoNewPrivileges,
    /// A capability that the program's file carries.
    FileCapability,
    /// A parameter of the kernel.
    Sysctl,
    /// A module of the kernel.
    Module,
    /// The tree of control groups.
    Cgroup,
    /// Room in `/dev/shm`.
    Shm,
}

/// A line of a container's log, and what it means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// Parts of the line, in order, in lower case.
    pub says: Vec<String>,
    /// What is missing.
    pub means: Means,
    /// Capabilities, a device, a system call.
    pub names: Vec<String>,
    /// How the program meets it.
    pub why: String,
    /// What is narrower.
    #[serde(default)]
    pub instead: Option<String>,
    /// Where it can be read.
    pub source: String,
    /// Whether it was seen to fail without, and to pass with only, what is named: `yes`, `no`, or what was run.
    pub tried: String,
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Symptom>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../rules/knowledge/symptoms.yaml")).unwrap_or_default());

/// Every symptom that is known.
pub fn symptoms() -> &'static [Symptom] {
    &TABLE
}

/// The row that a line fits.
pub(super) fn find(line: &str) -> Option<usize> {
    let line = line.to_lowercase();
    TABLE.iter().position(|row| {
        let mut rest = line.as_str();
        row.says.iter().all(|part| match rest.split_once(part.as_str()) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    })
}

/// The path that a line names: the last one before the error, without what stands around it.
pub(super) fn path_in(line: &str) -> Option<String> {
    let end = ["ermission denied", "not permitted", "ead-only", "o such file"];
    let before = end
        .iter()
        .find_map(|word| line.split_once(word))
        .map_or(line, |(before, _)| before);
    let around =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '(' | ')' | ',' | '\u{2018}' | '\u{2019}' | '=');
    let words = before.split(around).map(|word| word.trim_end_matches([':', '.', ';']));
    let is_path = |word: &&str| word.starts_with('/') && word.len() > 1 && !word.starts_with("//");
    words.rev().find(is_path).map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::knowledge::capabilities;

    #[test]
    fn the_table_is_read_and_every_row_can_be_met() {
        let rows: Vec<Symptom> = serde_yaml::from_str(include_str!("../../rules/knowledge/symptoms.yaml")).unwrap();
        assert!(rows.len() > 60);
        for (i, row) in rows.iter().enumerate() {
            let line = row.says.join(" ");
            assert_eq!(line, line.to_lowercase(), "parts are in lower case");
            assert_eq!(find(&line), Some(i), "another row hides `{line}`");
            let capability = matches!(row.means, Means::Capability | Means::Files | Means::Port);
            for name in row.names.iter().filter(|_| capability) {
                assert!(capabilities::find(name).is_some(), "{name}");
            }
            assert!(!row.source.is_empty() && !row.why.is_empty(), "{line}");
        }
    }

    #[test]
    fn paths_are_taken_out_of_messages() {
        for (line, path) in [
            (
                "chown: changing ownership of '/data/db': Operation not permitted",
                Some("/data/db"),
            ),
            ("open /certs/domain.crt: permission denied", Some("/certs/domain.crt")),
            (
                "nginx: [emerg] open() \"/etc/nginx/x.conf\" failed (13: Permission denied)",
                Some("/etc/nginx/x.conf"),
            ),
            (
                "mkdir: cannot create directory \u{2018}/x\u{2019}: Permission denied",
                Some("/x"),
            ),
            ("RTNETLINK answers: Operation not permitted", None),
        ] {
            assert_eq!(path_in(line).as_deref(), path, "{line}");
        }
    }
}
