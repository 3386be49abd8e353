//! Where a function, or a file that is sourced, is left before its end: what was set until there is what
//! the caller may go on with.

use super::eval::{Evaluator, Flow};
use super::scope::Changes;
use super::value::Value;

/// What is walked until its end or a `return` in it.
#[derive(Default)]
pub(super) struct Returns {
    /// The branch that it opened; `None` for a process of its own, which leaves nothing behind.
    depth: Option<usize>,
    /// What each `return` leaves behind.
    left: Vec<Changes>,
}

impl Returns {
    /// How many `return`s were met.
    pub(super) fn count(&self) -> usize {
        self.left.len()
    }

    /// Forgets those after the first `count`.
    pub(super) fn forget_after(&mut self, count: usize) {
        self.left.truncate(count);
    }
}

/// `return`s of one call that are told apart.
const MAX_RETURNS: usize = 64;

impl Evaluator<'_> {
    /// Walks something that a `return` ends, and joins what each way out of it leaves behind.
    pub(super) fn until_return(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.scope.open();
        self.returns.push(Returns {
            depth: self.scope.depth().checked_sub(1),
            left: Vec::new(),
        });
        let flow = run(self);
        let mut paths = self.returns.pop().unwrap_or_default().left;
        let changes = self.scope.close();
        if flow == Flow::On || paths.is_empty() {
            paths.push(changes);
        } else {
            self.scope.meet(&paths);
            return Flow::On;
        }
        self.scope.meet(&paths);
        if flow == Flow::Exit { Flow::Exit } else { Flow::On }
    }

    /// Walks something in a process of its own: a `return` in it ends nothing else.
    pub(super) fn within_process<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        self.returns.push(Returns::default());
        let out = run(self);
        self.returns.pop();
        out
    }

    /// `return`: what was set until here is joined at the end of the call.
    pub(super) fn leave(&mut self) -> Flow {
        let Some(depth) = self.returns.last().and_then(|returns| returns.depth) else {
            return Flow::Return;
        };
        let changes = self.scope.since(depth);
        self.work(changes.len());
        if let Some(returns) = self.returns.last_mut() {
            let full = returns.left.len() >= MAX_RETURNS;
            match returns.left.last_mut().filter(|_| full) {
                Some(last) => last.extend(
                    changes
                        .into_keys()
                        .map(|name| (name, Some(Value::Lost { solid: false }))),
                ),
                None => returns.left.push(changes),
            }
        }
        Flow::Return
    }
}
