//! The front of systemd's units: it finds the commands that a service runs, and what is known of the
//! place they run in. They are read as a script, one command a line.
//!
//! Sources: `man systemd.service`, "Command lines"; systemd `src/core/load-fragment.c`.

mod script;

use std::sync::Arc;

use crate::container::{Container, FileId};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span, with_feeds};

use super::reading::{Form, Front, Kind, Nested, Problem, Reading, Seam, Surroundings};
use super::systemd::{Style, TOO_LONG, Unit, is_template, is_users};
use script::Script;

/// Its row of the table.
pub(super) const FRONT: Front = Front {
    kind: Kind::Unit,
    word: "systemd",
    noun: "a systemd unit",
    by_name,
    looks_like,
    may_matter,
    read,
    read_in_place: None,
    render,
};

/// Endings of units in which commands stand.
const ENDINGS: &[&str] = &["service", "socket"];
/// Endings that a template has behind its own.
const TEMPLATES: &[&str] = &[".in", ".j2", ".tmpl", ".template", ".erb"];
/// The sections with commands.
const SECTIONS: &[&str] = &["Service", "Socket"];
/// The keys that hold commands.
const COMMANDS: &[&str] = &[
    "ExecCondition",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "ExecReload",
    "ExecReloadPost",
    "ExecStop",
    "ExecStopPre",
    "ExecStopPost",
];
/// Words without which a unit launches nothing.
const ENGINE_WORDS: &[&str] = &[
    "docker",
    "podman",
    "nerdctl",
    "container",
    "compose",
    "privlint",
    "$",
    "/bin/",
];

/// What ends a line of a unit: for systemd a carriage return alone does.
const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// True for the name of a unit: `web.service`, `web@.service`, `web.service.j2`.
fn by_name(name: &str) -> bool {
    let name = TEMPLATES
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    name.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending))
}

/// True for a text in which a service runs a command.
fn looks_like(text: &str) -> bool {
    let mut lines = text.split(LINE_ENDS);
    lines.any(|line| line.trim() == "[Service]") && text.contains("Exec")
}

/// True for a unit with a command that may launch something.
fn may_matter(text: &str) -> bool {
    let header = |line: &str| {
        let name = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        name.is_some_and(|name| SECTIONS.contains(&name))
    };
    text.contains("Exec") && text.split(LINE_ENDS).any(header) && ENGINE_WORDS.iter().any(|word| text.contains(word))
}

/// Nothing of a unit itself is changed: what is found in it stands in its commands.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("nothing of a unit itself is changed".to_owned()))
}

/// Reads a unit.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Unit, Arc::clone(source));
    let text = &*with_feeds(source.text());
    let unit = Unit::read(text, 0..text.len(), FileId(0), Style::Systemd);
    reading.comments.clone_from(&unit.comments);
    reading.nodes.extend(unit.assignments.iter().map(|line| line.span));
    if let Some((span, why)) = unit.broken.filter(|(_, why)| *why == TOO_LONG) {
        reading.problems.push(Problem {
            file: FileId(0),
            span,
            message: why.to_owned(),
            ends_reading: true,
            bound: true,
        });
    }
    let users = is_users(&source.path, &unit);
    for section in SECTIONS {
        let mut script = Script::new(&unit, section, users, text);
        for line in commands(&unit, section) {
            script.command(line);
        }
        let Some((excerpt, open)) = script.finish() else {
            continue;
        };
        let end = Span::at(text.len());
        let mut nested = Nested::new(Kind::Shell, excerpt, Span { start: 0, ..end }, Seam::Unit);
        nested.form = Form::Script;
        nested.open = open;
        nested.by_root = !users && !has_user(&unit, section);
        nested.many = is_template(&source.path);
        reading.nested.push(nested);
    }
    reading
}

/// The lines with commands that count, in their order: an empty one takes those of its key away.
fn commands<'u>(unit: &'u Unit, section: &'u str) -> Vec<&'u super::systemd::Assignment> {
    let mut found: Vec<_> = COMMANDS.iter().flat_map(|key| unit.list(section, key)).collect();
    found.sort_by_key(|line| line.span);
    found
}

/// True where the service runs as a user that is not root.
fn has_user(unit: &Unit, section: &str) -> bool {
    let last = unit.all(section, "User").next_back();
    last.is_some_and(|line| !matches!(line.value.text(), "" | "root" | "0"))
}

#[cfg(test)]
mod tests;
