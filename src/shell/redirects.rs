//! Redirects and heredocs. The grammar hangs words after a redirect on the redirect, and what follows
//! a heredoc's operator on the heredoc; both are put back where they belong.

use tree_sitter::Node;

use super::document::Document;
use super::statements::{Reader, children};
use super::tree::{Link, Redirect, Simple, Statement, StatementKind, Word};
use crate::source::Span;

impl Reader<'_> {
    /// The heredocs right before a command that the parser was not shown.
    pub(super) fn leading_heredocs(&mut self, start: usize, simple: &mut Simple) {
        let mut at = start;
        // they stand in the order of their operators: only the last one before the command may lead it
        let (scan, document) = (self.scan, self.document);
        let before = |at: usize| {
            let next = scan.heredocs.partition_point(|h| h.operator.end as usize <= at);
            let last = scan.heredocs.get(next.checked_sub(1)?)?;
            let between = document.text.get(last.operator.end as usize..at)?;
            between.trim_start_matches([' ', '\t']).is_empty().then_some(last)
        };
        while let Some(heredoc) = before(at) {
            at = heredoc.operator.start as usize;
            let word = self.masked_heredoc(heredoc);
            let expands = !heredoc.quoted;
            simple.redirects.push(Redirect::Here { word, expands });
        }
    }

    /// The heredocs right after a command that the parser was not shown.
    pub(super) fn masked_heredocs(&mut self, end: usize, simple: &mut Simple) {
        let scan = self.scan;
        let after = |offset: usize| {
            let found = scan
                .heredocs
                .binary_search_by_key(&offset, |h| h.operator.start as usize);
            found.ok().and_then(|at| scan.heredocs.get(at))
        };
        let mut at = end;
        let mut bodies = Vec::new();
        loop {
            let rest = self.document.text.get(at..).unwrap_or("");
            at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let Some(heredoc) = after(at) else { break };
            at = heredoc.operator.end as usize;
            bodies.push(heredoc);
        }
        for heredoc in bodies {
            let word = self.masked_heredoc(heredoc);
            let expands = !heredoc.quoted;
            simple.redirects.push(Redirect::Here { word, expands });
        }
    }

    /// A statement with redirects. The grammar hangs words after a redirect on the redirect, and
    /// what follows a heredoc's operator on the heredoc: both are put back where they belong.
    pub(super) fn redirected(&mut self, node: Node, kids: &[Node], depth: u32) -> Option<Statement> {
        let mut body = None;
        let mut loose = Simple::default();
        let mut after: Vec<(Link, Statement)> = Vec::new();
        let mut piped = Vec::new();
        let mut last_end = None;
        for &kid in kids {
            if let Some(word) = last_end.and_then(|end| self.lone_dash(end, kid)) {
                loose.words.push(word);
            }
            last_end = Some(kid.end_byte());
            match kid.kind() {
                "file_redirect" | "herestring_redirect" => self.redirect(kid, &mut loose, depth),
                "heredoc_redirect" => {
                    self.redirect(kid, &mut loose, depth);
                    let mut link = Link::And;
                    for inner in children(kid) {
                        match inner.kind() {
                            "&&" => link = Link::And,
                            "||" => link = Link::Or,
                            "pipeline" => self.block(inner, &mut piped, depth),
                            "heredoc_start"
                            | "heredoc_body"
                            | "heredoc_end"
                            | "file_redirect"
                            | "herestring_redirect"
                            | "heredoc_redirect" => {}
                            _ => {
                                if is_statement(inner)
                                    && let Some(statement) = self.statement(inner, depth)
                                {
                                    after.push((link, statement));
                                }
                            }
                        }
                    }
                }
                _ if body.is_none() => body = self.statement(kid, depth),
                _ => {
                    if let Some(statement) = self.statement(kid, depth) {
                        after.push((Link::And, statement));
                    }
                }
            }
        }
        if !self.scan.heredocs.is_empty() {
            self.masked_heredocs(node.end_byte(), &mut loose);
        }
        let span = self.span(node);
        self.spans.push(span);
        let mut body = body.unwrap_or(Statement {
            span,
            kind: StatementKind::Simple(Simple::default()),
        });
        let redirects = std::mem::take(&mut loose.redirects);
        match last_simple(&mut body) {
            Some((simple, whole)) => {
                simple.words.append(&mut loose.words);
                simple.redirects.extend(redirects);
                *whole = whole.to(before_body(kids, self.document, span));
            }
            None => {
                body = Statement {
                    span,
                    kind: StatementKind::Redirected {
                        body: Box::new(body),
                        redirects,
                    },
                }
            }
        }
        if !piped.is_empty() {
            piped.insert(0, body);
            body = Statement {
                span,
                kind: StatementKind::Pipeline(piped),
            };
        }
        if !after.is_empty() {
            after.insert(0, (Link::First, body));
            body = Statement {
                span,
                kind: StatementKind::Chain(after),
            };
        }
        Some(body)
    }

    /// The `-` before a heredoc, which the grammar passes over.
    fn lone_dash(&self, end: usize, heredoc: Node) -> Option<Word> {
        if heredoc.kind() != "heredoc_redirect" {
            return None;
        }
        let between = self.document.slice(end, heredoc.start_byte());
        let at = end + between.find('-')?;
        (between.trim_matches([' ', '\t']) == "-").then(|| self.plain_word(at, at + 1))
    }

    /// A redirect; words that the grammar hung on it go to the command.
    pub(super) fn redirect(&mut self, node: Node, simple: &mut Simple, depth: u32) {
        let kids = children(node);
        match node.kind() {
            "heredoc_redirect" => {
                let quoted = kids
                    .iter()
                    .find(|k| k.kind() == "heredoc_start")
                    .is_some_and(|k| self.text(*k).contains(['\'', '"', '\\']));
                let tabs = kids.iter().any(|k| k.kind() == "<<-");
                let mut before = None;
                for &kid in &kids {
                    match kid.kind() {
                        "heredoc_body" => {
                            let word = self.heredoc(kid, quoted, tabs, depth);
                            let expands = !quoted;
                            simple.redirects.push(Redirect::Here { word, expands });
                        }
                        "file_redirect" | "herestring_redirect" | "heredoc_redirect" => {
                            self.redirect(kid, simple, depth);
                        }
                        "heredoc_start" | "heredoc_end" | "pipeline" | "file_descriptor" => {}
                        _ if is_statement(kid) => {}
                        _ => self.add_word(kid, before, &mut simple.words, depth),
                    }
                    before = Some(kid);
                }
            }
            "herestring_redirect" => {
                for &kid in &kids {
                    if kid.kind() != "file_descriptor"
                        && let Some(word) = self.word(kid, depth)
                    {
                        simple.redirects.push(Redirect::Here { word, expands: true });
                        break;
                    }
                }
            }
            _ => {
                let writes = kids.iter().any(|k| !k.is_named() && k.kind().contains('>'));
                let appends = kids.iter().any(|k| !k.is_named() && k.kind().contains(">>"));
                let aside = kids
                    .iter()
                    .any(|k| k.kind() == "file_descriptor" && self.text(*k) != "1");
                let (mut first, mut behind) = (true, false);
                let mut before = None;
                for &kid in &kids {
                    if kid.kind() == "file_descriptor" {
                        continue;
                    }
                    let touches = self.touch(before.replace(kid), kid);
                    if let Some(word) = self.word(kid, depth) {
                        let target = simple.redirects.last_mut().filter(|_| !first && touches && !behind);
                        if let Some(Redirect::File { word: target, .. }) = target {
                            self.glue(target, word, kid);
                        } else if first {
                            simple.redirects.push(Redirect::File {
                                word,
                                writes,
                                appends,
                                aside,
                            });
                            first = false;
                        } else {
                            behind = true;
                            simple.words.push(word);
                        }
                    }
                }
            }
        }
    }
}

