//! What functions of make bring into a recipe: the arms of `$(if …)`, the text of `$(foreach …)`, and the
//! templates that `$(eval …)` makes rules of.

use std::collections::HashSet;

use super::references::{Found, Reference, references, split};
use crate::source::Excerpt;

/// Functions within functions that are followed.
const MAX_DEPTH: usize = 8;

/// The texts that become commands where a function stands in the place of one. Which of them do, and how
/// often, is not known.
pub(super) fn branches(text: &Excerpt, depth: usize) -> Vec<Excerpt> {
    let written = text.text();
    let mut found = Vec::new();
    for reference in references(written) {
        let before = written.get(..reference.whole.start).unwrap_or("");
        if reference.kind != Reference::Name || depth >= MAX_DEPTH || !begins_command(before) {
            continue;
        }
        for branch in arms(&text.part(reference.inner)) {
            if super::matters(branch.text()) {
                found.extend(branches(&branch, depth + 1));
                found.push(branch);
            }
        }
    }
    found
}

/// The arguments of a function that it may give back.
pub(super) fn arms(inner: &Excerpt) -> Vec<Excerpt> {
    let name = inner.text().split([' ', '\t']).next().unwrap_or("");
    let skipped = match name {
        "if" => 1,
        "foreach" => 2,
        "or" | "and" => 0,
        _ => return Vec::new(),
    };
    split(inner, name.len()).into_iter().skip(skipped).collect()
}

/// True where the next word is the first of a command.
fn begins_command(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t', '@']);
    let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    before.is_empty()
        || before.ends_with(['\n', ';', '&', '|', '(', '{', '!'])
        || matches!(word, "then" | "do" | "else" | "sudo" | "exec")
}

/// Adds the names of the variables that `$(eval …)` takes for lines of the Makefile.
pub(super) fn templates(text: &Excerpt, depth: usize, names: &mut HashSet<String>) {
    let written = text.text();
    if depth >= MAX_DEPTH || memchr::memmem::find(written.as_bytes(), b"eval").is_none() {
        return;
    }
    for reference in references(written).iter().filter(|found| found.kind == Reference::Name) {
        let inner = text.part(reference.inner.clone());
        match inner.text().trim_start().strip_prefix("eval ") {
            Some(template) => names.extend(called(template)),
            None => templates(&inner, depth + 1, names),
        }
    }
}

/// The variables that a text consists of: `$(call NAME,…)` or `$(NAME)`.
fn called(template: &str) -> Vec<String> {
    let name = |found: &Found| {
        let inner = template.get(found.inner.clone()).unwrap_or("").trim();
        let name = inner.strip_prefix("call ").unwrap_or(inner);
        name.split(',').next().unwrap_or("").trim().to_owned()
    };
    references(template).iter().map(name).collect()
}
