//! Text that passes through a pipeline: `cat <<EOF | envsubst | docker compose -f -`.

use super::eval::Evaluator;
use super::handed::base;
use super::tree::{Part, Redirect, Simple, Statement, StatementKind, Word};
use super::value::Bit;
use crate::container::PieceKind;
use crate::source::Span;

/// Programs that give on what they read, or most of it.
const FILTERS: [&str; 6] = ["cat", "envsubst", "sed", "tee", "tr", "awk"];

impl Evaluator<'_> {
    /// What a part of a pipeline gives to the next, where it is fed a text or prints one.
    pub(super) fn passed_on(&mut self, part: &Statement, given: Option<Vec<Bit>>) -> Option<Vec<Bit>> {
        match &part.kind {
            StatementKind::Simple(simple) => self.printed(simple).or_else(|| self.filtered(simple, given)),
            StatementKind::Group(block) | StatementKind::Subshell(block) => {
                let mut out: Vec<Bit> = Vec::new();
                for statement in block.iter() {
                    let StatementKind::Simple(simple) = &statement.kind else {
                        return None;
                    };
                    if !out.is_empty() {
                        let end = self.frag("\n".to_owned(), Span::default(), PieceKind::Cooked, true);
                        out.push(Bit::Frag(end));
                    }
                    out.extend(self.printed(simple)?);
                }
                Some(out)
            }
            _ => None,
        }
    }

    fn filtered(&mut self, simple: &Simple, given: Option<Vec<Bit>>) -> Option<Vec<Bit>> {
        let program = simple
            .words
            .iter()
            .find_map(|word| plain(word).filter(|text| *text != "sudo"))?;
        if !FILTERS.contains(&base(program)) {
            return None;
        }
        let here = simple.redirects.iter().rev().find_map(|redirect| match redirect {
            Redirect::Here { word, .. } => Some(word),
            Redirect::File { .. } => None,
        });
        match here {
            Some(word) => Some(self.value_bits(word)),
            None => given,
        }
    }

    /// The text that `<(cat <<EOF)` gives.
    pub(super) fn substituted(&mut self, word: &Word) -> Option<Vec<Bit>> {
        let [
            Part::Command {
                body, process: true, ..
            },
        ] = word.parts.as_slice()
        else {
            return None;
        };
        match &**body {
            [statement] => self.passed_on(statement, None),
            _ => None,
        }
    }
}

fn plain(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [Part::Text { text, .. }] => Some(text),
        _ => None,
    }
}
