//! Where a command takes one more option: a command over several lines gets a line more.

use crate::container::Container;
use crate::source::{Source, Span};

/// Moves the slot of a command that is written over several lines to a line of its own.
pub(super) fn refine(container: &mut Container, source: &Source) {
    let Some(slot) = &mut container.slot else { return };
    if slot.file != container.file || !slot.before.is_empty() {
        return;
    }
    let line = source.line_of(slot.at);
    let start = source.line_span(line).start;
    let before = source.slice(Span {
        start,
        end: slot.at.max(start),
    });
    if line < 2 || !before.chars().all(|c| c == ' ' || c == '\t') {
        return;
    }
    let above = source.slice(source.line_span(line - 1));
    if !above.ends_with('\\') || source.line_of(container.body.start) == line {
        return;
    }
    slot.after = format!(" \\{}{before}", source.line_ending().as_str());
}
