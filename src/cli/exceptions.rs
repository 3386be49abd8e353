//! `privlint exceptions`: everything that is let pass, by a comment, the configuration or a baseline.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::args::{ExceptionsArgs, ExceptionsFormat};
use super::baseline::Baseline;
use super::check::base;
use super::files::{self, Job, Jobs};
use super::inspect::columns;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::{Asked, select, settings};
use crate::engine::{Diagnostic, Ignored, Report};
use crate::output::{Base, markdown_cell, plain, plain_path, pretty};
use crate::source::shown_path;

/// Lists what is let pass; gives the exit code.
pub(crate) fn run(args: &ExceptionsArgs, terminal: &mut Terminal) -> u8 {
    let asked = Asked {
        selinux: args.files.selinux,
        engine: args.files.engine,
        strict: true,
        ..Asked::default()
    };
    let Some(mut found) = files::gather(&args.files, &asked, terminal) else {
        return FAILED;
    };
    let mut reports = files::find(&found);
    let base = base();
    let mut list = by_comments(&reports, &base);
    list.extend(by_configuration(&mut found, &reports, asked, &base));
    match by_baselines(args, &found, &mut reports, &base) {
        Ok(known) => list.extend(known),
        Err(why) => {
            terminal.error(&why);
            return FAILED;
        }
    }
    list.sort_by_key(|(place, _)| *place);
    let exceptions: Vec<Value> = list.into_iter().map(|(_, exception)| exception).collect();
    let text = match args.format {
        ExceptionsFormat::Json => pretty(&json!({"version": 1, "exceptions": exceptions})),
        ExceptionsFormat::Table => {
            let head = ["WHERE", "RULE", "CONTAINER", "UNTIL", "REASON"].map(str::to_owned);
            columns(
                std::iter::once(head).chain(exceptions.iter().map(row)).collect(),
                terminal.paint,
            )
        }
        ExceptionsFormat::Markdown => markdown(&exceptions),
    };
    terminal.out(&text);
    if exceptions.is_empty() && !args.files.quiet {
        terminal.say("privlint: nothing is ignored");
    }
    if found.failed { FAILED } else { CLEAN }
}

/// The index of the report, and the line: what the list is ordered by.
type Place = (usize, u32);

fn by_comments(reports: &[Report], base: &Base) -> Vec<(Place, Value)> {
    let one = |(i, report): (usize, &Report), ignored: &Ignored| {
        let more = json!({
            "by": "comment",
            "reason": ignored.reason,
            "until": ignored.until,
            "comment_line": report.reading.source().line_of(ignored.comment.start),
        });
        exception(i, report, &ignored.diagnostic, base, more)
    };
    let reports = reports.iter().enumerate();
    let all = reports.flat_map(|(i, report)| report.ignored.iter().map(move |ignored| one((i, report), ignored)));
    all.collect()
}

/// What would be found if the configuration let nothing pass.
fn by_configuration(found: &mut Jobs, reports: &[Report], asked: Asked, base: &Base) -> Vec<(Place, Value)> {
    // what nobody asked for is no exception
    let asked = Asked { strict: false, ..asked };
    for job in &mut found.jobs {
        let open = settings(&job.config.without_passes(), &asked, &job.path, &job.settings.today);
        let traced = std::mem::take(&mut job.settings.traced);
        job.settings = crate::engine::Settings { traced, ..open };
    }
    let mut list = Vec::new();
    for (i, (all, report)) in files::find(found).iter().zip(reports).enumerate() {
        let ignored = report.ignored.iter().map(|ignored| &ignored.diagnostic);
        let known: HashSet<(&str, &str)> = report.diagnostics.iter().chain(ignored).map(key).collect();
        // what is said of comments, and of a project as a whole, is about no privilege
        let of_container = |d: &&Diagnostic| d.container.is_some() && d.of_project.is_none();
        let hidden = all.diagnostics.iter().filter(of_container);
        for diagnostic in hidden.filter(|d| !known.contains(&key(d))) {
            let Some(job) = found.jobs.get(i) else { continue };
            let from = job.config.path.as_deref().map(shown_path);
            let more = json!({"by": "configuration", "key": passing_key(job, diagnostic.finding.rule), "in": from});
            list.push(exception(i, all, diagnostic, base, more));
        }
    }
    list
}

fn key(diagnostic: &Diagnostic) -> (&str, &str) {
    (diagnostic.finding.rule, &diagnostic.fingerprint)
}

/// The key of the configuration that lets a rule's findings pass.
fn passing_key(job: &Job, rule: &str) -> &'static str {
    let file = &job.config.file;
    if select(&file.ignore).contains(rule) {
        return "ignore";
    }
    if select(&job.config.ignored_in(&job.path)).contains(rule) {
        return "per-file-ignores";
    }
    let options = file.rules.iter().find(|(name, _)| name.0 == rule);
    match options {
        Some((_, options)) if options.allow.is_empty() => "allow-images",
        _ => "allow",
    }
}

fn by_baselines(
    args: &ExceptionsArgs,
    found: &Jobs,
    reports: &mut [Report],
    base: &Base,
) -> Result<Vec<(Place, Value)>, String> {
    let mut baselines: BTreeMap<PathBuf, Baseline> = BTreeMap::new();
    let mut list = Vec::new();
    for (i, (job, report)) in found.jobs.iter().zip(reports).enumerate() {
        let Some(path) = args.baseline.clone().or_else(|| job.config.baseline()) else {
            continue;
        };
        let shown = shown_path(&path);
        let baseline = match baselines.entry(path) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let read = Baseline::read(entry.key()).map_err(|why| format!("{shown}: {why}"))?;
                entry.insert(read)
            }
        };
        for diagnostic in baseline.leave_out(report) {
            let more = json!({"by": "baseline", "in": shown});
            list.push(exception(i, report, &diagnostic, base, more));
        }
    }
    Ok(list)
}

fn exception(index: usize, report: &Report, diagnostic: &Diagnostic, base: &Base, more: Value) -> (Place, Value) {
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let container = diagnostic.container.and_then(|i| report.reading.containers.get(i));
    let line = source.line_of(finding.primary.span.start);
    let mut exception = json!({
        "rule": finding.rule,
        "severity": diagnostic.severity.as_str(),
        "message": finding.message,
        "file": base.path(&source.path),
        "line": line,
        "container": container.map(crate::container::Container::called),
        "by": null,
        "key": null,
        "in": null,
        "reason": null,
        "until": null,
        "comment_line": null,
        "fingerprint": diagnostic.fingerprint,
    });
    if let (Some(map), Value::Object(more)) = (exception.as_object_mut(), more) {
        map.extend(more);
    }
    ((index, line), exception)
}

fn row(exception: &Value) -> [String; 5] {
    let text = |key: &str| match exception.get(key) {
        Some(Value::String(text)) => plain(text).into_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => "-".to_owned(),
    };
    let reason = match text("by").as_str() {
        "configuration" => format!("`{}` in {}", text("key"), plain_path(&text("in"))),
        "baseline" => format!("listed in {}", plain_path(&text("in"))),
        _ => text("reason"),
    };
    [
        format!("{}:{}", plain_path(&text("file")), text("line")),
        text("rule"),
        text("container"),
        text("until"),
        reason,
    ]
}

fn markdown(exceptions: &[Value]) -> String {
    let mut out = String::from("| where | rule | container | until | reason |\n|---|---|---|---|---|\n");
    for exception in exceptions {
        let cells = row(exception).map(|cell| markdown_cell(&cell));
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}
