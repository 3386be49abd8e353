//! Text to a tree of statements, within bounds of size, time and depth.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use tree_sitter::{Node, ParseOptions, Parser, Tree};

use super::document::Document;
use super::loose;
use super::scan::{self, Broken};
use super::tree::{Block, Statement};
use crate::source::Span;

/// Bytes of a script that are read; up to four hundred bytes of memory go with each.
const MAX_BYTES: usize = 1 << 20;
/// How long the parser may work, and how much longer for each KiB. Real scripts take milliseconds;
/// only built ones reach this. A count of the parser's steps would not do: one of them may cost a
/// thousand times what another does.
pub(super) const BUDGET: Duration = Duration::from_millis(500);
const BUDGET_PER_KIB: Duration = Duration::from_micros(100);
/// A script as read.
pub(super) struct Parsed {
    pub(super) body: Block,
    /// The comments, in order.
    pub(super) comments: Vec<Span>,
    /// Every statement with the bytes it covers, in order of start, the larger first.
    pub(super) statements: Vec<Span>,
    /// Where reading stopped, and why.
    pub(super) stopped: Option<(Span, &'static str)>,
    /// What is surely broken.
    pub(super) broken: Option<Broken>,
}

/// Sourced files that each thread keeps parsed, and the bytes of all their texts.
const KEPT: usize = 32;
const KEPT_BYTES: usize = 1 << 20;

thread_local! {
    /// The sourced files that were parsed last, with their texts.
    static PARSED: RefCell<VecDeque<(String, Rc<Parsed>)>> = const { RefCell::new(VecDeque::new()) };
}

/// Reads a sourced file as a script. One library is sourced by many scripts, and parsed once.
pub(super) fn parse_sourced(text: &str) -> Rc<Parsed> {
    PARSED.with_borrow_mut(|kept| {
        if let Some(at) = kept.iter().position(|(known, _)| known == text)
            && let Some(found) = kept.remove(at)
        {
            let parsed = Rc::clone(&found.1);
            kept.push_back(found);
            return parsed;
        }
        let parsed = Rc::new(parse(&Document { text, outer: None }));
        kept.push_back((text.to_owned(), Rc::clone(&parsed)));
        let size = |kept: &VecDeque<(String, Rc<Parsed>)>| kept.iter().map(|(text, _)| text.len()).sum::<usize>();
        while kept.len() > KEPT || size(kept) > KEPT_BYTES {
            kept.pop_front();
        }
        parsed
    })
}

/// Reads a text as a script. Never fails: what cannot be read is left out and said.
pub(super) fn parse(document: &Document) -> Parsed {
    let text = document.text;
    let mut stopped = None;
    let mut end = text.len();
    if end > MAX_BYTES {
        end = cut_before(text, MAX_BYTES);
        stopped = Some((
            document.span(end, text.len()),
            "only the first MiB of this script are read",
        ));
    }
    let text = text.get(..end).unwrap_or("");
    let mut scan = scan::scan(text);
    if stopped.is_some() {
        // what is open there may be closed in the rest
        scan.broken = None;
    }
    if let (Some(at), None) = (scan.too_deep, stopped) {
        let span = document.span(at.start as usize, at.end as usize);
        stopped = Some((span, "this nests too deeply to be read"));
    }
    let masked = scan::masked(text, &scan);
    let mut tree = None;
    let kib = u32::try_from(end / 1024).unwrap_or(u32::MAX);
    let budget = BUDGET + BUDGET_PER_KIB.saturating_mul(kib);
    // A second and a third try read some of what the first got through before its time was over.
    for part in [1, 3, 3] {
        match parse_until(masked.get(..end).unwrap_or(""), worked() + budget / part) {
            Ok(parsed) => {
                tree = Some(parsed);
                break;
            }
            Err(reached) => {
                end = cut_before(text, reached.min(end) / 4);
                stopped = Some((
                    document.span(end, document.text.len()),
                    "this script takes too long to parse; the rest of it is not read",
                ));
            }
        }
    }
    let Some(tree) = tree else {
        return Parsed {
            body: Vec::new().into(),
            comments: Vec::new(),
            statements: Vec::new(),
            stopped,
            broken: scan.broken,
        };
    };
    let shown = masked.get(..end).unwrap_or("");
    convert(document, &tree, &scan, shown, stopped)
}

fn convert(
    document: &Document,
    tree: &Tree,
    scan: &scan::Scan,
    shown: &str,
    mut stopped: Option<(Span, &'static str)>,
) -> Parsed {
    let mut reader = super::statements::Reader::new(document, scan);
    let mut body: Vec<Statement> = Vec::new();
    reader.block(tree.root_node(), &mut body, 0);
    loose::put_back(&mut reader, shown, &mut body);
    if let Some(span) = reader.too_deep
        && stopped.is_none()
    {
        stopped = Some((span, "this nests too deeply to be read"));
    }
    // an error elsewhere may be the grammar's own: then nothing is surely missing
    let mut broken = scan.broken.clone();
    if broken.is_none()
        && stopped.is_none()
        && let Some((span, message)) = reader.unclosed
        && !has_errors(tree.root_node())
    {
        broken = Some(Broken { span, message });
    }
    let mut statements = reader.spans;
    statements.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    statements.dedup();
    Parsed {
        body: body.into(),
        comments: comments(document, tree.root_node(), scan),
        statements,
        stopped,
        broken,
    }
}

/// The offset of the last line end before `limit`, or of the last blank, or `limit` itself.
fn cut_before(text: &str, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let head = bytes.get(..limit).unwrap_or(bytes);
    if let Some(at) = memchr::memrchr(b'\n', head) {
        return at + 1;
    }
    if let Some(at) = memchr::memrchr(b' ', head) {
        return at;
    }
    let mut at = head.len();
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// How long this thread has worked so far: what other programs do to the machine does not count.
#[cfg(unix)]
pub(super) fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// How much time has passed, where a thread's own time cannot be had.
#[cfg(not(unix))]
pub(super) fn worked() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

/// The tree, or how many bytes were read when the time was over.
pub(super) fn parse_until(text: &str, deadline: Duration) -> Result<Tree, usize> {
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_bash::LANGUAGE.into()).is_err() {
        return Err(0);
    }
    let bytes = text.as_bytes();
    let mut reached = 0;
    let mut progress = |state: &tree_sitter::ParseState| {
        reached = state.current_byte_offset();
        if worked() > deadline {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(
        &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
        None,
        Some(options),
    );
    tree.ok_or(reached)
}

/// True when something could not be parsed.
fn has_errors(root: Node) -> bool {
    let mut found = false;
    visit(root, |node| found |= node.is_error());
    found
}

/// All comments, wherever they stand.
fn comments(document: &Document, root: Node, scan: &scan::Scan) -> Vec<Span> {
    let mut found = Vec::new();
    visit(root, |node| {
        if node.kind() == "comment" {
            let text = document.slice(node.start_byte(), node.end_byte());
            let end = node.start_byte() + text.trim_end_matches('\r').len();
            found.push(document.span(node.start_byte(), end));
        }
    });
    let inline = scan.inline_comments.iter();
    found.extend(inline.map(|s| document.span(s.start as usize, s.end as usize)));
    found.sort();
    found
}

/// Every node of a tree, without recursion.
fn visit(root: Node, mut see: impl FnMut(Node)) {
    let mut cursor = root.walk();
    'walk: loop {
        see(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
}

/// How many places of a script the grammar cannot read.
#[cfg(test)]
pub(super) fn errors(text: &str) -> usize {
    let scan = scan::scan(text);
    let masked = scan::masked(text, &scan);
    let mut found = 0;
    if let Ok(tree) = parse_until(&masked, worked() + BUDGET) {
        visit(tree.root_node(), |node| {
            found += usize::from(node.is_error() || node.is_missing());
        });
    }
    found
}
