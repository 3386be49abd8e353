//! Calls of a script's own functions.

use std::rc::Rc;

use super::eval::{Evaluator, Flow};
use super::launches::Call;
use super::tree::{Statement, StatementKind};
use super::value::{Item, Value};
use crate::container::{Via, ViaKind};
use crate::source::Span;

/// Calls within calls, scripts within scripts.
pub(super) const MAX_NESTING: u32 = 12;
/// Calls of one function that are followed.
const MAX_CALLS: u32 = 800;
/// The same, while none of them ran a command that is reported.
const MAX_IDLE_CALLS: u32 = 40;

/// True for a body of a command or two, none of which holds others.
fn is_short(body: &[Statement]) -> bool {
    match body {
        [
            Statement {
                kind: StatementKind::Group(inner),
                ..
            },
        ] => inner.len() <= 2 && inner.iter().all(|s| matches!(s.kind, StatementKind::Simple(_))),
        _ => false,
    }
}

impl Evaluator<'_> {
    /// Calls a function of the script.
    pub(super) fn call(&mut self, name: &str, arguments: Vec<Item>, span: Span, word: Span) -> Option<Flow> {
        let function = self.functions.get_mut(name)?;
        function.calls += u32::from(!self.rehearsal.on);
        if !function.busy && self.nesting >= MAX_NESTING {
            self.said(span, "this call nests too deeply to be followed");
            return Some(Flow::On);
        }
        let idle = function.calls > MAX_IDLE_CALLS && !function.launches;
        // `run() { "$@"; }` costs little, and any call of it may be one that matters
        let short = is_short(&function.body);
        if function.busy || function.calls > MAX_CALLS + 1 || (idle && !short) {
            return Some(Flow::On);
        }
        // the first call beyond the limit stands for all later ones
        let all_others = function.calls > MAX_CALLS;
        let launches = function.launches;
        function.busy = true;
        let (body, file) = (Rc::clone(&function.body), function.file);
        let others = function.others.clone();
        let outer_file = std::mem::replace(&mut self.file, file);
        let outer = self.scope.get("@").cloned();
        let given = (!all_others).then(|| Value::Array(Rc::new(arguments)));
        self.scope.set("@", given);
        let certain = self.certain;
        if all_others {
            self.certain = false;
            if launches {
                self.said(
                    span,
                    "this function is called too often; what later calls give it is not known",
                );
            }
        }
        let met = self.launches.met();
        self.calls.push(Call {
            name: name.to_owned(),
            span,
            word,
            file: outer_file,
        });
        self.locals.push(Vec::new());
        self.nesting += 1;
        let flow = if others.is_empty() {
            self.until_return(|e| e.block(&body))
        } else {
            for (other, file) in &others {
                self.file = *file;
                self.branch(|e| e.until_return(|e| e.block(other)));
            }
            self.file = file;
            self.branch(|e| e.until_return(|e| e.block(&body)));
            Flow::On
        };
        self.nesting -= 1;
        self.certain = certain;
        let launches = self.launches.met() > met;
        for (name, old) in self.locals.pop().unwrap_or_default().into_iter().rev() {
            self.scope.set(&name, old);
        }
        self.calls.pop();
        self.scope.set("@", outer);
        self.file = outer_file;
        if let Some(function) = self.functions.get_mut(name) {
            function.busy = false;
            function.launches |= launches;
        }
        Some(flow)
    }

    /// The way by which the statements that are walked came to be run.
    pub(super) fn current_way(&self) -> Vec<Via> {
        let mut way = self.way.clone();
        way.extend(self.calls.iter().rev().map(|call| Via {
            kind: ViaKind::Function,
            name: call.name.clone(),
            span: call.span,
            file: call.file,
        }));
        way
    }
}
