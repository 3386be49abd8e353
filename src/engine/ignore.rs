//! Ignore comments: `# privlint: ignore[rule-a, rule-b] until=2027-03-31 reason in words`.

use std::collections::{HashMap, HashSet};

use crate::front::{Comment, Reading};
use crate::source::{Source, Span};

/// What an ignore comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// The comment.
    pub(super) comment: Span,
    /// The rules it names, with the bytes of each name.
    pub(super) rules: Vec<(String, Span)>,
    /// `until=`, as written, when it is a date.
    pub(super) until: Option<String>,
    /// What `until=` says instead of a date.
    pub(super) unreadable_until: Option<Span>,
    /// The words after it.
    pub(super) reason: Option<String>,
    /// What it covers.
    pub(super) scope: Scope,
    /// What is wrong with it, where something is.
    pub(super) error: Option<String>,
}

impl Directive {
    /// True for one that ignores nothing, because what it says cannot be understood.
    pub(super) fn is_void(&self) -> bool {
        self.error.is_some() || self.unreadable_until.is_some()
    }
}

/// What an ignore comment covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole file.
    File,
    /// A finding that starts in these bytes.
    Bytes(Span),
    /// A finding that starts in these bytes (a line), or whose command ends there.
    LineOrCommand(Span),
}

/// The ignore comments of a file, in order.
pub(super) fn directives(reading: &Reading) -> Vec<Directive> {
    let source = reading.source();
    let first_code = first_code(reading);
    let mut below = Below::default();
    let mut found = Vec::new();
    for comment in &reading.comments {
        let text = source.slice(comment.span);
        let Some((whole_file, at)) = marker(text) else { continue };
        let mut directive = parse(text, at, comment.span);
        directive.scope = match (whole_file, comment.own_line) {
            (true, _) => {
                if comment.span.start > first_code {
                    directive.error =
                        Some("`ignore-file` stands before the first line that is not a comment".to_owned());
                }
                Scope::File
            }
            (false, true) => Scope::Bytes(below.node(reading, comment)),
            (false, false) => {
                let line = source.position(comment.span.start).line;
                Scope::LineOrCommand(source.line_span(line))
            }
        };
        found.push(directive);
    }
    found
}

/// Where the list of rules begins in a comment that is a directive, and whether it is for the whole file.
fn marker(text: &str) -> Option<(bool, usize)> {
    let at = text.find("privlint:")?;
    let before = text.get(..at)?;
    if !before
        .chars()
        .all(|c| matches!(c, '#' | ' ' | '\t' | '/' | '<' | '!' | '-' | ';'))
    {
        return None;
    }
    let rest = text.get(at + "privlint:".len()..)?;
    let word = rest.trim_start();
    let start = text.len() - word.len();
    if word.starts_with("ignore-file") {
        return Some((true, start + "ignore-file".len()));
    }
    word.starts_with("ignore").then_some((false, start + "ignore".len()))
}

/// Reads `[rule, rule] until=DATE reason` from byte `at` of a comment.
fn parse(text: &str, at: usize, comment: Span) -> Directive {
    let mut directive = Directive {
        comment,
        rules: Vec::new(),
        until: None,
        unreadable_until: None,
        reason: None,
        scope: Scope::File,
        error: None,
    };
    let rest = text.get(at..).unwrap_or_default();
    let list = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
    let Some((names, tail)) = list else {
        directive.error = Some("an ignore comment names the rules it ignores: `ignore[rule]`".to_owned());
        return directive;
    };
    let mut offset = comment.start as usize + at + 1;
    for name in names.split(',') {
        let trimmed = name.trim();
        let lead = name.len() - name.trim_start().len();
        if !trimmed.is_empty() {
            let start = offset + lead;
            directive
                .rules
                .push((trimmed.to_owned(), Span::new(start, start + trimmed.len())));
        }
        offset += name.len() + 1;
    }
    if directive.rules.is_empty() {
        directive.error = Some("an ignore comment names the rules it ignores: `ignore[rule]`".to_owned());
    }
    let mut words: Vec<&str> = Vec::new();
    let tail = tail.trim_end_matches("-->");
    let mut offset = comment.start as usize + text.find(']').map_or(0, |end| end + 1);
    let mut all = tail.split_inclusive(char::is_whitespace).peekable();
    while let Some(word) = all.next() {
        let start = offset;
        offset += word.len();
        let word = word.trim_end();
        let next = all.peek().map_or("", |next| next.trim_end());
        match word.strip_prefix("until=") {
            Some(date) if is_date(date) => directive.until = Some(date.to_owned()),
            Some(_) => directive.unreadable_until = Some(Span::new(start, start + word.len())),
            None if word.is_empty() => {}
            None if is_meant_for_until(word, next) => {
                directive.unreadable_until = Some(Span::new(start, start + word.len()));
            }
            None => words.push(word),
        }
    }
    let reason = words.join(" ");
    let reason = reason.trim_start_matches(['-', ':', '–', '—', '#', ' ']).to_owned();
    directive.reason = (!reason.is_empty()).then_some(reason);
    directive
}

