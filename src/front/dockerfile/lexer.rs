//! Lines to instructions, as BuildKit's reader takes them (frontend/dockerfile/parser, 2026-11): parser
//! directives, continuations with comments and blank lines inside, heredocs, `ONBUILD`.
//!
//! It never fails: what no builder would take is an instruction of a keyword that is not known.

use std::ops::Range;

use super::joined::Joined;
use super::keyword::Keyword;
use super::words::{self, Element};
use crate::front::reading::Comment;
use crate::source::{BOM, Span};

/// More instructions than this are not read: no real file has a tenth of them.
const MAX_INSTRUCTIONS: usize = 20_000;
/// A longer line is refused by builders: Go's scanner takes no more (bufio.MaxScanTokenSize).
const MAX_LINE: usize = 65_535;
/// A longer instruction, its continuations joined, is not read.
const MAX_INSTRUCTION: usize = 1 << 20;

/// A file's instructions and comments.
#[derive(Debug)]
pub(super) struct Lexed {
    /// The character that escapes and continues: `\`, or what the `escape` directive says.
    pub(super) escape: char,
    /// The instructions, in order.
    pub(super) instructions: Vec<Instruction>,
    /// Comment lines, parser directives and those inside continuations included.
    pub(super) comments: Vec<Comment>,
    /// The word of a heredoc that never ends, if one does not: it takes the rest of the file.
    pub(super) unterminated: Option<Span>,
    /// Where reading stopped before the end, and why.
    pub(super) cut: Option<(Span, &'static str)>,
}

/// An instruction. Ranges count in `line`, spans in the file.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    /// The keyword; behind `ONBUILD`, that of the trigger.
    pub(super) keyword: Keyword,
    /// The keyword's word.
    pub(super) head: Span,
    /// True behind `ONBUILD`.
    pub(super) onbuild: bool,
    /// The whole, from the first keyword to the end of the last line, heredocs included.
    pub(super) span: Span,
    /// Its lines as one.
    pub(super) line: Joined,
    /// The words beginning with `--` before the arguments.
    pub(super) flags: Vec<Flag>,
    /// The arguments, without blanks around them.
    pub(super) args: Range<usize>,
    /// The elements, where the arguments are in the JSON form.
    pub(super) json: Option<Vec<Element>>,
    /// The heredocs, in order.
    pub(super) heredocs: Vec<Heredoc>,
}

/// A flag of an instruction: `--mount=type=cache,target=/x`.
#[derive(Clone, Debug)]
pub(super) struct Flag {
    /// The whole word.
    pub(super) word: Range<usize>,
    /// What stands between `--` and `=`.
    pub(super) name: String,
    /// What stands after `=`.
    pub(super) value: Option<Range<usize>>,
}

/// A heredoc of an instruction.
#[derive(Clone, Debug)]
pub(super) struct Heredoc {
    /// The word that announces it: `<<-"EOF"`.
    pub(super) word: Range<usize>,
    /// The lines between the announcing and the closing one.
    pub(super) body: Span,
}

struct Line<'a> {
    /// Without its ending.
    body: &'a str,
    start: usize,
    /// Where the next begins.
    next: usize,
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let mut start = self.at;
        let rest = self.text.get(start..).filter(|r| !r.is_empty())?;
        let len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |i| i + 1);
        let mut body = rest.get(..len).unwrap_or(rest).trim_end_matches(['\r', '\n']);
        if start == 0
            && let Some(unmarked) = body.strip_prefix(BOM)
        {
            body = unmarked;
            start = BOM.len();
        }
        self.at += len;
        Some(Line {
            body,
            start,
            next: self.at,
        })
    }
}

/// What is wrong with a line that a builder refuses, as opposed to what is only more than is read.
pub(super) const LONG_LINE: &str = "a line longer than any builder reads";

