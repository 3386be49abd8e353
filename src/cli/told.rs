//! What is said on standard error beside the findings.

use std::path::Path;

use super::args::CheckArgs;
use super::files::Jobs;
use super::fixing::Fixes;
use super::terminal::Terminal;
use crate::engine::Report;
use crate::output::{Summary, rulebook};

/// `--show-fixes`: what was mended, or would be, on standard error.
pub(super) fn list_fixes(args: &CheckArgs, fixes: &Fixes, found: &Jobs, terminal: &mut Terminal) {
    if args.show_fixes {
        fixes.lines(found).iter().for_each(|line| terminal.say(line));
    }
}

pub(super) fn say_mended(mended: Option<(usize, usize)>, terminal: &mut Terminal) {
    if let Some((applied, files)) = mended.filter(|(applied, _)| *applied > 0) {
        let (applied, files) = (rulebook::count(applied, "finding"), rulebook::count(files, "file"));
        terminal.say(&format!("privlint: fixed {applied} in {files}"));
    }
}

/// `--add-ignore`: why what is found of a project as a whole got no comment.
pub(super) fn say_of_project(reports: &[Report], terminal: &mut Terminal) {
    let mut found = reports.iter().flat_map(|report| &report.diagnostics);
    if found.any(|d| d.finding.rule == "unknown-needs") {
        terminal.say(
            "privlint: no comment is written for `unknown-needs`, which is about the project: \
             `ignore: [unknown-needs]` in .privlint.yaml silences it",
        );
    }
}

/// What is said on standard error after the findings.
pub(super) fn last_words(
    reports: &[Report],
    summary: &Summary,
    mended: Option<(usize, usize)>,
    terminal: &mut Terminal,
) {
    say_mended(mended, terminal);
    if summary.findings() > 0 {
        terminal.say(&format!("privlint: {}", summary.sentence()));
    } else if terminal.is_terminal && !reports.is_empty() {
        let files = rulebook::count(reports.len(), "file");
        let containers: usize = reports.iter().map(|r| r.reading.containers.len()).sum();
        let containers = rulebook::count(containers, "container");
        terminal.say(&format!("privlint: {files}, {containers}, nothing found"));
    }
    if let Some(said) = summary.aside_sentence() {
        terminal.say(&format!("privlint: {said}"));
    }
    if let Some(said) = summary.unseen_sentence() {
        terminal.say(&format!("privlint: {said}"));
    }
    if reports.iter().any(|r| r.selinux_undecided) && enforces_selinux() {
        terminal.say(
            "privlint: this machine enforces SELinux, but nothing says that the targets do; \
             some mounts went unchecked (--selinux=on to check them)",
        );
    }
}

fn enforces_selinux() -> bool {
    std::fs::read_to_string(Path::new("/sys/fs/selinux/enforce")).is_ok_and(|text| text.trim() == "1")
}
