//! Refusals as rustc would show them: the place in the file, the line of the log beside it, what can be
//! written.

use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label as ShownLabel, LabelStyle};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{Chars, Config, emit_to_write_style};

use super::full::{Writer, arrows, fix};
use super::paint::{Paint, Style};
use super::plain::{plain, plain_line, plain_path};
use super::window::Windows;
use crate::container::{FileId, Text};
use crate::engine::{Explained, Report, Solved};
use crate::evidence::{Denial, DenialKind, Log};
use crate::source::Span;

/// Characters of a line of a log that are shown.
const SHOWN_CAP: usize = 400;

/// What logs say, and what was read to compare it with.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The logs.
    pub logs: &'a [Log],
    /// What was read.
    pub reports: &'a [Report],
    /// The refusals, solved.
    pub solved: &'a [Solved],
    /// The listings, explained.
    pub explained: &'a [Explained],
}

impl<'a> Case<'a> {
    /// The log and the record of a refusal.
    pub fn denial(&self, solved: &Solved) -> Option<(&'a Log, &'a Denial)> {
        let log = self.logs.get(solved.log)?;
        Some((log, log.denials.get(solved.denial)?))
    }

    /// The place that a refusal points at: its report, the file in it, what is underlined.
    pub fn place(&self, solved: &Solved) -> Option<(&'a Report, FileId, Span)> {
        let launch = solved.launch.as_ref()?;
        let report = self.reports.get(launch.report)?;
        let container = report.reading.containers.get(launch.container)?;
        let mount = launch.fit.mount.and_then(|m| container.mounts.get(m)).map(|w| &w.place);
        let device = launch
            .fit
            .device
            .and_then(|d| container.devices.get(d))
            .map(|w| &w.place);
        Some(match mount.or(device) {
            Some(place) => (report, place.file, place.value),
            None => (report, container.file, container.head),
        })
    }
}

/// Every refusal and every listing, a block each.
pub fn denials(case: Case, paint: Paint) -> String {
    let mut out = String::new();
    let (found, lost): (Vec<&Solved>, Vec<&Solved>) = case.solved.iter().partition(|s| s.launch.is_some());
    for solved in found.into_iter().chain(lost) {
        if let Some((log, denial)) = case.denial(solved) {
            out.push_str(&block(case, solved, log, denial, paint));
            out.push('\n');
        }
    }
    for explained in case.explained {
        let Some(log) = case.logs.get(explained.log) else {
            continue;
        };
        let Some(seen) = log.observations.get(explained.observation) else {
            continue;
        };
        let at = format!("{}:{}", plain_path(&log.path), seen.line);
        let word = paint.paint(Style::Help, "listed");
        out.push_str(&format!("{word}: {}\n  {at}", plain(&explained.text)));
        if let Some(container) = explained.launch.and_then(|(r, c)| Some((case.reports.get(r)?, c))) {
            let (report, index) = container;
            if let Some(c) = report.reading.containers.get(index) {
                let source = report.reading.file(c.file);
                out.push_str(&format!(
                    ", {}:{}",
                    plain(&source.shown_path()),
                    source.line_of(c.head.start)
                ));
            }
        }
        out.push_str("\n\n");
    }
    out
}

fn block(case: Case, solved: &Solved, log: &Log, denial: &Denial, paint: Paint) -> String {
    let severity = match (denial.let_pass, solved.launch.is_some()) {
        (false, true) => codespan_reporting::diagnostic::Severity::Warning,
        _ => codespan_reporting::diagnostic::Severity::Note,
    };
    let mut shown = Shown::new(severity)
        .with_code(code(denial))
        .with_message(plain(&solved.advice.message))
        .with_notes(notes(solved, denial));
    let mut files = Both::default();
    if let Some((report, file, span)) = case.place(solved) {
        let (id, ranges) = files.read.add(report.reading.file(file), &[span]);
        let label = ShownLabel::new(LabelStyle::Primary, id, ranges.first().cloned().unwrap_or_default());
        shown = shown.with_label(label.with_message(plain(&pointed(case, solved))));
    }
    let (text, range) = cut(denial);
    files.log = LogLine {
        name: plain(&log.path).into_owned(),
        number: usize::try_from(denial.line).unwrap_or(usize::MAX),
        text,
    };
    let style = if solved.launch.is_some() {
        LabelStyle::Secondary
    } else {
        LabelStyle::Primary
    };
    let words = match denial.count {
        1 => "the record".to_owned(),
        n => format!("the record, and {} more like it", n - 1),
    };
    shown = shown.with_label(ShownLabel::new(style, LOG, range).with_message(words));
    let config = Config {
        chars: Chars::ascii(),
        ..Config::default()
    };
    let mut writer = Writer { out: Vec::new(), paint };
    // writing to memory fails only where the files do not hold a label, and they hold every one
    let failed = emit_to_write_style(&mut writer, &config, &files, &shown).is_err();
    let mut out = arrows(String::from_utf8_lossy(&writer.out).trim_end_matches('\n'));
    if failed {
        out = format!(
            "{}:{}: {}\n",
            plain_path(&log.path),
            denial.line,
            plain(&solved.advice.message)
        );
    }
    if let (Some(offer), Some(launch)) = (&solved.offer, &solved.launch)
        && let Some(report) = case.reports.get(launch.report)
    {
        out.push_str(&fix(
            report,
            &offer.title,
            offer.safety,
            offer.edits.clone(),
            false,
            paint,
        ));
    }
    out
}

