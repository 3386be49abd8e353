//! `--fix`: rounds of fixes until those of the first report are made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::container::FileId;
use crate::fix::{Edit, Safety, apply, overlap};
use crate::front::Kind;

use super::{Report, Settings, Tree, lint};

/// What `--fix` makes of a file.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The new text of the file.
    pub text: String,
    /// How many findings were mended.
    pub applied: usize,
    /// Other files that the fixes led to, with their new texts.
    pub others: Vec<(PathBuf, String)>,
    /// What is left to be found in the new text.
    pub left: Report,
}

/// At most this many rounds: a fix held back by an overlap waits for the next.
const ROUNDS: usize = 8;

/// Applies the fixes that are at least as safe as asked. Writes nothing.
///
/// Only findings of the first report are mended: what a fix brings to light is for the next run.
pub fn fix(path: &Path, kind: Kind, text: String, settings: &Settings, tree: &Tree, at_least: Safety) -> Fixed {
    let mut fixed = Fixed {
        left: lint(path, kind, text.clone(), settings, tree),
        text,
        applied: 0,
        others: Vec::new(),
    };
    let wanted = |report: &Report| -> BTreeSet<String> {
        let fixable = report
            .diagnostics
            .iter()
            .filter(|d| d.fix.as_ref().is_some_and(|f| f.safety >= at_least));
        fixable.map(|d| d.fingerprint.clone()).collect()
    };
    let mut open_fixes = wanted(&fixed.left);
    for _ in 0..ROUNDS {
        let (edits, made) = choose(&fixed.left, &open_fixes, at_least);
        if edits.is_empty() {
            break;
        }
        let Some(text) = apply(fixed.left.reading.source(), FileId(0), &edits) else {
            break;
        };
        let mut others = fixed.others.clone();
        for (i, source) in fixed.left.reading.sources.iter().enumerate().skip(1) {
            let id = FileId(u16::try_from(i).unwrap_or(u16::MAX));
            if !edits.iter().any(|e| e.file == id) {
                continue;
            }
            if let Some(text) = apply(source, id, &edits) {
                others.retain(|(p, _)| p != &source.path);
                others.push((source.path.clone(), text));
            }
        }
        open_fixes.retain(|f| !made.contains(f));
        fixed.applied += made.len();
        fixed.text = text;
        fixed.others = others;
        let overlaid = |p: &Path| match fixed.others.iter().find(|(o, _)| o == p) {
            Some((_, text)) => Some(text.clone()),
            None => (tree.open)(p),
        };
        let now = Tree {
            open: &overlaid,
            root: tree.root,
            list: tree.list,
            cache: tree.cache,
        };
        fixed.left = lint(path, kind, fixed.text.clone(), settings, &now);
        if open_fixes.is_empty() {
            break;
        }
    }
    fixed
}

/// The edits of one round: those of the wanted fixes that do not touch an earlier one.
fn choose(report: &Report, wanted: &BTreeSet<String>, at_least: Safety) -> (Vec<Edit>, BTreeSet<String>) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut made = BTreeSet::new();
    let mut chosen: Vec<&[Edit]> = Vec::new();
    for diagnostic in report.diagnostics.iter().filter(|d| wanted.contains(&d.fingerprint)) {
        let Some(fix) = diagnostic.fix.as_ref().filter(|f| f.safety >= at_least) else {
            continue;
        };
        // Equal edits are one edit: two findings that are mended by the same removal.
        let clashes = |other: &&&[Edit]| **other != fix.edits.as_slice() && overlap(other, &fix.edits);
        if chosen.iter().any(|other| clashes(&other)) {
            continue;
        }
        chosen.push(&fix.edits);
        edits.extend(fix.edits.iter().cloned());
        made.insert(diagnostic.fingerprint.clone());
    }
    (edits, made)
}
