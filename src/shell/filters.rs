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
                // what is in the table already is another's
                let listed = |statement: &&Statement| !lists_crontab(statement);
                for statement in block.iter().filter(listed) {
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

/// `crontab -l`, whatever becomes of what it says of itself.
fn lists_crontab(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Simple(simple) => {
            let is = |nth: usize, text: &str| simple.words.get(nth).and_then(plain) == Some(text);
            is(0, "crontab") && is(1, "-l")
        }
        StatementKind::Redirected { body, .. } => lists_crontab(body),
        StatementKind::Chain(links) => links.first().is_some_and(|(_, first)| lists_crontab(first)),
        _ => false,
    }
}

fn plain(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [Part::Text { text, .. }] => Some(text),
        _ => None,
    }
}
