//! `privlint`: checks files, shows what is found, and mends it when asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{CheckArgs, Format, FormatTo, Sort};
use super::baseline::Baseline;
use super::files::{self, Job, Jobs};
use super::fixing;
use super::revealed;
use super::terminal::Terminal;
use super::told;
use super::{CLEAN, FAILED, FOUND, write};
use crate::config::{Asked, FailOn};
use crate::engine::Report;
use crate::fix::Safety;
use crate::output::{self, Base, Compared, Paint, Style, Summary, plain, plain_line, plain_path, rulebook};
use crate::source::shown_path;

/// Runs a check; gives the exit code.
pub(crate) fn run(args: &CheckArgs, terminal: &mut Terminal) -> u8 {
    if let Err(why) = together(args) {
        terminal.error(&why);
        return FAILED;
    }
    let asked = Asked {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        strict: args.strict,
        no_ignores: args.no_ignores,
        selinux: args.files.selinux,
        engine: args.files.engine,
    };
    let Some(found) = files::gather(&args.files, &asked, terminal) else {
        return FAILED;
    };
    if args.show_files {
        for job in &found.jobs {
            terminal.out(&format!("{}\n", plain_path(&shown_path(&job.path))));
        }
        if !args.files.verbose {
            files::tell_fragments(&found.fragments, terminal);
        }
        return if found.failed { FAILED } else { CLEAN };
    }
    if args.show_settings {
        terminal.out(&super::holds::written(args, &found.jobs));
        return if found.failed { FAILED } else { CLEAN };
    }
    if found.jobs.is_empty() && !found.failed && !found.told && !args.files.quiet {
        terminal.say(&format!(
            "privlint: nothing to check: none of the files is {}",
            files::kinds()
        ));
    }
    let code = if args.diff {
        diff(args, &found, terminal)
    } else {
        check(args, &found, terminal)
    };
    if found.failed { FAILED } else { code }
}

/// Says which options cannot be given together.
fn together(args: &CheckArgs) -> Result<(), String> {
    if args.unsafe_fixes && !args.fixes() && !args.diff {
        return Err("--unsafe-fixes goes with --fix or --diff".to_owned());
    }
    if args.show_fixes && !args.fixes() && !args.diff {
        return Err("--show-fixes goes with --fix or --diff".to_owned());
    }
    if args.fix_only && !args.format.is_empty() {
        return Err("--fix-only shows no findings, so it goes without --format".to_owned());
    }
    let shown: Vec<&FormatTo> = args.format.iter().filter(|to| to.file.is_none()).collect();
    let to_file = |to: &FormatTo| format!("give it a file: --format {}=FILE", super::words::format_word(to.format));
    match shown.as_slice() {
        [first, second, ..] if first.format != second.format => Err(format!(
            "standard output takes one format, and `{}` is the second; {}",
            super::words::format_word(second.format),
            to_file(second)
        )),
        [one, ..] if args.diff => Err(format!(
            "--diff writes to standard output, and so would the findings; {}",
            to_file(one)
        )),
        [one, ..] if args.statistics && !matches!(one.format, Format::Full | Format::Json) => Err(format!(
            "--statistics is written as a table or as json; for the findings beside it {}",
            to_file(one)
        )),
        _ => Ok(()),
    }
}

fn at_least(args: &CheckArgs) -> Safety {
    if args.unsafe_fixes {
        Safety::Unsafe
    } else {
        Safety::Safe
    }
}

fn diff(args: &CheckArgs, found: &Jobs, terminal: &mut Terminal) -> u8 {
    let fixes = fixing::fix(found, at_least(args));
    let mut withheld = false;
    for changed in fixes.changed.values() {
        let path = shown_path(&changed.path);
        match super::diffing::diff(changed) {
            _ if terminal.is_terminal || terminal.paint.colour => {
                let shown = coloured(&super::diffing::unguarded(changed), terminal.paint);
                terminal.out(&shown);
            }
            Some(text) => terminal.out_bytes(text.as_bytes()),
            None => {
                withheld = true;
                terminal.error(&format!(
                    "{path}: its diff is not printed, because a runner of workflows would obey a line of it"
                ));
            }
        }
    }
    let mut failed = fixes.broken;
    let mut unseen = false;
    if args.fail_on_unseen || args.format.iter().any(|to| to.file.is_some()) {
        let reports = files::lint(found);
        let summary = Summary::of(&reports, found.jobs.len());
        unseen = args.fail_on_unseen && summary.unseen > 0;
        failed |= !show_in_files(args, &reports, &summary, None, terminal);
    }
    told::list_fixes(args, &fixes, found, terminal);
    revealed::say(args, &fixes, found, terminal);
    if !args.files.quiet && fixes.count() > 0 {
        let mended = rulebook::count(fixes.count(), "finding");
        let files = rulebook::count(fixes.changed.len(), "file");
        terminal.say(&format!("privlint: would fix {mended} in {files}"));
    }
    match (withheld || failed, fixes.changed.is_empty() && !unseen) {
        (true, _) => FAILED,
        (false, true) => CLEAN,
        (false, false) => FOUND,
    }
}

