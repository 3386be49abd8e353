//! Prefixes that run a script: shells, `ssh`, `su`, `watch` and their like.

use super::fields::Field;
use super::prefix::{Runs, Shell, Stripped, cluster_takes, known_start};

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
    while let Some(field) = fields.get(i) {
        let start = known_start(field);
        if !(start.starts_with('-') || start.starts_with('+')) || start == "-" || start == "--" {
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
        if start.contains('c') && start.starts_with('-') {
            return Runs::Script {
                script: i + 1 + named,
                params: i + 3 + named,
                shell: Shell::New,
            };
        }
        if start.contains('s') && start.starts_with('-') {
            return Runs::Input(Shell::New);
        }
        i += if matches!(start.as_str(), "-o" | "+o" | "-O" | "+O") {
            2
        } else {
            1 + named
        };
    }
    match fields.get(i) {
        None => Runs::Input(Shell::New),
        Some(field) if matches!(field.known().as_deref(), Some("-" | "/dev/stdin")) => Runs::Input(Shell::New),
        Some(_) => Runs::Nothing,
    }
}

/// Prefixes with a grammar of their own.
pub(super) fn special(name: &str, fields: &[Field], at: usize, stripped: &mut Stripped) {
    let values: &[&str] = match name {
        "ssh" => &[
            "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-P", "-p", "-Q",
            "-R", "-S", "-W", "-w",
        ],
        "su" => &["-s", "--shell", "-g", "--group", "-G", "-w"],
        "watch" => &["-n", "--interval", "-q", "-s"],
        "flock" => &["-w", "--timeout", "-E", "--conflict-exit-code"],
        "script" => &["-o", "-I", "-O", "-B", "-T", "-m"],
        "parallel" => &["-j", "--jobs", "-n", "-N", "-a", "--colsep", "--delay", "-I"],
        "tmux" => &["-s", "-n", "-t", "-c", "-x", "-y", "-L", "-S", "-f", "-e", "-F"],
        "screen" => &["-S", "-c", "-h", "-p", "-T", "-s", "-t"],
        _ => &[],
    };
    let mut operands = match name {
        "ssh" | "flock" | "sg" | "newgrp" | "tmux" | "vagrant" => 1,
        _ => 0,
    };
    let foreign = if matches!(name, "ssh" | "vagrant") {
        Shell::Foreign
    } else {
        Shell::New
    };
    let mut i = at + 1;
    while let Some(field) = fields.get(i) {
        let start = known_start(field);
        if matches!(name, "su" | "sg" | "flock" | "script" | "vagrant") && matches!(start.as_str(), "-c" | "--command")
        {
            stripped.as_root |= name == "su";
            stripped.runs = Runs::Script {
                script: i + 1,
                params: fields.len(),
                shell: foreign,
            };
            return;
        }
        if name == "script" && start.starts_with('-') && start.ends_with('c') && !start.starts_with("--") {
            stripped.runs = Runs::Script {
                script: i + 1,
                params: fields.len(),
                shell: foreign,
            };
            return;
        }
        if let Some(rest) = start.strip_prefix("--command=")
            && !rest.is_empty()
        {
            return;
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
            // `ssh $OPTS host cmd` or `ssh $HOST cmd`: the next word decides
            let next = fields.get(i + 1);
            if next.is_some_and(|n| n.known().is_none_or(|k| k.contains('@'))) {
                i += 1;
                continue;
            }
        }
        if operands > 0 {
            operands -= 1;
            i += 1;
            continue;
        }
        // su takes options after the user too
        if name == "su" {
            i += 1;
            continue;
        }
        break;
    }
    if fields.get(i).is_none() {
        if matches!(name, "ssh" | "newgrp" | "su") {
            stripped.as_root |= name == "su";
            stripped.runs = Runs::Input(foreign);
        }
        return;
    }
    stripped.runs = match name {
        "flock" | "screen" | "newgrp" | "machinectl" | "expect" => Runs::Command(i),
        "ssh" | "watch" | "parallel" | "tmux" => {
            stripped.more |= name == "parallel";
            Runs::Joined {
                from: i,
                shell: foreign,
            }
        }
        _ => Runs::Nothing,
    };
}
