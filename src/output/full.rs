//! Findings as rustc shows them: the message, the places underlined, the notes, and the fix as lines.

use std::collections::HashSet;

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label as ShownLabel, LabelStyle, Severity as ShownSeverity};
use codespan_reporting::term::{Chars, Config, WriteStyle, emit_to_write_style};

use super::concise::line;
use super::fold::{Block, blocks, called};
use super::paint::{Paint, Style};
use super::patch;
use super::plain::{plain, plain_line};
use super::rulebook;
use super::window::Windows;
use crate::container::FileId;
use crate::engine::{Diagnostic, Offer, Report};
use crate::fix::{Edit, Label, Safety, Severity};
use crate::source::Span;

/// Places that one block of findings underlines at most.
const PLACES_CAP: usize = 8;

/// Edits of one fix that are looked at to show it.
const EDITS_CAP: usize = 200;

/// Every finding, a block each; those of one file that say the same of several containers share one. The
/// first of a rule in a file says where to read on.
pub fn full(reports: &[Report], paint: Paint) -> String {
    let mut out = String::new();
    for report in reports {
        let mut told = HashSet::new();
        for block in blocks(report) {
            let first = told.insert(block.first.finding.rule);
            out.push_str(&show(report, &block, first, paint));
            out.push('\n');
        }
    }
    out
}

fn show(report: &Report, block: &Block, first_of_rule: bool, paint: Paint) -> String {
    let (first, others) = (block.first, &block.others);
    let finding = &first.finding;
    let mut labels = vec![(LabelStyle::Primary, finding.primary.clone())];
    labels.extend(
        finding
            .related
            .iter()
            .map(|label| (LabelStyle::Secondary, label.clone())),
    );
    labels.extend(
        others
            .iter()
            .take(PLACES_CAP)
            .map(|d| (LabelStyle::Secondary, also(report, d))),
    );
    let mut shown = Shown::new(severity(first.severity))
        .with_code(finding.rule)
        .with_message(plain(&(finding.message.clone() + &block.count_of_others())))
        .with_notes(notes(report, block, first_of_rule));
    let mut windows = Windows::default();
    let mut files: Vec<FileId> = labels.iter().map(|(_, label)| label.file).collect();
    files.sort();
    files.dedup();
    // the file of the primary place is shown first, whatever its number
    files.sort_by_key(|file| *file != finding.primary.file);
    for file in files {
        let here: Vec<&(LabelStyle, Label)> = labels.iter().filter(|(_, l)| l.file == file).collect();
        let spans: Vec<Span> = here.iter().map(|(_, label)| label.span).collect();
        let (id, ranges) = windows.add(report.reading.file(file), &spans);
        for ((style, label), range) in here.into_iter().zip(ranges) {
            let label = ShownLabel::new(*style, id, range).with_message(plain(&label.message));
            shown = shown.with_label(label);
        }
    }
    let config = Config {
        chars: Chars::ascii(),
        ..Config::default()
    };
    let mut writer = Writer { out: Vec::new(), paint };
    // writing to memory fails only where the windows do not hold a label, and they hold every one
    let failed = emit_to_write_style(&mut writer, &config, &windows, &shown).is_err();
    let mut text = String::from_utf8_lossy(&writer.out).trim_end_matches('\n').to_owned() + "\n";
    if failed {
        text = line(report, block, paint) + "\n";
    }
    if paint.links {
        let linked = paint.link(finding.rule, &rulebook::url(finding.rule));
        text = text.replacen(&format!("[{}]", finding.rule), &format!("[{linked}]"), 1);
    }
    text = arrows(&text);
    let bare = shown.notes.is_empty();
    text.push_str(&fixes(report, block, bare, paint));
    text
}

/// The renderer sets arrows one column further in than rustc does, and ends some lines with blanks.
pub(super) fn arrows(text: &str) -> String {
    let is_arrow = |line: &str| {
        let rest = line.trim_start_matches(' ');
        rest.starts_with("-->") || (rest.starts_with('\u{1b}') && rest.contains("m-->"))
    };
    let lines = text.lines().map(|line| match line.strip_prefix(' ') {
        Some(rest) if is_arrow(line) => rest,
        _ => line,
    });
    lines.map(|line| format!("{}\n", line.trim_end_matches(' '))).collect()
}

fn also(report: &Report, diagnostic: &Diagnostic) -> Label {
    let mut label = diagnostic.finding.primary.clone();
    label.message = match called(report, diagnostic) {
        Some(name) => format!("also `{name}`"),
        None => "also here".to_owned(),
    };
    label
}

/// The notes of a block, what no fix is offered for, and where to read on.
fn notes(report: &Report, block: &Block, first_of_rule: bool) -> Vec<String> {
    let finding = &block.first.finding;
    let told = block.notes(report);
    let mut notes: Vec<String> = told.iter().map(|n| format!("note: {n}")).collect();
    if block.others.len() > PLACES_CAP {
        let lines: Vec<String> = block
            .others
            .iter()
            .skip(PLACES_CAP)
            .take(100)
            .map(|d| {
                let source = report.reading.file(d.finding.primary.file);
                source.line_of(d.finding.primary.span.start).to_string()
            })
            .collect();
        notes.push(format!("note: also at the lines {}", lines.join(", ")));
    }
    notes.extend(finding.helps.iter().map(|h| format!("help: {h}")));
    notes.extend(block.refusals(report).iter().map(|why| format!("note: {why}")));
    if first_of_rule {
        notes.push(format!("more: `privlint explain {}`", finding.rule));
    }
    notes
        .iter()
        .map(|n| n.lines().map(plain_line).collect::<Vec<_>>().join("\n"))
        .collect()
}

