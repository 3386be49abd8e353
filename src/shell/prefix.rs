//! What stands before a command and runs it: `sudo -E`, `env A=b`, `timeout 5`, `sh -c '…'`.

use super::fields::Field;
use super::prefixes::prefix;
use super::{folder, names, shells};

/// What a command turns out to be once its prefixes are off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// The command at this index.
    Command(usize),
    /// The text of the word at `script`, after `skip` bytes of it, is a script; the words from `params` on
    /// are its parameters.
    Script {
        script: usize,
        skip: usize,
        params: usize,
        shell: Shell,
    },
    /// The words from this index on, with blanks between, are a script; of the first without `skip` bytes.
    Joined { from: usize, skip: usize, shell: Shell },
    /// `find` at this index: each `-exec` is a command.
    Find(usize),
    /// A shell that reads its script from standard input.
    Input(Shell),
    /// Nothing more.
    Nothing,
}

/// Where a script in a string runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// This very shell: `eval`, `trap`.
    Same,
    /// A new one with this one's variables.
    New,
    /// One on another machine, or of another user, with variables of its own.
    Foreign,
    /// One that reads a file which this script writes.
    Written,
}

/// A command with its prefixes taken off.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stripped {
    pub(super) runs: Runs,
    pub(super) as_root: bool,
    /// `exec`: nothing after it runs.
    pub(super) replaces: bool,
    /// `xargs`: words that nobody can see follow.
    pub(super) more: bool,
    /// `xargs -I {}`: stands for words that nobody can see.
    pub(super) stands_in: Option<String>,
    /// `xargs`, `parallel`: it is run for each of many words, and whether several of them at once.
    pub(super) each: Option<bool>,
    /// `sudo -i`, `env -C`: it is run in another folder.
    pub(super) moved: bool,
}

