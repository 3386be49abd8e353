//! What `read` and `mapfile` take from a heredoc that stands with them.

use std::rc::Rc;

use super::eval::Evaluator;
use super::fields::Field;
use super::tree::{Redirect, Simple};
use super::value::{Bit, Element, Frag, Item, Trail, Value};
use crate::source::Span;

/// Lines that `mapfile` takes.
const MAX_LINES: usize = 200;

impl Evaluator<'_> {
    /// `read name`, `mapfile name`, `getopts`.
    pub(super) fn take_input(&mut self, program: &str, arguments: &[Field], simple: &Simple, span: Span) {
        let lists = matches!(program, "mapfile" | "readarray");
        let (mut names, options) = self.names_in(program, arguments);
        if names.is_empty() {
            // nobody can see which it sets, or it sets the name that it sets without one
            match arguments.iter().any(|word| word.known().is_none()) {
                true => self.open_all(),
                false if program == "read" => names.push("REPLY".to_owned()),
                false if lists => names.push("MAPFILE".to_owned()),
                false => {}
            }
        }
        let here = simple.redirects.iter().any(|r| matches!(r, Redirect::Here { .. }));
        let input = self.input.clone().filter(|_| here && program != "getopts");
        if let (Some(input), [name]) = (input, names.as_slice()) {
            let value = match lists || options.contains('a') {
                true if lists => self.listed(&input, span),
                true => Value::Lost { solid: false },
                // `-d ''` reads to the end
                false if options.contains('d') => Value::scalar(trimmed(input)),
                false => Value::scalar(lines(&input).into_iter().next().unwrap_or_default()),
            };
            self.scope.set(name, Some(value));
            return;
        }
        for name in names {
            let solid = name != "args" && !lists;
            self.scope.set(&name, Some(Value::Lost { solid }));
        }
    }

    /// The names that are set, and the letters of the options before them.
    fn names_in(&self, program: &str, arguments: &[Field]) -> (Vec<String>, String) {
        let takes = match program {
            "read" => "dinNptu",
            _ => "dnOsuCc",
        };
        let mut names = Vec::new();
        let mut options = String::new();
        let mut arguments = arguments.iter();
        while let Some(word) = arguments.next() {
            let Some(word) = word.known() else { continue };
            if let Some(letters) = word.strip_prefix('-') {
                options.push_str(letters);
                if letters.ends_with(|c| takes.contains(c)) {
                    arguments.next();
                }
                continue;
            }
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !word.is_empty() && word.chars().all(is_name) {
                names.push(word);
            }
        }
        (names, options)
    }

    fn listed(&self, input: &[Bit], span: Span) -> Value {
        let lines = lines(input).into_iter().filter(|line| !line.is_empty()).take(MAX_LINES);
        let items = lines.map(|line| {
            Item::One(Element {
                bits: Rc::new(line),
                span,
                file: self.file,
                trail: Trail::default(),
            })
        });
        Value::Array(Rc::new(items.collect()))
    }
}

/// A text without the blanks around it.
fn trimmed(bits: Vec<Bit>) -> Vec<Bit> {
    let mut bits = bits;
    if let Some(Bit::Frag(last)) = bits.last_mut()
        && !last.piece.is_hole()
    {
        let kept = last.piece.text.trim_end().to_owned();
        last.piece = last.piece.cut(0, &kept);
    }
    bits
}

/// The lines of a text.
pub(super) fn lines(bits: &[Bit]) -> Vec<Vec<Bit>> {
    let mut lines = vec![Vec::new()];
    for bit in bits {
        let whole = match bit {
            Bit::Frag(frag) if !frag.piece.is_hole() => frag,
            other => {
                if let Some(line) = lines.last_mut() {
                    line.push(other.clone());
                }
                continue;
            }
        };
        let mut at = 0;
        for line in whole.piece.text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            if let Some(open) = lines.last_mut().filter(|_| !body.is_empty()) {
                open.push(Bit::Frag(Frag {
                    piece: whole.piece.cut(at, body),
                    ..whole.clone()
                }));
            }
            if body.len() < line.len() {
                lines.push(Vec::new());
            }
            at += line.len();
        }
    }
    lines
}
