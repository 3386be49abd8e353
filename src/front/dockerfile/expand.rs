//! Variables, quotes and escapes of instructions, as BuildKit's own word reader takes them
//! (frontend/dockerfile/shell, 2026-11). `RUN` bodies are not read by it: they are the shell's.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::joined::Joined;
use crate::container::{FileId, Hole, PieceKind, Text, Via, ViaKind};
use crate::source::Excerpt;

/// Bytes that the values of variables may take in one file.
const MAX_EXPANDED: usize = 4 << 20;
/// How deep `${a:-${b:-…}}` is followed.
const MAX_DEPTH: usize = 16;

/// What variables are known to hold at some point of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    values: BTreeMap<String, Option<String>>,
    /// Names that `ENV` set, which an `ARG` of the same name never overrides.
    fixed: BTreeSet<String>,
}

impl Scope {
    /// Sets a variable as `ARG` does; `None` for one that is set to something unknown.
    pub(super) fn set_arg(&mut self, name: String, value: Option<String>) {
        if !self.fixed.contains(&name) {
            self.values.insert(name, value);
        }
    }

    /// Sets a variable as `ENV` does.
    pub(super) fn set_env(&mut self, name: String, value: Option<String>) {
        self.fixed.insert(name.clone());
        self.values.insert(name, value);
    }

    /// The value of a variable, where it is set and known.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_deref()
    }
}

/// A part of an expanded word.
enum Bit {
    /// Stands there as it is.
    Written(Range<usize>),
    /// Known, but written otherwise at this range.
    Cooked(String, Range<usize>),
    /// Not known, written as this range.
    Hole(Range<usize>, Hole),
}

/// An expanded word.
#[derive(Default)]
pub(super) struct Expanded {
    bits: Vec<Bit>,
    /// The variables it drew on, with where they are used.
    used: Vec<(String, Range<usize>)>,
}

/// Expands words, within a bound for the whole file.
pub(super) struct Expander {
    escape: char,
    left: usize,
    /// The arguments that the build is given, by name; without a value where it is not known.
    pub(super) given: HashMap<String, Option<String>>,
    /// True when the bound was hit: what came after it are holes.
    pub(super) exhausted: bool,
}

impl Expander {
    /// For a file with an escape character.
    pub(super) fn new(escape: char) -> Expander {
        Expander {
            escape,
            left: MAX_EXPANDED,
            given: HashMap::new(),
            exhausted: false,
        }
    }

    /// The escape character.
    pub(super) fn escape(&self) -> char {
        self.escape
    }

    /// Expands a part of an instruction's line.
    pub(super) fn expand(&mut self, line: &Joined, range: &Range<usize>, scope: &Scope) -> Expanded {
        let mut reader = Reader {
            text: line.text().get(..range.end).unwrap_or(""),
            at: range.start,
            scope,
            expander: self,
            out: Expanded::default(),
        };
        reader.word(None, 0);
        reader.out
    }

    /// The value of a part, where all of it is known.
    pub(super) fn value(&mut self, line: &Joined, range: &Range<usize>, scope: &Scope) -> Option<String> {
        let text = self.expand(line, range, scope).text(line);
        let value = text.known()?.into_owned();
        self.pay(value.len()).then_some(value)
    }

    fn pay(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.exhausted = true;
                false
            }
        }
    }
}

impl Expanded {
    /// As a text.
    pub(super) fn text(&self, line: &Joined) -> Text {
        let mut text = Text::new();
        for bit in &self.bits {
            match bit {
                Bit::Written(range) => line.literal(range, &mut text),
                Bit::Cooked(value, range) => text.push(value.clone(), line.outer(range), PieceKind::Cooked),
                Bit::Hole(range, hole) => {
                    let written = line.part(range).to_owned();
                    text.push(written, line.outer(range), PieceKind::Hole(hole.clone()));
                }
            }
        }
        text
    }

    /// As shell to be read: what is not known stays as written.
    pub(super) fn excerpt(&self, line: &Joined, file: &str) -> Excerpt {
        let mut excerpt = Excerpt::new();
        for bit in &self.bits {
            match bit {
                Bit::Written(range) | Bit::Hole(range, _) => line.excerpt(range, file, &mut excerpt),
                Bit::Cooked(value, _) => excerpt.made(value),
            }
        }
        excerpt
    }

