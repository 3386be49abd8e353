//! Commands that set names in a way that is not followed: what those names stand for is open afterwards.

use super::declares::is_name;
use super::eval::Evaluator;
use super::fields::Field;
use super::prefix::known_start;
use super::tree::{Block, Statement, StatementKind};
use super::value::{Bit, Value};
use crate::container::{Hole, PieceKind};

/// Statements of functions that are looked through for what they set.
const MAX_LOOKED_AT: usize = 4000;

/// Files that set nothing but names of their own.
const OWN_NAMES: [&str; 14] = [
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/lsb-release",
    "/bin/activate",
    "/nvm.sh",
    "/.cargo/env",
    "/.bashrc",
    "/.bash_profile",
    "/.profile",
    "/.zshrc",
    "/etc/profile",
    "/etc/bashrc",
    "/etc/bash.bashrc",
    "/bash_completion",
];

/// What is printed for `eval` to set names of its own by.
const SETTERS: [&str; 12] = [
    "ssh-agent",
    "docker-env",
    "docker-machine env",
    "podman-env",
    "shellenv",
    "direnv",
    "dircolors",
    "keychain",
    " init ",
    " init)",
    "activate",
    "gpg-agent",
];

/// Words by which a function is called that tells somebody something, or looks at something.
const TELLING: [&str; 22] = [
    "log", "info", "warn", "err", "debug", "die", "fail", "msg", "message", "print", "echo", "say", "ok", "success",
    "note", "abort", "usage", "banner", "check", "require", "ensure", "assert",
];

impl Evaluator<'_> {
    /// Opens every name after a file that is sourced and not read.
    pub(super) fn sourced_unread(&mut self, field: &Field) {
        let written: String = field.frags.iter().map(|f| f.piece.text.as_str()).collect();
        if OWN_NAMES.iter().any(|name| written.ends_with(name)) {
            return;
        }
        self.open_all();
        self.unread_library = true;
    }

    /// A command with a name that nobody can see, or a function of a library that is not read.
    pub(super) fn runs_unread(&mut self, field: &Field, name: &str) {
        if name.is_empty() && is_parameter(field) && !self.functions.is_empty() {
            for name in self.set_by_functions() {
                self.open_name(&name);
            }
        }
        if self.unread_library && may_be_function(name) {
            self.open_all();
        }
    }

    /// `printf -v name`, `let name=…`.
    pub(super) fn sets_by_word(&mut self, program: &str, words: &[Field]) {
        let mut words = words.iter();
        if program == "let" {
            for word in words {
                self.counted(&known_start(word));
            }
            return;
        }
        let Some(first) = words.next().and_then(Field::known) else {
            return;
        };
        let name = match first.strip_prefix("-v") {
            None => return,
            Some("") => words.next().and_then(Field::known).unwrap_or_default(),
            Some(name) => name.to_owned(),
        };
        let name = name.split('[').next().unwrap_or("");
        match is_name(name).then(|| self.meant(name)).flatten() {
            Some(name) => self.scope.set(&name, Some(Value::Lost { solid: false })),
            None => self.open_all(),
        }
    }

    /// The names that a sum sets: `n += 1`, `n++`.
    fn counted(&mut self, sum: &str) {
        let end = sum
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(sum.len());
        if let Some(name) = sum.get(..end).filter(|name| is_name(name)) {
            self.scope.set(name, Some(Value::Lost { solid: true }));
        }
    }

    /// True for a text that `eval` is given of which nobody can see what it sets.
    pub(super) fn sets_unseen(&self, runs: &[Vec<Bit>]) -> bool {
        let Some(Bit::Frag(first)) = runs.first().and_then(|run| run.first()) else {
            return false;
        };
        let written = first.piece.text.as_str();
        match &first.piece.kind {
            PieceKind::Hole(Hole::Other) => !SETTERS.iter().any(|setter| written.contains(setter)),
            // `eval "$name=…"`; a command that is given whole sets nothing
            PieceKind::Hole(_) => runs.iter().flatten().any(|bit| match bit {
                Bit::Frag(frag) => !frag.piece.is_hole() && frag.piece.text.starts_with(['=', '+', '[']),
                Bit::Choice(_) => false,
            }),
            _ => false,
        }
    }

    /// The names that the script's functions set.
    fn set_by_functions(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let mut left = MAX_LOOKED_AT;
        for function in self.functions.values() {
            set_in(&function.body, &mut names, &mut left);
        }
        self.work(MAX_LOOKED_AT - left);
        names.sort();
        names.dedup();
        names
    }
}

/// True for a word that is one of the parameters: `"$1"`, `"$@"`.
fn is_parameter(field: &Field) -> bool {
    field.frags.first().is_some_and(|frag| match &frag.piece.kind {
        PieceKind::Hole(Hole::Variable(name)) => name.starts_with(|c: char| c.is_ascii_digit() || c == '@' || c == '*'),
        _ => false,
    })
}

/// True for a name that a library's function may have which does more than to tell something.
fn may_be_function(name: &str) -> bool {
    let plain = is_name(&name.replace("::", "_").replace('-', "_"));
    let words: Vec<&str> = name.split(['_', '-', ':']).filter(|word| !word.is_empty()).collect();
    let telling = words
        .iter()
        .any(|word| TELLING.contains(&word.to_ascii_lowercase().as_str()));
    // programs are mostly called by one word
    plain && words.len() > 1 && !telling && !name.contains('-')
}

fn set_in(block: &Block, names: &mut Vec<String>, left: &mut usize) {
    block.iter().for_each(|statement| set_by(statement, names, left));
}

fn set_by(statement: &Statement, names: &mut Vec<String>, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    match &statement.kind {
        StatementKind::Simple(simple) => {
            let own = simple.words.is_empty() || simple.declares.is_some();
            let assigns = simple
                .assigns
                .iter()
                .filter(|_| own && simple.declares.as_deref() != Some("local"));
            names.extend(assigns.map(|assign| assign.name.clone()));
        }
        StatementKind::Chain(links) => links.iter().for_each(|(_, s)| set_by(s, names, left)),
        StatementKind::Group(block) => set_in(block, names, left),
        StatementKind::If { arms, otherwise } => {
            for arm in arms {
                set_in(&arm.condition, names, left);
                set_in(&arm.body, names, left);
            }
            otherwise.iter().for_each(|block| set_in(block, names, left));
        }
        StatementKind::Case { arms, .. } => arms.iter().for_each(|arm| set_in(&arm.body, names, left)),
        StatementKind::For { body, .. } => set_in(body, names, left),
        StatementKind::Loop { condition, body } => {
            set_in(condition, names, left);
            set_in(body, names, left);
        }
        StatementKind::Function { body, .. } => set_in(body, names, left),
        StatementKind::Redirected { body, .. } => set_by(body, names, left),
        StatementKind::Unset(unset) => names.extend(unset.iter().cloned()),
        // in a process of their own they set nothing here
        StatementKind::Pipeline(_)
        | StatementKind::Subshell(_)
        | StatementKind::Background(_)
        | StatementKind::Test { .. } => {}
    }
}