fn is_statement(node: Node) -> bool {
    matches!(
        node.kind(),
        "command"
            | "declaration_command"
            | "variable_assignment"
            | "variable_assignments"
            | "redirected_statement"
            | "list"
            | "pipeline"
            | "negated_command"
            | "compound_statement"
            | "subshell"
            | "if_statement"
            | "case_statement"
            | "for_statement"
            | "while_statement"
            | "c_style_for_statement"
            | "function_definition"
            | "test_command"
            | "unset_command"
    )
}

/// The part of a redirected statement that belongs to the command line: a heredoc's body does not.
fn before_body(kids: &[Node], document: &Document, whole: Span) -> Span {
    let mut end = None;
    for kid in kids {
        if kid.kind() == "heredoc_redirect" {
            end = children(*kid)
                .iter()
                .find(|k| k.kind() == "heredoc_start")
                .map(|k| k.end_byte());
            break;
        }
    }
    match (end, kids.first()) {
        (Some(end), Some(first)) => document.span(first.start_byte(), end),
        _ => whole,
    }
}

/// The simple command that a redirect at the end of a statement belongs to.
fn last_simple(statement: &mut Statement) -> Option<(&mut Simple, &mut Span)> {
    match &mut statement.kind {
        StatementKind::Simple(simple) => Some((simple, &mut statement.span)),
        StatementKind::Pipeline(parts) => last_simple(parts.last_mut()?),
        StatementKind::Chain(parts) => last_simple(&mut parts.last_mut()?.1),
        _ => None,
    }
}
