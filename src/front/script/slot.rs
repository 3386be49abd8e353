//! Where a command takes one more option: a command over several lines gets a line more.

use crate::container::{Container, Slot, Syntax};
use crate::source::{Source, Span};

/// Moves the slot of a command that is written over several lines to a line of its own.
pub(super) fn refine(container: &mut Container, source: &Source) {
    if container.slot.is_none() && container.syntax == Syntax::Command {
        container.slot = before_use(container, source);
    }
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
    // in a heredoc that expands, a script's own backslash is written twice
    let continuation = above.get(above.trim_end_matches('\\').len()..).unwrap_or("\\");
    slot.after = format!(" {continuation}{}{before}", source.line_ending().as_str());
}

/// Before the use of the variable that gives the image: what it gives before the image are options too.
fn before_use(container: &Container, source: &Source) -> Option<Slot> {
    let image = container.image.as_ref()?;
    let used = image
        .place
        .via
        .iter()
        .find(|v| v.file == container.file && container.body.contains(v.span))?;
    let text = source.text();
    let mut at = used.span.start;
    if text.get(..at as usize).is_some_and(|t| t.ends_with('"')) {
        at -= 1;
    }
    let alone = text.get(..at as usize).is_some_and(|t| t.ends_with([' ', '\t']));
    alone.then(|| Slot {
        file: container.file,
        at,
        before: String::new(),
        after: " ".to_owned(),
    })
}
