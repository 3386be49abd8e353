//! One log, from its bytes to what it says.

use std::borrow::Cow;
use std::io::Read;

use serde_json::Value;

use super::journal::{Unwrapped, unwrap};
use super::json::{self, Held};
use super::listing::{self, Listed, Observation, ROWS_CAP, Table};
use super::record::{self, Context, Denial, DenialKind, capability};
use super::stream::{self, Sink};
use super::trace::{self, Check, Trace};
use super::{fields::Fields, symptom};

/// Different refusals, and listings, of one log that are kept.
const KEPT_CAP: usize = 5_000;
/// Lines that could not be read of which the numbers are kept.
const UNREAD_CAP: usize = 20;
/// Bytes of a line that are kept to be shown.
const SHOWN_CAP: usize = 2_048;
/// Bytes of a document that is read whole.
const DOCUMENT_CAP: u64 = 32 << 20;
/// Lines after a record that may belong to its event.
const EVENT_CAP: u8 = 12;

/// What a log says.
#[derive(Debug, Default)]
pub struct Log {
    /// The log, as a reader would write its path.
    pub path: String,
    /// What was refused to containers, in order of the first line of each.
    pub denials: Vec<Denial>,
    /// What is listed.
    pub observations: Vec<Observation>,
    /// What a trace saw.
    pub trace: Option<Trace>,
    /// Its lines.
    pub lines: u64,
    /// Records of refusals to other programs of the host.
    pub others: u64,
    /// Lines that are records and could not be read: how many, and the first of them.
    pub unread: (u64, Vec<u64>),
    /// Different refusals that found no room.
    pub dropped: u64,
    pub(super) state: State,
}

/// What the lines before have left open.
#[derive(Debug, Default)]
pub(super) struct State {
    table: Table,
    /// A refusal whose event may go on, with the words that name the event.
    open: Option<(Denial, String, u8)>,
    /// The block of a report of setroubleshoot.
    pub(super) report: Option<Denial>,
}

