//! `--fix`: rounds of fixes until no more can be made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::container::FileId;
use crate::fix::{Edit, Safety, apply};
use crate::front::Kind;
use crate::source::Span;

use super::lint::lint_within;
use super::prove::PROOF_COST;
use super::{Report, Settings, Tree};

/// What `--fix` makes of a file.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The new text of the file.
    pub text: String,
    /// What was mended, in the order of the rounds.
    pub mended: Vec<Mended>,
    /// Other files that the fixes led to, with their new texts.
    pub others: Vec<(PathBuf, String)>,
    /// What is left to be found in the new text.
    pub left: Report,
}

/// A finding that a fix mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The line it stood on when its fix was made, from 1.
    pub line: u32,
    /// The rule.
    pub rule: &'static str,
    /// What the fix did, as its title says it.
    pub title: String,
}

/// At most this many rounds: a fix held back by an overlap waits for the next, and so does what only
/// a fix brings to light.
const ROUNDS: usize = 8;

/// Applies the fixes that are at least as safe as asked. Writes nothing.
///
/// What a fix brings to light is mended too (a container that SELinux confines again needs its labels),
/// so that a second run has nothing left to do.
pub fn fix(path: &Path, kind: Kind, text: String, settings: &Settings, tree: &Tree, at_least: Safety) -> Fixed {
    // what the rounds cost together is bounded, however little each of them gets done
    let mut proofs = 2 * PROOF_COST;
    let mut fixed = Fixed {
        left: lint_within(path, kind, text.clone(), settings, tree, &mut proofs),
        text,
        mended: Vec::new(),
        others: Vec::new(),
    };
    // each fix was proven by itself: where all of a round together break the text, one is made at a time
    let mut most = usize::MAX;
    for _ in 0..ROUNDS {
        let (edits, made) = choose(&fixed.left, at_least, most);
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
        let overlaid = |p: &Path| match others.iter().find(|(o, _)| o == p) {
            Some((_, text)) => Some(text.clone()),
            None => (tree.open)(p),
        };
        let now = Tree {
            open: &overlaid,
            folder: tree.folder,
            root: tree.root,
            list: tree.list,
            cache: tree.cache,
        };
        let left = lint_within(path, kind, text.clone(), settings, &now, &mut proofs);
        if breaks(&fixed.left, &left) {
            if most == 1 {
                break;
            }
            most = 1;
            continue;
        }
        fixed.mended.extend(made);
        fixed.text = text;
        fixed.others = others;
        fixed.left = left;
    }
    fixed
}

/// True where more of a text cannot be read than before.
fn breaks(before: &Report, after: &Report) -> bool {
    let wrong = |report: &Report| report.reading.problems.iter().filter(|p| !p.bound).count();
    wrong(after) > wrong(before)
}

/// The edits of one round, those of the fixes that do not touch an earlier one, and what they mend.
fn choose(report: &Report, at_least: Safety, most: usize) -> (Vec<Edit>, Vec<Mended>) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut made = Vec::new();
    let mut taken = Taken::default();
    for diagnostic in &report.diagnostics {
        if made.len() >= most {
            break;
        }
        let Some(fix) = diagnostic.fix.as_ref().filter(|f| f.safety >= at_least) else {
            continue;
        };
        if !taken.leaves_only_comments(&fix.edits, report) && taken.take(&fix.edits) {
            edits.extend(fix.edits.iter().cloned());
            let primary = &diagnostic.finding.primary;
            made.push(Mended {
                line: report.reading.file(primary.file).line_of(primary.span.start),
                rule: diagnostic.finding.rule,
                title: fix.title.clone(),
            });
        }
    }
    (edits, made)
}

/// The bytes that the fixes chosen so far replace, by file and start.
#[derive(Default)]
struct Taken(BTreeMap<(FileId, u32), (u32, Edit)>);

impl Taken {
    /// True where something is removed next to what another fix removes, with only blanks and comments
    /// between, or added there behind a comment. Each may be the rest of one list, and a list that both
    /// together empty has to go with its key, which neither of them knows; so has one that stays.
    fn leaves_only_comments(&self, edits: &[Edit], report: &Report) -> bool {
        let meet = |first: &Edit, second: &Edit| {
            let between = Span {
                start: first.span.end,
                end: second.span.start.max(first.span.end),
            };
            let between = report.reading.file(first.file).slice(between);
            let mut lines = between
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .peekable();
            let commented = lines.peek().is_some();
            let both_remove = first.text.is_empty() && second.text.is_empty();
            let one_removes = first.text.is_empty() || second.text.is_empty();
            (both_remove || one_removes && commented) && lines.all(|line| line.starts_with(['#', ';']))
        };
        edits.iter().any(|edit| {
            let before = self.0.range(..(edit.file, edit.span.start)).next_back();
            let after = self.0.range((edit.file, edit.span.end)..).next();
            let before = before.filter(|((file, _), _)| *file == edit.file);
            let after = after.filter(|((file, _), _)| *file == edit.file);
            before.is_some_and(|(_, (_, other))| meet(other, edit))
                || after.is_some_and(|(_, (_, other))| meet(edit, other))
        })
    }

    /// Takes the bytes of some edits, unless one of them touches what is taken. Equal edits are one
    /// edit: two findings that are mended by the same removal.
    fn take(&mut self, edits: &[Edit]) -> bool {
        let clashes = |edit: &Edit| {
            let before = self.0.range(..=(edit.file, edit.span.end)).next_back();
            before.is_some_and(|((file, start), (end, other))| {
                let touches = *file == edit.file && *start <= edit.span.end && edit.span.start <= *end;
                touches && other != edit
            })
        };
        if edits.iter().any(clashes) {
            return false;
        }
        for edit in edits {
            let end = edit.span.end;
            self.0.insert((edit.file, edit.span.start), (end, edit.clone()));
        }
        true
    }
}
