//! Whole commands of which a path through the script chooses one: `if a; then cmd="docker run x"; fi; $cmd`.
//! Each is run by itself.

use std::rc::Rc;

use super::eval::{Evaluator, Flow};
use super::fields::{Field, Fields, Token};
use super::handed::Target;
use super::names;
use super::tree::{Part, Simple, Word};
use super::value::Bit;
use crate::source::Span;

/// Commands of one choice, and scripts of the choices within one, that are told apart.
const MAX_TOLD: usize = 8;

/// The words of a command, each with the index of the word of the script that it comes from.
type Words = Vec<(usize, Field)>;

impl Evaluator<'_> {
    /// The commands that a word may be which stands for a whole one; those that no path gives are left out.
    pub(super) fn chosen(&mut self, simple: &Simple) -> Option<(Vec<Words>, bool)> {
        let at = simple.words.iter().position(|word| !is_prefix(word))?;
        let word = simple.words.get(at)?;
        let [Part::Param(param)] = word.parts.as_slice() else {
            return None;
        };
        // in quotes it is one word, which only a shell splits
        let shell = at > 0 && simple.words.iter().take(at).any(runs_script);
        if param.quoted && !shell {
            return None;
        }
        let mut tokens = Vec::new();
        self.part_tokens(&word.parts, &mut tokens);
        let (choice, options) = tokens.iter().enumerate().find_map(|(i, token)| match token {
            Token::Bit {
                bit: Bit::Choice(options),
                ..
            } => Some((i, Rc::clone(options))),
            _ => None,
        })?;
        let before: Vec<Bit> = tokens.iter().take(choice).filter_map(bit).collect();
        let is_command = |option: &Vec<Bit>| {
            let whole: Vec<Bit> = before.iter().chain(option).cloned().collect();
            is_command(&whole) && (shell || has_operand(option))
        };
        if options.len() > MAX_TOLD || !options.iter().any(is_command) {
            return None;
        }
        let given: Vec<_> = options
            .iter()
            .filter(|option| !option.is_empty() || !before.is_empty())
            .collect();
        let all = given.len() == options.len() && (!before.is_empty() || options.iter().all(is_command));
        let mut commands = Vec::new();
        for option in given {
            let mut words = Vec::new();
            for (i, other) in simple.words.iter().enumerate() {
                let fields = match i == at {
                    true => split(&tokens, choice, option),
                    false => self.word_fields(other),
                };
                words.extend(fields.into_iter().map(|field| (i, field)));
            }
            commands.push(words);
        }
        Some((commands, all))
    }

    /// Runs each of several commands of which one is run.
    pub(super) fn each_chosen(
        &mut self,
        (commands, all): (Vec<Words>, bool),
        simple: &Simple,
        span: Span,
        input: Option<&[Bit]>,
        targets: Vec<Target>,
    ) -> Flow {
        let certain = self.certain && all;
        let fork = self.pace.fork();
        let mut targets = Some(targets);
        for (nth, words) in commands.into_iter().enumerate() {
            let input = input.map(<[Bit]>::to_vec);
            let targets = targets.take().unwrap_or_default();
            self.pace.arms.push((fork, nth));
            self.branch(|e| {
                e.certain = certain;
                e.command(words, simple, span, input, targets)
            });
            self.pace.arms.pop();
        }
        Flow::On
    }
}

/// The scripts that the words of one may be, whether each launches something: `None` where nothing is chosen,
/// or too much.
pub(super) fn scripts(runs: &[Vec<Bit>]) -> Option<(Vec<Vec<Vec<Bit>>>, bool)> {
    let mut all: Vec<Vec<Vec<Bit>>> = vec![Vec::new()];
    let mut chosen = false;
    for run in runs {
        let mut variants: Vec<Vec<Bit>> = vec![Vec::new()];
        for bit in run {
            let Bit::Choice(options) = bit else {
                variants.iter_mut().for_each(|variant| variant.push(bit.clone()));
                continue;
            };
            chosen = true;
            if variants.len() * options.len() > MAX_TOLD {
                return None;
            }
            let with = |variant: &Vec<Bit>, option: &Vec<Bit>| variant.iter().chain(option).cloned().collect();
            variants = options
                .iter()
                .flat_map(|o| variants.iter().map(move |v| with(v, o)))
                .collect();
        }
        if all.len() * variants.len() > MAX_TOLD {
            return None;
        }
        let with = |script: &Vec<Vec<Bit>>, run: &Vec<Bit>| script.iter().chain([run]).cloned().collect();
        all = variants
            .iter()
            .flat_map(|v| all.iter().map(move |s| with(s, v)))
            .collect();
    }
    let nested = |script: &Vec<Vec<Bit>>| script.iter().flatten().any(|bit| matches!(bit, Bit::Choice(_)));
    if !chosen || all.iter().any(nested) {
        return None;
    }
    let launches = |script: &Vec<Vec<Bit>>| script.iter().any(|run| is_command(run));
    if !all.iter().any(launches) {
        return None;
    }
    let each = all.iter().all(launches);
    Some((all, each))
}

fn split(tokens: &[Token], choice: usize, option: &[Bit]) -> Vec<Field> {
    let mut own = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Bit { splits, by, .. } if i == choice => own.extend(option.iter().map(|bit| Token::Bit {
                bit: bit.clone(),
                splits: *splits,
                by: by.clone(),
            })),
            other => own.push(other.clone()),
        }
    }
    let mut fields = Fields::default();
    fields.tokens(&own, 0);
    fields.finish();
    fields.done
}

/// True for a word that only runs what stands after it.
fn is_prefix(word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part::Text { text, .. }] => {
            let plain = ["sudo", "doas", "exec", "command", "nohup", "time", "-E", "-n"];
            plain.contains(&text.as_str()) || runs_script(word) || (text.starts_with('-') && text.ends_with('c'))
        }
        _ => false,
    }
}

/// True for a word that runs a script which follows it.
fn runs_script(word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part::Text { text, .. }] => text == "eval" || super::prefix::is_shell(text),
        _ => false,
    }
}

fn bit(token: &Token) -> Option<Bit> {
    match token {
        Token::Bit { bit, .. } => Some(bit.clone()),
        _ => None,
    }
}

/// True for a text with a word that is no option.
fn has_operand(bits: &[Bit]) -> bool {
    let words = |bit: &Bit| match bit {
        Bit::Frag(frag) => frag.piece.text.split_whitespace().any(|word| !word.starts_with('-')),
        Bit::Choice(_) => true,
    };
    bits.iter().any(words)
}

/// True for a text with an engine and a word for it in it.
fn is_command(bits: &[Bit]) -> bool {
    let mut text = String::new();
    for bit in bits {
        match bit {
            Bit::Frag(frag) => text.push_str(&frag.piece.text),
            Bit::Choice(_) => text.push(' '),
        }
    }
    let mut words = text.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let engine = words.any(|word| names::engine(word).is_some() || is_engine_variable(word));
    engine && words.next().is_some()
}

fn is_engine_variable(word: &str) -> bool {
    let name = word.strip_prefix('$').map(|name| name.trim_matches(['{', '}']));
    name.is_some_and(names::names_engine)
}