fn base(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

pub(super) fn is_shell(program: &str) -> bool {
    matches!(base(program), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh")
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The known text a field begins with.
pub(super) fn known_start(field: &Field) -> String {
    field
        .frags
        .iter()
        .take_while(|f| !f.piece.is_hole())
        .map(|f| f.piece.text.as_str())
        .collect()
}

/// Words between an unknown word and the engine that are looked at.
const MAX_BETWEEN: usize = 4;

/// True where an engine with a command stands at `at`, or behind prefixes such as `sudo -E`.
fn leads_to_engine(fields: &[Field], at: usize) -> bool {
    let between = fields.iter().skip(at).take(MAX_BETWEEN).position(is_engine_field);
    let only_prefixes = |to: usize| {
        let before = fields.get(at..at + to).unwrap_or_default().iter();
        names::only_prefixes(&before.filter(|f| f.known().is_some()).cloned().collect::<Vec<_>>())
    };
    between.is_some_and(|to| only_prefixes(to) && follows(fields, at + to + 1))
}

/// Takes the prefixes off a command.
pub(super) fn strip(fields: &[Field]) -> Stripped {
    let mut stripped = Stripped {
        runs: Runs::Nothing,
        as_root: false,
        replaces: false,
        more: false,
        stands_in: None,
        each: None,
        moved: false,
    };
    let mut at = 0;
    // every prefix takes at least one word
    while let Some(field) = fields.get(at) {
        let Some(program) = field.known() else {
            if !is_engine_field(field) && leads_to_engine(fields, at + 1) {
                at += 1; // `$SUDO docker run`, `$DRY_RUN sudo docker run`
                continue;
            }
            stripped.runs = match shells::remote(fields, at) {
                Some(from) => Runs::Joined {
                    from,
                    skip: 0,
                    shell: Shell::Foreign,
                },
                None => Runs::Command(at),
            };
            return stripped;
        };
        if program.is_empty() {
            at += 1;
            continue;
        }
        if at > 0 && program.contains(' ') && is_command_line(field) {
            // `retry 'docker run …'`
            stripped.runs = Runs::Script {
                script: at,
                skip: 0,
                params: fields.len(),
                shell: Shell::New,
            };
            return stripped;
        }
        let name = base(&program).to_owned();
        if is_shell(&program) {
            stripped.runs = shells::shell(fields, at);
            return stripped;
        }
        match name.as_str() {
            "eval" => {
                stripped.runs = Runs::Joined {
                    from: at + 1,
                    skip: 0,
                    shell: Shell::Same,
                };
                return stripped;
            }
            "trap" => {
                let ends_options = fields.get(at + 1).is_some_and(|f| known_start(f) == "--");
                stripped.runs = Runs::Script {
                    script: at + 1 + usize::from(ends_options),
                    skip: 0,
                    params: fields.len(),
                    shell: Shell::Same,
                };
                return stripped;
            }
            "find" => {
                stripped.runs = Runs::Find(at);
                return stripped;
            }
            _ if shells::is_special(&name, fields, at) => {
                shells::special(&name, fields, at, &mut stripped);
                if stripped.runs == Runs::Nothing {
                    return stripped;
                }
                if let Runs::Command(next) = stripped.runs
                    && next > at
                {
                    at = next;
                    continue;
                }
                return stripped;
            }
            "at" | "batch" => {
                stripped.runs = Runs::Input(Shell::New);
                return stripped;
            }
            _ => {}
        }
        let Some(prefix) = prefix(&name) else {
            stripped.moved |= folder::is_entered(&name);
            stripped.runs = wrapped(fields, at, &program);
            return stripped;
        };
        if name == "command"
            && fields
                .get(at + 1)
                .is_some_and(|f| matches!(f.known().as_deref(), Some("-v" | "-V")))
        {
            return stripped;
        }
        let mut operands = prefix.operands;
        let mut other_user = false;
        at += 1;
        while let Some(field) = fields.get(at) {
            let start = known_start(field);
            if start == "--" {
                at += 1;
                continue;
            }
            if name == "env"
                && let Some(skip) = splits_string(&start)
            {
                let next = skip == start.len() && field.known().is_some();
                stripped.runs = Runs::Joined {
                    from: at + usize::from(next),
                    skip: if next { 0 } else { skip },
                    shell: Shell::New,
                };
                return stripped;
            }
            if name == "xargs" && (start.starts_with("-I") || start.starts_with("-i") || start.starts_with("--replace"))
            {
                stripped.stands_in = Some(stands_in(&start, fields.get(at + 1)));
            }
            if start.starts_with('-') {
                stripped.moved |= folder::moves(&name, &start);
                if name == "xargs" && side_by_side(&start, fields.get(at + 1)) {
                    stripped.each = Some(true);
                }
                let flag = start.split('=').next().unwrap_or("");
                if matches!(flag, "-u" | "--user") && name != "env" {
                    let user = fields.get(at + 1).and_then(Field::known);
                    other_user = start
                        .split_once('=')
                        .map(|(_, u)| u.to_owned())
                        .or(user)
                        .is_none_or(|u| u != "root");
                }
                let takes = prefix.values.contains(&start.as_str()) || cluster_takes(&start, prefix.values);
                at += if takes { 2 } else { 1 };
                continue;
            }
            if matches!(name.as_str(), "env" | "sudo" | "doas") && is_assignment(&start) {
                at += 1;
                continue;
            }
            if field.splits && !is_engine_field(field) && matches!(name.as_str(), "env" | "sudo" | "doas" | "timeout") {
                at += 1;
                continue;
            }
            if operands > 0 {
                operands -= 1;
                at += 1;
                continue;
            }
            break;
        }
        match name.as_str() {
            "sudo" | "doas" | "sudo-rs" => stripped.as_root = !other_user,
            // of redirections alone it changes where the shell itself writes to; the grammar takes `{log}` in
            // `{log}>file` for a word
            "exec" => stripped.replaces = fields.iter().skip(at).any(|f| !names_descriptor(f)),
            "xargs" => {
                stripped.more = stripped.stands_in.is_none();
                stripped.each = stripped.each.or(Some(false));
            }
            // both begin at `/`, unless they are told another folder
            "systemd-run" | "chroot" => stripped.moved = true,
            _ => {}
        }
    }
    stripped
}

/// `{log}` before `>`: the variable that is given the number of a descriptor.
fn names_descriptor(field: &Field) -> bool {
    let name = |text: String| {
        text.strip_prefix('{')
            .and_then(|t| t.strip_suffix('}'))
            .map(str::to_owned)
    };
    field
        .known()
        .and_then(name)
        .is_some_and(|name| is_assignment(&format!("{name}=")))
}

/// `-Eu root`: a cluster whose last letter takes the next word.
pub(super) fn cluster_takes(flag: &str, values: &[&str]) -> bool {
    if flag.starts_with("--") || flag.len() < 3 {
        return false;
    }
    let mut letters = flag.chars().skip(1).peekable();
    while let Some(letter) = letters.next() {
        if values.contains(&format!("-{letter}").as_str()) {
            return letters.peek().is_none();
        }
    }
    false
}

/// True when a field is an engine, or is said to be one.
pub(super) fn is_engine_field(field: &Field) -> bool {
    use crate::container::{Hole, PieceKind};
    match field.known() {
        Some(known) => names::engine(&known).is_some(),
        None => match field.frags.as_slice() {
            [frag] if frag.piece.is_hole() && frag.held_by(names::names_engine) => true,
            [frag] => match &frag.piece.kind {
                PieceKind::Hole(Hole::Variable(name)) => names::names_engine(name),
                PieceKind::Hole(_) => names::engine_looked_up(&frag.piece.text).is_some(),
                _ => false,
            },
            // `"$BIN"/docker`
            [.., last] => !last.piece.is_hole() && names::engine_in_folder(&last.piece.text).is_some(),
            [] => false,
        },
    }
}

/// True when a launching subcommand stands at the index, or behind options with their values attached.
fn follows(fields: &[Field], at: usize) -> bool {
    let attached = |field: &&Field| {
        field
            .known()
            .is_some_and(|word| word.starts_with("--") && word.contains('='))
    };
    let options = fields.iter().skip(at).take_while(attached).count();
    fields.get(at + options).and_then(Field::known).is_some_and(|word| {
        matches!(
            word.as_str(),
            "run"
                | "create"
                | "container"
                | "exec"
                | "build"
                | "buildx"
                | "pod"
                | "kube"
                | "play"
                | "service"
                | "image"
        )
    })
}

/// Where the text begins that `env -S` splits; `None` for another option.
fn splits_string(option: &str) -> Option<usize> {
    const LONG: &str = "--split-string";
    if let Some(rest) = option.strip_prefix(LONG) {
        return (rest.is_empty() || rest.starts_with('=')).then(|| LONG.len() + usize::from(!rest.is_empty()));
    }
    let letters = option.strip_prefix('-')?;
    let at = letters.find('S')?;
    let switches = letters.get(..at)?.chars().all(|c| matches!(c, 'i' | '0' | 'v'));
    switches.then_some(at + 2)
}

/// What `xargs` is told to put its words in the place of.
fn stands_in(option: &str, next: Option<&Field>) -> String {
    let attached = match option.strip_prefix("--replace") {
        Some(rest) => rest.strip_prefix('=').unwrap_or("{}"),
        None => option.get(2..).unwrap_or(""),
    };
    match attached {
        "" if option.starts_with("-I") => next.and_then(Field::known).unwrap_or_default(),
        "" => "{}".to_owned(),
        text => text.to_owned(),
    }
}

/// How many are run at once, as the option of `xargs` or `parallel` says: `None` for another option.
fn at_once(option: &str, next: Option<&Field>) -> Option<String> {
    const NAMES: [&str; 4] = ["--max-procs", "--jobs", "-P", "-j"];
    let rest = NAMES.iter().find_map(|name| option.strip_prefix(name))?;
    Some(match rest.trim_start_matches('=') {
        "" => next.and_then(Field::known).unwrap_or_default(),
        attached => attached.to_owned(),
    })
}

/// True for `xargs -P` with another number than one.
fn side_by_side(option: &str, next: Option<&Field>) -> bool {
    at_once(option, next).is_some_and(|number| number != "1")
}

/// True for `parallel -j 1`.
pub(super) fn one_at_a_time(option: &str, next: Option<&Field>) -> bool {
    at_once(option, next).is_some_and(|number| number == "1")
}

/// What a command runs that is given another: `retry 3 docker run …`, `retry sh -c '…'`.
fn wrapped(fields: &[Field], at: usize, program: &str) -> Runs {
    let unshared = base(program) == "podman" && fields.get(at + 1).and_then(Field::known).as_deref() == Some("unshare");
    if !unshared && (names::engine(program).is_some() || names::prints(program)) {
        return Runs::Command(at);
    }
    for i in at + 1..fields.len().min(at + 12) {
        let Some(field) = fields.get(i) else { break };
        if is_engine_field(field) && follows(fields, i + 1) && field.element.is_none() {
            return Runs::Command(i);
        }
        if i == at + 1 && names::runs(program) && is_command_line(field) {
            return Runs::Script {
                script: i,
                skip: 0,
                params: fields.len(),
                shell: Shell::New,
            };
        }
        if field.known().is_some_and(|word| is_shell(&word))
            && let script @ Runs::Script { .. } = shells::shell(fields, i)
        {
            return script;
        }
    }
    Runs::Command(at)
}

/// True for one word that holds a launch with all its words: `"docker run -t x"`, `"$ENGINE run x"`.
fn is_command_line(field: &Field) -> bool {
    use crate::container::{Hole, PieceKind};
    let mut words: Vec<String> = Vec::new();
    for frag in &field.frags {
        let text = match &frag.piece.kind {
            PieceKind::Hole(Hole::Variable(name)) if names::names_engine(name) => "docker",
            PieceKind::Hole(_) => "$",
            _ => frag.piece.text.as_str(),
        };
        match words.first_mut() {
            Some(all) => all.push_str(text),
            None => words.push(text.to_owned()),
        }
    }
    let all = words.pop().unwrap_or_default();
    let mut words = all
        .split_whitespace()
        .skip_while(|word| matches!(*word, "sudo" | "-E" | "exec" | "time" | "$"));
    let named = |word: &str| {
        let name = word.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
        name.is_some_and(names::names_engine) || names::engine(word).is_some()
    };
    let engine = words.next().is_some_and(named);
    engine
        && words
            .next()
            .is_some_and(|word| matches!(word, "run" | "create" | "exec" | "build"))
        && words.next().is_some()
}