/// True for a word that was surely meant for `until=`, which it is not: `Until=2027-03-31`, `untill=…`,
/// `until: 2027-03-31`. As a word of the reason it would hide a finding for ever.
fn is_meant_for_until(word: &str, next: &str) -> bool {
    let word = word.trim_start_matches('(');
    let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    if strsim::osa_distance(&name.to_lowercase(), "until") > 1 {
        return false;
    }
    let dated = |text: &str| {
        let text = text.trim_start_matches(['=', ':']);
        text.len() >= "2027-3-3".len() && text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('-')
    };
    match rest {
        "" | ":" | "=" => dated(next),
        _ => rest.starts_with('=') || rest.starts_with(':') && dated(rest),
    }
}

/// True for a day of the calendar, written as `2027-03-31`.
fn is_date(text: &str) -> bool {
    text.len() == "2027-03-31".len() && text.parse::<jiff::civil::Date>().is_ok()
}

/// The byte of the first line that holds more than blanks and comments.
fn first_code(reading: &Reading) -> u32 {
    let source = reading.source();
    let commented = commented(reading);
    for line in 1..=source.line_count() {
        let span = source.line_span(line);
        let text = source.slice(span).trim_start_matches(crate::source::BOM).trim();
        let blank = text.is_empty() || text.starts_with('#') || text == "---" || commented.contains(&line);
        if !blank {
            return span.start;
        }
    }
    u32::MAX
}

/// The lines that hold comments alone.
fn commented(reading: &Reading) -> HashSet<u32> {
    let own = reading.comments.iter().filter(|c| c.own_line);
    own.map(|c| reading.source().line_of(c.span.start)).collect()
}

/// What stands below comments. Thousands of them may stand above one line, or above thousands of nodes.
#[derive(Default)]
struct Below {
    /// The first line of code from each line on; empty until it is asked for.
    code: Vec<u32>,
    /// The largest node that starts on a line; the line where there is none.
    nodes: HashMap<u32, Span>,
}

impl Below {
    /// The largest node that starts on the first line of code below a comment; that line where there is none.
    fn node(&mut self, reading: &Reading, comment: &Comment) -> Span {
        let source = reading.source();
        if self.code.is_empty() {
            self.code = code_lines(source, &commented(reading));
        }
        let next = source.line_of(comment.span.start) as usize;
        let line = self.code.get(next).copied().unwrap_or(source.line_count() + 1);
        *self.nodes.entry(line).or_insert_with(|| {
            let span = source.full_line_span(line);
            let first = reading.nodes.partition_point(|n| n.start < span.start);
            let starting = reading.nodes.iter().skip(first);
            starting
                .take_while(|n| n.start < span.end.max(span.start + 1))
                .fold(source.line_span(line), |widest, node| widest.to(*node))
        })
    }
}

/// For each line, by index from 0: the first line from it on, counted from 1, that holds code.
fn code_lines(source: &Source, commented: &HashSet<u32>) -> Vec<u32> {
    let count = source.line_count();
    let mut next = count + 1;
    let mut lines: Vec<u32> = (1..=count)
        .rev()
        .map(|line| {
            let text = source.slice(source.line_span(line)).trim();
            if !text.is_empty() && !text.starts_with('#') && !commented.contains(&line) {
                next = line;
            }
            next
        })
        .collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_names_rules_a_date_and_a_reason() {
        let text = "# privlint: ignore[privileged, host-network] until=2027-03-31 needs /dev/kvm";
        let (file, at) = marker(text).unwrap_or_default();
        let directive = parse(text, at, Span::new(10, 10 + text.len()));
        assert!(!file);
        assert_eq!(directive.rules.len(), 2);
        assert_eq!(directive.rules[1].0, "host-network");
        assert_eq!(directive.rules[0].1, Span::new(29, 39));
        assert_eq!(directive.until.as_deref(), Some("2027-03-31"));
        assert_eq!(directive.reason.as_deref(), Some("needs /dev/kvm"));
    }

    #[test]
    fn a_list_is_required_and_dates_are_checked() {
        let bare = "# privlint: ignore everything";
        assert!(marker(bare).is_some_and(|(_, at)| parse(bare, at, Span::default()).error.is_some()));
        for late in ["soon", "2027-02-30", "2027-3-1", "tomorow", "", "2027-03-31T10:00"] {
            let text = format!("# privlint: ignore[x] until={late} why");
            let (_, at) = marker(&text).unwrap_or_default();
            let directive = parse(&text, at, Span::new(100, 100 + text.len()));
            assert_eq!(directive.until, None, "{late}");
            assert_eq!(
                directive.unreadable_until,
                Some(Span::new(122, 128 + late.len())),
                "{late}"
            );
        }
        assert!(marker("# see privlint: ignore[x]").is_none());
    }
}
