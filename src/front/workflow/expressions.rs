//! `${{ … }}`: filled in before the shell or the engine sees it.

use std::ops::Range;

use super::Page;
use crate::container::Hole;
use crate::front::reading::Open;
use crate::front::yaml::NodeId;
use crate::source::{Excerpt, Span};

/// Where expressions stand in a text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(from) = rest.find("${{")
        && let Some(len) = rest.get(from..).and_then(|tail| tail.find("}}"))
    {
        found.push(at + from..at + from + len + "}}".len());
        at += from + len + "}}".len();
    }
    found
}

/// What stands between the braces.
pub(super) fn inner(expression: &str) -> &str {
    let inner = expression.strip_prefix("${{").unwrap_or(expression);
    inner.strip_suffix("}}").unwrap_or(inner).trim()
}

/// What is known of an expression's value.
pub(super) fn hole(expression: &str) -> Hole {
    match inner(expression) {
        "github.workspace" => Hole::WorkingDirectory,
        other => Hole::Variable(other.to_owned()),
    }
}

/// Appends a text to a script: expressions whose value the file says are filled in, the others are parts
/// that are not known.
pub(super) fn fill(page: &Page, scopes: &[NodeId], body: &Excerpt, out: &mut Excerpt, open: &mut Open) {
    let text = body.text();
    let mut done = 0;
    for range in find(text) {
        out.append(&body.part(done..range.start));
        done = range.end;
        let written = text.get(range.clone()).unwrap_or("");
        match value(page, scopes, inner(written)) {
            Some(value) => out.append(&value),
            None => {
                let span = body.outer_span_near(Span::new(range.start, range.end));
                open.gap(out, written, span, hole(written));
            }
        }
    }
    out.append(&body.part(done..text.len()));
}

/// The value of `env.NAME`, and of `matrix.NAME` where it is the only one.
fn value(page: &Page, scopes: &[NodeId], expression: &str) -> Option<Excerpt> {
    let node = match expression.split_once('.')? {
        ("env", name) => variable(page, scopes, name)?,
        ("matrix", name) => {
            let mut jobs = scopes.iter().rev();
            let matrix = jobs.find_map(|&job| page.get(page.get(job, "strategy")?, "matrix"))?;
            if page.get(matrix, "include").is_some() {
                return None;
            }
            match page.items(page.get(matrix, name)?).as_slice() {
                [only] => *only,
                _ => return None,
            }
        }
        _ => return None,
    };
    let scalar = page.scalar(node)?;
    let plain = !scalar.value().contains("${{") && !scalar.value().contains('\n');
    plain.then(|| scalar.excerpt())
}

/// What the nearest `env:` around a step says of a variable.
pub(super) fn variable(page: &Page, scopes: &[NodeId], name: &str) -> Option<NodeId> {
    let mut scopes = scopes.iter().rev();
    scopes.find_map(|&scope| page.get(page.get(scope, "env")?, name))
}
