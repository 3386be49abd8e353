//! Lines of a Quadlet that are lost on the way to podman.

use super::argv::{Section, unquoted};
use super::keys::{How, named};
use crate::container::{Loss, Lost, Place, Written};
use crate::front::systemd::{Assignment, Quoting, Unit, split};
use crate::source::Span;

/// The lines of a unit's own section that do not do what they look like.
pub(super) fn losses(unit: &Unit, section: Section) -> Vec<Written<Lost>> {
    let own = unit.assignments.iter().filter(|line| line.section == section.name());
    own.filter_map(|line| loss(line, section)).collect()
}

fn loss(line: &Assignment, section: Section) -> Option<Written<Lost>> {
    let lost = |how: Loss, value: Span| {
        let place = Place {
            file: line.file,
            value,
            entry: line.span,
            via: Vec::new(),
        };
        let key = line.key.clone();
        Some(Written::new(Lost { key, how }, place))
    };
    let Some(key) = named(section.keys(), &line.key) else {
        return lost(Loss::UnknownKey, line.key_span);
    };
    let value = line.value.text();
    let quoting = match (key.how, key.name) {
        (How::Words, _) | (_, "AddDevice") => Some(Quoting::Words),
        (How::Arguments | How::Pairs, _) | (_, "Mount" | "PodmanArgs" | "GlobalArgs") => Some(Quoting::Arguments),
        _ => None,
    };
    // of a variable or a label nobody's privilege hangs
    if let Some(quoting) = quoting.filter(|_| key.how != How::Pairs) {
        return match split(value, quoting) {
            Err(at) => lost(Loss::Dropped, line.outer(at, value.len())),
            Ok(words) => {
                let joint = |at: &usize| words.iter().find(|w| w.range.start < *at && *at < w.range.end);
                let word = line.glued.iter().find_map(joint)?;
                let span = line.outer(word.range.start, word.range.end);
                lost(Loss::Joined(word.text()), span)
            }
        };
    }
    let quoted = matches!(key.name, "Volume" | "Tmpfs") && value.starts_with(['"', '\'']);
    if quoted {
        return lost(Loss::Quoted, line.value_span());
    }
    let (word, _) = unquoted(value);
    let known = ["1", "yes", "true", "on", "0", "no", "false", "off", ""];
    let boolean = known.iter().any(|known| known.eq_ignore_ascii_case(word));
    let switch = matches!(key.how, How::Switch | How::Flag);
    match switch && !boolean && !word.contains(['$', '%', '{', '@']) {
        true => lost(Loss::NotBoolean(word.to_owned()), line.value_span()),
        false => None,
    }
}
