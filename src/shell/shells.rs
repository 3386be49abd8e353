//! Prefixes that run a script: shells, `ssh`, `su`, `watch` and their like.

use super::fields::Field;
use super::prefix::{Runs, Shell, Stripped, cluster_takes, is_engine_field, known_start};

/// Where the command begins that `$SSH host …` runs elsewhere; `None` for what is not named so.
pub(super) fn remote(fields: &[Field], at: usize) -> Option<usize> {
    use crate::container::{Hole, PieceKind};
    let [frag] = fields.get(at)?.frags.as_slice() else {
        return None;
    };
    let PieceKind::Hole(Hole::Variable(name)) = &frag.piece.kind else {
        return None;
    };
    if !name.to_ascii_uppercase().contains("SSH") {
        return None;
    }
    let mut from = at + 1;
    while fields.get(from).is_some_and(|f| known_start(f).starts_with('-')) {
        from += 1;
    }
    let host = fields.get(from)?;
    let names_host = known_start(host).contains('@') || host.known().is_none_or(|k| !k.contains(' '));
    Some(if names_host && fields.len() > from + 1 {
        from + 1
    } else {
        from
    })
}

/// `sh -c '…' name params`, `bash script`, `bash` alone.
pub(super) fn shell(fields: &[Field], at: usize) -> Runs {
    let mut i = at + 1;
    // the script is the first word after all options, and its own `$0` the next
    let mut script = false;
    while let Some(field) = fields.get(i) {
        let start = known_start(field);
        if start == "--" || (script && start == "-") {
            i += 1;
            break;
        }
        if !(start.starts_with('-') || start.starts_with('+')) || start == "-" {
            break;
        }
        if start.starts_with("--") {
            i += if matches!(start.as_str(), "--rcfile" | "--init-file") {
                2
            } else {
                1
            };
            continue;
        }
        // `-euo pipefail`: the option's name is the next word
        let named = usize::from(start.len() > 2 && start.contains(['o', 'O']));
        script |= start.contains('c') && start.starts_with('-');
        if !script && start.contains('s') && start.starts_with('-') {
            return Runs::Input(Shell::New);
        }
        i += if matches!(start.as_str(), "-o" | "+o" | "-O" | "+O") {
            2
        } else {
            1 + named
        };
    }
    if script {
        return Runs::Script {
            script: i,
            skip: 0,
            params: i + 2,
            shell: Shell::New,
        };
    }
    match fields.get(i) {
        None => Runs::Input(Shell::New),
        Some(field) if matches!(field.known().as_deref(), Some("-" | "/dev/stdin")) => Runs::Input(Shell::New),
        Some(_) => Runs::Nothing,
    }
}

/// Programs with a grammar of their own that run a command or a script.
pub(super) fn is_special(name: &str, fields: &[Field], at: usize) -> bool {
    let next = |by: usize| fields.get(at + by).and_then(Field::known);
    match name {
        "ssh" | "autossh" | "su" | "runuser" | "sg" | "newgrp" | "watch" | "flock" | "script" | "parallel" | "tmux"
        | "screen" | "vagrant" | "machinectl" | "expect" | "capsh" | "docker-machine" => true,
        "gcloud" => fields.iter().any(|f| f.known().as_deref() == Some("ssh")),
        "podman" => next(1).as_deref() == Some("machine") && next(2).as_deref() == Some("ssh"),
        "colima" | "minikube" | "multipass" => next(1).is_some_and(|w| w == "ssh" || w == "exec"),
        _ => false,
    }
}

