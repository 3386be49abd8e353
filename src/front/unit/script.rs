//! Command lines of a unit, written as a script that does the same.

use std::ops::Range;

use crate::container::Hole;
use crate::front::reading::Open;
use crate::front::systemd::{
    Assignment, Environment, Folder, Quoting, Start, Unit, Word, is_gap, parts, specifier, split,
};
use crate::shell::Gap;
use crate::source::{Excerpt, Span};

/// The number of the first gap: those below are of the script that writes the unit.
const FIRST_GAP: usize = 1_000_000;
/// What may stand before a command.
const PREFIXES: &[char] = &['@', '-', ':', '+', '!', '|'];

/// A script under way.
pub(super) struct Script<'a> {
    /// The text of the unit.
    outside: &'a str,
    excerpt: Excerpt,
    open: Open,
    any: bool,
}

impl<'a> Script<'a> {
    /// One that begins with what the section says of every command: variables, and the folder.
    pub(super) fn new(unit: &'a Unit, section: &'a str, users: bool, outside: &'a str) -> Script<'a> {
        let mut script = Script {
            outside,
            excerpt: Excerpt::new(),
            open: Open::default(),
            any: false,
        };
        script.variables(unit, section);
        script.folder(&Folder::of(unit, section, users));
        script
    }

    /// Goes to the folder that the commands run in.
    fn folder(&mut self, folder: &Folder) {
        match folder {
            Folder::Root => self.excerpt.made("cd /"),
            Folder::Home(rest) => self.excerpt.made(&format!("cd \"$HOME\"{}", shell_quoted(rest))),
            Folder::Path(line, range) => {
                self.excerpt.made("cd ");
                self.quoted(line, range.clone());
            }
            Folder::Unknown => self.excerpt.made("cd \"$WorkingDirectory\""),
        }
        self.excerpt.made("\n");
    }

    /// `Environment=`, where no file may say otherwise.
    fn variables(&mut self, unit: &Unit, section: &str) {
        let environment = Environment::of(unit);
        for line in unit.list(section, "Environment") {
            for word in split(line.value.text(), Quoting::Exec).unwrap_or_default() {
                let text = word.text();
                let Some((name, value)) = text.split_once('=') else {
                    continue;
                };
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_name) {
                    continue;
                }
                let decides = environment.get(name) == Some(value);
                if let ([one], true) = (word.chunks.as_slice(), decides)
                    && one.literal
                {
                    self.excerpt.made(&format!("{name}="));
                    self.quoted(line, one.range.start + name.len() + 1..one.range.end);
                    self.excerpt.made("\n");
                }
            }
        }
    }

    /// Adds the commands of a line; one that systemd cannot read is left out.
    pub(super) fn command(&mut self, line: &Assignment) {
        let Ok(words) = split(line.value.text(), Quoting::Exec) else {
            return;
        };
        for command in words.split(|word| line.value.text().get(word.range.clone()) == Some(";")) {
            self.one(line, command);
        }
    }

    fn one(&mut self, line: &Assignment, words: &[Word]) {
        let Some(first) = words.first() else { return };
        let text = first.text();
        let program = text.trim_start_matches(PREFIXES);
        let signs = text.len() - program.len();
        let prefix = text.get(..signs).unwrap_or("");
        let variables = !prefix.contains(':');
        // behind an `@` stands what the program is told that it is called
        let skipped = usize::from(prefix.contains('@'));
        let mut first = first.clone();
        strip(&mut first, signs);
        self.any = true;
        self.word(line, &first, false);
        let mut end = first.range.end;
        for word in words.iter().skip(1 + skipped) {
            self.gap_between(line, end..word.range.start);
            self.word(line, word, variables);
            end = word.range.end;
        }
        self.excerpt.made("\n");
    }

