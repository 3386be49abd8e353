//! What a simple command does: builtins that change what names stand for, calls, scripts in
//! strings, and the commands that are reported.

use std::rc::Rc;

use super::aliases::Unaliased;
use super::each;
use super::eval::{Evaluator, Flow};
use super::fields::Field;
use super::handed::{Target, first_file};
use super::launches::{Group, Launch};
use super::names;
use super::prefix::{self, Runs, Shell};
use super::shells;
use super::tree::{Part, Simple, Word};
use super::value::{self, Bit, Element, Item, Value};
use crate::container::{Hole, PieceKind, Text};
use crate::source::Span;
use crate::spec::{self, CommandLine};

impl Evaluator<'_> {
    /// Runs a command whose words are expanded; each field comes with the index of its word.
    pub(super) fn command(
        &mut self,
        fields: Vec<(usize, Field)>,
        simple: &Simple,
        span: Span,
        input: Option<Vec<Bit>>,
        targets: Vec<Target>,
    ) -> Flow {
        let mut plain = match self.unaliased(fields) {
            Unaliased::Fields(fields) => each::without_inputs(fields),
            Unaliased::Script(runs) => {
                self.embedded(runs, Shell::Same, Vec::new(), span, "alias");
                return Flow::On;
            }
        };
        let stripped = prefix::strip(&plain.iter().map(|(_, f)| f.clone()).collect::<Vec<_>>());
        if let Some(stands_in) = &stripped.stands_in {
            plain = plain
                .into_iter()
                .map(|(i, f)| (i, each::filled(f, stands_in)))
                .collect();
        }
        let flow = if stripped.replaces { Flow::Exit } else { Flow::On };
        let as_root = self.as_root;
        self.as_root |= stripped.as_root;
        let pace = match stripped.each {
            Some(together) => self.pace.for_each(together),
            None => self.pace.clone(),
        };
        let moved = self.moved;
        self.moved |= stripped.moved;
        // what a script in a string reads from is what its shell was given
        let given = input.clone().or_else(|| self.input.clone());
        let outer_input = std::mem::replace(&mut self.input, given);
        let after = match stripped.runs {
            Runs::Command(at) => {
                let outer = self.stdout.clone();
                let name = plain.get(at).and_then(|(_, f)| f.known()).unwrap_or_default();
                if !self.functions.contains_key(&name) {
                    self.hand_over(&plain, at, simple, span, targets);
                } else if let Some(file) = first_file(&targets) {
                    self.stdout = Some(file);
                }
                let flow = self.program(&plain, at, simple, span, stripped.more);
                self.stdout = outer;
                flow
            }
            Runs::Find(at) => {
                let commands = each::of_find(plain.get(at..).unwrap_or_default());
                let outer = self.pace.in_turn();
                for command in commands {
                    self.command(command, simple, span, None, Vec::new());
                }
                self.pace.back(outer);
                Flow::On
            }
            Runs::Script {
                script,
                skip,
                params,
                shell,
            } => {
                let mut arguments: Vec<Item> = plain
                    .iter()
                    .skip(params)
                    .map(|(i, f)| self.item(simple, *i, f))
                    .collect();
                if stripped.more {
                    arguments.push(Item::Rest(self.unseen_words(span)));
                }
                if let Some((_, field)) = plain.get(script) {
                    let bits = each::after(&field.frags, skip).into_iter().map(Bit::Frag).collect();
                    self.embedded(vec![bits], shell, arguments, span, "script");
                }
                Flow::On
            }
            Runs::Joined { from, skip, shell } => {
                let words = plain.iter().skip(from).enumerate();
                let runs = words.map(|(n, (_, f))| each::after(&f.frags, if n == 0 { skip } else { 0 }));
                let mut runs: Vec<Vec<Bit>> = runs.map(|f| f.into_iter().map(Bit::Frag).collect()).collect();
                if stripped.more && !runs.is_empty() {
                    runs.push(self.unseen_words(span).bits.to_vec());
                }
                if !runs.is_empty() {
                    let opens = shell == Shell::Same && self.sets_unseen(&runs);
                    self.embedded(runs, shell, Vec::new(), span, "script");
                    if opens {
                        self.open_all();
                    }
                } else if let Some(bits) = input {
                    self.input = None;
                    self.embedded(vec![bits], shell, Vec::new(), span, "heredoc");
                }
                Flow::On
            }
            Runs::Input(shell) => {
                if let Some(bits) = self.input.take() {
                    self.embedded(vec![bits], shell, Vec::new(), span, "heredoc");
                }
                Flow::On
            }
            Runs::Nothing => Flow::On,
        };
        self.input = outer_input;
        self.as_root = as_root;
        self.pace.back(pace);
        self.moved = moved;
        flow.max(after)
    }

    /// Words that nobody can see, after the end of a command.
    pub(super) fn unseen_words(&self, span: Span) -> Element {
        let end = Span::at(span.end as usize);
        let hole = self.frag("…".to_owned(), end, PieceKind::Hole(Hole::Other), false);
        Element {
            bits: Rc::new(vec![Bit::Frag(hole)]),
            span: end,
            file: self.file,
            trail: value::Trail::default(),
        }
    }

    fn item(&self, simple: &Simple, word: usize, field: &Field) -> Item {
        let span = simple.words.get(word).map_or_else(Span::default, |w| w.span);
        let element = field.element(span, self.file);
        if field.splits {
            Item::Rest(element)
        } else {
            Item::One(element)
        }
    }

    fn program(&mut self, fields: &[(usize, Field)], at: usize, simple: &Simple, span: Span, more: bool) -> Flow {
        let Some((_, field)) = fields.get(at) else {
            return Flow::On;
        };
        let known = field.known();
        let name = known.as_deref().unwrap_or("");
        let arguments = || fields.iter().skip(at + 1);
        match name {
            "exit" => return Flow::Exit,
            "return" => return self.leave(),
            "source" | "." => {
                if let Some((_, file)) = arguments().next()
                    && !self.source_file(file, span)
                {
                    self.sourced_unread(file);
                }
                return Flow::On;
            }
            "set" => {
                let separator = arguments().position(|(_, f)| matches!(f.known().as_deref(), Some("--" | "-")));
                if let Some(separator) = separator {
                    let from = arguments().nth(separator).map_or(0, |(i, _)| i + 1);
                    let mut items = Vec::new();
                    let outer = self.assigning.replace("@".to_owned());
                    for word in simple.words.iter().skip(from) {
                        self.items_for(word, &mut items);
                    }
                    self.assigning = outer;
                    self.work(items.len());
                    let items = if value::count(&items) > value::MAX_PIECES {
                        Value::Lost { solid: false }
                    } else {
                        Value::Array(Rc::new(items))
                    };
                    self.scope.set("@", Some(items));
                }
                return Flow::On;
            }
            "shift" => {
                self.shift(arguments().next().map(|(_, f)| f));
                return Flow::On;
            }
            "cd" | "pushd" | "popd" => {
                let words: Vec<Field> = arguments().map(|(_, f)| f.clone()).collect();
                self.go(name, &words);
                return Flow::On;
            }
            "read" | "mapfile" | "readarray" | "getopts" => {
                let words: Vec<Field> = arguments().map(|(_, f)| f.clone()).collect();
                self.take_input(name, &words, simple, span);
                return Flow::On;
            }
            "printf" | "let" => {
                let words: Vec<Field> = arguments().map(|(_, f)| f.clone()).collect();
                self.sets_by_word(name, &words);
                return Flow::On;
            }
            "shopt" => {
                let says = |word: &str| arguments().any(|(_, f)| f.known().as_deref() == Some(word));
                if says("lastpipe") {
                    self.last_stays = says("-s");
                }
                return Flow::On;
            }
            // each of its words is a script, but for options and their short values
            "hyperfine" => {
                let script = |f: &Field| f.frags.iter().any(|f| !f.piece.is_hole() && f.piece.text.contains(' '));
                let scripts = arguments().filter(|(_, field)| script(field));
                for (_, field) in scripts {
                    let bits = field.frags.iter().cloned().map(Bit::Frag).collect();
                    self.embedded(vec![bits], Shell::New, Vec::new(), span, "script");
                }
                return Flow::On;
            }
            "alias" => {
                for (_, field) in arguments() {
                    self.define_alias(field, span);
                }
                return Flow::On;
            }
            _ => {}
        }
        if names::engine(name).is_none() && self.functions.contains_key(name) {
            let index = fields.get(at).map_or(0, |(i, _)| *i);
            // in `"$@"` the function's own words come from the word that names it
            let beside = arguments().filter(|(i, _)| *i == index);
            let mut items: Vec<Item> = beside.map(|(i, f)| self.item(simple, *i, f)).collect();
            for word in simple.words.iter().skip(index + 1) {
                self.items_for(word, &mut items);
            }
            let name = name.to_owned();
            let word = fields.get(at).and_then(|(i, _)| simple.words.get(*i));
            let word = word.map_or(span, |w| w.span);
            return self.call(&name, items, span, word).unwrap_or(Flow::On);
        }
        if prefix::is_engine_field(field) || is_reported(name) {
            self.report(fields, at, simple, span, more);
            if let Some(inner) = shells::entered(fields, at) {
                let moved = std::mem::replace(&mut self.moved, true);
                self.command(inner, simple, span, None, Vec::new());
                self.moved = moved;
            }
        } else {
            self.runs_unread(field, name);
        }
        Flow::On
    }

    fn shift(&mut self, by: Option<&Field>) {
        let by = match by {
            None => Some(1),
            Some(field) => field.known().and_then(|n| n.parse::<usize>().ok()),
        };
        let items = match self.scope.get("@") {
            Some(Value::Array(items)) => items.to_vec(),
            _ => return,
        };
        if matches!(items.first(), Some(Item::Rest(_))) {
            return; // one of the words that nobody knows goes
        }
        let plain = by.filter(|by| items.iter().take(*by).all(|i| matches!(i, Item::One(_))));
        let value = match plain {
            Some(by) => Value::Array(Rc::new(items.into_iter().skip(by).collect())),
            None => Value::Lost { solid: false },
        };
        self.scope.set("@", Some(value));
    }

    /// Notes a command.
    fn report(&mut self, fields: &[(usize, Field)], at: usize, simple: &Simple, span: Span, more: bool) {
        if self.rehearsal.on {
            self.rehearsal.met += 1;
            return;
        }
        let mut words = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut last = None;
        for (spot, (index, field)) in fields.iter().enumerate().skip(at) {
            let Some(word) = simple.words.get(*index) else { continue };
            let beside = |spot: Option<usize>| spot.and_then(|s| fields.get(s)).is_some_and(|(i, _)| i == index);
            let alone = !beside(spot.checked_sub(1)) && !beside(Some(spot + 1));
            let spoken = self.spoken(field.clone(), word, alone);
            words.push(spoken);
            if last == Some(*index) {
                if let Some(group) = groups.last_mut() {
                    group.words += 1;
                }
            } else {
                groups.push(Group {
                    span: word.span,
                    name: only_param(word),
                    words: 1,
                });
            }
            last = Some(*index);
        }
        if more {
            let end = Span::at(span.end as usize);
            words.push(spec::Word {
                text: Text::hole("…", end, Hole::Other),
                place: crate::container::Place {
                    file: self.file,
                    value: end,
                    entry: end,
                    via: Vec::new(),
                },
                certain: true,
                splits: true,
                options: Vec::new(),
            });
            groups.push(Group {
                span: end,
                name: None,
                words: 1,
            });
        }
        if let Some(program) = words.first_mut()
            && !names::is_engine(&program.text)
            && let Some(held) = names::holder(program)
        {
            program.text = held;
        }
        let mut line = CommandLine {
            words,
            file: self.file,
            span,
            via: self.current_way(),
            certain: self.certain,
            as_root: self.as_root,
            maybe_podman: self.may_be_podman(simple),
            turns: self.pace.turns,
            background: self.pace.background,
            folder: self.folder(),
            moved: self.moved,
        };
        self.rebase(&mut line);
        let arms = vec![self.pace.arms.clone()];
        if !self.launches.add(Launch { line, groups, arms }) {
            self.said(
                span,
                "this script runs too many commands; the rest of them are not read",
            );
        }
    }
}

/// The parameter that a word wholly is, and how it is written.
fn only_param(word: &Word) -> Option<(String, String)> {
    let mut found = None;
    for part in &word.parts {
        match part {
            Part::Param(param) if found.is_none() => found = Some((param.name.clone(), param.written.clone())),
            Part::Param(_) | Part::Command { .. } | Part::Opaque { .. } => return None,
            Part::Text { .. } | Part::Home { .. } => {}
        }
    }
    found
}

/// True for a program whose runs are reported, by its name or path.
fn is_reported(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    super::REPORTED.contains(&name) || super::COMPOSE.contains(&name) || super::CLIENTS.contains(&name)
}
