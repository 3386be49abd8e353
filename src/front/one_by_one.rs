//! Changes of several containers that share nothing but their places.

use super::reading::{Reading, RenderOne};
use crate::container::Container;
use crate::fix::{Change, Edit, Refusal};

/// The edits for each container by itself, the same edit once.
pub(super) fn one_by_one(
    reading: &Reading,
    all: &[(&Container, Vec<Change>)],
    render: RenderOne,
) -> Result<Vec<Edit>, Refusal> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (container, changes) in all {
        let own = render(reading, container, changes)?;
        edits.extend(own.into_iter().filter(|edit| seen.insert(edit.clone())));
    }
    Ok(edits)
}