/// Reads a file's instructions.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexed = Lexed {
        escape: '\\',
        instructions: Vec::new(),
        comments: Vec::new(),
        unterminated: None,
        cut: None,
    };
    let mut text = text;
    if let Some(long) = (Lines { text, at: 0 }).find(|line| line.body.len() > MAX_LINE) {
        let span = Span::new(long.start, long.start + long.body.len());
        lexed.cut = Some((span, LONG_LINE));
        text = text.get(..long.start).unwrap_or("");
    }
    let mut lines = Lines { text, at: 0 };
    let mut directives = Directives::default();
    while let Some(line) = lines.next() {
        let body = line.body.trim_start();
        let start = line.start + (line.body.len() - body.len());
        if let Some(escape) = directives.escape(body) {
            lexed.escape = escape;
        }
        if body.starts_with('#') {
            lexed.comments.push(comment(body, start));
            continue;
        }
        let mut joined = Joined::default();
        let mut end = line.start + line.body.len();
        let mut more = push(&mut joined, body, start, line.next, lexed.escape);
        while more && let Some(line) = lines.next() {
            let trimmed = line.body.trim_start();
            if trimmed.starts_with('#') {
                lexed
                    .comments
                    .push(comment(trimmed, line.start + line.body.len() - trimmed.len()));
            } else if !trimmed.is_empty() {
                end = line.start + line.body.len();
                more = push(&mut joined, line.body, line.start, line.next, lexed.escape);
            }
            if joined.text().len() > MAX_INSTRUCTION {
                lexed.cut = Some((Span::new(start, end), "an instruction too long to be read"));
                return lexed;
            }
        }
        let Some(mut instruction) = instruction(joined, start, end, lexed.escape) else {
            continue;
        };
        if lexed.instructions.len() >= MAX_INSTRUCTIONS {
            lexed.cut = Some((instruction.span, "more instructions than are read in one file"));
            break;
        }
        if instruction.keyword.takes_heredocs() && instruction.json.is_none() {
            let endless = heredocs(&mut instruction, &mut lines);
            lexed.unterminated = endless.filter(|_| lexed.cut.is_none());
        }
        lexed.instructions.push(instruction);
    }
    lexed
}

fn comment(body: &str, start: usize) -> Comment {
    Comment {
        span: Span::new(start, start + body.len()),
        own_line: true,
    }
}

/// Adds a line to an instruction; true when the next line continues it.
fn push(joined: &mut Joined, body: &str, start: usize, next: usize, escape: char) -> bool {
    let continued = body
        .trim_end_matches([' ', '\t'])
        .strip_suffix(escape)
        .filter(|rest| !rest.ends_with(escape));
    match continued {
        Some(rest) => {
            let ending = start + body.len()..next;
            joined.push(rest, start, Some((start + rest.len(), ending)));
            true
        }
        None => {
            joined.push(body, start, None);
            false
        }
    }
}

fn instruction(line: Joined, start: usize, end: usize, escape: char) -> Option<Instruction> {
    let text = line.text();
    let whole = words::trimmed(text, 0..text.len());
    if whole.is_empty() {
        return None;
    }
    let (mut word, mut rest) = first_word(text, whole);
    let mut keyword = Keyword::of(line.part(&word));
    let mut onbuild = false;
    if keyword == Keyword::Onbuild && !rest.is_empty() {
        let (trigger, after) = first_word(text, rest.clone());
        onbuild = true;
        keyword = Keyword::of(line.part(&trigger));
        (word, rest) = (trigger, after);
    }
    let (flags, args) = flags(text, rest, escape);
    let args = words::trimmed(text, args);
    let json = if keyword.takes_json() {
        words::json(text, &args)
    } else {
        None
    };
    Some(Instruction {
        keyword,
        head: line.outer(&word),
        onbuild,
        span: Span::new(start, end),
        flags,
        args,
        json,
        heredocs: Vec::new(),
        line,
    })
}

/// The first word, and the rest without blanks before it.
fn first_word(text: &str, range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let part = text.get(range.clone()).unwrap_or("");
    let len = part.find(['\t', '\u{b}', '\u{c}', '\r', ' ']).unwrap_or(part.len());
    let after = range.start + len;
    (range.start..after, words::trimmed(text, after..range.end))
}

