//! The code blocks of a page, and its comments. The only place that knows the parser.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::language::{self, Language};
use super::outer;
use crate::source::{Excerpt, Span};

/// How deep Markdown within Markdown is followed: examples of pages, content of tabs.
const MAX_DEPTH: usize = 4;

/// A code block.
pub(super) struct Block {
    /// What it is written in.
    pub(super) language: Language,
    /// Its text, without what stands before its lines.
    pub(super) excerpt: Excerpt,
    /// All of it, its fences included.
    pub(super) span: Span,
}

/// What a page holds.
#[derive(Default)]
pub(super) struct Page {
    /// Its code blocks, in order.
    pub(super) blocks: Vec<Block>,
    /// Its comments, `<!-- … -->`, in order.
    pub(super) comments: Vec<Span>,
}

/// Reads a page.
pub(super) fn read(text: &Excerpt) -> Page {
    let mut page = Page::default();
    add(text, 0, &mut page);
    page
}

fn add(text: &Excerpt, depth: usize, page: &mut Page) {
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let whole = text.text();
    let mut open: Option<(String, bool, Block)> = None;
    for (event, range) in Parser::new_ext(whole, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let (info, fenced) = match kind {
                    CodeBlockKind::Fenced(info) => (info.into_string(), true),
                    CodeBlockKind::Indented => (String::new(), false),
                };
                let block = Block {
                    language: Language::Untold,
                    excerpt: Excerpt::new(),
                    span: outer(text, range),
                };
                open = Some((info, fenced, block));
            }
            Event::Text(words) => {
                let Some((_, _, block)) = &mut open else { continue };
                match whole.get(range.clone()) {
                    Some(there) if there == &*words => block.excerpt.append(&text.part(range)),
                    _ => block.excerpt.made(&words),
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((info, fenced, mut block)) = open.take() else {
                    continue;
                };
                block.language = language::of(&info, block.excerpt.text());
                let shows_markdown = block.language == Language::Markdown || (!fenced && holds_fence(&block));
                if shows_markdown && depth < MAX_DEPTH {
                    add(&block.excerpt, depth + 1, page);
                } else {
                    page.blocks.push(block);
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => page.comments.extend(comments(text, range)),
            _ => {}
        }
    }
}

/// True for the content of a tab or an admonition, which stands four columns in and is no code: it holds
/// a fence of its own.
fn holds_fence(block: &Block) -> bool {
    let mut lines = block.excerpt.text().lines().map(str::trim_start);
    lines.any(|line| line.starts_with("```") || line.starts_with("~~~"))
}

/// The comments of one line that begin and end on it.
fn comments(text: &Excerpt, range: std::ops::Range<usize>) -> Vec<Span> {
    let html = text.text().get(range.clone()).unwrap_or("");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = html.get(at..).and_then(|rest| rest.find("<!--")).map(|from| at + from)
        && let Some(len) = html.get(start..).and_then(|rest| rest.find("-->"))
    {
        at = start + len + "-->".len();
        found.push(outer(text, range.start + start..range.start + at));
    }
    found
}
