//! Markdown: what its code blocks show of commands and files.
//!
//! Prose and code within a line are nothing. A block is read by what its info string says, else as shell
//! and by its structure.

mod blocks;
mod language;
mod placeholders;
mod session;

use std::path::Path;
use std::sync::Arc;

use super::reading::{Comment, Form, Front, Kind, Nested, Open, Reading, Seam, Surroundings};
use crate::container::Container;
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Excerpt, Source, Span, with_feeds};
use blocks::Block;
use language::Language;

/// The row of the table of fronts.
pub(super) const FRONT: Front = Front {
    kind: Kind::Markdown,
    word: "markdown",
    noun: "a Markdown page",
    by_name: is_markdown,
    // a text is one where its name says so
    looks_like: |_| false,
    may_matter,
    read,
    read_in_place: None,
    render,
};

/// `README.md` and its like.
fn is_markdown(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    let endings = ["md", "markdown", "mdown", "mkd", "mdx"];
    ending.is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Words of which a page holds one if it shows how a container is launched.
const WORDS: &[&str] = &["docker", "podman", "nerdctl", "services:", "[container]", "privlint"];

fn may_matter(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let holds = |word: &&str| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some();
    WORDS.iter().any(holds)
}

/// Reads a page.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Markdown, Arc::clone(source));
    let bom = source.bom_len();
    // a carriage return alone ends a line of a page, and of what it shows
    let text = with_feeds(source.text().get(bom..).unwrap_or(""));
    let page = blocks::read(&Excerpt::verbatim(&text, bom));
    reading.nested = page.blocks.iter().flat_map(documents).collect();
    reading.comments = page
        .comments
        .into_iter()
        .map(|span| Comment { span, own_line: true })
        .collect();
    reading.nodes = page.blocks.iter().map(|block| block.span).collect();
    reading
}

/// What a block may be.
fn documents(block: &Block) -> Vec<Nested> {
    let example = |form: Form, excerpt: Excerpt, open: Open| Nested {
        form,
        open,
        is_example: true,
        ..Nested::new(Kind::Shell, excerpt, block.span, Seam::Lines)
    };
    let whole = |form: Form| example(form, placeholders::without_dots(&block.excerpt), Open::default());
    let script = || {
        let (excerpt, open) = placeholders::opened(&session::commands(&block.excerpt, block.language));
        let by_root = session::is_roots(&block.excerpt, block.language);
        Nested {
            by_root,
            ..example(Form::Script, excerpt, open)
        }
    };
    match block.language {
        Language::Shell | Language::Session => vec![script()],
        Language::Dockerfile => vec![whole(Form::Kind(Kind::Dockerfile))],
        Language::Structured => vec![whole(Form::Structured)],
        Language::Untold => vec![whole(Form::Structured), script()],
        Language::Markdown | Language::Other => Vec::new(),
    }
}

/// A page launches nothing itself.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("nothing of the page itself is changed".to_owned()))
}

/// The outer bytes of a range of an excerpt, for pointing.
fn outer(excerpt: &Excerpt, range: std::ops::Range<usize>) -> Span {
    excerpt.outer_span_near(Span::new(range.start, range.end))
}

#[cfg(test)]
mod tests;