/// The word in brackets behind the severity.
fn code(denial: &Denial) -> &'static str {
    match denial.kind {
        DenialKind::Avc => "selinux",
        DenialKind::Seccomp => "seccomp",
        DenialKind::Apparmor => "apparmor",
        DenialKind::Capability => "capability",
        DenialKind::Log => "log",
    }
}

/// What is said of the place in the file.
fn pointed(case: Case, solved: &Solved) -> String {
    let Some(launch) = &solved.launch else {
        return String::new();
    };
    let container = case
        .reports
        .get(launch.report)
        .and_then(|r| r.reading.containers.get(launch.container));
    let mount = launch.fit.mount.and_then(|m| container?.mounts.get(m));
    match mount.and_then(|w| w.value.source.as_ref()).map(Text::shown) {
        Some(_) if !solved.advice.means.is_empty() => format!("brings it in: it is {}", solved.advice.means),
        Some(_) => "brings it in".to_owned(),
        None if launch.fit.device.is_some() => "gives it the device".to_owned(),
        None => "the launch it is of".to_owned(),
    }
}

fn notes(solved: &Solved, denial: &Denial) -> Vec<String> {
    let mut notes = Vec::new();
    if denial.let_pass {
        notes.push("note: it was only recorded, and let pass".to_owned());
    }
    notes.extend(
        solved
            .launch
            .iter()
            .flat_map(|l| &l.fit.reasons)
            .map(|r| format!("note: {r}")),
    );
    notes.extend(
        solved
            .why_unmatched
            .iter()
            .map(|why| format!("note: no launch is named: {why}")),
    );
    let placed = solved.launch.as_ref().is_some_and(|l| l.fit.mount.is_some());
    if !placed && !solved.advice.means.is_empty() {
        notes.push(format!("note: it is {}", solved.advice.means));
    }
    notes.extend(solved.advice.notes.iter().map(|n| format!("note: {n}")));
    let mut first = true;
    for remedy in &solved.advice.remedies {
        let word = if first { "help" } else { "help: or" };
        first = false;
        let colon = if word == "help" { ": " } else { " " };
        notes.push(format!("{word}{colon}{} ({})", remedy.text, remedy.safety.as_str()));
    }
    if solved.advice.remedies.is_empty() {
        notes.push("help: nothing opens this without opening the host".to_owned());
    }
    notes.iter().map(|note| plain_line(note).into_owned()).collect()
}

/// The line of a log as it is shown, and what of it is underlined: the record itself.
fn cut(denial: &Denial) -> (String, Range<usize>) {
    let marks = ["avc:", "apparmor=", "SECCOMP", "type=1326"];
    let at = marks
        .iter()
        .filter_map(|mark| denial.text.find(mark))
        .min()
        .unwrap_or(0);
    let (before, record) = denial.text.split_at(at);
    let short = |text: &str| text.chars().take(SHOWN_CAP).collect::<String>();
    let (before, record) = (
        plain(&short(before)).into_owned(),
        plain(&short(record)).trim_end().to_owned(),
    );
    let start = before.len();
    let text = before + &record;
    let end = text.len();
    (text, start..end.max(start))
}

/// The id of the line of the log among the files of a block.
const LOG: usize = usize::MAX;

/// The lines of the file that was read, and one line of a log.
#[derive(Default)]
struct Both {
    read: Windows,
    log: LogLine,
}

#[derive(Default)]
struct LogLine {
    name: String,
    number: usize,
    text: String,
}

impl<'a> Files<'a> for Both {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        if id == LOG {
            Ok(&self.log.name)
        } else {
            self.read.name(id)
        }
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        if id == LOG {
            Ok(&self.log.text)
        } else {
            self.read.source(id)
        }
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        if id == LOG {
            Ok(self.log.number.saturating_sub(1))
        } else {
            self.read.line_index(id, byte)
        }
    }

    fn column_number(&'a self, id: usize, line: usize, byte: usize) -> Result<usize, Error> {
        if id != LOG {
            return self.read.column_number(id, line, byte);
        }
        let before = self.log.text.get(..byte).unwrap_or(&self.log.text);
        Ok(before.chars().count() + 1)
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        if id == LOG {
            Ok(0..self.log.text.len())
        } else {
            self.read.line_range(id, line)
        }
    }
}