/// A diff for a reader: coloured, and without bytes that speak to the terminal.
fn coloured(text: &str, paint: Paint) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let body = plain(line.trim_end_matches(['\n', '\r']));
        let style = match body.chars().next() {
            Some('+') if !body.starts_with("+++ ") => Some(Style::Added),
            Some('-') if !body.starts_with("--- ") => Some(Style::Removed),
            Some('@') => Some(Style::Frame),
            Some('+' | '-') => Some(Style::Strong),
            _ => None,
        };
        match style {
            Some(style) => out.push_str(&paint.paint(style, &body)),
            None => out.push_str(&plain_line(&body)),
        }
        out.push('\n');
    }
    out
}

fn check(args: &CheckArgs, found: &Jobs, terminal: &mut Terminal) -> u8 {
    let mut failed = false;
    let mut mended = None;
    let mut reports = if args.fixes() {
        let mut fixes = fixing::fix(found, at_least(args));
        for (path, why) in fixing::write_all(&mut fixes) {
            terminal.error(&format!("{path}: {why}"));
            failed = true;
        }
        if let Some(bytes) = &found.piped {
            fixing::give_back(bytes, &fixes, terminal);
        }
        told::list_fixes(args, &fixes, found, terminal);
        revealed::say(args, &fixes, found, terminal);
        mended = Some((fixes.count(), fixes.changed.len()));
        failed |= fixes.broken;
        fixes.left(found)
    } else {
        files::lint(found)
    };
    failed |= reports.iter().any(Report::is_broken);
    if args.fix_only {
        let unseen = args.fail_on_unseen && Summary::of(&reports, found.jobs.len()).unseen > 0;
        if !args.files.quiet {
            told::say_mended(mended, terminal);
        }
        return match (failed, unseen) {
            (true, _) => FAILED,
            (false, true) => FOUND,
            (false, false) => CLEAN,
        };
    }
    crate::engine::confirm(&found.logs, &mut reports);
    for (job, report) in found.jobs.iter().zip(&mut reports) {
        super::age::enforce(job, report);
    }
    if let Some(reason) = &args.add_ignore {
        failed |= !super::ignoring::add_all(reason, &found.jobs, &mut reports, terminal);
        found.settle(&mut reports);
        told::say_of_project(&reports, terminal);
    }
    if let Some(path) = &args.write_baseline {
        let summary = Summary::of(&reports, found.jobs.len());
        let shown = args.format.is_empty() || show(args, &reports, &summary, None, false, terminal);
        let code = write_baseline(path, &reports, terminal);
        return if shown && !failed { code } else { FAILED };
    }
    let Ok(mut compared) = leave_out_known(args, &found.jobs, &mut reports, terminal) else {
        return FAILED;
    };
    if let Some(least) = args.min_severity {
        for report in &mut reports {
            report.diagnostics.retain(|d| d.severity >= least);
        }
    }
    let mut fails = fails(args, &found.jobs, &reports);
    let mut summary = Summary::of(&reports, found.jobs.len());
    summary.ignored += compared.as_ref().map_or(0, |c| c.unchanged.len());
    fails |= args.fail_on_unseen && summary.unseen > 0;
    if args.sort == Sort::Gravity {
        super::order::gravest_first(&mut reports, compared.as_mut());
    }
    // standard output is for the text alone
    let to_stderr = args.fix && found.piped.is_some();
    if args.statistics {
        let as_json = args
            .format
            .iter()
            .any(|to| to.file.is_none() && to.format == Format::Json);
        let text = super::statistics::written(&reports, as_json, terminal.paint);
        if to_stderr {
            terminal.say_shown(text.trim_end());
        } else {
            terminal.out(&text);
        }
        failed |= !show_in_files(args, &reports, &summary, compared.as_ref(), terminal);
    } else if !show(args, &reports, &summary, compared.as_ref(), to_stderr, terminal) {
        failed = true;
    }
    if !args.files.quiet {
        told::last_words(&reports, &summary, mended, terminal);
    }
    match (failed, fails) {
        (true, _) => FAILED,
        (false, true) => FOUND,
        (false, false) => CLEAN,
    }
}

/// True when a finding is at or above the severity that fails the run. A bound of privlint's own fails none.
fn fails(args: &CheckArgs, jobs: &[Job], reports: &[Report]) -> bool {
    jobs.iter().zip(reports).any(|(job, report)| {
        let least = fail_on(args, job);
        let counts = |d: &&crate::engine::Diagnostic| d.finding.rule != crate::rules::READING_LIMIT;
        report
            .diagnostics
            .iter()
            .filter(counts)
            .any(|d| least.fails(d.severity))
    })
}

fn write_baseline(path: &Path, reports: &[Report], terminal: &mut Terminal) -> u8 {
    let count: usize = reports.iter().map(|r| r.diagnostics.len()).sum();
    let shown = shown_path(path);
    let text = super::baseline::written(path, reports);
    match write::Hold::get().during(|| write::create(path, &text)) {
        Ok(()) => {
            let findings = rulebook::count(count, "finding");
            terminal.say(&format!(
                "privlint: {shown} lists {findings} (--baseline {shown} leaves them out)"
            ));
            CLEAN
        }
        Err(why) => {
            terminal.error(&format!("{shown}: {why}"));
            FAILED
        }
    }
}

