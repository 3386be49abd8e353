//! `container:`, a service, `uses: docker://…`: the runner hands their settings to `docker create`, and they are
//! read as that command would read them.

use super::{Page, expressions};
use crate::container::{Container, Engine, FileId, PieceKind, Place, Syntax, Text, Written};
use crate::front::yaml::{Entry, Kind, NodeId, Scalar};
use crate::source::Span;
use crate::spec::{self, CommandLine, Word};

/// The container of an entry such as `container:` or a service's name. None for an empty image: an
/// expression may leave it so, and the runner starts nothing.
pub(super) fn read(page: &Page, entry: &Entry) -> Option<Container> {
    let node = page.tree.resolve(entry.value);
    let image = match &page.tree.node(node).kind {
        Kind::Scalar(_) => node,
        _ => page.get(node, "image")?,
    };
    let image = page.scalar(image).filter(|image| !image.value().trim().is_empty())?;
    let mut words = vec![made("docker"), made("create")];
    let options = page.get(node, "options").and_then(|options| page.scalar(options));
    words.extend(options.iter().flat_map(split));
    for (key, option) in [("volumes", "--volume="), ("ports", "--publish=")] {
        let items = page.get(node, key).map(|items| page.items(items)).unwrap_or_default();
        words.extend(items.into_iter().filter_map(|item| valued(option, &page.scalar(item)?)));
    }
    let environment = page
        .get(node, "env")
        .map(|env| page.tree.entries(env))
        .unwrap_or_default();
    for variable in environment {
        let name = page.tree.key_text(variable).unwrap_or("");
        let value = page.scalar(page.tree.resolve(variable.value));
        words.extend(value.and_then(|value| valued(&format!("--env={name}="), &value)));
    }
    words.push(whole(&image));
    finish(page, entry, &words)
}

/// The container of `uses: docker://…`, or of an action with an image.
pub(super) fn of_image(page: &Page, entry: &Entry, arguments: Option<NodeId>) -> Option<Container> {
    const SCHEME: &str = "docker://";
    let scalar = page.scalar(page.tree.resolve(entry.value))?;
    let image = scalar.value().strip_prefix(SCHEME)?.len();
    let from = scalar.value().len() - image;
    let mut words = vec![made("docker"), made("create"), word(&scalar, from..from + image)];
    if let Some(arguments) = arguments {
        let list = page.items(arguments).into_iter().filter_map(|item| page.scalar(item));
        words.extend(list.map(|argument| whole(&argument)));
        words.extend(page.scalar(arguments).iter().flat_map(split));
    }
    let mut container = finish(page, entry, &words)?;
    // nothing but the image can be said of it
    container.unseen.clear();
    container.slot = None;
    Some(container)
}

fn finish(page: &Page, entry: &Entry, words: &[Word]) -> Option<Container> {
    let line = CommandLine {
        words: words.to_vec(),
        span: entry.entry,
        certain: true,
        as_root: true,
        ..CommandLine::default()
    };
    let mut container = spec::command::read(&line, Engine::Docker)?;
    container.syntax = Syntax::Workflow;
    container.file = FileId(0);
    container.head = page.tree.node(entry.key).span;
    container.body = entry.entry;
    container.slot = None;
    if let Some(name) = page.scalar(entry.key).filter(|_| container.name.is_none()) {
        let place = Place::new(name.span, name.span);
        container.name = Some(Written::new(name.text(), place));
    }
    Some(container)
}

/// A word that is written nowhere.
fn made(text: &str) -> Word {
    Word {
        text: Text::cooked(text, Span::default()),
        place: Place::new(Span::default(), Span::default()),
        certain: true,
        splits: false,
        options: Vec::new(),
    }
}

/// The whole of a scalar as one word.
fn whole(scalar: &Scalar) -> Word {
    word(scalar, 0..scalar.value().len())
}

/// A part of a scalar as one word.
fn word(scalar: &Scalar, range: std::ops::Range<usize>) -> Word {
    let mut text = Text::new();
    push(scalar, range.clone(), &mut text);
    let span = scalar.outer(range);
    Word {
        text,
        place: Place::new(span, span),
        ..made("")
    }
}

/// An option with its value in one word.
fn valued(option: &str, scalar: &Scalar) -> Option<Word> {
    let mut text = Text::cooked(option, Span::at(scalar.span.start as usize));
    push(scalar, 0..scalar.value().len(), &mut text);
    Some(Word {
        text,
        place: Place::new(scalar.span, scalar.span),
        ..made("")
    })
}

/// Appends a part of a scalar to a text, expressions as holes.
fn push(scalar: &Scalar, range: std::ops::Range<usize>, text: &mut Text) {
    let mut at = range.start;
    for found in expressions::find(scalar.value().get(range.clone()).unwrap_or("")) {
        let found = range.start + found.start..range.start + found.end;
        scalar.push_to(at..found.start, text);
        hole(scalar, found.clone(), text);
        at = found.end;
    }
    scalar.push_to(at..range.end, text);
}

/// Appends an expression, of which the value is not known.
fn hole(scalar: &Scalar, range: std::ops::Range<usize>, text: &mut Text) {
    let expression = scalar.value().get(range.clone()).unwrap_or("");
    let kind = PieceKind::Hole(expressions::hole(expression));
    text.push(expression.to_owned(), scalar.outer(range), kind);
}

/// The words of `options:`.
fn split(scalar: &Scalar) -> Vec<Word> {
    let value = scalar.value();
    let mut expressions = expressions::find(value).into_iter().peekable();
    let mut words = Vec::new();
    let mut open: Option<Word> = None;
    let (mut start, mut quote) = (0, None);
    let mut chars = value.char_indices();
    while let Some((at, c)) = chars.next() {
        if let Some(range) = expressions.next_if(|range| range.start == at) {
            let word = open.get_or_insert_with(|| {
                start = at;
                made("")
            });
            hole(scalar, range.clone(), &mut word.text);
            word.splits |= quote.is_none();
            while chars.as_str().len() > value.len() - range.end {
                chars.next();
            }
            continue;
        }
        match (quote, c) {
            (None, c) if c.is_whitespace() => words.extend(closed(open.take(), scalar, start..at)),
            (None, '"' | '\'') => {
                quote = Some(c);
                open.get_or_insert_with(|| {
                    start = at;
                    made("")
                });
            }
            (Some(q), c) if q == c => quote = None,
            _ => {
                let word = open.get_or_insert_with(|| {
                    start = at;
                    made("")
                });
                scalar.push_to(at..at + c.len_utf8(), &mut word.text);
            }
        }
    }
    words.extend(closed(open, scalar, start..value.len()));
    words
}

fn closed(word: Option<Word>, scalar: &Scalar, range: std::ops::Range<usize>) -> Option<Word> {
    let span = scalar.outer(range);
    word.map(|word| Word {
        place: Place::new(span, span),
        ..word
    })
}
