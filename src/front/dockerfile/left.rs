//! What the instructions of a stage leave in its image besides what a launch could say: its users,
//! what its steps grant, and how what it starts becomes another user.

use super::expand::{Expander, Scope};
use super::grants::{self, Found};
use super::keyword::Keyword;
use super::lexer::Instruction;
use super::run;
use super::starts::{Contents, Files};
use super::words;
use crate::container::{Container, FileId, Grant, Knowledge, Place, Stage, Text, Written};
use crate::knowledge::bases;
use crate::shell;
use crate::source::Span;

/// What is left in an image, gathered in the order of its instructions.
pub(super) struct Left<'a> {
    /// The text of the Dockerfile.
    text: &'a str,
    files: &'a Files<'a>,
    contents: Contents,
    found: Found,
    stage: Stage,
    /// The stage whose instructions are applied.
    at: usize,
    /// The stage that sets the user.
    pub(super) user_set_in: Option<usize>,
    /// Whether its shell is one that is read.
    posix: bool,
    workdir: String,
    /// True where the base image is known to run steps as root.
    root_base: bool,
    /// The instruction in force, as the words that a shell would start.
    entrypoint: Vec<String>,
    command: Vec<String>,
}

impl<'a> Left<'a> {
    pub(super) fn new(text: &'a str, files: &'a Files<'a>) -> Left<'a> {
        Left {
            text,
            files,
            contents: Contents::default(),
            found: Found::default(),
            stage: Stage {
                starts_as_base: true,
                ..Stage::default()
            },
            at: 0,
            user_set_in: None,
            posix: true,
            workdir: "/".to_owned(),
            root_base: false,
            entrypoint: Vec::new(),
            command: Vec::new(),
        }
    }

    /// The image that the outermost stage is built on.
    pub(super) fn begins_with(&mut self, image: Option<&Written<Text>>, knowledge: Knowledge) {
        let known = image.and_then(|image| bases::find(&image.value, knowledge));
        self.root_base = known.is_some_and(|base| base.user == bases::User::Root);
    }

    /// The instructions that follow are those of a stage.
    pub(super) fn enters(&mut self, stage: usize, posix: bool) {
        self.at = stage;
        self.posix = posix;
    }

    /// A `USER`, with the one before it.
    pub(super) fn user(&mut self, before: Option<Written<Text>>) {
        self.stage.earlier_users.extend(before);
        self.stage.runs_after_user = false;
        self.user_set_in = Some(self.at);
    }

    /// Takes in an instruction; `user` is the one that it runs as.
    pub(super) fn apply(
        &mut self,
        instruction: &Instruction,
        expander: &mut Expander,
        scope: &Scope,
        user: Option<&Written<Text>>,
    ) {
        match instruction.keyword {
            Keyword::Shell => self.posix = run::sets_shell(instruction),
            Keyword::Workdir => {
                let text = expander.expand(&instruction.line, &instruction.args, scope);
                self.workdir = self.inside(&text.text(&instruction.line).shown());
            }
            Keyword::Run => {
                self.stage.runs_after_user = true;
                self.run(instruction, user);
            }
            Keyword::Copy | Keyword::Add => self.copy(instruction, expander, scope),
            Keyword::Cmd => self.command = self.started(instruction),
            Keyword::Entrypoint => {
                self.stage.starts_as_base = false;
                self.entrypoint = self.started(instruction);
            }
            _ => {}
        }
    }

    /// Takes in an `ONBUILD` that is left for images built on this one: its steps and copies.
    pub(super) fn leaves_trigger(
        &mut self,
        trigger: &Instruction,
        expander: &mut Expander,
        scope: &Scope,
        user: Option<&Written<Text>>,
    ) {
        match trigger.keyword {
            Keyword::Run => self.run(trigger, user),
            Keyword::Copy | Keyword::Add => self.copy(trigger, expander, scope),
            _ => {}
        }
    }

    /// The words that `CMD` or `ENTRYPOINT` start.
    fn started(&self, instruction: &Instruction) -> Vec<String> {
        let line = &instruction.line;
        match &instruction.json {
            Some(elements) => {
                let value = |e: &words::Element| e.cooked.clone().unwrap_or_else(|| line.part(&e.inner).to_owned());
                elements.iter().map(value).collect()
            }
            None => vec![line.part(&instruction.args).to_owned()],
        }
    }

    /// A path in the image.
    fn inside(&self, path: &str) -> String {
        let path = path.trim_matches(['"', '\'']);
        let path = path.strip_prefix("./").unwrap_or(path);
        let folder = self.workdir.trim_end_matches('/');
        match path {
            "." | "" => format!("{folder}/"),
            _ if path.starts_with(['/', '$']) => path.to_owned(),
            _ => format!("{folder}/{path}"),
        }
    }

    fn run(&mut self, instruction: &Instruction, user: Option<&Written<Text>>) {
        let root = match user {
            Some(user) => matches!(user.value.shown().split(':').next().unwrap_or(""), "root" | "0"),
            None => self.root_base,
        };
        for excerpt in run::shell(instruction, self.text, self.posix) {
            if !grants::is_telling(excerpt.text()) {
                continue;
            }
            let steps = shell::steps(&shell::Input {
                text: excerpt.text(),
                outer: Some(&excerpt),
                file: FileId(0),
                path: std::path::Path::new(""),
                open: None,
            });
            for step in &steps {
                self.found.command(step, root);
                self.written(step);
            }
        }
    }

    /// Scripts that a command writes.
    fn written(&mut self, step: &shell::Step) {
        let mut targets = step.writes.clone();
        if step.program(0) == "tee" {
            let words = (1..step.words.len()).map(|i| step.shown(i));
            targets.extend(words.filter(|w| !w.starts_with('-')));
        }
        for target in targets.iter().filter(|t| !t.starts_with("/dev/")) {
            let words: Vec<String> = (0..step.words.len()).map(|i| step.shown(i)).collect();
            let mut text = words.join(" ").replace("\\n", "\n");
            if let Some(fed) = &step.fed {
                text.push('\n');
                text.push_str(fed);
            }
            let target = self.inside(target);
            self.contents.write(&target, text);
        }
    }

    fn copy(&mut self, instruction: &Instruction, expander: &mut Expander, scope: &Scope) {
        let line = &instruction.line;
        let ranges = match &instruction.json {
            Some(elements) => elements.iter().map(|e| e.inner.clone()).collect(),
            None => words::split(line.text(), &instruction.args, expander.escape()).0,
        };
        let mut texts: Vec<String> = ranges
            .iter()
            .map(|range| expander.expand(line, range, scope).text(line).shown())
            .collect();
        let (Some(target), Some(target_at)) = (texts.pop(), ranges.last()) else {
            return;
        };
        let from_stage = instruction.flags.iter().any(|f| f.name == "from");
        let place = Place::new(line.outer(target_at), instruction.span);
        self.copied_mode(instruction, &target, expander, scope);
        let target = self.inside(&target);
        let of_sudo = target.contains("/sudoers");
        for heredoc in &instruction.heredocs {
            let body = self.text.get(heredoc.body.range()).unwrap_or("").to_owned();
            if of_sudo {
                self.found.sudoers_text(&body, &place);
            }
            let name = line.part(&heredoc.word).trim_start_matches(['<', '-']);
            let name = name.trim_matches(['"', '\'']);
            let file = if target.ends_with('/') {
                format!("{target}{name}")
            } else {
                target.clone()
            };
            self.contents.write(&file, body);
        }
        texts.retain(|source| !source.starts_with("<<") && !source.contains("://"));
        if from_stage {
            return;
        }
        if of_sudo {
            for text in texts.iter().filter_map(|source| self.files.read(source)) {
                self.found.sudoers_text(&text, &place);
            }
        }
        self.contents.copy(&texts, &target);
    }

    /// `--chmod` of a `COPY` or `ADD`.
    fn copied_mode(&mut self, instruction: &Instruction, target: &str, expander: &mut Expander, scope: &Scope) {
        let line = &instruction.line;
        let flag = instruction.flags.iter().rfind(|f| f.name == "chmod");
        let Some((flag, range)) = flag.and_then(|f| Some((f, f.value.as_ref()?))) else {
            return;
        };
        let expanded = expander.expand(line, range, scope);
        let mut place = Place::new(line.outer(range), line.outer(&flag.word));
        place.via = expanded.via(line);
        if let Some(mode) = expanded.text(line).known() {
            // a folder's bits are not programs': its files are given the mode too, so its `/` says nothing
            let name = target.trim_end_matches('/');
            self.found
                .copied_mode(&mode, if name == "." { "" } else { name }, place);
        }
    }

    /// What the stage makes of its image, and what its steps grant.
    pub(super) fn finish(mut self, container: &Container) -> (Stage, Vec<Written<Grant>>) {
        let mut words = std::mem::take(&mut self.entrypoint);
        if !container.command.is_empty() {
            words.append(&mut self.command);
        }
        if let Some(first) = words.first_mut()
            && let Some(rest) = first.strip_prefix("./")
        {
            *first = self.inside(rest);
        }
        self.stage.hand_off = self.contents.hand_off(&words, self.files);
        self.stage.accounts = self.found.accounts;
        // a command that stands in a variable or in no place of its own cannot be pointed at
        let mut grants = self.found.grants;
        grants.retain(|w| w.place.file == FileId(0) && w.place.value != Span::default());
        (self.stage, grants)
    }
}
