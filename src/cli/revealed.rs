//! What fixes bring to light under rules that are not selected: without the flag that gave everything, what stands
//! beside it counts.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::args::CheckArgs;
use super::files::{Job, Jobs};
use super::fixing::{self, Fixes};
use super::terminal::Terminal;
use crate::config::{Asked, settings};
use crate::engine::{Report, Settings, TreeCache};
use crate::source::{normal_path, shown_path};

/// Findings that are named at most.
const NAMES_CAP: usize = 8;

/// Says it in one line; nothing where every default rule is selected.
pub(super) fn say(args: &CheckArgs, fixes: &Fixes, found: &Jobs, terminal: &mut Terminal) {
    if args.files.quiet || fixes.changed.is_empty() {
        return;
    }
    let narrowed = |job: &&Job| args.select.is_some() || job.config.file.select.is_some();
    let changed = |job: &&Job| fixes.changed.contains_key(&normal_path(&job.path));
    let (before, after) = (TreeCache::default(), TreeCache::default());
    let nothing = BTreeMap::new();
    let mut named = Vec::new();
    for job in found.jobs.iter().filter(narrowed).filter(changed) {
        let wide = of_all_rules(args, job);
        let was = fixing::find(job, &wide, &nothing, &before);
        let is = fixing::find(job, &wide, &fixes.changed, &after);
        named.extend(new(&was, &is, &job.settings));
    }
    if named.is_empty() {
        return;
    }
    let more = match named.len().saturating_sub(NAMES_CAP) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    named.truncate(NAMES_CAP);
    terminal.say(&format!(
        "privlint: once fixed, rules that were not selected report: {}{more}",
        named.join(", ")
    ));
}

/// What would hold for a file if nothing were selected.
fn of_all_rules(args: &CheckArgs, job: &Job) -> Settings {
    let asked = Asked {
        ignore: args.ignore.clone(),
        no_ignores: args.no_ignores,
        selinux: args.files.selinux,
        engine: args.files.engine,
        ..Asked::default()
    };
    let all = settings(&job.config.without_selection(), &asked, &job.path, &job.settings.today);
    Settings {
        traced: job.settings.traced.clone(),
        ..all
    }
}

/// The findings of other rules that were not there before, as `privileged at run.sh:3`.
fn new(was: &Report, is: &Report, selected: &Settings) -> Vec<String> {
    let known: HashSet<(&str, &str)> = was
        .diagnostics
        .iter()
        .map(|d| (d.finding.rule, d.fingerprint.as_str()))
        .collect();
    let other = is.diagnostics.iter().filter(|d| {
        let rule = d.finding.rule;
        d.container.is_some() && !selected.rules.contains(rule) && !known.contains(&(rule, d.fingerprint.as_str()))
    });
    let name = |d: &crate::engine::Diagnostic| {
        let source = is.reading.file(d.finding.primary.file);
        let path: PathBuf = source.path.clone();
        let line = source.line_of(d.finding.primary.span.start);
        format!("{} at {}:{line}", d.finding.rule, shown_path(&path))
    };
    other.map(name).collect()
}