/// The command that `docker exec` runs in a container, where it is a shell or another engine: what is
/// launched there is launched by whoever may call the engine there, mostly the host's.
pub(super) fn entered(fields: &[(usize, Field)], at: usize) -> Option<Vec<(usize, Field)>> {
    const VALUES: [&str; 9] = [
        "-u",
        "--user",
        "-e",
        "--env",
        "-w",
        "--workdir",
        "--env-file",
        "--detach-keys",
        "--index",
    ];
    let word = |i: usize| fields.get(i).map(|(_, field)| known_start(field));
    let mut i = at + 1;
    let mut exec = false;
    while !exec {
        let next = word(i)?;
        match next.as_str() {
            "exec" => exec = true,
            "container" | "compose" => {}
            "-H" | "--host" | "--context" | "-c" | "-f" | "-p" | "--file" | "--project-name" => i += 1,
            _ if next.starts_with('-') => {}
            _ => return None,
        }
        i += 1;
    }
    while word(i)?.starts_with('-') {
        let option = word(i)?;
        i += if VALUES.contains(&option.as_str()) || cluster_takes(&option, &VALUES) {
            2
        } else {
            1
        };
    }
    // the container's name
    let rest = fields.get(i + 1..)?;
    let (_, program) = rest.first()?;
    let runs = program
        .known()
        .is_some_and(|p| super::prefix::is_shell(&p) || p == "sudo" || p == "env");
    (runs || is_engine_field(program)).then(|| rest.to_vec())
}

/// The options that take the next word.
fn values(name: &str) -> &'static [&'static str] {
    match name {
        "ssh" | "autossh" => &[
            "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-M", "-m", "-O", "-o", "-P", "-p",
            "-Q", "-R", "-S", "-W", "-w",
        ],
        "su" | "runuser" => &["-s", "--shell", "-g", "--group", "-G", "--supp-group", "-w"],
        "watch" => &["-n", "--interval", "-q", "-s"],
        "flock" => &["-w", "--timeout", "-E", "--conflict-exit-code"],
        "script" => &["-o", "-I", "-O", "-B", "-T", "-m"],
        "parallel" => &[
            "-j",
            "--jobs",
            "-n",
            "-N",
            "-a",
            "--arg-file",
            "--colsep",
            "-C",
            "--delay",
            "-I",
            "--retries",
            "--timeout",
            "--joblog",
            "--results",
            "--halt",
            "-P",
            "-S",
            "--sshlogin",
            "--tagstring",
        ],
        "tmux" => &["-s", "-n", "-t", "-c", "-x", "-y", "-L", "-S", "-f", "-e", "-F"],
        "screen" => &["-S", "-c", "-h", "-p", "-T", "-s", "-t"],
        "podman" | "docker-machine" | "minikube" | "colima" => &["--username", "-p", "--profile", "-n", "--node"],
        _ => &[],
    }
}

/// Words that stand before the command.
fn operands(name: &str) -> usize {
    match name {
        "ssh" | "autossh" | "flock" | "sg" | "newgrp" | "tmux" | "script" | "minikube" | "colima" => 1,
        "vagrant" | "docker-machine" | "podman" | "multipass" => 2,
        _ => 0,
    }
}

/// True for a word that can be the host of `ssh`, and no command.
fn is_host(field: &Field) -> bool {
    let blank = field
        .frags
        .iter()
        .any(|f| !f.piece.is_hole() && f.piece.text.contains([' ', '\n']));
    !blank && !is_engine_field(field) && field.known().is_none_or(|known| known.contains('@'))
}

/// True for a variable whose name says that it holds options.
fn names_options(field: &Field) -> bool {
    let [frag] = field.frags.as_slice() else { return false };
    let written = frag.piece.text.to_ascii_uppercase();
    ["OPT", "ARGS", "FLAG", "PARAM"]
        .iter()
        .any(|word| written.contains(word))
}

