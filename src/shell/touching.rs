//! Words that touch are one word, where the grammar reads two: `--user=` and `` `id -u`:`id -g` ``.

use tree_sitter::Node;

use super::expansions::name_length;
use super::statements::Reader;
use super::tree::{Index, Operation, Param, Part, Simple, Word};
use crate::source::Span;

impl Reader<'_> {
    /// Adds a word to others, or to the last of them where nothing stands between the two.
    pub(super) fn add_word(&mut self, node: Node, before: Option<Node>, words: &mut Vec<Word>, depth: u32) {
        let Some(word) = self.word(node, depth) else { return };
        match words.last_mut() {
            Some(last) if self.touch(before, node) => self.glue(last, word, node),
            _ => words.push(word),
        }
    }

    /// The value of an assignment goes on in the word that touches it.
    pub(super) fn goes_on(&mut self, node: Node, before: Option<Node>, simple: &mut Simple, depth: u32) -> bool {
        let assigns = before.is_some_and(|before| before.kind() == "variable_assignment");
        if !assigns || !self.touch(before, node) || !simple.words.is_empty() {
            return false;
        }
        let value = simple.assigns.last_mut().map(|assign| &mut assign.value);
        let Some(super::tree::AssignValue::Word(value)) = value else {
            return false;
        };
        let name = super::statements::children(node).first().copied();
        let inner = if node.kind() == "command_name" {
            name.unwrap_or(node)
        } else {
            node
        };
        if let Some(word) = self.word(inner, depth) {
            self.glue(value, word, inner);
        }
        true
    }

    pub(super) fn touch(&self, before: Option<Node>, node: Node) -> bool {
        let word = |node: Node| !node.is_error() && node.is_named() && !node.kind().ends_with("redirect");
        // the grammar lets an expansion begin with the blanks before it
        before.is_some_and(|before| word(before) && word(node) && before.end_byte() == self.begin(node))
    }

    pub(super) fn glue(&self, last: &mut Word, word: Word, node: Node) {
        last.span = Span {
            start: last.span.start,
            end: word.span.end,
        };
        last.quoted |= word.quoted;
        let mut parts = word.parts.into_iter();
        // `$` and a name that the grammar took apart
        if let Some(Part::Text {
            text, quoted: false, ..
        }) = last.parts.last()
            && text == "$"
            && let Some(Part::Text {
                text: next,
                span,
                kind,
                quoted: false,
            }) = parts.as_slice().first()
            && next.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && let length @ 1.. = name_length(next)
        {
            let start = node.start_byte() - 1;
            let written = self.document.slice(start, start + 1 + length).to_owned();
            let whole = crate::container::Piece {
                text: next.clone(),
                span: *span,
                kind: kind.clone(),
            };
            let rest = whole.cut(length, next.get(length..).unwrap_or(""));
            last.parts.pop();
            last.parts.push(Part::Param(Box::new(Param {
                name: written.trim_start_matches('$').to_owned(),
                index: Index::None,
                operation: Operation::Plain,
                span: self.document.span(start, start + written.len()),
                written,
                quoted: false,
            })));
            if !rest.text.is_empty() {
                last.parts.push(Part::Text {
                    text: rest.text,
                    span: rest.span,
                    kind: rest.kind,
                    quoted: false,
                });
            }
            parts.next();
        }
        last.parts.extend(parts);
    }
}
