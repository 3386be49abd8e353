//! Values that name an engine, whichever way it is chosen.

use super::functions::arms;
use super::references::{Reference, references};
use crate::source::Excerpt;

/// Functions within functions that are followed.
const MAX_DEPTH: usize = 8;

/// The engines by their programs.
const ENGINES: [&str; 3] = ["docker", "podman", "nerdctl"];

/// True for a text that stands for the name of an engine: the word itself, a program that is looked up, or a
/// function each arm of which gives one.
pub(super) fn is_engine(text: &Excerpt, depth: usize) -> bool {
    let written = text.text().trim();
    if is_name(written.strip_prefix("sudo ").unwrap_or(written)) {
        return true;
    }
    let found = references(text.text());
    let whole = |at: &std::ops::Range<usize>| text.text().get(at.clone()).map(str::trim) == Some(written);
    let [only] = found.as_slice() else { return false };
    if only.kind != Reference::Name || depth >= MAX_DEPTH || !whole(&only.whole) {
        return false;
    }
    let inner = text.part(only.inner.clone());
    if let Some(command) = inner.text().trim_start().strip_prefix("shell ") {
        return looks_up(command);
    }
    let arms = arms(&inner);
    let mut said = arms.iter().filter(|arm| !arm.text().trim().is_empty()).peekable();
    said.peek().is_some() && said.all(|arm| is_engine(arm, depth + 1))
}

fn is_name(word: &str) -> bool {
    word.rsplit('/').next().is_some_and(|name| ENGINES.contains(&name))
}

/// True for a command that prints which engine there is: `command -v podman || echo docker`.
fn looks_up(command: &str) -> bool {
    let words: Vec<&str> = command
        .split(|c: char| c.is_whitespace() || ";|&(){}\"'".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let named = words.iter().enumerate().filter(|(_, word)| is_name(word));
    let mut asked = named.map(|(at, _)| {
        let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied();
        let flag = before(1).is_some_and(|word| matches!(word, "-v" | "-p" | "-P"));
        matches!(
            before(if flag { 2 } else { 1 }),
            Some("command" | "type" | "which" | "echo" | "printf")
        ) || is_name(before(1).unwrap_or(""))
    });
    let any = asked.next();
    any == Some(true) && asked.all(|is| is)
}
