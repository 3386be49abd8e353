//! Who else reads the variable that a text came through: what is changed in it changes for them too.

use crate::container::{Container, FileId, Place, Via, ViaKind};
use crate::fix::Refusal;
use crate::front::reading::Reading;
use crate::source::{Source, Span};

/// Refuses where a variable on the way of a value is read by more than the commands that were understood.
pub(super) fn of_launches_only(reading: &Reading, place: &Place) -> Result<(), Refusal> {
    for step in &place.via {
        if !matches!(step.kind, ViaKind::Variable | ViaKind::Array) {
            continue;
        }
        if read_elsewhere(reading, step) {
            let name = &step.name;
            return Err(Refusal(format!("`${name}` is read by something else as well")));
        }
    }
    Ok(())
}

/// Refuses where the variable is used in a way that counts on what is there: a slice, a default.
pub(super) fn as_they_are(reading: &Reading, place: &Place) -> Result<(), Refusal> {
    for step in &place.via {
        if !matches!(step.kind, ViaKind::Variable | ViaKind::Array) {
            continue;
        }
        for (file, span) in uses(&reading.containers, &step.name) {
            let written = reading.file(file).slice(span);
            if !gives_all(written, &step.name) {
                return Err(Refusal(format!("`{written}` would give something else without it")));
            }
        }
    }
    Ok(())
}

/// True for `$x`, `${x}`, `"${x[@]}"`, `${x:-}`.
fn gives_all(written: &str, name: &str) -> bool {
    let Some(inner) = written.trim_matches('"').strip_prefix('$') else {
        return true;
    };
    let braced = inner.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let Some(rest) = braced.unwrap_or(inner).strip_prefix(name) else {
        return false;
    };
    let list = rest.strip_prefix("[@]").or_else(|| rest.strip_prefix("[*]"));
    matches!(list.unwrap_or(rest), "" | ":-" | "-")
}

fn read_elsewhere(reading: &Reading, step: &Via) -> bool {
    let known = uses(&reading.containers, &step.name);
    let scope = match step.name.as_str() {
        // parameters are those of the function they are read in
        "@" | "*" => function_around(reading, step),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => return false,
        _ => None,
    };
    reading.sources.iter().enumerate().any(|(index, source)| {
        let file = FileId(u16::try_from(index).unwrap_or(u16::MAX));
        let span = match scope {
            Some(span) if file == step.file => span,
            Some(_) => return false,
            None => Span::new(0, source.text().len()),
        };
        let mine = |at: usize| {
            let at = Span::at(at);
            known.iter().any(|(f, span)| *f == file && span.contains(at))
        };
        let mut found = reads(source, span, &step.name).into_iter();
        found.any(|at| !mine(at) && !is_own(source.text(), at, &step.name)) || exported(source, &step.name)
    })
}

/// Where the containers use the variable.
fn uses(containers: &[Container], name: &str) -> Vec<(FileId, Span)> {
    let mut found: Vec<(FileId, Span)> = Vec::new();
    for container in containers {
        let unseen = container.unseen.iter().map(|u| &u.place);
        for place in container.places().into_iter().chain(unseen) {
            let steps = place.via.iter().filter(|via| via.name == name);
            found.extend(steps.map(|via| (via.file, via.span)));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The innermost function that a step is taken in.
fn function_around(reading: &Reading, step: &Via) -> Option<Span> {
    let source = reading.file(step.file);
    let is_function = |span: &&Span| {
        let head = source.slice(**span).split('{').next().unwrap_or("");
        head.starts_with("function ") || head.trim_end().ends_with("()")
    };
    let around = reading.nodes.iter().filter(|span| span.contains(step.span));
    around.filter(is_function).min_by_key(|span| span.len()).copied()
}

/// The offsets of the `$` of every expansion of the name.
fn reads(source: &Source, within: Span, name: &str) -> Vec<usize> {
    let text = source.text();
    let is_name = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let named = is_name(name.chars().next());
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        if !within.contains(Span::at(at)) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or("");
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let rest = rest.strip_prefix(['#', '!']).unwrap_or(rest);
        let tail = match rest.strip_prefix(name) {
            Some(tail) => tail,
            // "$@" and "$*" are the same words
            None if !named => match rest.strip_prefix(['@', '*']) {
                Some(tail) => tail,
                None => continue,
            },
            None => continue,
        };
        if named && is_name(tail.chars().next()) {
            continue;
        }
        found.push(at);
    }
    found
}

/// True within `NAME="$NAME …"`, `NAME=("${NAME[@]}" …)`, `set -- "$@" …`.
fn is_own(text: &str, at: usize, name: &str) -> bool {
    let before = text.get(..at).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |n| n + 1);
    let line = before.get(line..).unwrap_or("");
    if name == "@" || name == "*" {
        return line.trim_end_matches('"').trim_end().ends_with("set --");
    }
    let alone = |start: usize, text: &str| {
        let head = text.get(..start).and_then(|t| t.chars().next_back());
        head.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '$' | '{'))
    };
    let assigns = |text: &str| {
        let mut last = None;
        for mark in ["=", "+="] {
            let written = format!("{name}{mark}");
            let found = text.rmatch_indices(&written).find(|(start, _)| alone(*start, text));
            last = last.max(found.map(|(start, _)| start + written.len()));
        }
        last
    };
    if let Some(value) = assigns(line).and_then(|start| line.get(start..)) {
        return !value.contains([';', '|', '&']) && (value.starts_with(['"', '(']) || !value.contains([' ', '\t']));
    }
    // a list over several lines
    assigns(before)
        .and_then(|start| before.get(start..))
        .is_some_and(|value| value.starts_with('(') && !value.contains(')'))
}

/// True where other programs are given the variable.
fn exported(source: &Source, name: &str) -> bool {
    source.text().lines().any(|line| {
        let line = line.trim_start();
        let rest = line
            .strip_prefix("export ")
            .or_else(|| line.strip_prefix("declare -x "))
            .or_else(|| line.strip_prefix("typeset -x "));
        rest.is_some_and(|rest| {
            rest.split([' ', '\t', ';'])
                .any(|word| word.split(['=', '+']).next() == Some(name))
        })
    })
}
