//! The image that a file builds: what its final stage says, and what that stage takes over from the
//! stages below it.

use std::ops::Range;

use super::expand::{Expander, Scope};
use super::keyword::Keyword;
use super::left::Left;
use super::lexer::Instruction;
use super::run;
use super::stages::{self, Stage};
use super::starts::Files;
use super::words;
use crate::container::{
    Container, Engine, FileId, Knowledge, Mount, MountKind, PieceKind, Place, Syntax, Text, Written,
};
use crate::source::Span;

/// What an image is read from.
pub(super) struct Input<'a> {
    /// The text of the Dockerfile.
    pub(super) text: &'a str,
    pub(super) stages: &'a [Stage<'a>],
    /// The variables before the first `FROM`.
    pub(super) global: &'a Scope,
    /// For each stage, whether its shell is one that is read.
    pub(super) posix: &'a [bool],
    pub(super) engine: Engine,
    pub(super) knowledge: Knowledge,
    pub(super) files: &'a Files<'a>,
}

/// The final stage as a container; `None` for a file without stages.
pub(super) fn read(input: &Input, expander: &mut Expander) -> Option<Container> {
    let (stages, global) = (input.stages, input.global);
    let last = stages.len().checked_sub(1)?;
    let stage = stages.get(last)?;
    let mut image = Image {
        container: Container::new(Syntax::Image, input.engine, FileId(0), stage.from.head, span_of(stage)),
        scope: Scope::default(),
        command_set: false,
        triggers: Vec::new(),
        left: Left::new(input.text, input.files),
    };
    for index in stages::chain(stages, last) {
        let Some(stage) = stages.get(index) else { continue };
        if stage.parent.is_none() {
            image.container.image = Some(stage.image.clone()).filter(|image| !image.value.is_empty());
            image.left.begins_with(image.container.image.as_ref(), input.knowledge);
        }
        image
            .left
            .enters(index, input.posix.get(index).copied().unwrap_or(true));
        image.command_set = false;
        for trigger in std::mem::take(&mut image.triggers) {
            image.apply(trigger, global, expander);
        }
        for instruction in stage.rest {
            if instruction.onbuild {
                image.triggers.push(instruction);
            } else {
                image.apply(instruction, global, expander);
            }
        }
    }
    // what the image's triggers would do to the images that are built on it is of its making
    for trigger in std::mem::take(&mut image.triggers) {
        image
            .left
            .leaves_trigger(trigger, expander, &image.scope, image.container.user.as_ref());
    }
    image.container.name = stage.name.as_ref().map(|name| {
        let mut text = Text::new();
        stage.from.line.literal(name, &mut text);
        Written::new(text, Place::new(stage.from.line.outer(name), stage.from.span))
    });
    let user_at = image.left.user_set_in.filter(|&at| at != last);
    let by = user_at.and_then(|at| stages.get(at));
    let mut container = image.container;
    let (mut made, grants) = image.left.finish(&container);
    made.user_stage = by.map(|stage| match &stage.name {
        Some(name) => stage.from.line.part(name).to_owned(),
        None => stage.image.value.shown(),
    });
    made.windows = stage.windows;
    container.stage = Some(Box::new(made));
    container.grants = grants;
    Some(container)
}

/// A stage from its `FROM` to the end of its last instruction.
pub(super) fn span_of(stage: &Stage) -> Span {
    stage
        .rest
        .last()
        .map_or(stage.from.span, |last| stage.from.span.to(last.span))
}

struct Image<'a> {
    container: Container,
    scope: Scope,
    /// True once the stage itself has a `CMD`: an `ENTRYPOINT` leaves only that one in force.
    command_set: bool,
    /// What `ONBUILD` says of stages built on this one.
    triggers: Vec<&'a Instruction>,
    /// What the instructions leave in the image.
    left: Left<'a>,
}