impl Log {
    /// Reads a log as a stream. `tick` is told how many bytes were read.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn read(path: &str, input: &mut dyn Read, tick: &dyn Fn(usize)) -> std::io::Result<Log> {
        let mut log = Log {
            path: path.to_owned(),
            ..Log::default()
        };
        let mut head = Vec::new();
        input.take(1 << 16).read_to_end(&mut head)?;
        if is_document(&head) {
            input.take(DOCUMENT_CAP).read_to_end(&mut head)?;
            if let Ok(value) = serde_json::from_slice::<Value>(&head) {
                tick(head.len());
                log.document(&value, &head);
                return Ok(log);
            }
        }
        let mut whole = head.as_slice().chain(input);
        log.lines = stream::feed(&mut whole, &mut log, tick)?;
        log.close_event();
        log.close_report();
        log.denials.sort_by_key(|d| d.line);
        Ok(log)
    }

    /// True where nothing was found that is read.
    pub fn is_silent(&self) -> bool {
        self.denials.is_empty() && self.observations.is_empty() && self.trace.is_none() && self.others == 0
    }

    /// What the log says of SELinux: the first line that shows that it is there, and enforces.
    pub fn enforces(&self) -> Option<u64> {
        let denied = self.denials.iter().find(|d| d.kind == DenialKind::Avc);
        let listed = self
            .observations
            .iter()
            .find(|o| o.listed == Listed::Mode("enforcing".to_owned()));
        denied.map(|d| d.line).or(listed.map(|o| o.line))
    }

    /// A document of JSON that is no line.
    fn document(&mut self, value: &Value, text: &[u8]) {
        self.lines = memchr::memchr_iter(b'\n', text).count() as u64;
        let objects = value
            .as_array()
            .map_or_else(|| vec![value], |list| list.iter().collect());
        for held in objects.into_iter().flat_map(json::held) {
            self.take_held(1, "", held);
        }
    }

    fn take_held(&mut self, number: u64, line: &str, held: Held) {
        match held {
            Held::Text(text, container) => self.text(number, &text, container, line),
            Held::Denial(mut denial) => {
                denial.line = number;
                denial.text = shown(line);
                self.keep(*denial);
            }
            Held::Check(check) => self.check(number, line, check),
            Held::Listed(listed, container) => self.observe(number, listed, container),
        }
    }

    fn observe(&mut self, line: u64, listed: Listed, container: Option<String>) {
        let there = self
            .observations
            .iter()
            .any(|o| o.listed == listed && o.container == container);
        if !there && self.observations.len() < KEPT_CAP {
            self.observations.push(Observation {
                line,
                listed,
                container,
            });
        }
    }

    /// A check of a capability: used, or refused.
    fn check(&mut self, number: u64, line: &str, check: Check) {
        if !check.refused {
            let trace = self.trace.get_or_insert_default();
            trace.saw(check.name, number);
            trace.container = trace.container.take().or(check.container);
            return;
        }
        let mut denial = Denial::new(DenialKind::Capability);
        denial.line = number;
        denial.text = shown(line);
        denial.comm = Some(check.comm).filter(|c| !c.is_empty());
        denial.capability = Some(check.name);
        denial.container = check.container;
        self.keep(denial);
    }

    /// Keeps a refusal; what is no container's is only counted.
    pub(super) fn keep(&mut self, denial: Denial) {
        let of_host = match &denial.source {
            Some(source) => !source.is_container() && !source.is_engine() && denial.kind != DenialKind::Seccomp,
            None => false,
        };
        let engines_own = denial.source.as_ref().is_some_and(Context::is_engine);
        if of_host || (engines_own && denial.kind == DenialKind::Avc) {
            self.others += 1;
            return;
        }
        if let Some(same) = self.denials.iter_mut().rev().take(256).find(|d| d.same(&denial)) {
            same.count += 1;
        } else if self.denials.len() < KEPT_CAP {
            self.denials.push(denial);
        } else {
            self.dropped += 1;
        }
    }

    fn close_event(&mut self) {
        if let Some((denial, _, _)) = self.state.open.take() {
            self.keep(denial);
        }
    }

    /// A line as text, whatever stood around it. `line` is the line as it stands in the log.
    fn text(&mut self, number: u64, text: &str, container: Option<String>, line: &str) {
        let interpreted = text.contains(") :");
        let read = if text.contains("avc:") {
            Some(record::avc(text, interpreted))
        } else if text.contains("apparmor=") {
            Some(record::apparmor(text, interpreted))
        } else if text.contains("SECCOMP") || text.contains("type=1326") {
            Some(record::seccomp(text, interpreted))
        } else if text.contains("SELINUX_ERR") || text.contains("type=1401") {
            Some(record::selinux_error(text, interpreted))
        } else {
            None
        };
        match read {
            Some(Some(mut denial)) => {
                denial.line = number;
                denial.text = shown(line);
                denial.container = container;
                // a report of setroubleshoot ends in the record itself
                self.state.report = None;
                let event = event_of(text).unwrap_or_default();
                self.state.open = Some((denial, event, EVENT_CAP));
            }
            Some(None) if is_granted(text) => {}
            Some(None) => {
                self.unread.0 += 1;
                if self.unread.1.len() < UNREAD_CAP {
                    self.unread.1.push(number);
                }
            }
            None => self.other_text(number, text, container, line),
        }
    }

    /// A line that is no record.
    fn other_text(&mut self, number: u64, text: &str, container: Option<String>, line: &str) {
        if text.contains("privlint: ") {
            let mut trace = self.trace.take().unwrap_or_default();
            let marked = trace.mark(text);
            self.trace = Some(trace).filter(|t| marked || *t != Trace::default());
        } else if self.trace.as_mut().is_some_and(|trace| trace.loses(text))
            || self.report_line(number, text, line)
            || is_record(text)
        {
        } else if let Some(check) = trace::row(text) {
            self.check(number, line, check);
        } else if let carried @ [_, ..] = trace::carried(text).as_slice() {
            let trace = self.trace.get_or_insert_default();
            carried.iter().for_each(|name| {
                trace.used.entry(name).or_insert(number);
            });
        } else if let Some(mut denial) = trace::strace(text) {
            denial.line = number;
            denial.text = shown(line);
            denial.container = container;
            self.keep(denial);
        } else if let Some(row) = symptom::find(text) {
            let mut denial = Denial::new(DenialKind::Log);
            denial.line = number;
            denial.text = shown(line);
            denial.container = container;
            denial.symptom = Some(row);
            denial.path = symptom::path_in(text);
            denial.comm = speaker(text);
            denial.class = denial.path.is_some().then(|| "file".to_owned());
            self.keep(denial);
        }
    }

    /// A line of a table that is open; true where it belongs to it.
    fn table_line(&mut self, number: u64, line: &str) -> bool {
        match self.state.table {
            Table::None => false,
            Table::Top(left) => {
                let cells = listing::listed(line, self.state.table);
                let goes_on = left > 1 && !cells.is_empty();
                self.state.table = if goes_on { Table::Top(left - 1) } else { Table::None };
                let any = !cells.is_empty();
                cells.into_iter().for_each(|cell| self.observe(number, cell, None));
                any
            }
            Table::Allowed(left) => {
                let entry = line
                    .trim()
                    .strip_prefix("- ")
                    .and_then(|e| capability(e.trim().trim_matches('"')));
                self.state.table = if left > 1 && entry.is_some() {
                    Table::Allowed(left - 1)
                } else {
                    Table::None
                };
                let trace = entry.map(|name| (name, self.trace.get_or_insert_default()));
                trace
                    .map(|(name, trace)| trace.used.entry(name).or_insert(number))
                    .is_some()
            }
        }
    }

    /// What other records of the event say of a refusal: the whole path, the program.
    fn enrich(denial: &mut Denial, line: &str) {
        let fields = Fields::of(line, line.contains(") :"));
        if line.contains("type=PATH") || line.contains(" PATH ") {
            let Some(path) = fields.get("name").filter(|p| p.starts_with('/')) else {
                return;
            };
            let name = denial.path.as_deref().unwrap_or("");
            if denial.is_name_only() && path.rsplit('/').next() == Some(name) {
                denial.path = Some(path);
            }
        } else if line.contains("SYSCALL") && denial.comm.is_none() {
            denial.comm = fields.get("comm");
        }
    }
}

