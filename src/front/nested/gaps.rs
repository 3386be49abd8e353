//! What a script leaves open of a Compose file or a Quadlet that it writes.

use crate::container::{Container, Place, Syntax, Unseen};
use crate::front::reading::{Kind, Nested, Reading};
use crate::shell::Gap;

/// Notes what may still be said of the services of a Compose file: in lines that the script fills in,
/// in what it adds to the file, and in the file that an override is laid over.
pub(super) fn hide(own: &Reading, nested: &Nested, name: Option<&str>, moved: &mut [Container]) {
    let of_unit = own.kind == Kind::Unit;
    let whole =
        |syntax: Syntax| syntax.is_service() || syntax == Syntax::Quadlet || (of_unit && syntax == Syntax::Command);
    let is_service = |i: &usize| own.containers.get(*i).is_some_and(|c| whole(c.syntax));
    let services: Vec<usize> = (0..own.containers.len()).filter(is_service).collect();
    let before = |offset: u32| {
        let stands = |i: &&usize| own.containers.get(**i).is_some_and(|c| c.head.start < offset);
        services.iter().rfind(stands).copied()
    };
    let hidden = |place: Place, text: &str| Unseen {
        place,
        text: text.to_owned(),
        hides: None,
    };
    for (offset, gap) in in_services(nested) {
        if let Some(container) = before(offset).and_then(|i| moved.get_mut(i))
            && container.unseen.iter().all(|u| u.hides.is_some())
        {
            container.unseen.push(hidden(Place::new(gap.span, gap.span), &gap.text));
        }
    }
    let overlays = name.is_some_and(|name| name.contains("override"));
    for (nth, &i) in services.iter().enumerate() {
        if let Some(container) = moved.get_mut(i)
            && (overlays || (nested.open.grows && nth + 1 == services.len()))
        {
            container.unseen.push(hidden(container.place(), name.unwrap_or("…")));
        }
    }
}

/// What is left out among the services of a Compose file, with its offset. What stands below another key
/// at the top cannot lead back to them.
fn in_services(nested: &Nested) -> Vec<(u32, &Gap)> {
    let text = nested.excerpt.text();
    // in the first layout of Compose, services stand at the top
    let old = !text.lines().any(|line| line.starts_with("services"));
    let mut among = true;
    let mut found = Vec::new();
    let mut left_out = nested.open.left_out.iter().peekable();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-']) {
            among = line.starts_with("services") || !line.trim_end().ends_with(':');
        }
        while let Some((offset, gap)) = left_out.next_if(|(offset, _)| (*offset as usize) < at) {
            if old || among {
                found.push((*offset, gap));
            }
        }
    }
    found.extend(left_out.filter(|_| old || among).map(|(offset, gap)| (*offset, gap)));
    found
}
