//! What is known of the variables that the shell of an instruction gets: those of `ENV` and, while the
//! image is built, of `ARG`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::expand::{Expander, Scope};
use super::joined::Joined;
use super::keyword::Keyword;
use super::lexer::Instruction;
use super::{image, stages, words};
use crate::shell::variables_in;
use crate::source::Excerpt;

/// Variables that are handed to one shell.
const MAX_HANDED: usize = 32;

/// The variables at some point of a stage.
#[derive(Default)]
pub(super) struct Known {
    scope: Scope,
    /// Where the value of each was set last: the bytes of the file, where it stands there as it is.
    written: BTreeMap<String, Option<Range<usize>>>,
    /// Those that only the build has.
    arguments: BTreeMap<String, bool>,
}

impl Known {
    /// Carries out an `ENV` or an `ARG`.
    pub(super) fn apply(&mut self, instruction: &Instruction, text: &str, global: &Scope, expander: &mut Expander) {
        let line = &instruction.line;
        match instruction.keyword {
            Keyword::Env => {
                let mut set = Vec::new();
                for pair in image::pairs(instruction, expander.escape()) {
                    let value = expander.value(line, &pair.value, &self.scope);
                    let at = value.as_deref().and_then(|v| place(line, &pair.value, v, text));
                    set.push((line.part(&pair.key).to_owned(), value, at));
                }
                for (name, value, at) in set {
                    self.arguments.insert(name.clone(), false);
                    self.written.insert(name.clone(), at);
                    self.scope.set_env(name, value);
                }
            }
            Keyword::Arg => {
                stages::declare(instruction, expander, &mut self.scope, |name| {
                    global.get(name).map(str::to_owned)
                });
                for word in words::split(line.text(), &instruction.args, expander.escape()).0 {
                    let part = line.part(&word);
                    let (name, value) = part.split_once('=').unwrap_or((part, ""));
                    if self.arguments.get(name) == Some(&false) {
                        continue; // `ENV` has set it, and stands over it
                    }
                    self.arguments.insert(name.to_owned(), true);
                    let range = word.end - value.len()..word.end;
                    let at = self.scope.get(name).and_then(|v| place(line, &range, v, text));
                    self.written.insert(name.to_owned(), at);
                }
            }
            _ => {}
        }
    }

    /// A shell with the variables that it uses set before it.
    pub(super) fn hand_to(&self, shell: Excerpt, building: bool, text: &str) -> Excerpt {
        let mut out = Excerpt::new();
        let used = variables_in(shell.text()).into_iter();
        let handed = used.filter_map(|name| Some((name, self.written.get(name)?)));
        for (name, at) in handed.take(MAX_HANDED) {
            let build_only = self.arguments.get(name) == Some(&true);
            let Some(value) = self.scope.get(name).filter(|_| building || !build_only) else {
                continue;
            };
            // one that is put together has no line that a finding could point at
            let Some(at) = at.as_ref().filter(|_| !value.contains(['\'', '\n'])) else {
                continue;
            };
            out.made(&format!("{name}='"));
            out.copy(text.get(at.clone()).unwrap_or(""), at.start);
            out.made("'\n");
        }
        if out.text().is_empty() {
            return shell;
        }
        out.append(&shell);
        out
    }
}

/// Where a value stands in the file, if it does so byte for byte.
fn place(line: &Joined, range: &Range<usize>, value: &str, text: &str) -> Option<Range<usize>> {
    let whole = line.outer(range).range();
    let written = text.get(whole.clone())?;
    let quotes = usize::from(written.starts_with(['"', '\'']));
    let inner = whole.start + quotes..whole.end.checked_sub(quotes)?;
    (text.get(inner.clone()) == Some(value)).then_some(inner)
}
