//! Compound commands: chains, conditionals, cases, loops and tests.

use tree_sitter::Node;

use super::statements::{Reader, children};
use super::tree::{Arm, Block, CaseArm, Link, StatementKind, Word};
use crate::source::Span;

impl Reader<'_> {
    pub(super) fn conditional(&mut self, kids: &[Node], depth: u32) -> StatementKind {
        let mut arms = Vec::new();
        let mut otherwise = None;
        let own: Vec<Node> = kids
            .iter()
            .copied()
            .filter(|k| k.kind() != "elif_clause" && k.kind() != "else_clause")
            .collect();
        arms.push(self.arm(&own, depth));
        for &kid in kids {
            match kid.kind() {
                "elif_clause" => arms.push(self.arm(&children(kid), depth)),
                "else_clause" => otherwise = Some(self.shared(&children(kid), depth)),
                _ => {}
            }
        }
        StatementKind::If { arms, otherwise }
    }

    pub(super) fn arm(&mut self, kids: &[Node], depth: u32) -> Arm {
        let at = kids.iter().position(|k| k.kind() == "then").unwrap_or(kids.len());
        let (condition, body) = kids.split_at(at);
        Arm {
            condition: self.shared(condition, depth),
            body: self.shared(body, depth),
        }
    }

    pub(super) fn case(&mut self, kids: &[Node], depth: u32) -> StatementKind {
        let subject = kids.iter().find(|k| k.is_named() && k.kind() != "comment");
        let subject = subject.and_then(|&node| self.word(node, depth));
        let mut arms = Vec::new();
        for &kid in kids.iter().filter(|k| k.kind() == "case_item") {
            let parts = children(kid);
            let at = parts.iter().position(|k| k.kind() == ")").unwrap_or(0);
            let (patterns, body) = parts.split_at(at);
            arms.push(CaseArm {
                any: patterns.iter().any(|p| self.text(*p) == "*"),
                body: self.shared(body, depth),
            });
        }
        // Errors inside a case still hold commands.
        for &kid in kids.iter().filter(|k| k.is_error()) {
            let body = self.shared(&children(kid), depth);
            if !body.is_empty() {
                arms.push(CaseArm { any: false, body });
            }
        }
        StatementKind::Case { subject, arms }
    }

    pub(super) fn for_loop(&mut self, kids: &[Node], depth: u32) -> StatementKind {
        let name = kids.iter().find(|k| k.kind() == "variable_name");
        let name = name.map(|k| self.text(*k).to_owned()).unwrap_or_default();
        let at = kids.iter().position(|k| k.kind() == "in");
        let end = kids
            .iter()
            .position(|k| k.kind() == "do_group" || k.kind() == "compound_statement")
            .unwrap_or(kids.len());
        let words = at.map(|at| {
            let mut words = Vec::new();
            let mut before = None;
            for &node in kids.get(at..end).unwrap_or_default() {
                self.add_word(node, before, &mut words, depth);
                before = Some(node);
            }
            words
        });
        StatementKind::For {
            name,
            words,
            body: self.do_group(kids.get(end..).unwrap_or_default(), depth),
        }
    }

    pub(super) fn do_group(&mut self, kids: &[Node], depth: u32) -> Block {
        let group = kids
            .iter()
            .find(|k| k.kind() == "do_group" || k.kind() == "compound_statement");
        match group {
            Some(&group) => self.shared(&children(group), depth),
            None => Vec::new().into(),
        }
    }

    pub(super) fn test(&mut self, node: Node, depth: u32) -> StatementKind {
        let mut inner = Vec::new();
        let word = Word {
            span: self.span(node),
            parts: self.parts_of(node, depth),
            quoted: true,
        };
        let empty_name = empty_test(self.text(node));
        inner.push(word);
        StatementKind::Test { inner, empty_name }
    }

    /// Notes the word that ends a compound command where the parser had to make it up.
    pub(super) fn note_unclosed(&mut self, kids: &[Node]) {
        let (Some(first), Some(last)) = (kids.first(), kids.last()) else {
            return;
        };
        let last = match last.kind() {
            "do_group" => children(*last).pop().unwrap_or(*last),
            _ => *last,
        };
        let at_end = self
            .document
            .text
            .get(last.end_byte()..)
            .is_some_and(|rest| rest.trim().is_empty());
        if !last.is_missing() || !at_end || self.unclosed.is_some() {
            return;
        }
        let message = match last.kind() {
            "fi" => "this `if` has no `fi`",
            "done" => "this loop has no `done`",
            "esac" => "this `case` has no `esac`",
            _ => return,
        };
        self.unclosed = Some((Span::new(first.start_byte(), first.end_byte()), message));
    }

    /// Chains lean to the left without end, so their spine is walked, not entered.
    pub(super) fn chain(&mut self, node: Node, depth: u32) -> StatementKind {
        let mut links = Vec::new();
        let mut at = node;
        loop {
            let kids = children(at);
            let named: Vec<Node> = kids
                .iter()
                .copied()
                .filter(|k| k.is_named() && k.kind() != "comment")
                .collect();
            let operator = kids.iter().find(|k| k.kind() == "&&" || k.kind() == "||");
            let link = match operator.map(|k| k.kind()) {
                Some("||") => Link::Or,
                _ => Link::And,
            };
            for &right in named.iter().skip(1).rev() {
                links.push((link, right));
            }
            match named.first() {
                Some(first) if first.kind() == "list" => at = *first,
                Some(first) => {
                    links.push((Link::First, *first));
                    break;
                }
                None => break,
            }
        }
        let mut out = Vec::new();
        for (link, node) in links.into_iter().rev() {
            if let Some(statement) = self.statement(node, depth) {
                out.push((link, statement));
            }
        }
        StatementKind::Chain(out)
    }
}

/// The name that `[ -z "$NAME" ]` tests, when that is all it tests.
fn empty_test(text: &str) -> Option<String> {
    let inner = text.trim_matches(['[', ']', ' ', '\t']);
    let rest = inner.strip_prefix("-z")?.trim();
    let rest = rest.trim_matches('"');
    let rest = rest.strip_prefix('$')?;
    let rest = rest.strip_prefix('{').and_then(|r| r.strip_suffix('}')).unwrap_or(rest);
    let name = rest.split([':', '-', '+']).next()?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain.then(|| name.to_owned())
}
