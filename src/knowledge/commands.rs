//! What well-known programs need of what `--privileged` gives: the table `rules/knowledge/commands.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::programs;
use crate::container::Text;

/// What is known of some programs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Their names.
    programs: Vec<String>,
    /// Words that have to stand behind, or begin there; any will do. None where nothing has to.
    #[serde(default)]
    words: Vec<String>,
    /// What they need, as a sentence goes on after the name.
    needs: String,
    /// Where it can be read.
    #[allow(dead_code)]
    sources: Vec<String>,
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/commands.json"))).unwrap_or_default()
});

/// What the commands among the words need, a sentence each in lower case without a full stop.
pub fn needs(words: &[Text]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(Text::shown).collect();
    let mut said = Vec::new();
    for command in programs::simple_commands(&words) {
        let Some((program, rest)) = command.split_first() else {
            continue;
        };
        let name = program.rsplit('/').next().unwrap_or(program);
        let fits = |e: &&Entry| {
            let named = e.programs.iter().any(|p| p == name);
            named
                && (e.words.is_empty()
                    || rest
                        .iter()
                        .any(|w| e.words.iter().any(|word| w.starts_with(word.as_str()))))
        };
        if let Some(entry) = TABLE.iter().find(fits) {
            let sentence = format!("`{name}` {}", entry.needs);
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
    }
    said
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn said(line: &str) -> Vec<String> {
        let words = shell_words::split(line).unwrap();
        needs(
            &words
                .iter()
                .map(|w| Text::cooked(w, Span::default()))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let read: Result<Vec<Entry>, _> = serde_yaml::from_str(include_str!("../../rules/knowledge/commands.yaml"));
        let entries = read.unwrap();
        assert!(entries.len() > 10 && entries.iter().all(|e| !e.sources.is_empty()));
    }

    #[test]
    fn a_command_says_what_it_needs_however_it_is_wrapped() {
        for (line, word) in [
            ("strace -f ./app", "SYS_PTRACE"),
            ("/usr/sbin/tcpdump -i eth0", "NET_RAW"),
            ("timeout 5 iptables -L", "NET_ADMIN"),
            ("sh -c 'set -e; modprobe wireguard && echo ok'", "on the host"),
            ("date -s 2024-01-01", "SYS_TIME"),
            ("date --set=now", "SYS_TIME"),
            ("smartctl -a /dev/sda", "SYS_RAWIO"),
        ] {
            assert!(said(line).iter().any(|s| s.contains(word)), "{line}: {:?}", said(line));
        }
        for line in ["date +%s", "echo strace", "sh", ""] {
            assert!(said(line).is_empty(), "{line}");
        }
    }
}
