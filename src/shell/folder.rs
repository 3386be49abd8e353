//! The folder that a script is in: `cd`, `pushd`, and the prefixes that go to another one.

use super::eval::Evaluator;
use super::fields::Field;
use super::value::{Bit, Frag, Value};
use crate::container::{Hole, PieceKind, Text};
use crate::source::Span;

/// The name under which the folder is kept among the variables: branches, subshells and calls then
/// leave it as they leave those. No script can write it.
const FOLDER: &str = "\u{0}folder";
/// The folder before the last `cd`.
const BEFORE: &str = "\u{0}folder before";

/// The folder of whoever runs the script.
fn callers() -> Text {
    Text::hole("$PWD", Span::default(), Hole::WorkingDirectory)
}

/// A folder of which nothing is known.
pub(super) fn unknown() -> Text {
    Text::hole("…", Span::default(), Hole::Other)
}

impl Evaluator<'_> {
    /// The folder that the script is in.
    pub(super) fn folder(&self) -> Text {
        match self.scope.get(FOLDER) {
            None => callers(),
            Some(Value::Scalar(bits)) => text(bits).unwrap_or_else(unknown),
            Some(_) => unknown(),
        }
    }

    /// Says that nobody knows what folder what follows runs in.
    pub(super) fn leave_folder(&mut self) {
        self.scope.set(FOLDER, Some(Value::Lost { solid: true }));
    }

    /// `cd`, `pushd` and `popd`.
    pub(super) fn go(&mut self, builtin: &str, words: &[Field]) {
        let from = self.scope.get(FOLDER).cloned();
        let mut targets = words.iter().filter(|f| {
            let option = f.known();
            !matches!(option.as_deref(), Some("--" | "-P" | "-L" | "-e" | "-n" | "-q"))
        });
        let target = targets.next();
        let known = target.and_then(Field::known);
        let to = match (builtin, target) {
            ("popd", _) => self.folders.pop().unwrap_or(Some(Value::Lost { solid: true })),
            // before the first, only the caller knows
            (_, Some(_)) if known.as_deref() == Some("-") => {
                let before = self.scope.get(BEFORE).cloned();
                before.or(Some(Value::Lost { solid: true }))
            }
            ("pushd", None) => Some(Value::Lost { solid: true }),
            (_, None) => {
                let home = self.frag("$HOME".to_owned(), Span::default(), PieceKind::Hole(Hole::Home), true);
                Some(Value::scalar(vec![Bit::Frag(home)]))
            }
            (_, Some(field)) => self.below(from.as_ref(), field),
        };
        if builtin == "pushd" {
            self.folders.push(from.clone());
        }
        let before = from.unwrap_or_else(|| Value::scalar(vec![self.callers_bit()]));
        self.scope.set(BEFORE, Some(before));
        self.scope.set(FOLDER, to);
    }

    /// The folder that a word names, seen from another one. `None` for that of the caller.
    fn below(&self, from: Option<&Value>, field: &Field) -> Option<Value> {
        let lost = Some(Value::Lost { solid: true });
        let Some(first) = field.frags.first().filter(|_| field.certain && !field.splits) else {
            return lost;
        };
        let own = |frags: &[Frag]| Some(Value::scalar(frags.iter().cloned().map(Bit::Frag).collect()));
        match &first.piece.kind {
            // `$PWD/x` is seen from the folder that the script is in
            PieceKind::Hole(Hole::WorkingDirectory) => match field.frags.len() {
                1 => from.cloned(),
                _ => self.joined(from, &field.frags, 1),
            },
            PieceKind::Hole(Hole::ScriptDirectory | Hole::Home) => own(&field.frags),
            PieceKind::Hole(_) => lost,
            _ if first.piece.text.starts_with('/') => own(&field.frags),
            _ => self.joined(from, &field.frags, 0),
        }
    }

    /// The folder of the caller, as a value.
    fn callers_bit(&self) -> Bit {
        let hole = PieceKind::Hole(Hole::WorkingDirectory);
        Bit::Frag(self.frag("$PWD".to_owned(), Span::default(), hole, true))
    }

    /// What follows the first `skip` pieces, below a folder.
    fn joined(&self, from: Option<&Value>, frags: &[Frag], skip: usize) -> Option<Value> {
        let mut bits: Vec<Bit> = match from {
            None => vec![self.callers_bit()],
            Some(Value::Scalar(bits)) => bits.to_vec(),
            Some(_) => return Some(Value::Lost { solid: true }),
        };
        let slash = self.frag("/".to_owned(), Span::default(), PieceKind::Cooked, true);
        bits.push(Bit::Frag(slash));
        bits.extend(frags.iter().skip(skip).cloned().map(Bit::Frag));
        Some(Value::scalar(bits))
    }
}

/// The text of a value, where it is one.
fn text(bits: &[Bit]) -> Option<Text> {
    let mut out = Text::new();
    for bit in bits {
        let Bit::Frag(frag) = bit else { return None };
        let kind = match &frag.piece.kind {
            PieceKind::Literal => PieceKind::Cooked,
            other => other.clone(),
        };
        out.push(frag.piece.text.clone(), Span::default(), kind);
    }
    Some(out)
}

/// True for a program that runs a command in another machine, container or root, from a folder there.
pub(super) fn is_entered(program: &str) -> bool {
    const PROGRAMS: [&str; 12] = [
        "nsenter",
        "lxc",
        "lxc-attach",
        "incus",
        "pct",
        "kubectl",
        "oc",
        "limactl",
        "virsh",
        "systemd-nspawn",
        "arch-chroot",
        "proot",
    ];
    PROGRAMS.contains(&program)
}

/// True for the option of a prefix by which the command runs in another folder.
pub(super) fn moves(program: &str, option: &str) -> bool {
    let long = option.split('=').next().unwrap_or(option);
    let letter = |letter: char| {
        let letters = option.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        letters.is_some_and(|rest| rest.chars().take_while(char::is_ascii_alphabetic).any(|c| c == letter))
    };
    match program {
        "sudo" | "sudo-rs" => {
            matches!(long, "--login" | "--chdir" | "--chroot") || letter('i') || letter('D') || letter('R')
        }
        "env" => long == "--chdir" || letter('C'),
        "su" | "runuser" => option == "-" || long == "--login" || letter('l'),
        "tmux" => option == "-c",
        "parallel" => matches!(long, "--wd" | "--workdir" | "--sshlogin") || letter('S'),
        _ => false,
    }
}