impl Sink for Log {
    fn wants_next(&self) -> bool {
        self.state.open.is_some() || self.state.table != Table::None
    }

    fn line(&mut self, number: u64, bytes: &[u8], before: &[u8]) {
        let lossy = String::from_utf8_lossy(bytes);
        let whole = lossy.trim_start_matches('\u{feff}');
        let plain = plain(whole);
        let line = plain.as_ref();
        if let Some((denial, event, left)) = &mut self.state.open {
            let same = !event.is_empty() && line.contains(event.as_str()) && !line.contains("avc:");
            if same && *left > 0 {
                *left -= 1;
                Log::enrich(denial, line);
                return;
            }
            self.close_event();
        }
        if self.table_line(number, line) {
            return;
        }
        if line.trim_start().starts_with('{') {
            if let Ok(value) = serde_json::from_str::<Value>(line) {
                for held in json::held(&value) {
                    self.take_held(number, whole, held);
                }
            }
            return;
        }
        if listing::is_heading(line) {
            self.state.table = Table::Top(ROWS_CAP);
            return;
        }
        if line.trim() == "allowedCapabilities:" {
            self.state.table = Table::Allowed(64);
            return;
        }
        let Unwrapped {
            text,
            writer,
            of_journal,
            of_host,
        } = unwrap(line);
        if of_host && !is_record_of_refusal(text) {
            return;
        }
        let listed = listing::listed(text, Table::None);
        if !listed.is_empty() && !of_journal {
            listed.into_iter().for_each(|l| self.observe(number, l, None));
            return;
        }
        self.text(number, text, writer.map(str::to_owned), whole);
        if let Some((denial, event, _)) = &mut self.state.open
            && !event.is_empty()
        {
            // `ausearch` writes the other records of an event first
            let before = String::from_utf8_lossy(before);
            let of_event = before.lines().rev().take(usize::from(EVENT_CAP));
            of_event
                .filter(|l| l.contains(event.as_str()))
                .for_each(|l| Log::enrich(denial, l));
        }
    }
}

/// True where a line holds, or begins to tell of, a refusal by the kernel.
fn is_record_of_refusal(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "avc:",
        "apparmor=",
        "SECCOMP",
        "type=1326",
        "SELINUX_ERR",
        "type=1401",
        "SELinux is preventing",
    ];
    MARKS.iter().any(|mark| text.contains(mark))
}

/// True for a document of JSON over several lines.
fn is_document(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text.first() {
        Some(b'[') => text
            .get(1..)
            .is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b']'))),
        Some(b'{') => {
            let line = text.split(|b| *b == b'\n').next().unwrap_or(text);
            serde_json::from_slice::<Value>(line).is_err()
        }
        _ => false,
    }
}

/// The words that all records of one event share: `audit(1603218166.554:4674)`.
fn event_of(text: &str) -> Option<String> {
    let at = text.find("audit(")?;
    let rest = text.get(at..)?;
    let end = rest.find(')')?;
    Some(rest.get(..=end)?.to_owned()).filter(|event| event.len() < 80)
}

/// True for records that tell of something that was let through, or of the policy itself.
fn is_granted(text: &str) -> bool {
    let granted = text.contains("avc:  granted") || text.contains("avc: granted");
    let policy = ["received policyload", "received setenforce", "op=load_policy"];
    granted
        || policy.iter().any(|word| text.contains(word))
        || text.contains("apparmor=\"STATUS\"")
        || text.contains("apparmor=\"AUDIT\"")
}

/// True for an audit record of another kind.
fn is_record(text: &str) -> bool {
    text.contains("msg=audit(")
}

/// The program that a message names at its beginning: `chown: …`.
fn speaker(text: &str) -> Option<String> {
    let word = text.split([':', ' ', '(']).next()?;
    let is_program = (2..=32).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let spoken = text.get(word.len()..).is_some_and(|rest| rest.starts_with(": "));
    (is_program && spoken).then(|| word.to_owned())
}

/// A line without the sequences that colour it on a terminal, for reading only.
fn plain(line: &str) -> Cow<'_, str> {
    let mut parts = line.split("\u{1b}[");
    let (first, rest) = (parts.next().unwrap_or(""), parts);
    if first.len() == line.len() {
        return Cow::Borrowed(line);
    }
    let ends = |c: char| ('@'..='~').contains(&c);
    let kept = rest.map(|part| part.split_once(ends).map_or("", |(_, text)| text));
    Cow::Owned(std::iter::once(first).chain(kept).collect())
}

/// A line as it is kept.
pub(super) fn shown(line: &str) -> String {
    let mut end = line.len().min(SHOWN_CAP);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or("").to_owned()
}
