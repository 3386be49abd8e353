//! What a word is whose value is not known: options, or the image.
//!
//! `docker run $OPTS $IMAGE $CMD` cannot be read for certain. The most likely reading is taken, from
//! what the variables are called and what stands after them; a word taken for options is unseen, so
//! that nothing is called missing.

use crate::container::ViaKind;
use crate::knowledge::flags::Command;
use crate::spec::{Word, holes};

use super::options::Grammar;

/// What a word is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// No option, one, or several.
    Options,
    /// The image, the container, the context.
    Operand,
}

const IMAGE_ENDS: [&str; 4] = ["IMAGE", "IMG", "IMAGE_NAME", "IMAGE_TAG"];
const IMAGE_WORDS: [&str; 4] = ["IMAGE", "IMG", "TAG", "BUILD -"];
const OPTION_WORDS: [&str; 25] = [
    "OPT",
    "ARGS",
    ":+",
    "+-",
    "FLAG",
    "PARAM",
    "EXTRA",
    "VOLUME",
    "MOUNT",
    "PORTS",
    "ENVS",
    "ENV_",
    "_ENV",
    "GPU",
    "TTY",
    "PRIVILEGED",
    "CAPS",
    "INTERACTIVE",
    "DETACH",
    "NETWORK",
    "DEVICE",
    "RESTART",
    "_IT",
    "LIMITS",
    "SELINUX",
];
/// Written so, several words or none come of it; `…` is what could not be read.
const MANY: [&str; 7] = ["$@", "$*", "[@]", "[*]", "${@", "${*", "…"];
const COMMANDS: [&str; 18] = [
    "bash", "sh", "ls", "cat", "echo", "python", "python3", "make", "npm", "node", "yarn", "go", "cargo", "env",
    "true", "sleep", "pytest", "pip",
];

/// True for a command whose output is an image, or what a file holds: `$(cat iidfile)`.
fn prints_an_image(written: &str) -> bool {
    let Some(inner) = written.strip_prefix("$(").or(written.strip_prefix('`')) else {
        return false;
    };
    let inner = inner.trim_start();
    let words: Vec<&str> = inner.trim_end_matches([')', '`']).split_whitespace().collect();
    match words.as_slice() {
        [file] => file.starts_with('<') && file.len() > 1,
        ["cat" | "<", _] => true,
        [_, "build" | "images", ..] | [_, "image" | "buildx", "build" | "ls", ..] => {
            words.iter().any(|w| matches!(*w, "-q" | "--quiet" | "-qa" | "-aq"))
        }
        _ => false,
    }
}

/// What the word at `at`, of which nothing is known, is taken for.
pub(super) fn of(words: &[Word], at: usize, grammar: Grammar) -> Role {
    let Some(word) = words.get(at) else {
        return Role::Operand;
    };
    let text = &word.text;
    let Grammar::Command(command, _) = grammar else {
        return Role::Options;
    };
    let written = text.shown();
    if MANY.iter().any(|many| written.contains(many)) {
        return Role::Options;
    }
    // a variable that holds what a command prints is read by its own name too
    let held = word.place.via.iter().filter(|via| via.kind == ViaKind::Variable);
    let names: Vec<String> = held
        .map(|via| via.name.as_str())
        .chain([written.as_str()])
        .map(|name| name.trim_end_matches(['}', ')', '"']).to_ascii_uppercase())
        .collect();
    let any = |words: &[&str]| names.iter().any(|name| words.iter().any(|word| name.contains(word)));
    if names
        .iter()
        .any(|name| IMAGE_ENDS.iter().any(|end| name.ends_with(end)))
    {
        return Role::Operand;
    }
    if any(&OPTION_WORDS) || names.iter().any(|name| name.ends_with("_ARG")) {
        return Role::Options;
    }
    if any(&IMAGE_WORDS) {
        return Role::Operand;
    }
    let Some(next) = words.get(at + 1) else {
        return Role::Operand;
    };
    let ahead = next.text.known_prefix();
    if let Some(option) = option_behind(words, at, grammar)
        && image_behind(words, option, grammar, is_sure(words, option))
    {
        return Role::Options;
    }
    if prints_an_image(&written) && !ahead.starts_with('-') {
        return Role::Operand;
    }
    if !word.splits || command == Command::Exec || ahead.starts_with(['-', '/', '.']) {
        return Role::Operand;
    }
    if command.interspersed() {
        return Role::Options;
    }
    if holes::all_hole(&next.text) {
        return if holes::mentions(&next.text, &IMAGE_WORDS) {
            Role::Options
        } else {
            Role::Operand
        };
    }
    if next
        .text
        .known()
        .is_some_and(|known| COMMANDS.contains(&known.as_ref()))
    {
        return Role::Operand;
    }
    Role::Options
}

