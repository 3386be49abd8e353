//! Where a command stands that comes by way of variables and calls.

use super::eval::Evaluator;
use crate::container::{FileId, PieceKind, Text, Via};
use crate::source::Span;
use crate::spec::{self, CommandLine};

impl Evaluator<'_> {
    /// A command whose program came from elsewhere stands where it is written: at the call of
    /// `run() { "$@"; }`, in the variable that holds all of it, or, when only the engine's name is
    /// in a variable, where that is used.
    pub(super) fn rebase(&self, line: &mut CommandLine) {
        let Some(program) = line.words.first() else { return };
        if program.place.via.is_empty() {
            return self.rebase_wrapper(line);
        }
        let way = program.place.via.clone();
        // `$RUN image` stands where it is written, `$COMMAND` alone in the variable
        let whole = match way.first() {
            Some(first) if parameter(first) => line.words.get(1).is_some_and(|next| next.place.via.starts_with(&way)),
            _ => line.words.iter().all(|word| word.place.via.starts_with(&way)),
        };
        if !whole {
            let Some(used) = way.first() else { return };
            let used = used.clone();
            if let Some(program) = line.words.first_mut() {
                set_at(program, used.file, used.span);
            }
            return;
        }
        let depth = way.iter().take_while(|via| parameter(via)).count();
        for word in &mut line.words {
            if word.place.via.starts_with(&way) {
                word.place.via.drain(..way.len());
            } else if word.place.via.is_empty() {
                word.place.via = line.via.iter().take(1).cloned().collect();
            }
        }
        let calls = self.calls.len();
        match depth
            .checked_sub(1)
            .and_then(|_| self.calls.get(calls.wrapping_sub(depth)))
        {
            Some(call) if depth == way.len() => {
                line.file = call.file;
                line.span = call.span;
            }
            _ => {
                // the whole command stands in a variable
                if let Some(first) = line.words.first() {
                    let file = first.place.file;
                    let mut whole = first.place.value;
                    for word in &line.words {
                        if word.place.via.is_empty() && word.place.file == file && word.place.value.start >= whole.start
                        {
                            whole = whole.to(word.place.value);
                        }
                    }
                    line.file = file;
                    line.span = whole;
                }
            }
        }
        line.via.splice(0..0, way);
    }

    /// The call of `d() { docker --debug "$@"; }` says which command it is: it stands at the call.
    pub(super) fn rebase_wrapper(&self, line: &mut CommandLine) {
        let own = |word: &&spec::Word| word.place.via.is_empty() && word.text.known_prefix().starts_with('-');
        let options = line.words.iter().skip(1).take_while(own).count();
        let Some(word) = line.words.get(options + 1) else {
            return;
        };
        let way = word.place.via.clone();
        if way.is_empty() || !way.iter().all(parameter) || !word.text.known_prefix().starts_with(char::is_alphabetic) {
            return;
        }
        let Some(call) = self
            .calls
            .len()
            .checked_sub(way.len())
            .and_then(|at| self.calls.get(at))
        else {
            return;
        };
        let outer = line.via.iter().take(1).cloned().collect::<Vec<_>>();
        for word in &mut line.words {
            if word.place.via.starts_with(&way) {
                word.place.via.drain(..way.len());
            } else if word.place.via.is_empty() {
                word.place.via.clone_from(&outer);
            }
        }
        if let Some(program) = line.words.first_mut() {
            set_at(program, call.file, call.word);
        }
        line.file = call.file;
        line.span = call.span;
        line.via.splice(0..0, way);
    }
}

/// True for a step by way of a parameter.
fn parameter(via: &Via) -> bool {
    via.name == "@" || via.name == "*" || via.name.starts_with(|c: char| c.is_ascii_digit())
}

/// Says of a word that it stands elsewhere than it is written.
fn set_at(word: &mut spec::Word, file: FileId, span: Span) {
    let mut text = Text::new();
    for piece in word.text.pieces() {
        let kind = match piece.kind {
            PieceKind::Literal => PieceKind::Cooked,
            ref other => other.clone(),
        };
        text.push(piece.text.clone(), span, kind);
    }
    word.text = text;
    word.place = crate::container::Place {
        file,
        value: span,
        entry: span,
        via: Vec::new(),
    };
}
