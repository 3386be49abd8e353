//! What stands before the text of a line: the date, the host and the program of a journal, the name that
//! `docker compose logs` writes.

/// A line without what its log has put before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unwrapped<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Who wrote it, where that may be a container's name.
    pub(super) writer: Option<&'a str>,
    /// True for a journal, which holds the lines of many programs.
    pub(super) of_journal: bool,
    /// True for a program of the host: only its records speak of containers.
    pub(super) of_host: bool,
}

/// Programs of the host whose own errors say nothing of containers.
const OF_HOST: &[&str] = &[
    "kernel",
    "audit",
    "auditd",
    "systemd",
    "sudo",
    "sshd",
    "su",
    "cron",
    "crond",
    "dbus-daemon",
    "dbus-broker",
    "NetworkManager",
];

/// Programs whose lines speak of themselves, or pass on what others say.
const NOT_CONTAINERS: &[&str] = &[
    "kernel",
    "audit",
    "auditd",
    "conmon",
    "systemd",
    "dockerd",
    "containerd",
    "podman",
    "crio",
    "kubelet",
    "sudo",
    "sshd",
    "setroubleshoot",
    "dbus-daemon",
    "dbus-broker",
    "NetworkManager",
    "crond",
    "cron",
    "su",
];

/// Takes what a log has put before a text away.
pub(super) fn unwrap(line: &str) -> Unwrapped<'_> {
    if let Some((name, text)) = line.split_once(" | ").or_else(|| line.split_once("\t| "))
        && is_name(name.trim())
    {
        return Unwrapped {
            text,
            writer: Some(name.trim()),
            of_journal: false,
            of_host: false,
        };
    }
    if let Some(found) = journal(line) {
        return found;
    }
    // the lines of a container runtime: `2024-05-01T10:00:00.1Z stderr F text`
    if let Some((_, text)) = line.split_once(" stderr F ").or_else(|| line.split_once(" stdout F "))
        && line.starts_with(|c: char| c.is_ascii_digit())
    {
        return Unwrapped {
            text,
            writer: None,
            of_journal: false,
            of_host: false,
        };
    }
    Unwrapped {
        text: line,
        writer: None,
        of_journal: false,
        of_host: false,
    }
}

/// `Nov 21 01:59:57 host program[30210]: text`, or with a date of one word.
fn journal(line: &str) -> Option<Unwrapped<'_>> {
    let (head, text) = line.split_once(": ")?;
    let words: Vec<&str> = head.split_whitespace().collect();
    let dated = match words.as_slice() {
        [month, day, time, _, _] => month.len() == 3 && day.bytes().all(|b| b.is_ascii_digit()) && time.contains(':'),
        [date, _, _] => date.contains('T') && date.starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    if !dated {
        return None;
    }
    let program = words.last()?.split('[').next()?;
    let writer = Some(program).filter(|name| is_name(name) && !NOT_CONTAINERS.contains(name));
    Some(Unwrapped {
        text,
        writer,
        of_journal: true,
        of_host: OF_HOST.contains(&program),
    })
}

fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 128
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_text_is_taken_away() {
        for (line, text, writer) in [
            (
                "registry-1  | open /certs/a: permission denied",
                "open /certs/a: permission denied",
                Some("registry-1"),
            ),
            (
                "Nov 21 01:59:57 host1 kernel: audit: type=1400",
                "audit: type=1400",
                None,
            ),
            (
                "Nov 21 01:59:57 host1 web[812]: bind() failed",
                "bind() failed",
                Some("web"),
            ),
            (
                "2024-05-01T10:00:00+0000 host1 web[812]: bind() failed",
                "bind() failed",
                Some("web"),
            ),
            ("2024-05-01T10:00:00.1Z stderr F chown: x", "chown: x", None),
            (
                "chown: /data: Operation not permitted",
                "chown: /data: Operation not permitted",
                None,
            ),
        ] {
            let found = unwrap(line);
            assert_eq!((found.text, found.writer), (text, writer), "{line}");
        }
    }
}