    /// The blanks between two words: as they stand where a shell takes them for blanks too.
    fn gap_between(&mut self, line: &Assignment, between: Range<usize>) {
        let start = line.value.outer_near(Span::at(between.start).start) as usize;
        let end = line.value.outer_near(Span::at(between.end).start) as usize;
        let raw = self.outside.get(start..end).unwrap_or("");
        let comment = |line: &str| line.trim_start().starts_with(['#', ';']);
        if raw.chars().all(|c| matches!(c, ' ' | '\t' | '\\' | '\n' | '\r')) && raw.starts_with([' ', '\t', '\\']) {
            // what a script does not continue is joined here
            if raw.contains('\n')
                && !raw
                    .split_inclusive('\n')
                    .all(|l| !l.ends_with('\n') || l.ends_with("\\\n"))
            {
                self.excerpt.made(" ");
                return;
            }
            self.excerpt.copy(raw, start);
            if raw.starts_with('\\') && !raw.ends_with([' ', '\t']) {
                self.excerpt.made(" ");
            }
            return;
        }
        if raw.lines().any(comment) {
            let mut at = start;
            for part in raw.split_inclusive('\n') {
                let blank = part.chars().all(|c| matches!(c, ' ' | '\t' | '\\' | '\n'));
                if blank {
                    self.excerpt.copy(part, at);
                }
                at += part.len();
            }
        }
        self.excerpt.made(" ");
    }

    fn word(&mut self, line: &Assignment, word: &Word, variables: bool) {
        let raw = line.value.text().get(word.range.clone()).unwrap_or("");
        if is_same_in_a_shell(raw) {
            self.copy(line, word.range.clone());
            return;
        }
        let parts = parts(&word.chunks, variables);
        if let [Start::Variable(name, range)] = parts.as_slice()
            && (is_gap(name) || !raw.contains('{'))
        {
            // it may be several words, or none
            self.copy(line, range.clone());
            return;
        }
        if parts.is_empty() {
            self.excerpt.made("''");
        }
        for part in parts {
            match part {
                Start::Text(text, _, false) => self.excerpt.made(&shell_quoted(&text)),
                Start::Text(_, range, true) => self.quoted(line, range),
                Start::Specifier(written, range) => {
                    let span = line.outer(range.start, range.end);
                    let hole = specifier(&written);
                    self.excerpt.made("\"");
                    self.hole(&written, span, hole);
                    self.excerpt.made("\"");
                }
                Start::Variable(_, range) => {
                    self.excerpt.made("\"");
                    self.copy(line, range);
                    self.excerpt.made("\"");
                }
            }
        }
    }

    fn hole(&mut self, written: &str, span: Span, hole: Hole) {
        let number = FIRST_GAP + self.open.gaps.len();
        self.excerpt.made(&format!("${{privlint_gap_{number}}}"));
        self.open.gaps.push(Gap {
            text: written.to_owned(),
            span,
            hole,
            number,
        });
    }

    /// A part of the value that stands for itself, in quotes of the shell.
    fn quoted(&mut self, line: &Assignment, range: Range<usize>) {
        let text = line.value.text().get(range.clone()).unwrap_or("");
        self.excerpt.made("'");
        let mut at = range.start;
        for part in text.split_inclusive('\'') {
            let plain = part.strip_suffix('\'').unwrap_or(part);
            self.copy(line, at..at + plain.len());
            if plain.len() < part.len() {
                self.excerpt.made("'\\''");
            }
            at += part.len();
        }
        self.excerpt.made("'");
    }

    /// A part of the value, with the way to the bytes that it stands at.
    fn copy(&mut self, line: &Assignment, range: Range<usize>) {
        let text = line.value.text().get(range.clone()).unwrap_or("");
        let span = Span::new(range.start, range.end);
        match line.value.outer_exact(span) {
            Some(outer) if self.outside.get(outer.start as usize..outer.end as usize) == Some(text) => {
                self.excerpt.copy(text, outer.start as usize);
            }
            _ => self.excerpt.made(text),
        }
    }

    /// The script, unless it has no command.
    pub(super) fn finish(self) -> Option<(Excerpt, Open)> {
        self.any.then_some((self.excerpt, self.open))
    }
}

/// Takes the first bytes of a word away.
fn strip(word: &mut Word, bytes: usize) {
    if let Some(chunk) = word.chunks.first_mut().filter(|chunk| chunk.text.len() >= bytes) {
        chunk.text.drain(..bytes);
        chunk.range.start += bytes;
        word.range.start += bytes;
    }
}

/// True for a word that a shell reads as systemd does, quotes included.
fn is_same_in_a_shell(raw: &str) -> bool {
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_-./:=,@+".contains(c));
    let inner = |quote: char| raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let quoted = inner('\'').or_else(|| inner('"'));
    let in_quotes = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || " _-./:=,@+;|&()<>*?[]{}#~^".contains(c))
    };
    (plain(raw) && !raw.is_empty()) || (raw.len() > 2 && quoted.is_some_and(in_quotes))
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
