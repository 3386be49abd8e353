//! What systemd fills in when a unit starts: specifiers such as `%h`, and variables.
//!
//! Sources: `man systemd.unit`, "Specifiers"; `man systemd.service`, "Command lines".

use std::collections::HashMap;

use super::lines::Unit;
use super::split::{Chunk, Quoting, split};
use crate::container::{Hole, PieceKind, Text};
use crate::source::{Excerpt, Span};

/// Letters that stand behind a `%`.
const SPECIFIERS: &str = "aAbBCdDEfgGhHiIjJlLmMnNopPqsStTuUvVwWyY";
/// Begins the name of a variable that stands for what a script leaves open of the text.
const GAP: &str = "privlint_gap_";

/// The variables that a unit sets itself.
#[derive(Clone, Debug, Default)]
pub(in crate::front) struct Environment {
    known: HashMap<String, String>,
}

impl Environment {
    /// Those of a unit's `[Service]`; none where a file may set others.
    pub(in crate::front) fn of(unit: &Unit) -> Environment {
        let mut known = HashMap::new();
        let open = ["EnvironmentFile", "PassEnvironment"];
        if open.iter().any(|key| !unit.list("Service", key).is_empty()) {
            return Environment { known };
        }
        for line in unit.list("Service", "Environment") {
            for word in split(line.value.text(), Quoting::Exec).unwrap_or_default() {
                let text = word.text();
                if let Some((name, value)) = text.split_once('=').filter(|_| !text.contains('%')) {
                    known.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Environment { known }
    }

    /// The value of a variable.
    pub(in crate::front) fn get(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str)
    }
}

/// A part of a word once the unit starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::front) enum Start {
    /// Text; `true` where it stands in the value byte for byte.
    Text(String, std::ops::Range<usize>, bool),
    /// A specifier, as written.
    Specifier(String, std::ops::Range<usize>),
    /// `${NAME}`, or `$NAME` where it is all of the word.
    Variable(String, std::ops::Range<usize>),
}

/// True for the name that stands for what a script leaves open.
pub(in crate::front) fn is_gap(name: &str) -> bool {
    name.starts_with(GAP)
}

/// The parts of a word. `variables` says whether systemd fills them in.
pub(in crate::front) fn parts(chunks: &[Chunk], variables: bool) -> Vec<Start> {
    let whole = matches!(chunks, [one] if one.text.starts_with('$') && is_name(one.text.get(1..).unwrap_or("")));
    let mut out = Vec::new();
    for chunk in chunks {
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = chunk.text.get(at..).and_then(|rest| rest.find(['%', '$'])) {
            let start = at + found;
            let Some((len, part)) = special(chunk, start, variables, whole) else {
                at = start + 1;
                continue;
            };
            push_text(&mut out, chunk, from..start);
            out.push(part);
            at = start + len;
            from = at;
        }
        push_text(&mut out, chunk, from..chunk.text.len());
    }
    out
}

fn push_text(out: &mut Vec<Start>, chunk: &Chunk, part: std::ops::Range<usize>) {
    if part.is_empty() {
        return;
    }
    let text = chunk.text.get(part.clone()).unwrap_or("").to_owned();
    out.push(Start::Text(text, within(chunk, part), chunk.literal));
}

fn within(chunk: &Chunk, part: std::ops::Range<usize>) -> std::ops::Range<usize> {
    match chunk.literal {
        true => chunk.range.start + part.start..chunk.range.start + part.end,
        false => chunk.range.clone(),
    }
}

/// What a `%` or `$` at an offset of a chunk begins, with its length.
fn special(chunk: &Chunk, start: usize, variables: bool, whole: bool) -> Option<(usize, Start)> {
    let rest = chunk.text.get(start..)?;
    let mut chars = rest.chars();
    let sign = chars.next()?;
    let next = chars.next()?;
    let range = |len: usize| within(chunk, start..start + len);
    if sign == next && (sign == '%' || variables) {
        return Some((2, Start::Text(sign.to_string(), range(2), false)));
    }
    if sign == '%' {
        let known = SPECIFIERS.contains(next);
        return known.then(|| (2, Start::Specifier(format!("%{next}"), range(2))));
    }
    if next == '{' {
        let name = rest.get(2..)?.split_once('}')?.0;
        let len = name.len() + 3;
        let filled_in = (variables || is_gap(name)) && is_name(name);
        return filled_in.then(|| (len, Start::Variable(name.to_owned(), range(len))));
    }
    (variables && whole).then(|| {
        (
            rest.len(),
            Start::Variable(rest.get(1..).unwrap_or("").to_owned(), range(rest.len())),
        )
    })
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What is known of a specifier.
pub(in crate::front) fn specifier(written: &str) -> Hole {
    match written {
        "%h" => Hole::Home,
        "%u" | "%U" => Hole::Variable("USER".to_owned()),
        "%H" | "%l" => Hole::Variable("HOSTNAME".to_owned()),
        "%t" => Hole::Variable("XDG_RUNTIME_DIR".to_owned()),
        _ => Hole::Other,
    }
}

/// The text that parts of a value are once the unit starts. The second is true where it may be several
/// words, or none.
pub(in crate::front) fn expand(chunks: &[Chunk], value: &Excerpt, environment: &Environment) -> (Text, bool) {
    let mut text = Text::new();
    let mut splits = false;
    let parts = parts(chunks, true);
    let alone = parts.len() == 1;
    for part in parts {
        let outer = |range: &std::ops::Range<usize>| value.outer_span_near(Span::new(range.start, range.end));
        match part {
            Start::Text(part, range, literal) => {
                let exact = literal && value.outer_exact(Span::new(range.start, range.end)).is_some();
                let kind = if exact { PieceKind::Literal } else { PieceKind::Cooked };
                text.push(part, outer(&range), kind);
            }
            Start::Specifier(written, range) => {
                let hole = specifier(&written);
                text.push(written, outer(&range), PieceKind::Hole(hole));
            }
            Start::Variable(name, range) => match environment.get(&name) {
                Some(known) => text.push(known.to_owned(), outer(&range), PieceKind::Cooked),
                None => {
                    let braced = value.text().get(range.clone()).is_some_and(|raw| raw.starts_with("${"));
                    splits |= alone && (!braced || is_gap(&name));
                    let written = value.text().get(range.clone()).unwrap_or("").to_owned();
                    text.push(written, outer(&range), PieceKind::Hole(Hole::Variable(name)));
                }
            },
        }
    }
    (text, splits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::FileId;
    use crate::front::systemd::Style;

    fn shown(value: &str) -> String {
        let unit = "[Service]\nEnvironment=A=1 B=2\n";
        let environment = Environment::of(&Unit::read(unit, 0..unit.len(), FileId(0), Style::Systemd));
        let value = Excerpt::verbatim(value, 0);
        let words = split(value.text(), Quoting::Exec).unwrap_or_default();
        let one = |word: &super::super::split::Word| {
            let (text, splits) = expand(&word.chunks, &value, &environment);
            let holes = text.pieces().iter().filter(|p| p.is_hole()).count();
            format!("{}:{holes}{}", text.shown(), if splits { "*" } else { "" })
        };
        words.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn specifiers_and_variables() {
        assert_eq!(shown("%h/x 100%% %t/%n"), "%h/x:1 100%:0 %t/%n:2");
        assert_eq!(shown("$A x$A ${A}${C} $C $$C"), "1:0 x$A:0 1${C}:1 $C:1* $C:0");
    }
}