/// Takes what the baselines list out of the reports; gives what that was, and what they list beside
/// it. `None` without a baseline.
///
/// # Errors
/// A baseline cannot be read: it was said.
fn leave_out_known(
    args: &CheckArgs,
    jobs: &[Job],
    reports: &mut [Report],
    terminal: &mut Terminal,
) -> Result<Option<Compared>, ()> {
    let mut baselines: BTreeMap<PathBuf, Baseline> = BTreeMap::new();
    let mut compared = Compared::default();
    for (i, (job, report)) in jobs.iter().zip(reports).enumerate() {
        let configured = || job.config.baseline().filter(|_| !args.no_ignores);
        let Some(path) = args.baseline.clone().or_else(configured) else {
            continue;
        };
        if !baselines.contains_key(&path) {
            match Baseline::read(&path) {
                Ok(baseline) => baselines.insert(path.clone(), baseline),
                Err(why) => {
                    terminal.error(&format!("{}: {why}", shown_path(&path)));
                    return Err(());
                }
            };
        }
        let known = baselines.get_mut(&path).map_or_else(Vec::new, |b| b.leave_out(report));
        compared.unchanged.extend(known.into_iter().map(|d| (i, d)));
    }
    for (path, baseline) in &baselines {
        let stale = baseline.stale(jobs);
        if !stale.is_empty() && !args.files.quiet {
            let path = shown_path(path);
            let findings = rulebook::count(stale.len(), "finding");
            terminal.say(&format!(
                "privlint: {path} lists {findings} no longer there (--write-baseline {path} to write it again)"
            ));
        }
        compared.absent.extend(stale);
    }
    Ok((!baselines.is_empty()).then_some(compared))
}

/// The least severity that makes a file's findings fail the run.
pub(crate) fn fail_on(args: &CheckArgs, job: &Job) -> FailOn {
    args.fail_on.or(job.config.file.fail_on).unwrap_or_default()
}

/// Writes the findings in the formats that go to files; false when one could not be written.
fn show_in_files(
    args: &CheckArgs,
    reports: &[Report],
    summary: &Summary,
    compared: Option<&Compared>,
    terminal: &mut Terminal,
) -> bool {
    let mut to_files = args.clone();
    to_files.format.retain(|to| to.file.is_some());
    to_files.format.is_empty() || show(&to_files, reports, summary, compared, false, terminal)
}

/// Writes the findings in every format that is asked for; false when a file could not be written.
fn show(
    args: &CheckArgs,
    reports: &[Report],
    summary: &Summary,
    compared: Option<&Compared>,
    to_stderr: bool,
    terminal: &mut Terminal,
) -> bool {
    let default = [FormatTo::default()];
    let formats = if args.format.is_empty() {
        &default[..]
    } else {
        &args.format
    };
    let mut written = true;
    for to in formats {
        let paint = match to.file {
            Some(_) => Paint::default(),
            None => terminal.paint,
        };
        let (text, cut) = render(to.format, reports, summary, compared, paint);
        if cut > 0 {
            let cap = output::RESULTS_CAP;
            terminal.error(&format!(
                "code scanning takes {cap} results, so {cut} findings are not in the SARIF log"
            ));
        }
        match &to.file {
            None if to_stderr => terminal.say_shown(text.trim_end()),
            None => terminal.out(&text),
            Some(path) => {
                if let Err(why) = write::Hold::get().during(|| write::create(path, &text)) {
                    terminal.error(&format!("{}: {why}", shown_path(path)));
                    written = false;
                }
            }
        }
    }
    written
}

/// The findings in a format, and how many did not find room in it.
fn render(
    format: Format,
    reports: &[Report],
    summary: &Summary,
    compared: Option<&Compared>,
    paint: Paint,
) -> (String, usize) {
    let base = base();
    let text = match format {
        Format::Full => output::full(reports, paint),
        Format::Concise => output::concise(reports, paint),
        Format::Json => output::pretty(&output::json(reports, summary)),
        Format::Sarif => {
            let (log, cut) = output::sarif(reports, &base, compared);
            return (output::pretty(&log), cut);
        }
        Format::Github => output::github(reports, &base),
        Format::Gitlab => output::pretty(&output::gitlab(reports, &base)),
        Format::Junit => output::junit(reports, &base),
        Format::Checkstyle => output::checkstyle(reports, &base),
        Format::Rdjson => output::pretty(&output::rdjson(reports, &base)),
        Format::Markdown => output::markdown(reports, summary, &base),
    };
    (text, 0)
}

/// Reported paths are relative to the repository; without one, to where the run started.
pub(crate) fn base() -> Base {
    let here = crate::discover::absolute(Path::new("."));
    let root = crate::discover::repository_root(&here).unwrap_or_else(|| here.clone());
    Base { here, root }
}
