//! Statements that run others: chains, pipelines, conditionals, cases and loops.

use super::eval::{Evaluator, Flow};
use super::scope::Changes;
use super::tree::{Arm, Block, CaseArm, Link, Statement, StatementKind, Word};
use super::value::{Bit, Value};
use crate::container::{Via, ViaKind};

/// Values of a loop that are followed one by one.
const MAX_TURNS: usize = 8;

impl Evaluator<'_> {
    /// Runs something that only some paths run, and joins what both paths leave behind.
    pub(super) fn branch(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let (changes, flow) = self.apart(run);
        if flow == Flow::On {
            self.scope.meet(&[Changes::new(), changes]);
        }
        flow
    }

    pub(super) fn apart(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> (Changes, Flow) {
        let certain = std::mem::replace(&mut self.certain, false);
        self.scope.open();
        let flow = run(self);
        let changes = self.scope.close();
        self.certain = certain;
        (changes, flow)
    }

    /// Runs one of several blocks of which only one is run.
    fn arm(&mut self, fork: u32, nth: usize, block: &Block) -> (Changes, Flow) {
        self.pace.arms.push((fork, nth));
        let ran = self.apart(|e| e.block(block));
        self.pace.arms.pop();
        ran
    }

    pub(super) fn chain(&mut self, links: &[(Link, Statement)]) -> Flow {
        let mut flow = Flow::On;
        let mut before: Option<&Statement> = None;
        for (link, statement) in links {
            let tests = before.is_some_and(|b| matches!(b.kind, StatementKind::Test { .. }));
            match link {
                Link::First => flow = flow.max(self.statement(statement)),
                Link::And if let Some(name) = before.and_then(|b| self.sets_default(b)) => {
                    let name = name.to_owned();
                    self.statement(statement);
                    self.open_name(&name);
                }
                Link::And => {
                    let certain = self.certain;
                    let quiet = !tests;
                    self.branch(|e| {
                        e.certain = certain && quiet;
                        e.statement(statement)
                    });
                }
                Link::Or => {
                    self.branch(|e| e.statement(statement));
                }
            }
            before = Some(statement);
        }
        flow
    }

    /// The name of `[ -z "$NAME" ]` where nothing sets the name yet: what follows gives its default.
    pub(super) fn sets_default<'s>(&self, statement: &'s Statement) -> Option<&'s str> {
        let unset = |name: &&String| self.scope.get(name).is_none() && !name.starts_with(|c: char| c.is_ascii_digit());
        match &statement.kind {
            StatementKind::Test { empty_name, .. } => empty_name.as_ref().filter(unset).map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn pipeline(&mut self, parts: &[Statement]) {
        let mut input: Option<Vec<Bit>> = None;
        let stdout = self.stdout.clone();
        // behind a heredoc the rest of a pipeline is one part of it
        let mut flat: Vec<&Statement> = Vec::new();
        let mut left: Vec<&Statement> = parts.iter().rev().collect();
        while let Some(part) = left.pop() {
            match &part.kind {
                StatementKind::Pipeline(inner) => left.extend(inner.iter().rev()),
                _ => flat.push(part),
            }
        }
        let parts = flat;
        for (i, part) in parts.iter().copied().enumerate() {
            self.scope.open();
            self.stdout = if i + 1 == parts.len() { stdout.clone() } else { None };
            let given = input.take();
            self.within_process(|e| match &part.kind {
                StatementKind::Simple(simple) => e.simple_fed(simple, part.span, given.clone()),
                _ => e.statement(part),
            });
            let output = match i + 1 < parts.len() {
                true => self.passed_on(part, given),
                false => None,
            };
            let changes = self.scope.close();
            if self.last_stays && i + 1 == parts.len() {
                self.scope.meet(&[changes]);
            }
            input = output;
        }
        self.stdout = stdout;
    }

    pub(super) fn conditional(&mut self, arms: &[Arm], otherwise: Option<&Block>) -> Flow {
        if let ([arm], None) = (arms, otherwise)
            && let [condition] = &*arm.condition
            && let Some(name) = self.sets_default(condition)
        {
            self.block(&arm.condition);
            let certain = std::mem::replace(&mut self.certain, false);
            self.block(&arm.body);
            self.certain = certain;
            self.open_name(name);
            return Flow::On;
        }
        let mut paths = Vec::new();
        let mut end: Option<Flow> = None;
        let mut take = |paths: &mut Vec<Changes>, changes: Changes, flow: Flow| {
            if flow == Flow::On {
                paths.push(changes);
            } else {
                end = Some(end.map_or(flow, |e| e.min(flow)));
            }
        };
        let fork = self.pace.fork();
        for (nth, arm) in arms.iter().enumerate() {
            self.block(&arm.condition);
            let (changes, flow) = self.arm(fork, nth, &arm.body);
            take(&mut paths, changes, flow);
        }
        match otherwise {
            Some(block) => {
                let (changes, flow) = self.arm(fork, arms.len(), block);
                take(&mut paths, changes, flow);
            }
            None => paths.push(Changes::new()),
        }
        if paths.is_empty() {
            return end.unwrap_or(Flow::On);
        }
        self.scope.meet(&paths);
        Flow::On
    }

    pub(super) fn case(&mut self, subject: Option<&Word>, arms: &[CaseArm]) -> Flow {
        if let Some(word) = subject {
            self.value_bits(word);
        }
        let mut paths = Vec::new();
        let mut end: Option<Flow> = None;
        let fork = self.pace.fork();
        for (nth, arm) in arms.iter().enumerate() {
            let (changes, flow) = self.arm(fork, nth, &arm.body);
            if flow == Flow::On {
                paths.push(changes);
            } else {
                end = Some(end.map_or(flow, |e| e.min(flow)));
            }
        }
        if !arms.iter().any(|a| a.any) {
            paths.push(Changes::new());
        }
        if paths.is_empty() {
            return end.unwrap_or(Flow::On);
        }
        self.scope.meet(&paths);
        Flow::On
    }

    pub(super) fn for_loop(&mut self, name: &str, words: Option<&[Word]>, body: &Block) {
        let mut fields = Vec::new();
        for word in words.unwrap_or_default() {
            for field in self.word_fields(word) {
                fields.push((field, word.span));
            }
        }
        let few = !fields.is_empty()
            && fields.len() <= MAX_TURNS
            && fields
                .iter()
                .all(|(f, _)| f.certain && !f.splits && f.known().is_some_and(|k| !k.contains(['*', '?'])));
        let outer = match fields.len() {
            1 if few => self.pace.clone(),
            _ => self.pace.in_turn(),
        };
        if few {
            for (field, span) in &fields {
                let turn = Via {
                    kind: ViaKind::Loop,
                    name: name.to_owned(),
                    span: *span,
                    file: self.file,
                };
                let element = field.element(*span, self.file).by(&turn);
                self.scope.set(name, Some(Value::Scalar(element.bits)));
                self.block(body);
            }
        } else {
            self.scope.set(name, Some(Value::Lost { solid: true }));
            self.enter_loop(|e| e.block(body));
            self.scope.set(name, Some(Value::Lost { solid: true }));
            self.branch(|e| e.block(body));
        }
        self.pace.back(outer);
    }
}
