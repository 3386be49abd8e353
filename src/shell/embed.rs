//! Scripts that stand in strings and heredocs.

use std::rc::Rc;

use super::calls::MAX_NESTING;
use super::choices;
use super::document::Document;
use super::eval::{Evaluator, Flow};
use super::parse;
use super::prefix::Shell;
use super::value::{Bit, Frag, Item, Value};
use crate::container::{FileId, PieceKind, Via, ViaKind};
use crate::source::{Excerpt, Span};

/// What reading one byte of such a script costs, in pieces that are handled: a tree is made of it.
pub(super) const PARSING_WORK: usize = 2;

/// Text that is read as a script of its own, and the way by which it came.
struct Inner {
    excerpt: Excerpt,
    file: FileId,
    way: Vec<Via>,
}

impl Evaluator<'_> {
    /// Walks a script that stands in a string. Each run is a word; blanks join them.
    pub(super) fn embedded(&mut self, runs: Vec<Vec<Bit>>, shell: Shell, arguments: Vec<Item>, span: Span, name: &str) {
        if self.nesting >= MAX_NESTING {
            self.said(span, "scripts nest too deeply within scripts to be read");
            return;
        }
        if let Some((scripts, each)) = choices::scripts(&runs) {
            let certain = self.certain && each;
            let fork = self.pace.fork();
            for (nth, runs) in scripts.into_iter().enumerate() {
                let arguments = arguments.clone();
                self.pace.arms.push((fork, nth));
                self.branch(|e| {
                    e.certain = certain;
                    e.embedded(runs, shell, arguments, span, name);
                    Flow::On
                });
                self.pace.arms.pop();
            }
            return;
        }
        if let Some(inner) = self.inner(&runs)
            && self.worth_reading(inner.excerpt.text())
        {
            self.work(inner.excerpt.text().len().saturating_mul(PARSING_WORK));
            self.walk(&inner, shell, arguments, span, name);
        }
    }

    /// Walks a script that a script writes to a file: who runs it, and with what, is not known.
    pub(super) fn written_script(&mut self, bits: Vec<Bit>, span: Span, name: &str) {
        if self.nesting >= MAX_NESTING {
            self.said(span, "scripts nest too deeply within scripts to be read");
            return;
        }
        let Some(inner) = self.inner(&[bits]) else { return };
        if !self.worth_reading(inner.excerpt.text()) {
            return;
        }
        self.work(inner.excerpt.text().len().saturating_mul(PARSING_WORK));
        let functions = std::mem::take(&mut self.functions);
        let aliases = std::mem::take(&mut self.aliases);
        let input = self.input.take();
        let as_root = std::mem::replace(&mut self.as_root, false);
        self.walk(&inner, Shell::Written, Vec::new(), span, name);
        self.functions = functions;
        self.aliases = aliases;
        self.input = input;
        self.as_root = as_root;
    }

    /// The text of some words, with blanks between.
    fn inner(&mut self, runs: &[Vec<Bit>]) -> Option<Inner> {
        let frags = |bit: &Bit| match bit {
            Bit::Frag(frag) => Some(frag.clone()),
            Bit::Choice(_) => None,
        };
        let all: Vec<Frag> = runs.iter().flatten().filter_map(frags).collect();
        let first = all.first()?;
        // the frame that the text stands in: the command itself, or one variable
        let depth = all
            .iter()
            .fold(first.trail.len(), |n, f| n.min(first.trail.shared(&f.trail)));
        let (file, way) = match depth {
            0 => (self.file, Vec::new()),
            _ => (first.file, first.trail.steps().into_iter().take(depth).collect()),
        };
        let mut writer = Writer {
            excerpt: Excerpt::new(),
        };
        for (i, run) in runs.iter().enumerate() {
            if i > 0 {
                writer.made(" ");
            }
            for bit in run {
                let Bit::Frag(frag) = bit else {
                    writer.made("$_");
                    continue;
                };
                if frag.piece.is_hole() {
                    let name = self.placeholder(frag);
                    writer.made(&format!("${{{name}}}"));
                } else if frag.piece.kind == PieceKind::Literal && frag.trail.len() == depth && frag.file == file {
                    writer.copy(&frag.piece.text, frag.piece.span.start as usize);
                } else if is_option(frag) && !writer.in_quotes() {
                    // it keeps the place where it is written
                    let name = self.placeholder(frag);
                    writer.made(&format!("${{{name}}}"));
                } else {
                    writer.made(&frag.piece.text);
                }
            }
        }
        Some(Inner {
            excerpt: writer.excerpt,
            file,
            way,
        })
    }

    /// A text that is read for its words, with the way to where it is written.
    pub(super) fn alias_text(&mut self, bits: &[Bit]) -> Option<(String, Excerpt)> {
        let inner = self.inner(&[bits.to_vec()])?;
        Some((inner.excerpt.text().to_owned(), inner.excerpt))
    }

    fn walk(&mut self, inner: &Inner, shell: Shell, arguments: Vec<Item>, span: Span, name: &str) {
        let parsed = parse::parse(&Document {
            text: inner.excerpt.text(),
            outer: Some(&inner.excerpt),
        });
        let outer_file = std::mem::replace(&mut self.file, inner.file);
        let mut way = vec![Via {
            kind: ViaKind::Embedded,
            name: name.to_owned(),
            span,
            file: outer_file,
        }];
        way.extend(inner.way.iter().cloned());
        way.extend(self.way.iter().cloned());
        let outer_way = std::mem::replace(&mut self.way, way);
        self.nesting += 1;
        let foreign = match shell {
            Shell::Foreign | Shell::Written => Some(std::mem::take(&mut self.scope)),
            _ => None,
        };
        self.scope.open();
        if foreign.is_some() || (self.moved && shell != Shell::Same) {
            self.leave_folder();
        }
        if !matches!(shell, Shell::Same | Shell::Written) {
            self.scope.set("@", Some(Value::Array(Rc::new(arguments))));
        }
        match shell {
            Shell::Written => self.within_process(|e| e.script(&parsed.body)),
            Shell::Same => drop(self.block(&parsed.body)),
            _ => drop(self.within_process(|e| e.block(&parsed.body))),
        }
        let changes = self.scope.close();
        if shell == Shell::Same {
            self.scope.meet(&[changes]);
        }
        if let Some(scope) = foreign {
            self.scope = scope;
        }
        self.nesting -= 1;
        self.way = outer_way;
        self.file = outer_file;
    }

    /// True when a script in a string may run or set something that matters.
    fn worth_reading(&self, text: &str) -> bool {
        let named = |word: &&str| text.contains(*word);
        !text.trim().is_empty()
            && (["docker", "podman", "nerdctl", "$", "=", "compose", "services:"]
                .iter()
                .any(named)
                || super::REPORTED.iter().any(named)
                || self.input.is_some()
                || self.steps_met.is_some()
                || self.names_function(text))
    }
}

impl Evaluator<'_> {
    /// True for a text with a word that is the name of a function, quotes within a name aside.
    fn names_function(&self, text: &str) -> bool {
        let edge = |c: char| c.is_whitespace() || ";&|()<>{}`'\"\\!".contains(c);
        let mut words = text.split(edge).filter(|word| !word.is_empty());
        words.any(|word| self.functions.contains_key(word))
    }
}

/// Writes an excerpt.
struct Writer {
    excerpt: Excerpt,
}

/// True for options that came through a variable, in which nothing is left for the shell to do but to split.
fn is_option(frag: &Frag) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+ ".contains(c);
    frag.trail.len() > 0 && frag.piece.text.starts_with('-') && frag.piece.text.chars().all(plain)
}

impl Writer {
    /// True where a quote is open.
    fn in_quotes(&self) -> bool {
        let text = self.excerpt.text();
        text.matches('\'').count() % 2 == 1 || text.matches('"').count() % 2 == 1
    }

    fn made(&mut self, text: &str) {
        self.excerpt.made(text);
    }

    fn copy(&mut self, text: &str, outer: usize) {
        self.excerpt.copy(text, outer);
    }
}
