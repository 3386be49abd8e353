//! What commands ask for: those that need nothing, and those that only keep a container open.

use crate::container::{Container, Text};

/// Programs that call nothing that asks for a capability, whatever their arguments.
const HARMLESS: &[&str] = &[
    ":", "[", "basename", "dirname", "echo", "exit", "expr", "false", "id", "printenv", "printf", "pwd", "seq", "test",
    "true", "tty", "uname", "uptime", "whoami",
];

/// Programs that look at files, and at nothing else.
const READERS: &[&str] = &[
    "cat",
    "cksum",
    "cut",
    "grep",
    "head",
    "ls",
    "md5sum",
    "sha256sum",
    "sort",
    "stat",
    "wc",
];

/// Clients that health checks are made with: they connect to the server, as whoever they run as.
const CLIENTS: &[&str] = &[
    "curl",
    "healthcheck.sh",
    "mariadb",
    "mariadb-admin",
    "mongo",
    "mongosh",
    "mysql",
    "mysqladmin",
    "nc",
    "pg_isready",
    "psql",
    "redis-cli",
    "valkey-cli",
    "wget",
];

/// Shells, by the names that people call them by.
const SHELLS: &[&str] = &["ash", "bash", "dash", "fish", "sh", "zsh"];

/// True where the words start something that needs no capability in this container.
pub fn needs_nothing(container: &Container, words: &[Text]) -> bool {
    let words: Option<Vec<String>> = words.iter().map(|w| w.known().map(|w| w.into_owned())).collect();
    // a mounted file may belong to somebody else
    let reads = container.mounts.is_empty() && container.volumes_from.is_empty();
    words.is_some_and(|words| {
        is_harmless(&words, &|program| {
            HARMLESS.contains(&program) || (reads && READERS.contains(&program))
        })
    })
}

/// The health check, where what it runs is not known to need nothing.
pub fn unknown_check(words: &[Text]) -> Option<String> {
    let shown: Vec<String> = words.iter().map(Text::shown).collect();
    let known = |program: &str| [HARMLESS, READERS, CLIENTS].iter().any(|list| list.contains(&program));
    // a path of its own may be anything that is mounted there
    let elsewhere = shown.iter().any(|word| {
        let name = base(word);
        let folder = word.strip_suffix(name).unwrap_or("");
        word.starts_with('/') && known(name) && !matches!(folder, "/" | "/bin/" | "/usr/bin/" | "/usr/local/bin/")
    });
    (!shown.is_empty() && (elsewhere || !is_harmless(&shown, &known))).then(|| {
        let text = shown.join(" ");
        text.chars().take(60).collect()
    })
}

/// What only keeps a container open, for others to work in it: `sleep infinity`, `tail -f /dev/null`,
/// a shell, `cat` and `top` without a file.
pub fn keeps_open(words: &[Text]) -> Option<String> {
    let words: Vec<String> = words.iter().map(Text::shown).collect();
    let words = unwrapped(&words)?;
    let (first, rest) = words.split_first()?;
    let name = base(first);
    let opens = match name {
        "sleep" | "top" | "htop" | "pause" => true,
        "cat" => rest.is_empty(),
        "tail" => rest
            .iter()
            .any(|w| w.starts_with("-f") || w.starts_with("-F") || w == "--follow" || w == "--retry"),
        shell if SHELLS.contains(&shell) => match script_of(rest) {
            Some(script) => ["sleep", "tail -f", "tail -F", "while true", "while :"]
                .iter()
                .any(|word| script.contains(word)),
            // a script of its own, or a shell that waits for words
            None => rest.iter().all(|w| w.starts_with('-')),
        },
        _ => false,
    };
    opens.then(|| {
        let text = words.join(" ");
        text.lines().next().unwrap_or("").chars().take(40).collect()
    })
}

/// The simple commands that a container's words run, each with the name of its program, without its
/// folder, first. None where a shell's script is more than such commands.
pub fn run_by(words: &[Text]) -> Vec<Vec<String>> {
    let words: Vec<String> = words.iter().map(Text::shown).collect();
    let mut commands = simple_commands(&words);
    for program in commands.iter_mut().filter_map(|command| command.first_mut()) {
        *program = base(program).to_owned();
    }
    commands
}

/// The simple commands that the words run: themselves, what they wrap, or those of a shell's script.
pub(super) fn simple_commands(words: &[String]) -> Vec<Vec<String>> {
    let Some(words) = unwrapped(words) else {
        return Vec::new();
    };
    let script = words.split_first().filter(|(first, _)| SHELLS.contains(&base(first)));
    match script.and_then(|(_, rest)| script_of(rest)).map(commands) {
        Some(commands) => commands.unwrap_or_default(),
        None => vec![words.to_vec()],
    }
}

/// Whether every command among the words is one of the known.
fn is_harmless(words: &[String], known: &dyn Fn(&str) -> bool) -> bool {
    let Some(words) = unwrapped(words) else { return false };
    let Some((first, rest)) = words.split_first() else {
        return true;
    };
    match base(first) {
        shell if SHELLS.contains(&shell) => script_of(rest)
            .is_some_and(|script| commands(script).is_some_and(|all| all.iter().all(|c| is_harmless(c, known)))),
        // a time to set, a name to set
        "date" => !rest
            .iter()
            .any(|w| !w.starts_with('+') && (w.starts_with("-s") || w.starts_with("--s") || !w.starts_with('-'))),
        "hostname" => rest
            .iter()
            .all(|w| w.starts_with('-') && !w.starts_with("-F") && !w.starts_with("--file")),
        "env" => rest.is_empty(),
        "exec" if !rest.is_empty() => is_harmless(rest, known),
        program => known(program),
    }
}

