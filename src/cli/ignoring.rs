//! `--add-ignore`: an ignore comment with a reason at every finding shown, each proven to do just that.

use std::path::Path;

use super::files::Job;
use super::terminal::Terminal;
use super::write;
use crate::container::FileId;
use crate::discover;
use crate::engine::{self, Diagnostic, Report, Tree, TreeCache};
use crate::output::rulebook;
use crate::source::{Source, Span, shown_path};

/// Findings of one file that comments are written for in one run.
const FINDINGS_CAP: usize = 500;
/// Times that a comment is made wider for what it brings to light.
const ROUNDS: usize = 3;
/// Places that are tried for one comment.
const PLACES_CAP: usize = 8;

/// What came of a file.
struct Added {
    /// Its text with the comments.
    text: String,
    /// How many findings are ignored now.
    added: usize,
    /// What is found still.
    left: Report,
    /// What got no comment: line, rule, and why.
    without: Vec<(u32, &'static str, &'static str)>,
}

/// Writes ignore comments and puts what is left in the place of the reports; false when a file could
/// not be written.
pub(crate) fn add_all(reason: &str, jobs: &[Job], reports: &mut [Report], terminal: &mut Terminal) -> bool {
    let (mut added, mut files, mut written) = (0, 0, true);
    let hold = write::Hold::get();
    for (job, report) in jobs.iter().zip(reports).filter(|(job, _)| !job.stdin) {
        let (Ok((_, before)), Some(done)) = (&job.text, add(job, reason)) else {
            continue;
        };
        for (line, rule, why) in &done.without {
            let at = format!("{}:{line}", shown_path(&job.path));
            terminal.say(&format!("privlint: {at}: no comment is written for `{rule}`: {why}"));
        }
        if done.added == 0 {
            continue;
        }
        match hold.during(|| write::replace(&job.path, before, &done.text)) {
            Ok(()) => {
                added += done.added;
                files += 1;
                *report = done.left;
            }
            Err(why) => {
                terminal.error(&format!("{}: {why}", shown_path(&job.path)));
                written = false;
            }
        }
    }
    let added_any = added > 0;
    let (added, files) = (rulebook::count(added, "finding"), rulebook::count(files, "file"));
    match added_any {
        true => terminal.say(&format!("privlint: {added} ignored by comments in {files}")),
        false => terminal.say("privlint: no comment was added"),
    }
    written
}

/// Adds comments to the text of a job.
fn add(job: &Job, reason: &str) -> Option<Added> {
    let (_, text) = job.text.as_ref().ok()?;
    let cache = TreeCache::default();
    let mut done = Added {
        left: lint(job, text, &cache)?,
        text: text.clone(),
        added: 0,
        without: Vec::new(),
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
        let primary = &diagnostic.finding.primary;
        let (rule, line) = (
            diagnostic.finding.rule,
            done.left.reading.source().line_of(primary.span.start),
        );
        if primary.file != FileId(0) {
            let line = done.left.reading.file(primary.file).line_of(primary.span.start);
            done.without.push((line, rule, "it stands in another file"));
            continue;
        }
        let places = places(&done.left, primary.span);
        let mut tried = places
            .into_iter()
            .filter_map(|line| commented(job, &done.left, line, rule, &fingerprint, reason, &cache));
        match tried.next() {
            Some((text, report)) => {
                done.added += done.left.diagnostics.len() - report.diagnostics.len();
                done.text = text;
                done.left = report;
            }
            None => done.without.push((line, rule, "no comment above it covers just this")),
        }
    }
    Some(done)
}

/// The text with a comment above a line that hides a finding and shows no other. A rule that only the
/// comment brings to light (what a privilege made inert) is named beside.
fn commented(
    job: &Job,
    before: &Report,
    line: u32,
    rule: &str,
    fingerprint: &str,
    reason: &str,
    cache: &TreeCache,
) -> Option<(String, Report)> {
    let mut names = vec![rule.to_owned()];
    for _ in 0..ROUNDS {
        let text = with_comment(before.reading.source(), line, &names.join(", "), reason);
        let after = lint(job, &text, cache)?;
        let uncovered = uncovered(before, &after);
        if uncovered.is_empty() {
            return only_hides(before, &after, &names, fingerprint).then_some((text, after));
        }
        names.extend(
            uncovered
                .into_iter()
                .filter(|name| !names.iter().any(|n| n == name))
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        );
    }
    None
}

/// The rules that find something after and did not before.
fn uncovered(before: &Report, after: &Report) -> Vec<&'static str> {
    let new = after
        .diagnostics
        .iter()
        .filter(|d| find(before, &d.fingerprint).is_none());
    let mut rules: Vec<&'static str> = new.map(|d| d.finding.rule).collect();
    rules.dedup();
    rules
}

fn find<'a>(report: &'a Report, fingerprint: &str) -> Option<&'a Diagnostic> {
    report.diagnostics.iter().find(|d| d.fingerprint == fingerprint)
}

fn lint(job: &Job, text: &str, cache: &TreeCache) -> Option<Report> {
    let (kind, _) = job.text.as_ref().ok()?;
    let tree = Tree {
        open: &|path: &Path| job.open(path),
        folder: &|folder: &Path| job.folder(folder),
        root: &job.root,
        list: &discover::list_tree,
        cache,
    };
    Some(engine::lint(&job.path, *kind, text.to_owned(), &job.settings, &tree))
}

/// True when the finding is gone, and nothing else changed but findings of the rules named.
fn only_hides(before: &Report, after: &Report, rules: &[String], fingerprint: &str) -> bool {
    let others = |report: &Report| -> Vec<(&'static str, String)> {
        let kept = report.diagnostics.iter();
        let kept = kept.filter(|d| !rules.iter().any(|rule| rule == d.finding.rule));
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