/// The fixes of a block: those with the same title as one, in the order of the findings.
fn fixes(report: &Report, block: &Block, bare: bool, paint: Paint) -> String {
    let offers: Vec<(&Offer, Option<String>)> = block
        .all()
        .filter_map(|d| Some((d.fix.as_ref()?, called(report, d))))
        .collect();
    let mut out = String::new();
    let mut seen: Vec<(&str, Safety)> = Vec::new();
    for (offer, _) in &offers {
        let key = (offer.title.as_str(), offer.safety);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let same = offers.iter().filter(|(o, _)| (o.title.as_str(), o.safety) == key);
        let edits: Vec<Edit> = same.clone().flat_map(|(o, _)| o.edits.iter().cloned()).collect();
        let names: Vec<String> = same
            .filter_map(|(_, name)| Some(format!("`{}`", name.as_ref()?)))
            .collect();
        let of = if !block.others.is_empty() && !names.is_empty() && names.len() <= PLACES_CAP {
            format!(" for {}", names.join(", "))
        } else {
            String::new()
        };
        let title = format!("{}{of}", offer.title);
        out.push_str(&fix(report, &title, offer.safety, edits, bare && out.is_empty(), paint));
    }
    out
}

pub(super) fn fix(
    report: &Report,
    title: &str,
    safety: Safety,
    mut edits: Vec<Edit>,
    bare: bool,
    paint: Paint,
) -> String {
    edits.sort();
    edits.dedup();
    // more than these are not shown anyway
    edits.truncate(EDITS_CAP);
    let mut files: Vec<FileId> = edits.iter().map(|e| e.file).collect();
    files.sort();
    files.dedup();
    let hunks: Vec<(FileId, Vec<patch::Hunk>)> = files
        .into_iter()
        .map(|file| {
            let here: Vec<Edit> = edits.iter().filter(|e| e.file == file).cloned().collect();
            (file, patch::hunks(report.reading.file(file), &here))
        })
        .collect();
    let last = hunks.iter().map(|(_, h)| patch::last_number(h)).max().unwrap_or(1);
    let digits = last.to_string().len();
    let gutter = " ".repeat(digits);
    let bar = paint.paint(Style::Frame, "|");
    let mut out = String::new();
    if bare {
        out.push_str(&format!("{gutter} {bar}\n"));
    }
    let title = paint.paint(Style::Strong, &plain(title));
    out.push_str(&format!("{}: {title}\n", paint.paint(Style::Help, "help")));
    for (file, hunks) in &hunks {
        if *file != FileId(0) {
            let arrow = paint.paint(Style::Frame, "-->");
            let path = report.reading.file(*file).shown_path();
            out.push_str(&format!("{gutter}{arrow} {}\n", plain(&path)));
        }
        out.push_str(&format!("{gutter} {bar}\n"));
        out.push_str(&patch::render(hunks, digits, paint));
    }
    let writes = match safety {
        Safety::Safe => "`privlint --fix` writes this",
        Safety::Unsafe => "`privlint --fix --unsafe-fixes` writes this",
        Safety::Manual => "this needs your decision, nothing writes it",
    };
    let equals = paint.paint(Style::Frame, "=");
    let word = safety.as_str();
    out.push_str(&format!("{gutter} {bar}\n{gutter} {equals} {word}: {writes}\n"));
    out
}

fn severity(severity: Severity) -> ShownSeverity {
    match severity {
        Severity::Error => ShownSeverity::Error,
        Severity::Warning => ShownSeverity::Warning,
        Severity::Note => ShownSeverity::Note,
    }
}

/// Takes what the renderer writes, in our colours.
pub(super) struct Writer {
    pub(super) out: Vec<u8>,
    pub(super) paint: Paint,
}

impl Writer {
    fn set(&mut self, style: Style) {
        if self.paint.colour {
            self.out.extend(style.ansi().render().to_string().into_bytes());
        }
    }
}

fn ours(severity: ShownSeverity) -> Style {
    match severity {
        ShownSeverity::Bug | ShownSeverity::Error => Style::Severity(Severity::Error),
        ShownSeverity::Warning => Style::Severity(Severity::Warning),
        ShownSeverity::Note => Style::Severity(Severity::Note),
        ShownSeverity::Help => Style::Help,
    }
}

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for Writer {
    fn set_header(&mut self, severity: ShownSeverity) -> std::io::Result<()> {
        self.set(ours(severity));
        Ok(())
    }

    fn set_header_message(&mut self) -> std::io::Result<()> {
        self.set(Style::Strong);
        Ok(())
    }

    fn set_line_number(&mut self) -> std::io::Result<()> {
        self.set(Style::Frame);
        Ok(())
    }

    fn set_note_bullet(&mut self) -> std::io::Result<()> {
        self.set(Style::Frame);
        Ok(())
    }

    fn set_source_border(&mut self) -> std::io::Result<()> {
        self.set(Style::Frame);
        Ok(())
    }

    fn set_label(&mut self, severity: ShownSeverity, style: LabelStyle) -> std::io::Result<()> {
        self.set(match style {
            LabelStyle::Primary => ours(severity),
            LabelStyle::Secondary => Style::Secondary,
        });
        Ok(())
    }

    fn reset(&mut self) -> std::io::Result<()> {
        if self.paint.colour {
            self.out.extend_from_slice(b"\x1b[0m");
        }
        Ok(())
    }
}