/// The flags at the start of a range, and the rest. A lone `--` ends them.
fn flags(text: &str, range: Range<usize>, escape: char) -> (Vec<Flag>, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        let rest = words::trimmed(text, at..range.end);
        let part = text.get(rest.clone()).unwrap_or("");
        if !part.starts_with("--") {
            return (flags, rest);
        }
        let word = rest.start..rest.start + word_len(part, escape);
        at = word.end;
        let part = text.get(word.clone()).unwrap_or("");
        if part == "--" {
            return (flags, at..range.end);
        }
        let name = part.trim_start_matches('-');
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, Some(word.end - value.len()..word.end)),
            None => (name, None),
        };
        flags.push(Flag {
            name: name.to_owned(),
            value,
            word,
        });
    }
}

/// How long the word is that a text begins with: to the first blank outside quotes.
fn word_len(text: &str, escape: char) -> usize {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => return at,
            Some(open) if c == open => quote = None,
            _ if c == escape => {
                chars.next();
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
    }
    text.len()
}

/// Takes the lines of an instruction's heredocs. Gives the word of one that never ends.
fn heredocs(instruction: &mut Instruction, lines: &mut Lines) -> Option<Span> {
    let text = instruction.line.text();
    if !text.contains("<<") {
        return None;
    }
    let (found, closed) = words::split(text, &(0..text.len()), '\\');
    if !closed {
        return None; // the reader of BuildKit gives up on such a line too
    }
    let mut docs = Vec::new();
    let mut unterminated = None;
    for word in found {
        let Some((name, chomp)) = heredoc_name(instruction.line.part(&word)) else {
            continue;
        };
        let start = lines.at;
        let mut body_end = start;
        let mut closing = None;
        for line in lines.by_ref() {
            let candidate = if chomp {
                line.body.trim_start_matches('\t')
            } else {
                line.body
            };
            if candidate == name {
                closing = Some(Span::new(line.start, line.start + line.body.len()));
                break;
            }
            body_end = line.next;
        }
        let body = Span::new(start, body_end);
        let last = closing.unwrap_or(Span::at(body_end));
        if closing.is_none() {
            unterminated = unterminated.or(Some(instruction.line.outer(&word)));
        }
        instruction.span = instruction.span.to(last);
        docs.push(Heredoc { word, body });
        if unterminated.is_some() {
            break;
        }
    }
    instruction.heredocs = docs;
    unterminated
}

/// The closing word of a heredoc that a word announces, without its quotes, and whether tabs before
/// lines go. `<<<` is no heredoc, and a file descriptor may stand before the sign.
fn heredoc_name(word: &str) -> Option<(String, bool)> {
    let rest = word
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix("<<")?;
    let (rest, chomp) = match rest.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let mut name = String::new();
    let mut quote = None;
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None | Some('"') if c == '\\' => name.extend(chars.next()),
            _ => name.push(c),
        }
    }
    Some((name, chomp))
}

/// Parser directives: comments at the very top, `# name=value`, each name once.
#[derive(Default)]
struct Directives {
    done: bool,
    seen: Vec<String>,
}

impl Directives {
    /// Looks at a line; the new escape character, if it sets one.
    fn escape(&mut self, body: &str) -> Option<char> {
        if self.done {
            return None;
        }
        let directive = body
            .strip_prefix('#')
            .and_then(|rest| rest.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .filter(|(name, value)| matches!(name.as_str(), "escape" | "syntax" | "check") && !value.is_empty())
            .filter(|(name, _)| !self.seen.contains(name));
        let Some((name, value)) = directive else {
            self.done = true;
            return None;
        };
        let escape = match (name.as_str(), value) {
            ("escape", "`") => Some('`'),
            ("escape", "\\") => Some('\\'),
            _ => None,
        };
        self.seen.push(name);
        escape
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests;
