//! Which variables a text may use.

use std::collections::BTreeSet;

/// The names behind `$` and `${` in a text, whatever its quotes: the variables that it may use.
pub fn variables_in(text: &str) -> BTreeSet<&str> {
    let uses = text.split('$').skip(1);
    let name = |after: &'_ str| {
        let start = after.len() - after.trim_start_matches(['{', '#', '!']).len();
        let len = after
            .get(start..)?
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        Some(start..start + len.unwrap_or(after.len() - start))
    };
    uses.filter_map(|after| after.get(name(after)?))
        .filter(|name| !name.is_empty())
        .collect()
}
