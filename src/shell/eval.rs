//! Walks a script's statements, keeping what each name stands for, and notes the commands it runs.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::aliases::Alias;
use super::fields::Field;
use super::handed::{HandedOver, Receiver, first_file};
use super::launches::{Call, Launches};
use super::pace::Pace;
use super::returns::Returns;
use super::rounds::Rehearsal;
use super::scope::Scope;
use super::tree::{Block, Part, Statement, StatementKind, Word};
use super::value::{Bit, Frag, Value};
use crate::container::{FileId, Via};
use crate::source::Span;

/// Statements that are followed before the rest is given up.
const MAX_STEPS: u32 = 60_000;
/// Pieces of values that are handled before the rest is given up. The longest of 2,500 real files takes 130,000.
const MAX_WORK: usize = 1_000_000;
/// Levels of statements within statements, over all nested scripts and calls.
const MAX_LEVELS: u32 = 160;

/// Definitions of one function on different paths.
const MAX_BODIES: usize = 8;

/// Whether the statements after one are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    On,
    /// The function ends.
    Return,
    /// The script ends.
    Exit,
}

/// A function and where it is written.
pub(super) struct Function {
    pub(super) body: Block,
    /// What it is where the script took other paths.
    pub(super) others: Vec<(Block, FileId)>,
    pub(super) file: FileId,
    pub(super) calls: u32,
    pub(super) busy: bool,
    /// True once a call of it ran a command that is reported.
    pub(super) launches: bool,
}

/// Where reading was given up.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub(super) file: FileId,
    pub(super) span: Span,
    pub(super) message: &'static str,
}

