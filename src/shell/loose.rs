//! Launches that the grammar's tree has lost. Where the grammar gives up, an engine's name may stand beside
//! the command that it begins, or within a string that is none. The scan over the bytes knows where such
//! names stand; those that no command holds are read again, each with its own line. What cannot be read
//! even so is a launch of which nothing is seen.

use std::ops::Range;

use super::parse;
use super::statements::Reader;
use super::tree::{Arm, Part, Simple, Statement, StatementKind, Word};
use super::words::shortened;

/// Lines of one script that are read again, and the bytes of each.
const MAX_LINES: usize = 64;
const MAX_LINE: usize = 16 << 10;

/// Words between an engine and its subcommand.
const MAX_OPTIONS: usize = 8;

const ENGINES: [&[u8]; 3] = [b"docker", b"podman", b"nerdctl"];

/// True where an engine's name stands as a word, or as the end of a path.
pub(super) fn names_engine(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    ENGINES.iter().any(|name| {
        let after = rest.strip_prefix(*name).and_then(<[u8]>::first);
        after.is_some_and(|b| matches!(b, b' ' | b'\t' | b'\\'))
    })
}

/// Reads the launches again that no command of the tree holds, and puts them where they stand.
pub(super) fn put_back(reader: &mut Reader, shown: &str, body: &mut Vec<Statement>) {
    let text = reader.document.text;
    let read = Held::by(reader);
    let lost: Vec<Launch> = reader
        .scan
        .engines
        .iter()
        .filter(|at| !read.holds(**at))
        .filter_map(|at| launch(text, *at))
        .take(MAX_LINES)
        .collect();
    if lost.is_empty() {
        return;
    }
    let mut found = Vec::new();
    let lines: Vec<Range<usize>> = lost.iter().map(|launch| launch.engine..launch.line_end).collect();
    if let Ok(tree) = parse::parse_until(&only(shown, &lines), parse::worked() + parse::BUDGET) {
        reader.block(tree.root_node(), &mut found, 0);
    }
    let read = Held::by(reader);
    found.extend(
        lost.iter()
            .filter(|launch| !read.holds(launch.engine))
            .map(|launch| unreadable(reader, launch)),
    );
    body.extend(found.into_iter().map(maybe));
    // those that were there stay before those that begin with them
    body.sort_by_key(|statement| statement.span.start);
}

/// A launch as it stands in the text.
struct Launch {
    /// Where the engine's name begins.
    engine: usize,
    /// Where the subcommand ends.
    head_end: usize,
    /// Where its line ends, continuations and lines within quotes included.
    line_end: usize,
}

/// The launch that an engine's name begins.
fn launch(text: &str, engine: usize) -> Option<Launch> {
    let mut at = engine;
    let mut word = next_word(text, &mut at)?;
    for _ in 0..MAX_OPTIONS {
        word = next_word(text, &mut at)?;
        if !word.starts_with('-') && word != "container" {
            break;
        }
    }
    matches!(word, "run" | "create").then(|| Launch {
        engine,
        head_end: at,
        line_end: line_end(text, at),
    })
}

/// The next word of a line and the place behind it; `None` at the end of the line.
fn next_word<'t>(text: &'t str, at: &mut usize) -> Option<&'t str> {
    let rest = text.get(*at..)?;
    let word = rest.trim_start_matches([' ', '\t']);
    let word = word
        .strip_prefix("\\\n")
        .map_or(word, |next| next.trim_start_matches([' ', '\t']));
    let start = *at + rest.len() - word.len();
    let length = word
        .find(|c: char| c.is_whitespace() || ";&|()`\"'<>".contains(c))
        .unwrap_or(word.len());
    *at = start + length;
    word.get(..length).filter(|word| !word.is_empty())
}

/// Where a command's line ends.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let mut quote = None;
    let mut escaped = false;
    for (i, &byte) in rest.iter().enumerate().take(MAX_LINE) {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, byte) {
            (Some(b'\''), b'\\') => {}
            (_, b'\\') => escaped = true,
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'\n') => return from + i,
            _ => {}
        }
    }
    // a quote that nothing closes says nothing of where the line ends
    from + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// The bytes of words, and those of strings in quotes.
struct Held {
    words: Vec<Range<usize>>,
    strings: Vec<Range<usize>>,
}

impl Held {
    fn by(reader: &Reader) -> Held {
        Held {
            words: united(&reader.words),
            strings: united(&reader.strings),
        }
    }

    /// True when a command holds the name as a word, or the end of one, outside of quotes.
    fn holds(&self, engine: usize) -> bool {
        let within = |ranges: &[Range<usize>]| {
            let next = ranges.partition_point(|range| range.end <= engine);
            ranges.get(next).is_some_and(|range| range.contains(&engine))
        };
        within(&self.words) && !within(&self.strings)
    }
}

/// Ranges in order, those that overlap as one.
fn united(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted: Vec<Range<usize>> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
    sorted.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match out.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => out.push(range),
        }
    }
    out
}

/// The text with blanks for everything but some lines.
fn only(shown: &str, lines: &[Range<usize>]) -> String {
    let mut bytes: Vec<u8> = shown.bytes().map(|b| if b == b'\n' { b } else { b' ' }).collect();
    for line in lines {
        let from = shown.as_bytes().get(line.clone()).unwrap_or_default();
        if let Some(to) = bytes.get_mut(line.clone()) {
            to.copy_from_slice(from);
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A launch whose words are not known.
fn unreadable(reader: &Reader, launch: &Launch) -> Statement {
    let document = reader.document;
    let mut at = launch.engine;
    let mut words = Vec::new();
    while at < launch.head_end && next_word(document.text, &mut at).is_some() {
        let head = document.slice(launch.engine, at);
        let start = head.rfind([' ', '\t', '\n']).map_or(0, |blank| blank + 1);
        words.push(reader.plain_word(launch.engine + start, at));
    }
    let rest = document.slice(launch.head_end, launch.line_end).trim();
    let span = document.span(launch.head_end, launch.line_end);
    words.push(Word {
        span,
        parts: vec![Part::Opaque {
            written: format!("{} …", shortened(rest)).trim_start().to_owned(),
            span,
            quoted: false,
            splits: true,
        }],
        quoted: false,
    });
    Statement {
        span: document.span(launch.engine, launch.line_end),
        kind: StatementKind::Simple(Simple {
            words,
            ..Simple::default()
        }),
    }
}

/// A statement that only some path runs: what it stands in is not known.
fn maybe(statement: Statement) -> Statement {
    Statement {
        span: statement.span,
        kind: StatementKind::If {
            arms: vec![Arm {
                condition: Vec::new().into(),
                body: vec![statement].into(),
            }],
            otherwise: None,
        },
    }
}
