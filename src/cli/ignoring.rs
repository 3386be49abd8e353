//! `--add-ignore`: an ignore comment with a reason at every finding shown, each proven to do just that.

use std::path::Path;

use super::files::Job;
use crate::container::FileId;
use crate::discover;
use crate::engine::{self, Diagnostic, Report, Tree, TreeCache};
use crate::source::{Source, Span};

/// Findings of one file that comments are written for in one run.
const FINDINGS_CAP: usize = 500;
/// Places that are tried for one comment.
const PLACES_CAP: usize = 8;

/// What came of a file.
pub(crate) struct Added {
    /// Its text with the comments.
    pub(crate) text: String,
    /// How many findings are ignored now.
    pub(crate) added: usize,
    /// What is found still.
    pub(crate) left: Report,
}

/// Adds comments to the text of a job.
pub(crate) fn add(job: &Job, reason: &str) -> Option<Added> {
    let (_, text) = job.text.as_ref().ok()?;
    let cache = TreeCache::default();
    let mut done = Added {
        left: lint(job, text, &cache)?,
        text: text.clone(),
        added: 0,
    };
    // what is said of a project as a whole is for the configuration to silence
    let of_files = done
        .left
        .diagnostics
        .iter()
        .filter(|d| d.finding.rule != "unknown-needs");
    let mut wanted: Vec<String> = of_files.map(|d| d.fingerprint.clone()).collect();
    wanted.truncate(FINDINGS_CAP);
    for fingerprint in wanted {
        // a comment for an earlier finding may cover this one too
        let Some(diagnostic) = find(&done.left, &fingerprint) else {
            continue;
        };
        if diagnostic.finding.primary.file != FileId(0) {
            continue;
        }
        let places = places(&done.left, diagnostic.finding.primary.span);
        let rule = diagnostic.finding.rule;
        for line in places {
            let text = with_comment(done.left.reading.source(), line, rule, reason);
            let Some(report) = lint(job, &text, &cache) else {
                continue;
            };
            if only_hides(&done.left, &report, rule, &fingerprint) {
                done.added += done.left.diagnostics.len() - report.diagnostics.len();
                done.text = text;
                done.left = report;
                break;
            }
        }
    }
    Some(done)
}

fn find<'a>(report: &'a Report, fingerprint: &str) -> Option<&'a Diagnostic> {
    report.diagnostics.iter().find(|d| d.fingerprint == fingerprint)
}

fn lint(job: &Job, text: &str, cache: &TreeCache) -> Option<Report> {
    let (kind, _) = job.text.as_ref().ok()?;
    let tree = Tree {
        open: &|path: &Path| job.open(path),
        root: &job.root,
        list: &discover::list_tree,
        cache,
    };
    Some(engine::lint(&job.path, *kind, text.to_owned(), &job.settings, &tree))
}

/// True when the finding is gone, and nothing else changed but findings of the same rule.
fn only_hides(before: &Report, after: &Report, rule: &str, fingerprint: &str) -> bool {
    let others = |report: &Report| -> Vec<(&'static str, String)> {
        let kept = report.diagnostics.iter().filter(|d| d.finding.rule != rule);
        kept.map(|d| (d.finding.rule, d.fingerprint.clone())).collect()
    };
    find(after, fingerprint).is_none()
        && after.diagnostics.len() < before.diagnostics.len()
        && after.ignored.len() > before.ignored.len()
        && others(before) == others(after)
}

/// The lines, from 1, above which a comment may cover the bytes: those that the nodes around them
/// begin on, the innermost first, and their own.
fn places(report: &Report, span: Span) -> Vec<u32> {
    let source = report.reading.source();
    let mut around: Vec<Span> = report
        .reading
        .nodes
        .iter()
        .copied()
        .filter(|node| node.start <= span.start && span.start < node.end.max(node.start + 1))
        .collect();
    around.sort_by_key(|node| node.len());
    let mut lines: Vec<u32> = Vec::new();
    let own = source.line_of(span.start);
    for line in around.iter().map(|node| source.line_of(node.start)).chain([own]) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(PLACES_CAP);
    lines
}

/// The text with a comment above a line, or with the rule in the list of the comment that is there.
fn with_comment(source: &Source, line: u32, rule: &str, reason: &str) -> String {
    let text = source.text();
    let (before, at, added) = match existing(source, line) {
        Some(at) => (text.get(..at), at, format!(", {rule}")),
        None => {
            let start = source.full_line_span(line).start as usize;
            // the byte-order mark stays the first thing of the file
            let at = if start == 0 { source.bom_len() } else { start };
            let indent = source.indent_of(line);
            let end = source.line_ending().as_str();
            let comment = format!("{indent}# privlint: ignore[{rule}] {reason}{end}");
            (text.get(..at), at, comment)
        }
    };
    format!("{}{added}{}", before.unwrap_or(text), text.get(at..).unwrap_or(""))
}

/// The byte of the `]` of an ignore comment that stands alone on the line above.
fn existing(source: &Source, line: u32) -> Option<usize> {
    let above = source.line_span(line.checked_sub(1).filter(|n| *n > 0)?);
    let text = source.slice(above);
    let list = text.trim_start().strip_prefix("# privlint: ignore[")?;
    let before = text.len() - list.len();
    Some(above.start as usize + before + list.find(']')?)
}
