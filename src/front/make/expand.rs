//! `$(…)`: variables of the file, and the few functions whose result the file says.

use super::lines::Assignment;
use super::references::{Found, Reference, references, split};
use super::statement::Operator;
use super::values::{Values, known};
use crate::container::Hole;
use crate::front::reading::Open;
use crate::source::{Excerpt, Span};

/// How deep variables in variables are followed.
const MAX_DEPTH: usize = 12;
/// How long a script may become by what is filled in.
const MAX_TEXT: usize = 256 * 1024;

/// Fills in what stands in a text.
pub(super) struct Expander<'a> {
    values: &'a Values<'a>,
    out: Excerpt,
    open: Open,
    shared: Vec<Span>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(values: &'a Values<'a>) -> Expander<'a> {
        Expander {
            values,
            out: Excerpt::new(),
            open: Open::default(),
            shared: Vec::new(),
        }
    }

    /// The script, what is not known of it, and the canned recipes that it takes up.
    pub(super) fn finish(self) -> (Excerpt, Open, Vec<Span>) {
        (self.out, self.open, self.shared)
    }

    /// Appends a text with what make fills in; `arguments` are those of `$(call …)`.
    pub(super) fn expand(&mut self, text: &Excerpt, arguments: &[Excerpt], depth: usize) {
        let written = text.text();
        let mut done = 0;
        for reference in references(written) {
            self.out.append(&text.part(done..reference.whole.start));
            done = reference.whole.end;
            match reference.kind {
                // of `$$` the shell gets one
                Reference::Dollar => self
                    .out
                    .append(&text.part(reference.whole.start..reference.whole.start + 1)),
                Reference::Name => self.reference(text, &reference, arguments, depth),
            }
        }
        self.out.append(&text.part(done..written.len()));
    }

    fn reference(&mut self, text: &Excerpt, found: &Found, arguments: &[Excerpt], depth: usize) {
        let inner = text.part(found.inner.clone());
        let name = inner.text().trim();
        let whole = text.outer_span_near(Span::new(found.whole.start, found.whole.end));
        let written = text.text().get(found.whole.clone()).unwrap_or("");
        if let Ok(number) = name.parse::<usize>()
            && let Some(argument) = number.checked_sub(1).and_then(|at| arguments.get(at))
        {
            return match self.may_take_up(argument.text().len(), depth) {
                true => self.expand(argument, &[], depth + 1),
                false => self.gap(name, written, whole),
            };
        }
        if name.parse::<usize>().is_ok() && depth > 0 {
            return; // an argument that the call does not give
        }
        if let Some(called) = inner.text().trim_start().strip_prefix("call ") {
            let from = inner.text().len() - called.len();
            let mut parts = split(&inner, from).into_iter();
            let name = parts
                .next()
                .map(|part| part.text().trim().to_owned())
                .unwrap_or_default();
            let set = self.values.of(&name).filter(|set| self.may_take_up(length(set), depth));
            if let Some(set) = set {
                let arguments = parts
                    .map(|part| self.filled(&part, arguments, depth + 1))
                    .collect::<Vec<_>>();
                self.take_up(set, &arguments, depth);
                return;
            }
        }
        let set = self.values.of(name).filter(|set| self.may_take_up(length(set), depth));
        match set {
            Some(set) => self.take_up(set, arguments, depth),
            None => self.gap(name, written, whole),
        }
    }

    /// True where a text of some length may be filled in: variables may stand for more than anybody reads.
    fn may_take_up(&self, bytes: usize, depth: usize) -> bool {
        depth < MAX_DEPTH && self.out.text().len() <= MAX_TEXT && self.values.spend(bytes)
    }

    /// What is filled in for a text by itself: an argument is filled in before the call.
    fn filled(&mut self, text: &Excerpt, arguments: &[Excerpt], depth: usize) -> Excerpt {
        let before = std::mem::take(&mut self.out);
        let assumed = self.open.assumed.len();
        self.expand(text, arguments, depth);
        // these are places of another text
        self.open.assumed.truncate(assumed);
        std::mem::replace(&mut self.out, before)
    }

    fn take_up(&mut self, set: &[&'a Assignment], arguments: &[Excerpt], depth: usize) {
        for (nth, one) in set.iter().enumerate() {
            if nth > 0 {
                self.out.made(" ");
            }
            if one.conditional {
                let added = one.value.text().trim();
                self.open.gap(&mut self.out, added, one.span, Hole::Other);
                continue;
            }
            if one.is_recipe {
                self.shared.push(one.span);
            }
            let start = self.out.text().len();
            self.expand(&one.value, arguments, depth + 1);
            if one.operator == Operator::Default {
                // the environment may give another
                let end = self.out.text().len();
                self.open.assumed.push(Span::new(start, end));
            }
        }
    }

    fn gap(&mut self, name: &str, written: &str, span: Span) {
        let identifier = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        let hole = known(name).or_else(|| self.values.folder(name));
        let engine = self.values.is_engine(name);
        if identifier && hole.is_none() && (engine || super::matters(name)) {
            // the name tells that it may be an engine, and what it is given, that podman is among them
            match self.values.may_be_podman(name) {
                true => self.out.made("$(command -v podman || command -v docker)"),
                false if engine => self.out.made("$(command -v docker)"),
                false => self.out.made(&format!("${{{name}}}")),
            }
            return;
        }
        let hole = hole.unwrap_or_else(|| match identifier {
            true => Hole::Variable(name.to_owned()),
            false => Hole::Other,
        });
        self.open.gap(&mut self.out, written, span, hole);
    }
}

/// The bytes of all values.
fn length(set: &[&Assignment]) -> usize {
    set.iter().map(|one| one.value.text().len()).sum()
}
