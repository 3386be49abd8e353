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
    /// The right to execute a file, which no capability gives.
    Executable,
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
    /// True where the line says nothing unless it names a path.
    #[serde(default, rename = "names-a-path")]
    pub names_a_path: bool,
    /// What is missing.
    pub means: Means,
    /// Capabilities, a device, a system call.
    pub names: Vec<String>,
    /// What happened.
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
    let path = path_in(line);
    let line = line.to_lowercase();
    // a path is bound to a Unix socket, which has no port
    let is_socket = path.is_some() || line.contains("unix:") || line.contains(".sock");
    // no program stands there: the file itself was not opened
    let is_setting = path
        .as_deref()
        .is_some_and(|path| path.starts_with("/proc/") || path.starts_with("/sys/"));
    TABLE.iter().position(|row| {
        let mut at = 0;
        let told = row.says.iter().all(|part| match after(&line, at, part) {
            Some(end) => {
                at = end;
                true
            }
            None => false,
        });
        let means_else = (is_socket && row.means == Means::Port) || (is_setting && row.means == Means::FileCapability);
        told && (path.is_some() || !row.names_a_path) && !means_else
    })
}

/// The byte behind the first place, from a byte on, where a part stands as the table means it.
fn after(line: &str, from: usize, part: &str) -> Option<usize> {
    let ends = part.split('|').filter_map(|one| {
        let (words, open) = match one.strip_suffix('*') {
            Some(words) => (words, true),
            None => (one, false),
        };
        let places = line.get(from..)?.match_indices(words);
        let mut ends = places.map(|(at, found)| (from + at, from + at + found.len()));
        ends.find(|(start, end)| begins(line, *start, words) && (open || is_done(line, *end, words)))
            .map(|(_, end)| end)
    });
    ends.min()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// True where words begin at a byte that is in no other word, no path and no quotes.
fn begins(line: &str, start: usize, words: &str) -> bool {
    let before = line.get(..start).unwrap_or("");
    let last = before.chars().next_back();
    if words.starts_with('/') {
        return last.is_none_or(|c| !is_word(c) && !matches!(c, '.' | '-' | '/' | '~'));
    }
    if !words.starts_with(is_word) {
        return true;
    }
    let quote = |c: char| matches!(c, '\'' | '"' | '`' | '\u{2018}' | '\u{201c}');
    let token = before
        .rsplit(|c: char| c.is_whitespace() || quote(c))
        .next()
        .unwrap_or("");
    // `msg="…"` of a log quotes a sentence; a name in quotes is one word
    let sentence = words.contains(' ') || last.is_some_and(|_| before.ends_with("=\""));
    last.is_none_or(|c| !is_word(c) && !matches!(c, '.' | '-') && (sentence || !quote(c))) && !token.contains('/')
}

/// True where words end at a byte that no word goes on at.
fn is_done(line: &str, end: usize, words: &str) -> bool {
    if !words.ends_with(is_word) {
        return true;
    }
    let mut rest = line.get(end..).unwrap_or("").chars();
    match rest.next() {
        Some(c) if is_word(c) || c == '/' => false,
        Some('.' | '-') => !rest.next().is_some_and(is_word),
        _ => true,
    }
}

/// The path that a line names: the last one before the error, or else the first one after it, without what
/// stands around it.
pub(super) fn path_in(line: &str) -> Option<String> {
    let end = ["ermission denied", "not permitted", "ead-only", "o such file"];
    let (before, after) = end.iter().find_map(|word| line.split_once(word)).unwrap_or((line, ""));
    let around =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '(' | ')' | ',' | '\u{2018}' | '\u{2019}' | '=');
    let bare = |word: &'_ str| word.trim_end_matches([':', '.', ';']).to_owned();
    let is_path = |word: &String| word.starts_with('/') && word.len() > 1 && !word.starts_with("//");
    let last = before.split(around).rev().map(bare).find(is_path);
    last.or_else(|| after.split(around).map(bare).find(is_path))
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
            let alternatives = row.says.iter().map(|part| part.split('|').count()).max().unwrap();
            for n in 0..alternatives {
                let pick = |part: &String| part.split('|').nth(n).or(part.split('|').next()).map(str::to_owned);
                let mut line = row
                    .says
                    .iter()
                    .filter_map(pick)
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace('*', "");
                if row.names_a_path {
                    line = format!("/data/x: {line}");
                }
                assert_eq!(line, line.to_lowercase(), "parts are in lower case");
                assert_eq!(find(&line), Some(i), "another row hides `{line}`");
            }
            let capability = matches!(row.means, Means::Capability | Means::Files | Means::Port);
            for name in row.names.iter().filter(|_| capability) {
                assert!(capabilities::find(name).is_some(), "{name}");
            }
            assert!(!row.source.is_empty() && !row.why.is_empty(), "{:?}", row.says);
        }
    }

    #[test]
    fn words_in_paths_names_and_other_words_say_nothing() {
        let says = |line: &str| find(line).map(|row| (TABLE[row].means, TABLE[row].names.join(" ")));
        for line in [
            "rm: cannot remove '/data/mount/x': Operation not permitted",
            "rm: cannot remove 'mount': Operation not permitted",
            "error: unlink /var/lib/amount.db: operation not permitted",
            "unlink chroot.d: operation not permitted",
            "cannot open dev-hugepages.mount: operation not permitted",
            "2024/05/01 10:00:00 pq: permission denied for table users",
            "kernel.perf_event_paranoid = 2",
            "bash: line 1: /proc/sys/net/x: Operation not permitted",
            "bind() to unix:/run/php.sock failed (13: Permission denied)",
        ] {
            let found = says(line).filter(|(means, _)| *means != Means::Files);
            assert_eq!(found, None, "{line}");
        }
        for (line, means, names) in [
            (
                "named[1]: open: /etc/bind/named.conf: permission denied",
                Means::Files,
                "DAC_OVERRIDE",
            ),
            ("exec /entrypoint.sh: permission denied", Means::Executable, ""),
            ("mount: /mnt: permission denied.", Means::Capability, "SYS_ADMIN"),
            (
                "fuse: mount failed: Operation not permitted",
                Means::Capability,
                "SYS_ADMIN",
            ),
            (
                "chroot(\"/var/empty\"): Operation not permitted",
                Means::Capability,
                "SYS_CHROOT",
            ),
            (
                "level=error msg=\"bind: permission denied\"",
                Means::Port,
                "NET_BIND_SERVICE",
            ),
            (
                "Error binding to 0.0.0.0:80: permission denied",
                Means::Port,
                "NET_BIND_SERVICE",
            ),
            (
                "bash: /usr/bin/ping: Operation not permitted",
                Means::FileCapability,
                "",
            ),
        ] {
            assert_eq!(says(line), Some((means, names.to_owned())), "{line}");
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
            ("Error: EACCES: permission denied, mkdir '/x'", Some("/x")),
            ("EPERM: operation not permitted, rename '/a' -> '/b'", Some("/a")),
            ("RTNETLINK answers: Operation not permitted", None),
        ] {
            assert_eq!(path_in(line).as_deref(), path, "{line}");
        }
    }
}