/// Words that are looked at behind one that is not known.
const MAX_AHEAD: usize = 200;

/// Options that hardly any program but an engine has.
const SURE: [&str; 14] = [
    "--privileged",
    "--rm",
    "--volume",
    "--mount",
    "--cap-add",
    "--cap-drop",
    "--security-opt",
    "--device",
    "--network",
    "--net",
    "--pid",
    "--ipc",
    "--entrypoint",
    "--publish",
];

/// The option of the engine that stands behind a word, or behind others of which nothing is known either.
fn option_behind(words: &[Word], at: usize, grammar: Grammar) -> Option<usize> {
    let behind = words.iter().enumerate().skip(at + 1).take(MAX_AHEAD);
    let (option, word) = behind.into_iter().find(|(_, word)| !holes::all_hole(&word.text))?;
    let unquoted = words.get(at).is_some_and(|word| word.splits);
    let ahead = word.text.known_prefix();
    let is_option = ahead.starts_with('-') && grammar.knows(&ahead);
    (is_option && (unquoted || ahead.starts_with("--") || binds(words, option))).then_some(option)
}

/// `-v /a:/b`: a mount, which stands before an image.
fn binds(words: &[Word], at: usize) -> bool {
    let value = words.get(at + 1).map(|word| word.text.shown()).unwrap_or_default();
    words.get(at).is_some_and(|word| word.text.is("-v")) && value.contains(":/")
}

/// True when a word that can be the image stands behind the option at `at` and those that follow it; `many`
/// tells whether words of which nobody knows how many they are count.
fn image_behind(words: &[Word], at: usize, grammar: Grammar, many: bool) -> bool {
    let mut at = at;
    for _ in 0..MAX_AHEAD {
        let Some(word) = words.get(at) else { return false };
        let start = word.text.known_prefix();
        if !start.starts_with('-') {
            let written = word.text.shown();
            if many || !holes::all_hole(&word.text) || !MANY.iter().any(|many| written.contains(many)) {
                return true;
            }
        }
        // an option that is not known may take the next word, or not
        at += if start.starts_with('-') {
            grammar.length(&start).unwrap_or(1)
        } else {
            1
        };
    }
    true
}

/// True for a word that is taken for the image, though behind it an option stands that is the engine's: then
/// the word may also be options, and the image may come later or from it.
pub(super) fn is_doubtful(words: &[Word], at: usize, grammar: Grammar) -> bool {
    let Grammar::Command(Command::Run | Command::Create, _) = grammar else {
        return false;
    };
    if !words.get(at).is_some_and(|word| holes::all_hole(&word.text)) {
        return false;
    }
    let behind = words.iter().enumerate().skip(at + 1).take(MAX_AHEAD);
    let Some((option, word)) = behind.into_iter().find(|(_, word)| !holes::all_hole(&word.text)) else {
        return false;
    };
    !word.text.is_empty() && is_sure(words, option)
}

/// True for an option that hardly any program but an engine has.
fn is_sure(words: &[Word], at: usize) -> bool {
    let start = words.get(at).map(|word| word.text.known_prefix()).unwrap_or_default();
    let name = start.split('=').next().unwrap_or("");
    SURE.contains(&name) || binds(words, at)
}
