//! Scripts that stand in strings and heredocs, and commands in systemd units that a script writes.

use std::ops::Range;
use std::rc::Rc;

use super::calls::MAX_NESTING;
use super::choices;
use super::document::Document;
use super::eval::{Evaluator, Flow};
use super::parse;
use super::prefix::Shell;
use super::value::{Bit, Frag, Item, Value};
use crate::container::{FileId, Hole, PieceKind, Via, ViaKind};
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
        if let Some(inner) = self.inner(&runs, None)
            && self.worth_reading(inner.excerpt.text())
        {
            self.work(inner.excerpt.text().len().saturating_mul(PARSING_WORK));
            self.walk(&inner, shell, arguments, span, name);
        }
    }

    /// Walks the commands of a systemd unit that a script writes.
    pub(super) fn unit(&mut self, bits: Vec<Bit>, as_root: bool, span: Span) {
        if self.nesting >= MAX_NESTING {
            return;
        }
        let runs = [specified(bits)];
        let Some(whole) = self.inner(&runs, None) else { return };
        let lines = unit_commands(whole.excerpt.text());
        if lines.is_empty() {
            return;
        }
        if let Some(inner) = self.inner(&runs, Some(&lines)) {
            let outer = std::mem::replace(&mut self.as_root, as_root);
            self.walk(&inner, Shell::Foreign, Vec::new(), span, "unit");
            self.as_root = outer;
        }
    }

    /// Walks a script that a script writes to a file: who runs it, and with what, is not known.
    pub(super) fn written_script(&mut self, bits: Vec<Bit>, span: Span, name: &str) {
        if self.nesting >= MAX_NESTING {
            self.said(span, "scripts nest too deeply within scripts to be read");
            return;
        }
        let Some(inner) = self.inner(&[bits], None) else { return };
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

    /// The text of some words, with blanks between; only the parts in `kept`, each a line of its own, if given.
    fn inner(&mut self, runs: &[Vec<Bit>], kept: Option<&[Range<usize>]>) -> Option<Inner> {
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
            kept,
            at: 0,
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
                } else if kept.is_none() && is_option(frag) && !writer.in_quotes() {
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
        let inner = self.inner(&[bits.to_vec()], None)?;
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
        if shell == Shell::Written {
            self.script(&parsed.body);
        } else {
            self.block(&parsed.body);
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
                || self.functions.keys().any(|name| text.contains(name.as_str())))
    }
}

/// A unit's text with the specifiers that stand for folders as holes: `%h`, `%t`.
fn specified(bits: Vec<Bit>) -> Vec<Bit> {
    let mut out = Vec::new();
    for bit in bits {
        let Bit::Frag(frag) = bit else {
            out.push(bit);
            continue;
        };
        if frag.piece.is_hole() {
            out.push(Bit::Frag(frag));
            continue;
        }
        let text = frag.piece.text.clone();
        let part = |from: usize, to: usize, hole: Option<Hole>| {
            let mut part = frag.clone();
            part.piece = frag.piece.cut(from, text.get(from..to).unwrap_or(""));
            if let Some(hole) = hole {
                part.piece.kind = PieceKind::Hole(hole);
                part.solid = true;
            }
            Bit::Frag(part)
        };
        let mut from = 0;
        for (at, _) in text.match_indices('%') {
            let hole = match text.get(at + 1..at + 2) {
                Some("h") => Hole::Home,
                Some("t" | "S" | "C" | "E" | "L" | "T" | "V") => Hole::Other,
                _ => continue,
            };
            out.push(part(from, at, None));
            out.push(part(at, at + 2, Some(hole)));
            from = at + 2;
        }
        out.push(part(from, text.len(), None));
    }
    out
}

/// Writes an excerpt, leaving out what is not kept.
struct Writer<'a> {
    excerpt: Excerpt,
    kept: Option<&'a [Range<usize>]>,
    at: usize,
}

/// True for options that came through a variable, in which nothing is left for the shell to do but to split.
fn is_option(frag: &Frag) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+ ".contains(c);
    frag.trail.len() > 0 && frag.piece.text.starts_with('-') && frag.piece.text.chars().all(plain)
}

impl Writer<'_> {
    /// True where a quote is open.
    fn in_quotes(&self) -> bool {
        let text = self.excerpt.text();
        text.matches('\'').count() % 2 == 1 || text.matches('"').count() % 2 == 1
    }

    fn made(&mut self, text: &str) {
        self.write(text, None);
    }

    fn copy(&mut self, text: &str, outer: usize) {
        self.write(text, Some(outer));
    }

    fn write(&mut self, text: &str, outer: Option<usize>) {
        let Some(kept) = self.kept else {
            self.part(text, outer);
            return;
        };
        let (from, to) = (self.at, self.at + text.len());
        for range in kept.iter().filter(|r| r.start < to && r.end > from) {
            let (start, end) = (range.start.max(from) - from, range.end.min(to) - from);
            self.part(text.get(start..end).unwrap_or(""), outer.map(|outer| outer + start));
            if range.end <= to {
                self.excerpt.made("\n");
            }
        }
        self.at = to;
    }

    fn part(&mut self, text: &str, outer: Option<usize>) {
        match outer {
            Some(outer) => self.excerpt.copy(text, outer),
            None => self.excerpt.made(text),
        }
    }
}

/// The commands of a unit's `[Service]`: what stands after `ExecStart=` and its kin, continuations included.
fn unit_commands(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains("[Service]") {
        return found;
    }
    let mut at = 0;
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if open.is_none()
            && let Some((key, value)) = body.split_once('=')
            && matches!(
                key,
                "ExecStart" | "ExecStartPre" | "ExecStartPost" | "ExecStop" | "ExecStopPost" | "ExecReload"
            )
        {
            let command = value.trim_start_matches(['-', '@', ':', '+', '!', ' ']);
            open = Some(at + body.len() - command.len());
        }
        if let Some(start) = open
            && !body.ends_with('\\')
        {
            found.push(start..at + body.len());
            open = None;
        }
        at += line.len();
    }
    found
}