/// The command behind `env A=b`, `timeout 5`, `nice` and the like; `None` where their options are not
/// plain.
fn unwrapped(words: &[String]) -> Option<&[String]> {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let skipped = match base(first) {
            "env" if !rest.is_empty() => rest.iter().take_while(|w| w.contains('=') || *w == "-i").count(),
            "timeout" => 1,
            "nice" | "nohup" | "time" => 0,
            _ => return Some(words),
        };
        words = rest.get(skipped..)?;
        if words.first().is_some_and(|w| w.starts_with('-')) {
            return None;
        }
    }
    Some(words)
}

/// The text after `-c`.
fn script_of(words: &[String]) -> Option<&str> {
    match words {
        [flag, script, ..] if flag.starts_with('-') && flag.ends_with('c') => Some(script),
        _ => None,
    }
}

/// The simple commands of a script that is nothing but such, joined; `None` for anything else.
fn commands(script: &str) -> Option<Vec<Vec<String>>> {
    let plain = without_redirects(script)?.replace("${", "$").replace("$$", "$");
    // `}` closed a variable; what could run or write something else is not read
    if plain.contains(['`', '>', '<', '(', ')', '{']) || plain.replace("&&", "").contains('&') {
        return None;
    }
    let steps = plain.replace("&&", ";").replace("||", ";").replace(['|', '\n'], ";");
    let steps = steps.split(';').map(str::trim).filter(|step| !step.is_empty());
    steps.map(|step| shell_words::split(step).ok()).collect()
}

/// The script without what it sends to nowhere, to another of its streams, or to a port; `None` where
/// it writes or reads something else by a redirect.
fn without_redirects(script: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = script;
    while let Some(at) = rest.find(['<', '>']) {
        let (before, after) = rest.split_at_checked(at)?;
        plain.push_str(before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '&'));
        let target = after.trim_start_matches(['<', '>']).trim_start_matches(' ');
        let end = target.find(|c: char| c.is_whitespace() || "'\";|)".contains(c));
        let (target, behind) = target.split_at_checked(end.unwrap_or(target.len()))?;
        if !(target == "/dev/null" || target.starts_with("/dev/tcp/") || matches!(target, "&1" | "&2")) {
            return None;
        }
        rest = behind;
    }
    plain.push_str(rest);
    Some(plain)
}

/// The name of a program without its folder.
fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn texts(line: &str) -> Vec<Text> {
        let words = shell_words::split(line).unwrap_or_default();
        words.iter().map(|w| Text::cooked(w, Span::default())).collect()
    }

    #[test]
    fn what_a_command_runs_decides() {
        let strings = |line: &str| shell_words::split(line).unwrap_or_default();
        let known = |line: &str| is_harmless(&strings(line), &|p| HARMLESS.contains(&p));
        for line in [
            "echo hello",
            "/bin/echo x",
            "env A=b echo x",
            "env",
            "timeout 5 echo x",
            "date",
            "date +%s",
            "date -u",
            "hostname",
            "hostname -i",
            "sh -c 'echo a && echo b; true'",
            "sh -lc \"echo $HOME\"",
        ] {
            assert!(known(line), "{line}");
        }
        for line in [
            "apt-get update",
            "env A=b apt-get update",
            "env -u X echo",
            "timeout 5 mount /x",
            "timeout -k 1 5 echo x",
            "date -s 2024-01-01",
            "date --set=now",
            "date 010203042024",
            "hostname other",
            "hostname -F /x",
            "sh -c 'echo a; mount /x'",
            "sh -c 'echo $(id) > /x'",
            "sh -c 'mount /x & echo'",
            "sh script.sh",
            "bash",
            "sleep 5",
        ] {
            assert!(!known(line), "{line}");
        }
    }

    #[test]
    fn some_commands_only_keep_a_container_open() {
        for line in [
            "sleep infinity",
            "sleep 3600",
            "tail -f /dev/null",
            "cat",
            "bash",
            "/bin/sh -l",
            "sh -c 'while true; do sleep 1; done'",
            "env A=b sleep 1d",
            "top -b",
        ] {
            assert!(keeps_open(&texts(line)).is_some(), "{line}");
        }
        for line in [
            "echo sleep",
            "cat /etc/os-release",
            "sh start.sh",
            "postgres",
            "tail /x",
            "sh -c 'make test'",
        ] {
            assert!(keeps_open(&texts(line)).is_none(), "{line}");
        }
    }

    #[test]
    fn health_checks_by_the_usual_clients_need_nothing() {
        for line in [
            "pg_isready -U $POSTGRES_USER",
            "sh -c 'pg_isready -U $${POSTGRES_USER:-x} || exit 1'",
            "sh -c 'curl -fsS http://localhost:80/ > /dev/null || exit 1'",
            "redis-cli ping",
            "sh -c \"timeout 5s bash -c ':> /dev/tcp/127.0.0.1/9000' || exit 1\"",
            "sh -c 'curl x >/dev/null 2>&1'",
        ] {
            assert_eq!(unknown_check(&texts(line)), None, "{line}");
        }
        for line in [
            "sh -c 'echo x > /data/alive'",
            "sh -c 'ping -c 1 gateway'",
            "su postgres -c pg_isready",
            "sh -c 'redis-cli -a $(cat /x) ping'",
        ] {
            assert!(unknown_check(&texts(line)).is_some(), "{line}");
        }
        assert_eq!(unknown_check(&[]), None);
    }
}
