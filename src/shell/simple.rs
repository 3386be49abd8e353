//! Simple commands: their words, what they assign, and what they are redirected from and to.

use super::eval::{Evaluator, Flow};
use super::handed::Target;
use super::tree::{AssignValue, Part, Redirect, Simple, Word};
use super::value::Bit;
use crate::source::Span;

/// Words of one command, as they are written.
const MAX_WORDS: usize = 50_000;

impl Evaluator<'_> {
    /// Expands what redirects name; gives the files that standard output goes to.
    pub(super) fn redirects(&mut self, redirects: &[Redirect]) -> Vec<Target> {
        redirects
            .iter()
            .filter_map(|redirect| self.redirect(redirect))
            .collect()
    }

    /// Expands what a redirect names; gives the file, where standard output goes to one.
    fn redirect(&mut self, redirect: &Redirect) -> Option<Target> {
        match redirect {
            Redirect::Here { word, .. } => {
                self.value_bits(word);
                None
            }
            Redirect::File {
                word,
                writes,
                appends,
                aside,
            } => {
                let path = self.value_bits(word);
                (*writes && !aside).then(|| Target::new(&path, *appends))
            }
        }
    }

    /// A simple command.
    pub(super) fn simple(&mut self, simple: &Simple, span: Span) -> Flow {
        self.simple_fed(simple, span, None)
    }

    /// A simple command, with what a pipe feeds it where that is known.
    pub(super) fn simple_fed(&mut self, simple: &Simple, span: Span, input: Option<Vec<Bit>>) -> Flow {
        let mut targets = Vec::new();
        if simple.words.is_empty() || simple.declares.is_some() {
            match simple.declares.as_deref() {
                Some(declares) => self.declare(simple, declares),
                None => simple.assigns.iter().for_each(|assign| self.assign(assign, None)),
            }
            self.redirects(&simple.redirects);
            return Flow::On;
        }
        for assign in &simple.assigns {
            if let AssignValue::Word(word) = &assign.value {
                self.value_bits(word);
            }
        }
        if simple.words.len() > MAX_WORDS {
            self.said(span, "this command has too many words to be read");
            return Flow::On;
        }
        let mut fields = Vec::new();
        let mut cut = None;
        for (i, word) in simple.words.iter().enumerate() {
            if let Some((words, more)) = self.braced(word) {
                cut = cut.or(more.then_some(word.span));
                for word in &words {
                    fields.extend(self.fields(word).into_iter().map(|f| (i, f)));
                }
            } else {
                fields.extend(self.fields(word).into_iter().map(|f| (i, f)));
            }
        }
        self.work(fields.iter().map(|(_, f)| f.frags.len() + 1).sum());
        let mut input = input;
        let mut units = Vec::new();
        for redirect in &simple.redirects {
            match redirect {
                Redirect::Here { word, expands } => {
                    let bits = self.value_bits(word);
                    if !expands {
                        self.handed.is_verbatim(&bits);
                    }
                    units.extend(unit_name(word).map(|name| (name, bits.clone())));
                    input = Some(bits);
                }
                Redirect::File { .. } => targets.extend(self.redirect(redirect)),
            }
        }
        self.note_step(&fields, simple, span, input.as_deref());
        let met = self.launches.met();
        let flow = match self.chosen(simple) {
            Some(commands) => self.each_chosen(commands, simple, span, input.as_deref(), targets),
            None => self.command(fields, simple, span, input, targets),
        };
        for (name, bits) in units {
            self.hand_over_unit(name, bits, span);
        }
        // elsewhere, as in `for i in {1..500}`, nothing is lost by it
        if let Some(span) = cut.filter(|_| self.launches.met() > met) {
            self.said(span, "these braces give too many words to be read");
        }
        flow
    }
}

/// What a heredoc that holds a unit would be called, whoever is given it.
fn unit_name(word: &Word) -> Option<&'static str> {
    let says = |what: &str| {
        word.parts
            .iter()
            .any(|p| matches!(p, Part::Text { text, .. } if text.contains(what)))
    };
    if says("[Container]") && says("Image=") {
        return Some("unit.container");
    }
    (says("[Service]") && says("ExecStart")).then_some("unit.service")
}
