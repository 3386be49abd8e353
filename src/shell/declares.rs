//! `declare`, `export`, `local` and their like, and names that stand for other names.

use super::eval::Evaluator;
use super::fields::Field;
use super::prefix::known_start;
use super::tree::{Assign, AssignValue, Simple};
use super::value::{self, Bit, Value};

/// The name under which it is kept which name another stands for. No script can write it.
fn target_of(name: &str) -> String {
    format!("\u{0}target of {name}")
}

impl Evaluator<'_> {
    /// What a declaration sets.
    pub(super) fn declare(&mut self, simple: &Simple, declares: &str) {
        let mut options = String::new();
        let mut given = Vec::new();
        for word in &simple.words {
            for field in self.word_fields(word) {
                match field.known() {
                    Some(option) if option.starts_with(['-', '+']) => options.push_str(&option),
                    _ => given.push(field),
                }
            }
        }
        for assign in &simple.assigns {
            if options.contains('n') && !options.contains('+') && declares != "export" {
                self.stand_for(assign, declares);
            } else {
                if options.contains('A') {
                    self.has_words_for_keys(&assign.name);
                }
                self.assign(assign, Some(declares));
            }
        }
        for field in given {
            self.declare_word(&field);
        }
    }

    /// A word of a declaration that is no plain assignment: `"NAME=$value"`, `"$name=$value"`, `$(words)`.
    fn declare_word(&mut self, field: &Field) {
        let start = known_start(field);
        let Some((name, _)) = start.split_once('=') else {
            if field.known().is_none() {
                self.open_all();
            }
            return;
        };
        let skip = name.len() + 1;
        let name = name.trim_end_matches('+').to_owned();
        let bits: Vec<Bit> = super::each::after(&field.frags, skip)
            .into_iter()
            .map(Bit::Frag)
            .collect();
        match start.contains("+=") || field.splits {
            true => self.open_name(&name),
            false => self.scope.set(&name, Some(Value::scalar(bits))),
        }
    }

    /// `local -n name=other`: what is done to the one is done to the other.
    fn stand_for(&mut self, assign: &Assign, declares: &str) {
        let target = match &assign.value {
            AssignValue::Word(word) => Value::scalar(self.value_bits(word)),
            _ => Value::Lost { solid: true },
        };
        let kept = target_of(&assign.name);
        if declares == "local" || !self.locals.is_empty() {
            let old = self.scope.get(&kept).cloned();
            if let Some(frame) = self.locals.last_mut() {
                frame.push((kept.clone(), old));
            }
        }
        self.stands_for_others = true;
        self.scope.set(&kept, Some(target));
    }

    /// The name that is meant by a name; `None` where that cannot be known.
    pub(super) fn meant(&self, name: &str) -> Option<String> {
        if !self.stands_for_others {
            return Some(name.to_owned());
        }
        match self.scope.get(&target_of(name)) {
            None => Some(name.to_owned()),
            Some(Value::Scalar(bits)) => value::known(bits).filter(|target| is_name(target)),
            Some(_) => None,
        }
    }
}

/// True for a text that is the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c == '_' || c.is_ascii_alphabetic())
        && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}