    /// The variables it came through.
    pub(super) fn via(&self, line: &Joined) -> Vec<Via> {
        let via = |(name, range): &(String, Range<usize>)| Via {
            kind: ViaKind::Variable,
            name: name.clone(),
            span: line.outer(range),
            file: FileId(0),
        };
        self.used.iter().map(via).collect()
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    scope: &'a Scope,
    expander: &'a mut Expander,
    out: Expanded,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn written(&mut self, range: Range<usize>) {
        match self.out.bits.last_mut() {
            Some(Bit::Written(last)) if last.end == range.start => last.end = range.end,
            _ => self.out.bits.push(Bit::Written(range)),
        }
    }

    /// Reads up to an unquoted `stop`, which is taken, or to the end. False at the end.
    fn word(&mut self, stop: Option<char>, depth: usize) -> bool {
        let escape = self.expander.escape;
        while let Some(c) = self.peek() {
            let start = self.at;
            if Some(c) == stop {
                self.next();
                return true;
            }
            match c {
                '\'' => {
                    self.next();
                    let inside = self.at;
                    while self.peek().is_some_and(|c| c != '\'') {
                        self.next();
                    }
                    self.written(inside..self.at);
                    self.next();
                }
                '"' => {
                    self.next();
                    self.double_quoted(depth);
                }
                '$' => self.dollar(depth),
                c if c == escape => {
                    self.next();
                    self.escaped(start, |_| true);
                }
                _ => {
                    self.next();
                    self.written(start..self.at);
                }
            }
        }
        false
    }

    fn double_quoted(&mut self, depth: usize) {
        let escape = self.expander.escape;
        while let Some(c) = self.peek() {
            let start = self.at;
            match c {
                '"' => {
                    self.next();
                    return;
                }
                '$' => self.dollar(depth),
                c if c == escape => {
                    self.next();
                    self.escaped(start, |c| c == '"' || c == '$' || c == escape);
                }
                _ => {
                    self.next();
                    self.written(start..self.at);
                }
            }
        }
    }

    /// After an escape character at `start`: the next character for itself, where it may be escaped.
    fn escaped(&mut self, start: usize, may: impl Fn(char) -> bool) {
        match self.peek() {
            Some(c) if may(c) => {
                self.next();
                self.out.bits.push(Bit::Cooked(c.to_string(), start..self.at));
            }
            Some(_) => self.written(start..self.at),
            None => {}
        }
    }

    fn dollar(&mut self, depth: usize) {
        let start = self.at;
        self.next();
        if self.peek() == Some('{') {
            self.next();
            return self.braced(start, depth);
        }
        let name = self.name();
        if name.is_empty() {
            return self.written(start..self.at);
        }
        self.variable(name, start..self.at);
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            let digit_first = name.is_empty() && c.is_ascii_digit();
            name.push(c);
            self.next();
            if digit_first {
                break; // `$1` is a name of one digit
            }
        }
        name
    }

    fn variable(&mut self, name: String, range: Range<usize>) {
        self.out.used.push((name.clone(), range.clone()));
        let known = self.scope.get(&name).map(str::to_owned);
        match known.filter(|value| self.expander.pay(value.len())) {
            Some(value) => self.out.bits.push(Bit::Cooked(value, range)),
            None => self.out.bits.push(Bit::Hole(range, hole(&name))),
        }
    }

    /// After `${`.
    fn braced(&mut self, start: usize, depth: usize) {
        let name = self.name();
        let colon = self.peek() == Some(':');
        if colon {
            self.next();
        }
        let operator = self.next();
        let value = self.scope.get(&name).map(str::to_owned);
        let is_set = value.as_ref().is_some_and(|v| !colon || !v.is_empty());
        match operator {
            Some('}') if !colon => return self.variable(name, start..self.at),
            Some('-') if depth < MAX_DEPTH && !is_set => {
                // the default is judged: the one value that the file itself gives
                self.out.used.push((name, start..start + 2));
                self.word(Some('}'), depth + 1);
                return;
            }
            Some('-' | '?') if is_set => {
                self.skip_braces();
                return self.variable(name, start..self.at);
            }
            Some('+') if depth < MAX_DEPTH && is_set => {
                self.word(Some('}'), depth + 1);
                return;
            }
            Some('}') => {}
            _ => self.skip_braces(),
        }
        self.out.used.push((name.clone(), start..self.at));
        self.out.bits.push(Bit::Hole(start..self.at, Hole::Variable(name)));
    }

    /// Passes over the rest of `${…}`.
    fn skip_braces(&mut self) {
        let mut open = 1_usize;
        while let Some(c) = self.next() {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                c if c == self.expander.escape => {
                    self.next();
                }
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }
}

fn hole(name: &str) -> Hole {
    match name {
        "HOME" => Hole::Home,
        _ => Hole::Variable(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, set: &[(&str, &str)]) -> (String, bool) {
        let mut line = Joined::default();
        line.push(text, 0, None);
        let mut scope = Scope::default();
        for (name, value) in set {
            scope.set_arg((*name).to_owned(), Some((*value).to_owned()));
        }
        let text = Expander::new('\\').expand(&line, &(0..text.len()), &scope).text(&line);
        (text.shown(), text.has_hole())
    }

    #[test]
    fn quotes_escapes_and_variables() {
        let set = [("A", "x"), ("E", "")];
        for (text, value) in [
            ("a", "a"),
            ("\"a b\"'c$A'", "a bc$A"),
            (r#"\$A\\"\$\q""#, r"$A\$\q"),
            ("$A-${A}", "x-x"),
            ("${A:-d}${E:-d}${E-d}${N-d}${N:-\"d $A\"}", "xddd x"),
            ("${A:+y}", "y"),
            ("${A:?no}", "x"),
            ("$", "$"),
            ("a\\", "a"),
        ] {
            assert_eq!(expanded(text, &set), (value.to_owned(), false), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_stays_as_written() {
        for text in ["$N", "${N}", "${N:+a}", "${N%%a}", "${N", "${N:", "$1"] {
            assert_eq!(expanded(text, &[]), (text.to_owned(), true), "{text}");
        }
    }

    #[test]
    fn values_that_double_end_in_holes() {
        let mut line = Joined::default();
        line.push("$A$A", 0, None);
        let mut scope = Scope::default();
        scope.set_arg("A".into(), Some("x".into()));
        let mut expander = Expander::new('\\');
        for _ in 0..64 {
            let value = expander.value(&line, &(0..4), &scope);
            scope.set_arg("A".into(), value);
        }
        assert!(expander.exhausted);
        assert_eq!(scope.get("A"), None);
    }

    #[test]
    fn defaults_inside_defaults_are_bounded() {
        let deep = "${A:-".repeat(100_000);
        assert!(expanded(&deep, &[]).1);
    }
}