/// Prefixes with a grammar of their own.
pub(super) fn special(name: &str, fields: &[Field], at: usize, stripped: &mut Stripped) {
    let values = values(name);
    let mut operands = operands(name);
    let remote = matches!(
        name,
        "ssh" | "autossh" | "vagrant" | "docker-machine" | "podman" | "minikube" | "colima" | "multipass" | "gcloud"
    );
    let foreign = if remote { Shell::Foreign } else { Shell::New };
    let takes_script = !matches!(
        name,
        "ssh" | "autossh" | "watch" | "parallel" | "tmux" | "screen" | "podman"
    );
    // a session or a machine of its own begins in a folder of its own
    stripped.moved |= matches!(name, "machinectl" | "multipass");
    let other_user = matches!(name, "su" | "runuser");
    let mut user: Option<String> = None;
    let mut script = None;
    let mut i = at + 1;
    while let Some(field) = fields.get(i) {
        let start = known_start(field);
        if name == "capsh" && matches!(start.as_str(), "--" | "==") {
            stripped.runs = shell(fields, i);
            return;
        }
        if takes_script && script.is_none() {
            let attached = start.starts_with("--command=");
            let clustered = matches!(name, "script" | "su" | "runuser" | "flock" | "sg")
                && start.starts_with('-')
                && start.ends_with('c')
                && !start.starts_with("--");
            if attached || clustered || matches!(start.as_str(), "-c" | "--command" | "--session-command") {
                script = Some(if attached { (i, "--command=".len()) } else { (i + 1, 0) });
                i += if attached { 1 } else { 2 };
                if !other_user {
                    break;
                }
                continue;
            }
        }
        if name == "runuser" && (start == "-u" || start.starts_with("--user")) {
            let attached = start.strip_prefix("--user=").map(str::to_owned);
            i += if attached.is_some() { 1 } else { 2 };
            while let Some(option) = fields.get(i).map(known_start).filter(|o| o.starts_with('-')) {
                i += if values.contains(&option.as_str()) { 2 } else { 1 };
            }
            stripped.runs = Runs::Command(i);
            return;
        }
        if start == "--" && remote && i > at + 1 && operands <= 1 {
            i += 1;
            break;
        }
        stripped.moved |= super::folder::moves(name, &start);
        if name == "parallel" && start.starts_with('-') && stripped.each.is_none() {
            let alone = super::prefix::one_at_a_time(&start, fields.get(i + 1));
            stripped.each = alone.then_some(false);
        }
        if start.starts_with('-') && start.len() > 1 {
            i += if values.contains(&start.as_str()) || cluster_takes(&start, values) {
                2
            } else {
                1
            };
            continue;
        }
        if field.splits && operands == 1 && name == "ssh" && fields.len() > i + 1 && start.is_empty() {
            // `ssh $OPTS host cmd` or `ssh $HOST cmd`: its name and the words behind it decide
            let next = fields.get(i + 1);
            let host = next.is_some_and(|n| is_host(n) && (fields.len() > i + 2 || n.known().is_some()));
            if host || names_options(field) {
                i += 1;
                continue;
            }
        }
        if name == "podman" && operands == 0 {
            // the machine's name may be left out
            let named = !is_engine_field(field) && !start.contains(' ') && fields.len() > i + 1;
            i += usize::from(named);
            break;
        }
        if operands > 0 {
            operands -= 1;
            i += 1;
            continue;
        }
        // options come after the user too
        if other_user && user.is_some() && is_engine_field(field) {
            // words that `su` hands to the user's shell, which nobody means as the name of a script
            stripped.as_root |= user.as_deref() == Some("root");
            stripped.runs = Runs::Command(i);
            return;
        }
        if other_user || name == "gcloud" {
            if start != "-" && user.is_none() {
                user = Some(start);
            }
            i += 1;
            continue;
        }
        break;
    }
    let root = other_user && user.is_none_or(|user| user == "root");
    if let Some((script, skip)) = script {
        stripped.as_root |= root;
        stripped.runs = Runs::Script {
            script,
            skip,
            params: fields.len(),
            shell: foreign,
        };
        return;
    }
    if fields.get(i).is_none() {
        if matches!(name, "ssh" | "newgrp" | "su") {
            stripped.as_root |= root;
            stripped.runs = Runs::Input(foreign);
        }
        return;
    }
    stripped.runs = match name {
        "flock" | "screen" | "newgrp" | "machinectl" | "script" | "multipass" => Runs::Command(i),
        "ssh" | "autossh" | "watch" | "parallel" | "tmux" | "sg" | "vagrant" | "docker-machine" | "podman"
        | "minikube" | "colima" => {
            if name == "parallel" {
                let own = fields.get(i..).unwrap_or_default();
                let placed = own.iter().any(|f| known_start(f).contains("{}"));
                stripped.more |= !placed;
                stripped.each = stripped.each.or(Some(true));
                stripped.stands_in = Some("{}".to_owned());
            }
            Runs::Joined {
                from: i,
                skip: 0,
                shell: foreign,
            }
        }
        _ => Runs::Nothing,
    };
}