impl Image<'_> {
    fn apply(&mut self, instruction: &Instruction, global: &Scope, expander: &mut Expander) {
        let line = &instruction.line;
        self.left
            .apply(instruction, expander, &self.scope, self.container.user.as_ref());
        match instruction.keyword {
            Keyword::Arg => {
                stages::declare(instruction, expander, &mut self.scope, |name| {
                    global.get(name).map(str::to_owned)
                });
            }
            Keyword::Env => {
                let mut set = Vec::new();
                for pair in pairs(instruction, expander.escape()) {
                    let key = line.part(&pair.key).to_owned();
                    set.push((key, expander.value(line, &pair.value, &self.scope)));
                    let entry = self.pair(instruction, &pair, expander);
                    self.container.environment.push(entry);
                }
                // every value of one instruction sees the variables as they were before it
                for (name, value) in set {
                    self.scope.set_env(name, value);
                }
            }
            Keyword::Label => {
                for pair in pairs(instruction, expander.escape()) {
                    let entry = self.pair(instruction, &pair, expander);
                    // one that is a command is a container of its own
                    let value = entry.value.split_once('=').map(|(_, value)| value.shown());
                    if !value.is_some_and(|value| run::begins_with_engine(&value)) {
                        self.container.labels.push(entry);
                    }
                }
            }
            Keyword::Expose => {
                for word in words::split(line.text(), &instruction.args, expander.escape()).0 {
                    let port = self.written(instruction, &word, expander);
                    self.container.ports.push(port);
                }
            }
            Keyword::User => {
                let user = self.written(instruction, &instruction.args, expander);
                if !user.value.is_empty() {
                    self.left.user(self.container.user.replace(user));
                }
            }
            Keyword::Volume => {
                let words = match &instruction.json {
                    Some(elements) => elements.iter().map(|e| e.inner.clone()).collect(),
                    None => words::split(line.text(), &instruction.args, expander.escape()).0,
                };
                for word in words {
                    let target = self.written(instruction, &word, expander);
                    let mut mount = Mount::new(MountKind::Volume, target.value.clone());
                    mount.target = Some(target.value);
                    self.container.mounts.push(Written::new(mount, target.place));
                }
            }
            Keyword::Entrypoint => {
                let mut whole = Text::new();
                for word in command(instruction) {
                    if !whole.is_empty() {
                        whole.push(" ".to_owned(), word.span(), PieceKind::Cooked);
                    }
                    whole.append(word);
                }
                let place = Place::new(line.outer(&instruction.args), instruction.span);
                self.container.entrypoint = Some(Written::new(whole, place));
                if !self.command_set {
                    self.container.command.clear();
                }
            }
            Keyword::Cmd => {
                self.command_set = true;
                self.container.command = command(instruction);
            }
            _ => {}
        }
    }

    fn written(&self, instruction: &Instruction, range: &Range<usize>, expander: &mut Expander) -> Written<Text> {
        let line = &instruction.line;
        let expanded = expander.expand(line, range, &self.scope);
        let mut place = Place::new(line.outer(range), instruction.span);
        place.via = expanded.via(line);
        Written::new(expanded.text(line), place)
    }

    /// `key=value` as one text.
    fn pair(&self, instruction: &Instruction, pair: &Pair, expander: &mut Expander) -> Written<Text> {
        let line = &instruction.line;
        let mut text = expander.expand(line, &pair.key, &self.scope).text(line);
        text.push("=".to_owned(), line.outer(&pair.key), PieceKind::Cooked);
        let expanded = expander.expand(line, &pair.value, &self.scope);
        text.append(expanded.text(line));
        let mut place = Place::new(line.outer(&pair.value), line.outer(&(pair.key.start..pair.value.end)));
        place.via = expanded.via(line);
        Written::new(text, place)
    }
}

/// The words of `CMD` and `ENTRYPOINT`; one for the shell form.
fn command(instruction: &Instruction) -> Vec<Text> {
    let line = &instruction.line;
    let literal = |range: &Range<usize>| {
        let mut text = Text::new();
        line.literal(range, &mut text);
        text
    };
    match &instruction.json {
        Some(elements) => elements
            .iter()
            .map(|e| match &e.cooked {
                Some(value) => Text::cooked(value.clone(), line.outer(&e.inner)),
                None => literal(&e.inner),
            })
            .collect(),
        None => vec![literal(&instruction.args)],
    }
}

/// One `key=value` of `ENV` or `LABEL`.
pub(super) struct Pair {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// The pairs of an `ENV` or `LABEL`; or the one of the old form, `key the rest of the line`.
pub(super) fn pairs(instruction: &Instruction, escape: char) -> Vec<Pair> {
    let text = instruction.line.text();
    let words = words::split(text, &instruction.args, escape).0;
    let equals = |word: &Range<usize>| Some(word.start + instruction.line.part(word).find('=')?);
    let Some(first) = words.first() else { return Vec::new() };
    if equals(first).is_none() {
        return vec![Pair {
            key: first.clone(),
            value: words::trimmed(text, first.end..instruction.args.end),
        }];
    }
    words
        .iter()
        .filter_map(|word| {
            let at = equals(word)?;
            Some(Pair {
                key: word.start..at,
                value: at + 1..word.end,
            })
        })
        .collect()
}
