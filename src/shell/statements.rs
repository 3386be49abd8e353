//! Nodes of the grammar to statements.

use std::ops::Range;

use tree_sitter::Node;

use super::document::{Document, MAX_DEPTH, Tabs};
use super::scan::Scan;
use super::tree::{Assign, AssignValue, Block, Simple, Statement, StatementKind, Word};
use crate::source::Span;

/// Converts one parse, and notes what it passes.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) scan: &'a Scan,
    /// Every statement that was passed.
    pub(super) spans: Vec<Span>,
    /// The first place that nested too deeply.
    pub(super) too_deep: Option<Span>,
    /// The heredoc whose body is read, where it is one that drops tabs.
    pub(super) tabs: Option<Tabs>,
    /// A compound command that the text ends in: its first word, and what it lacks.
    pub(super) unclosed: Option<(Span, &'static str)>,
    /// The words that were read, and the strings in quotes, in places of the text.
    pub(super) words: Vec<Range<usize>>,
    pub(super) strings: Vec<Range<usize>>,
}

pub(super) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document<'a>, scan: &'a Scan) -> Reader<'a> {
        Reader {
            document,
            scan,
            spans: Vec::new(),
            too_deep: None,
            tabs: None,
            unclosed: None,
            words: Vec::new(),
            strings: Vec::new(),
        }
    }

    pub(super) fn span(&self, node: Node) -> Span {
        self.document.span(node.start_byte(), node.end_byte())
    }

    pub(super) fn text(&self, node: Node) -> &'a str {
        self.document.text.get(node.start_byte()..node.end_byte()).unwrap_or("")
    }

    /// True when one more level may be entered.
    pub(super) fn may_enter(&mut self, node: Node, depth: u32) -> bool {
        if depth < MAX_DEPTH {
            return true;
        }
        if self.too_deep.is_none() {
            self.too_deep = Some(self.span(node));
        }
        false
    }

    /// The statements among the children of a node.
    pub(super) fn block(&mut self, node: Node, out: &mut Vec<Statement>, depth: u32) {
        self.statements(&children(node), out, depth);
    }

    fn statements(&mut self, nodes: &[Node], out: &mut Vec<Statement>, depth: u32) {
        for &node in nodes {
            if let Some(statement) = self.statement(node, depth) {
                out.push(statement);
            } else if node.kind() == "&"
                && let Some(last) = out.pop()
            {
                out.push(Statement {
                    span: last.span,
                    kind: StatementKind::Background(Box::new(last)),
                });
            }
        }
    }

    pub(super) fn shared(&mut self, nodes: &[Node], depth: u32) -> Block {
        let mut out = Vec::new();
        self.statements(nodes, &mut out, depth);
        out.into()
    }

    /// A statement; `None` for punctuation, comments and what holds no command.
    pub(super) fn statement(&mut self, node: Node, depth: u32) -> Option<Statement> {
        if !node.is_named() || node.kind() == "comment" {
            return None;
        }
        if !self.may_enter(node, depth) {
            return None;
        }
        let depth = depth + 1;
        let kids = children(node);
        self.note_unclosed(&kids);
        let kind = match node.kind() {
            "command" if self.line_end(&kids).is_some() => StatementKind::Group(self.lines(&kids, depth)),
            "command" => {
                let mut simple = self.simple(&kids, depth);
                simple.words.extend(self.cut_off(node));
                if !self.scan.heredocs.is_empty() {
                    self.leading_heredocs(node.start_byte(), &mut simple);
                    self.masked_heredocs(node.end_byte(), &mut simple);
                }
                StatementKind::Simple(simple)
            }
            "declaration_command" => StatementKind::Simple(self.declaration(&kids, depth)),
            "variable_assignment" | "variable_assignments" => {
                let mut simple = Simple::default();
                if node.kind() == "variable_assignment" {
                    simple.assigns.extend(self.assignment(node, depth));
                } else {
                    for &kid in &kids {
                        simple.assigns.extend(self.assignment(kid, depth));
                    }
                }
                StatementKind::Simple(simple)
            }
            "redirected_statement" => return self.redirected(node, &kids, depth),
            "list" => self.chain(node, depth),
            "pipeline" => {
                let mut parts = Vec::new();
                self.statements(&kids, &mut parts, depth);
                StatementKind::Pipeline(parts)
            }
            "negated_command" => StatementKind::Group(self.shared(&kids, depth)),
            "compound_statement" => {
                if kids.first().is_some_and(|k| k.kind() == "((") {
                    self.test(node, depth)
                } else {
                    StatementKind::Group(self.shared(&kids, depth))
                }
            }
            "subshell" => StatementKind::Subshell(self.shared(&kids, depth)),
            "if_statement" => self.conditional(&kids, depth),
            "case_statement" => self.case(&kids, depth),
            "for_statement" => self.for_loop(&kids, depth),
            "while_statement" => {
                let at = kids.iter().position(|k| k.kind() == "do_group").unwrap_or(kids.len());
                let (condition, rest) = kids.split_at(at);
                StatementKind::Loop {
                    condition: self.shared(condition, depth),
                    body: self.do_group(rest, depth),
                }
            }
            "c_style_for_statement" => StatementKind::Loop {
                condition: Vec::new().into(),
                body: self.do_group(&kids, depth),
            },
            "function_definition" => {
                let name = kids
                    .iter()
                    .find(|k| k.kind() == "word")
                    .map(|k| self.text(*k).to_owned());
                let body = kids.iter().rev().find(|k| k.is_named() && k.kind() != "word").copied();
                let body: Vec<Node> = body.into_iter().collect();
                StatementKind::Function {
                    name: name.unwrap_or_default(),
                    body: self.shared(&body, depth),
                }
            }
            "test_command" => self.test(node, depth),
            "unset_command" => StatementKind::Unset(
                kids.iter()
                    .filter(|k| k.kind() == "variable_name" || k.kind() == "word")
                    .map(|k| self.text(*k).to_owned())
                    .collect(),
            ),
            // Errors, and anything a newer grammar may know: whatever commands stand inside count.
            _ => {
                let inner = self.shared(&kids, depth);
                if inner.is_empty() {
                    return None;
                }
                StatementKind::Group(inner)
            }
        };
        let span = self.span(node);
        self.spans.push(span);
        Some(Statement { span, kind })
    }

    /// What the grammar could not read right behind a command, on its line: it may be more words of it.
    fn cut_off(&self, node: Node) -> Option<Word> {
        let ends = |c: char| ";&|)}\n#<>`".contains(c);
        let mut behind = self
            .document
            .text
            .get(node.end_byte()..)?
            .trim_start_matches([' ', '\t']);
        while let Some(next) = behind.strip_prefix("\\\n") {
            behind = next.trim_start_matches([' ', '\t']);
        }
        // mostly the command just ends: to ask the tree takes as long as that is deep
        if behind.is_empty() || behind.starts_with(ends) {
            return None;
        }
        let mut at = node;
        let next = loop {
            match at.next_sibling() {
                Some(next) => break next,
                None => at = at.parent()?,
            }
        };
        let (from, to) = (node.end_byte(), next.start_byte());
        let between = self.document.slice(from, to).replace("\\\n", "");
        let goes_on = next.is_error() && from < to && !self.text(next).is_empty() && !self.text(next).starts_with(ends);
        (goes_on && between.trim_matches([' ', '\t']).is_empty()).then(|| self.unreadable(next))
    }

    fn simple(&mut self, kids: &[Node], depth: u32) -> Simple {
        let mut simple = Simple::default();
        let mut before = None;
        for &kid in kids {
            if !self.goes_on(kid, before, &mut simple, depth) {
                self.argument(kid, before, &mut simple, depth);
            }
            before = Some(kid);
        }
        simple
    }

    /// The first child that stands on another line without a continuation: after a pipe from a group the
    /// grammar reads on past the end of the line.
    fn line_end(&self, kids: &[Node]) -> Option<usize> {
        let ends = |(a, b): (&Node, &Node)| {
            let between = self.document.slice(a.end_byte(), b.start_byte());
            let mut end = a.end_byte();
            let mut lines = between.split_inclusive('\n').filter(|line| {
                end += line.len();
                line.ends_with('\n') && self.scan.joined.binary_search(&(end - 1)).is_err()
            });
            lines.any(|line| !line.trim_end_matches(['\n', '\r']).ends_with('\\'))
        };
        kids.iter().zip(kids.iter().skip(1)).position(ends).map(|at| at + 1)
    }

    /// A command for each line of what was read as one.
    fn lines(&mut self, kids: &[Node], depth: u32) -> Block {
        let mut rest = kids;
        let mut out = Vec::new();
        while let Some(first) = rest.first() {
            let (line, after) = rest.split_at(self.line_end(rest).unwrap_or(rest.len()));
            let last = line.last().unwrap_or(first);
            let simple = self.simple(line, depth);
            out.push(Statement {
                span: self.document.span(first.start_byte(), last.end_byte()),
                kind: StatementKind::Simple(simple),
            });
            rest = after;
        }
        out.into()
    }

    /// One child of a command.
    fn argument(&mut self, kid: Node, before: Option<Node>, simple: &mut Simple, depth: u32) {
        match kid.kind() {
            "variable_assignment" if simple.words.is_empty() => simple.assigns.extend(self.assignment(kid, depth)),
            "command_name" => {
                for inner in children(kid) {
                    simple.words.extend(self.word(inner, depth));
                }
            }
            "file_redirect" | "herestring_redirect" | "heredoc_redirect" => {
                self.redirect(kid, simple, depth);
            }
            _ => self.add_word(kid, before, &mut simple.words, depth),
        }
    }

    fn declaration(&mut self, kids: &[Node], depth: u32) -> Simple {
        let mut simple = Simple::default();
        for &kid in kids {
            match kid.kind() {
                "variable_assignment" => simple.assigns.extend(self.assignment(kid, depth)),
                "variable_name" => simple.assigns.push(Assign {
                    name: self.text(kid).to_owned(),
                    append: false,
                    key: None,
                    value: AssignValue::None,
                }),
                "export" | "local" | "declare" | "readonly" | "typeset" => {
                    simple.declares = Some(kid.kind().to_owned());
                }
                // Options say nothing of the value; other words may run something.
                _ => simple.words.extend(self.word(kid, depth)),
            }
        }
        simple
    }

    fn assignment(&mut self, node: Node, depth: u32) -> Option<Assign> {
        if node.kind() != "variable_assignment" {
            return None;
        }
        let kids = children(node);
        let target = kids.first()?;
        let (name, key) = match target.kind() {
            "subscript" => {
                let name = children(*target).first().map(|k| self.text(*k).to_owned())?;
                let key = self
                    .text(*target)
                    .split_once('[')
                    .and_then(|(_, k)| k.strip_suffix(']'));
                (name, Some(key.and_then(plain_key).unwrap_or_default()))
            }
            _ => (self.text(*target).to_owned(), None),
        };
        let append = kids.iter().any(|k| k.kind() == "+=");
        let value = kids.iter().skip(1).find(|k| k.is_named());
        let value = match value {
            Some(v) if v.kind() == "array" => {
                let mut words = Vec::new();
                let mut before = None;
                for kid in children(*v) {
                    self.add_word(kid, before, &mut words, depth);
                    before = Some(kid);
                }
                AssignValue::Array(words)
            }
            Some(v) => match self.word(*v, depth) {
                Some(word) => AssignValue::Word(word),
                None => AssignValue::None,
            },
            None => AssignValue::Word(Word {
                span: self.document.span(node.end_byte(), node.end_byte()),
                parts: Vec::new(),
                quoted: false,
            }),
        };
        // `args[${#args[@]}]=x` is `args+=(x)`
        let after_all = ["@", "*"].map(|all| format!("{name}[${{#{name}[{all}]}}]"));
        match value {
            AssignValue::Word(word) if after_all.iter().any(|all| self.text(*target) == all) => Some(Assign {
                name,
                append: true,
                key: None,
                value: AssignValue::Array(vec![word]),
            }),
            value => Some(Assign {
                name,
                append,
                key,
                value,
            }),
        }
    }
}

/// A subscript without its quotes, where it is written out.
pub(super) fn plain_key(text: &str) -> Option<String> {
    let special = |c: char| matches!(c, '$' | '`' | '\\' | '[' | ']');
    let key = text.trim_matches(['"', '\'']);
    (!key.is_empty() && !key.contains(special)).then(|| key.to_owned())
}
