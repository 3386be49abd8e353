//! Every command of a script as it stands there, prefixes such as `sudo` included.

use super::eval::Evaluator;
use super::fields::Field;
use super::parse;
use super::tree::{Redirect, Simple};
use super::value::Bit;
use crate::container::{FileId, Text};
use crate::source::Span;
use crate::spec::Word;

/// Commands of one script that are kept.
const MAX_STEPS: usize = 4000;
/// Bytes of what is fed to a command that are kept.
const MAX_FED: usize = 16 << 10;

/// A command with all its words.
#[derive(Clone, Debug)]
pub struct Step {
    /// The words, `sudo` and its like included.
    pub words: Vec<Word>,
    /// The files that its output is written to, holes as they are written.
    pub writes: Vec<String>,
    /// What it is fed by a heredoc or a pipe, where that is known; holes as they are written.
    pub fed: Option<String>,
    /// The file that `span` counts in.
    pub file: FileId,
    /// The whole command.
    pub span: Span,
    /// False when only some path through the script runs it.
    pub certain: bool,
}

/// The commands of a script, in the order they are met: those of loops, functions and scripts in
/// strings too. What cannot be read is left out.
pub fn steps(input: &super::Input) -> Vec<Step> {
    let parsed = parse::parse(&super::document::Document {
        text: input.text,
        outer: input.outer,
    });
    let mut evaluator = Evaluator::new(input.path, input.file, input.open);
    evaluator.steps_met = Some(Vec::new());
    evaluator.script(&parsed.body);
    evaluator.steps_met.unwrap_or_default()
}

impl Evaluator<'_> {
    /// Keeps a command, where all are asked for.
    pub(super) fn note_step(&mut self, fields: &[(usize, Field)], simple: &Simple, span: Span, fed: Option<&[Bit]>) {
        let Some(known) = &self.steps_met else { return };
        if known.len() >= MAX_STEPS {
            return;
        }
        let beside = |spot: Option<usize>, index: usize| {
            let other = spot.and_then(|s| fields.get(s));
            other.is_some_and(|(i, _)| *i == index)
        };
        let mut words = Vec::new();
        for (spot, (index, field)) in fields.iter().enumerate() {
            let Some(word) = simple.words.get(*index) else { continue };
            let alone = !beside(spot.checked_sub(1), *index) && !beside(Some(spot + 1), *index);
            words.push(self.spoken(field.clone(), word, alone));
        }
        let mut writes = Vec::new();
        for redirect in &simple.redirects {
            if let Redirect::File { word, writes: true, .. } = redirect {
                let bits = self.value_bits(word);
                writes.push(shown(&bits));
            }
        }
        let step = Step {
            words,
            writes,
            fed: fed.map(shown),
            file: self.file,
            span,
            certain: self.certain,
        };
        if let Some(met) = &mut self.steps_met {
            met.push(step);
        }
    }
}

/// What bits say, holes as they are written.
fn shown(bits: &[Bit]) -> String {
    let mut out = String::new();
    for bit in bits {
        match bit {
            Bit::Frag(frag) => out.push_str(&frag.piece.text),
            Bit::Choice(_) => out.push('…'),
        }
        if out.len() > MAX_FED {
            break;
        }
    }
    out
}

impl Step {
    /// The name of the program at an index: `chmod` for `/bin/chmod`. Empty where it is not known.
    pub fn program(&self, at: usize) -> String {
        let text = self.words.get(at).and_then(|w| w.text.known());
        let known = text.as_deref().unwrap_or("");
        known.rsplit('/').next().unwrap_or(known).to_owned()
    }

    /// A word, holes as they are written; empty past the end.
    pub fn shown(&self, at: usize) -> String {
        self.words.get(at).map(|w| Text::shown(&w.text)).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> Vec<Step> {
        steps(&crate::shell::Input {
            text,
            outer: None,
            file: FileId(0),
            path: Path::new(""),
            open: None,
        })
    }

    fn words(step: &Step) -> String {
        (0..step.words.len())
            .map(|i| step.shown(i))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_command_is_met_with_its_prefixes() {
        let text = "set -e; sudo -u app make && if true; then chmod 4755 /x; fi; sh -c 'setcap a=ep /y'";
        let found: Vec<String> = read(text).iter().map(words).collect();
        assert_eq!(
            found,
            [
                "set -e",
                "sudo -u app make",
                "true",
                "chmod 4755 /x",
                "sh -c setcap a=ep /y",
                "setcap a=ep /y"
            ]
        );
    }

    #[test]
    fn what_is_written_and_fed_is_known() {
        let found = read("N=a\necho \"$N b\" >> /etc/x\ncat > /y <<E\nc\nE\necho d | tee /z\n");
        let files: Vec<&[String]> = found.iter().map(|s| s.writes.as_slice()).collect();
        assert_eq!(files[0], ["/etc/x"]);
        assert_eq!(files[1], ["/y"]);
        assert_eq!(found[1].fed.as_deref(), Some("c\n"));
        assert_eq!(found[3].program(0), "tee");
        assert_eq!(found[3].fed.as_deref(), Some("d"));
    }
}