/// The state of a walk.
pub(super) struct Evaluator<'a> {
    pub(super) scope: Scope,
    pub(super) functions: BTreeMap<String, Function>,
    pub(super) aliases: HashMap<String, Alias>,
    /// The file whose statements are walked.
    pub(super) file: FileId,
    /// Where relative paths of `source` are tried.
    pub(super) path: PathBuf,
    pub(super) open: Option<super::Open<'a>>,
    /// Holes of the texts that scripts in strings were made from.
    pub(super) placeholders: HashMap<String, Frag>,
    pub(super) sources: Vec<(PathBuf, String)>,
    pub(super) launches: Launches,
    /// False while only some path leads here.
    pub(super) certain: bool,
    /// How the script that is walked came to be run.
    pub(super) way: Vec<Via>,
    pub(super) calls: Vec<Call>,
    pub(super) as_root: bool,
    /// How often what is walked is run.
    pub(super) pace: Pace,
    /// True where a prefix takes the command to another folder or machine.
    pub(super) moved: bool,
    /// The folders that `pushd` left.
    pub(super) folders: Vec<Option<Value>>,
    pub(super) stop: Option<Stop>,
    pub(super) problems: Vec<Stop>,
    pub(super) nesting: u32,
    pub(super) opened: HashSet<PathBuf>,
    /// The name that is given a value: what it held before is no step on the way of the new value.
    pub(super) assigning: Option<String>,
    /// What the shell that runs this reads from, where that is known.
    pub(super) input: Option<Vec<Bit>>,
    /// Every command that is met, where all of them are asked for.
    pub(super) steps_met: Option<Vec<super::Step>>,
    /// The file that the output of the function or group goes to whose body is walked.
    pub(super) stdout: Option<Receiver>,
    /// The texts that were written to files, or fed to programs.
    pub(super) handed: HandedOver,
    /// True once a file was sourced that is not read: it may define functions.
    pub(super) unread_library: bool,
    /// True where the last part of a pipeline runs in the shell itself.
    pub(super) last_stays: bool,
    /// True once a name was made to stand for another.
    pub(super) stands_for_others: bool,
    /// The round of a loop that is walked only for what it sets.
    pub(super) rehearsal: Rehearsal,
    /// What is walked that a `return` ends.
    pub(super) returns: Vec<Returns>,
    levels: u32,
    steps: u32,
    work: Cell<usize>,
    pub(super) locals: Vec<Vec<(String, Option<Value>)>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(path: &Path, file: FileId, open: Option<super::Open<'a>>) -> Evaluator<'a> {
        Evaluator {
            scope: Scope::default(),
            functions: BTreeMap::new(),
            aliases: HashMap::new(),
            file,
            path: path.to_owned(),
            open,
            placeholders: HashMap::new(),
            sources: Vec::new(),
            launches: Launches::default(),
            certain: true,
            way: Vec::new(),
            calls: Vec::new(),
            as_root: false,
            pace: Pace::default(),
            moved: false,
            folders: Vec::new(),
            stop: None,
            problems: Vec::new(),
            nesting: 0,
            opened: HashSet::new(),
            assigning: None,
            input: None,
            steps_met: None,
            stdout: None,
            handed: HandedOver::default(),
            unread_library: false,
            last_stays: false,
            stands_for_others: false,
            rehearsal: Rehearsal::default(),
            returns: Vec::new(),
            levels: 0,
            steps: 0,
            work: Cell::new(0),
            locals: Vec::new(),
        }
    }

    /// Walks a whole script, then the functions that nothing called.
    pub(super) fn script(&mut self, body: &Block) {
        self.block(body);
        let mut uncalled = self.uncalled();
        while let Some((name, blocks, file)) = uncalled.pop() {
            let outer = std::mem::replace(&mut self.file, file);
            self.scope.open();
            self.scope.set("@", None);
            if let Some(function) = self.functions.get_mut(&name) {
                function.calls += 1;
            }
            self.locals.push(Vec::new());
            let pace = self.pace.by_others();
            for block in &blocks {
                self.until_return(|e| e.block(block));
            }
            self.pace.back(pace);
            self.locals.pop();
            self.scope.close();
            self.file = outer;
            // functions may be defined by functions
            if uncalled.is_empty() {
                uncalled = self.uncalled();
            }
        }
        self.uncalled_aliases();
    }

    fn uncalled(&self) -> Vec<(String, Vec<Block>, FileId)> {
        let own = |f: &&Function| f.calls == 0 && f.file == self.file;
        let bodies = |f: &Function| {
            let others = f.others.iter().filter(|(_, file)| *file == f.file);
            let others = others.map(|(body, _)| Rc::clone(body));
            others.chain([Rc::clone(&f.body)]).collect()
        };
        self.functions
            .iter()
            .filter(|(_, f)| own(f))
            .map(|(name, f)| (name.clone(), bodies(f), f.file))
            .collect()
    }

    fn over(&mut self, span: Span) -> bool {
        if self.stop.is_some() {
            return true;
        }
        self.steps += 1;
        if self.steps > MAX_STEPS || self.work.get() > MAX_WORK {
            self.stop = Some(Stop {
                file: self.file,
                span,
                message: "this script takes too many steps to follow; what comes after this is not read",
            });
            return true;
        }
        false
    }

    /// Counts pieces that were handled.
    pub(super) fn work(&self, pieces: usize) {
        self.work.set(self.work.get().saturating_add(pieces));
    }

    pub(super) fn said(&mut self, span: Span, message: &'static str) {
        let known = self.problems.iter().any(|p| p.message == message);
        if !known && !self.rehearsal.on {
            self.problems.push(Stop {
                file: self.file,
                span,
                message,
            });
        }
    }

    pub(super) fn block(&mut self, block: &[Statement]) -> Flow {
        let mut flow = Flow::On;
        for statement in block {
            flow = flow.max(self.statement(statement));
            if self.stop.is_some() {
                break;
            }
        }
        flow
    }

    pub(super) fn statement(&mut self, statement: &Statement) -> Flow {
        if self.over(statement.span) {
            return Flow::On;
        }
        if self.levels >= MAX_LEVELS {
            self.said(statement.span, "this nests too deeply to be read");
            return Flow::On;
        }
        self.levels += 1;
        let flow = self.kind(statement);
        self.levels -= 1;
        flow
    }

    fn kind(&mut self, statement: &Statement) -> Flow {
        match &statement.kind {
            StatementKind::Simple(simple) => self.simple(simple, statement.span),
            StatementKind::Chain(links) => self.chain(links),
            StatementKind::Pipeline(parts) => {
                self.pipeline(parts);
                Flow::On
            }
            StatementKind::Group(block) => self.block(block),
            StatementKind::Subshell(block) => {
                self.scope.open();
                self.within_process(|e| e.block(block));
                self.scope.close();
                Flow::On
            }
            StatementKind::If { arms, otherwise } => self.conditional(arms, otherwise.as_ref()),
            StatementKind::Case { subject, arms } => self.case(subject.as_ref(), arms),
            StatementKind::For { name, words, body } => {
                self.for_loop(name, words.as_deref(), body);
                Flow::On
            }
            StatementKind::Loop { condition, body } => {
                let pace = self.pace.in_turn();
                self.enter_loop(|e| e.block(condition).max(e.block(body)));
                self.block(condition);
                self.branch(|e| e.block(body));
                self.pace.back(pace);
                Flow::On
            }
            StatementKind::Background(body) => {
                let pace = self.pace.in_background();
                self.scope.open();
                self.within_process(|e| e.statement(body));
                self.scope.close();
                self.pace.back(pace);
                Flow::On
            }
            StatementKind::Function { name, body } => {
                let mut others = Vec::new();
                if !self.certain
                    && let Some(known) = self.functions.remove(name)
                    && known.others.len() < MAX_BODIES
                {
                    others = known.others;
                    others.push((known.body, known.file));
                    others.retain(|(other, _)| !Rc::ptr_eq(other, body));
                }
                let function = Function {
                    body: Rc::clone(body),
                    others,
                    file: self.file,
                    calls: 0,
                    busy: false,
                    launches: false,
                };
                self.functions.insert(name.clone(), function);
                Flow::On
            }
            StatementKind::Test { inner, .. } => {
                for word in inner {
                    self.value_bits(word);
                }
                Flow::On
            }
            StatementKind::Redirected { body, redirects } => {
                let targets = self.redirects(redirects);
                let outer = self.stdout.clone();
                if let Some(file) = first_file(&targets) {
                    self.stdout = Some(file);
                }
                let flow = self.statement(body);
                self.stdout = outer;
                flow
            }
            StatementKind::Unset(names) => {
                for name in names {
                    self.scope.set(name, Some(Value::scalar(Vec::new())));
                }
                Flow::On
            }
        }
    }

    /// The words that braces give, and whether there are more of them; what is left out is a word that may be any.
    pub(super) fn braced(&self, word: &Word) -> Option<(Vec<Word>, bool)> {
        let (mut words, more) = super::braces::expand(word)?;
        if more {
            words.push(Word {
                span: word.span,
                parts: vec![Part::Opaque {
                    written: "…".to_owned(),
                    span: word.span,
                    quoted: false,
                    splits: true,
                }],
                quoted: false,
            });
        }
        Some((words, more))
    }

    pub(super) fn word_fields(&mut self, word: &Word) -> Vec<Field> {
        if let Some((words, _)) = self.braced(word) {
            return words.iter().flat_map(|w| self.fields(w)).collect();
        }
        self.fields(word)
    }
}
