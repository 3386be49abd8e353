//! The bodies of heredocs, as words.

use tree_sitter::Node;

use super::document::Tabs;
use super::scan::Heredoc;
use super::statements::Reader;
use super::tree::Word;
use super::words::Quoting;

impl Reader<'_> {
    /// The body of a heredoc; `tabs` for `<<-`, which drops the tabs that its lines begin with.
    pub(super) fn heredoc(&mut self, node: Node, quoted: bool, tabs: bool, depth: u32) -> Word {
        // the grammar begins it behind the blanks of its first line
        let before = self.document.slice(0, node.start_byte());
        let line = before.trim_end_matches([' ', '\t']);
        let start = if line.ends_with('\n') {
            line.len()
        } else {
            node.start_byte()
        };
        let mut word = Word {
            span: self.document.span(start, node.end_byte()),
            parts: Vec::new(),
            quoted: true,
        };
        let outer = std::mem::replace(
            &mut self.tabs,
            tabs.then_some(Tabs {
                from: start,
                joins: !quoted,
            }),
        );
        if quoted {
            self.raw(start, node.end_byte(), &mut word);
        } else {
            self.between(node, start, node.end_byte(), Quoting::Heredoc, &mut word, depth);
        }
        self.tabs = outer;
        word
    }

    /// The body of a heredoc that the parser was not shown.
    pub(super) fn masked_heredoc(&mut self, heredoc: &Heredoc) -> Word {
        let body = heredoc.body.range();
        let mut word = Word {
            span: self.document.span(body.start, body.end),
            parts: Vec::new(),
            quoted: true,
        };
        let outer = std::mem::replace(
            &mut self.tabs,
            heredoc.tabs.then_some(Tabs {
                from: body.start,
                joins: !heredoc.quoted,
            }),
        );
        if heredoc.quoted {
            self.raw(body.start, body.end, &mut word);
        } else {
            self.literal(body.start, body.end, Quoting::Heredoc, &mut word);
        }
        self.tabs = outer;
        word
    }
}
