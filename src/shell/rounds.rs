//! Loops whose rounds are not counted: what a round hands to the next is known at its head.

use super::eval::{Evaluator, Flow};
use super::scope::Changes;

/// A walk that only looks for what is set: nothing that it meets is kept.
#[derive(Default)]
pub(super) struct Rehearsal {
    /// True while one is walked.
    pub(super) on: bool,
    /// What it met that would have been kept: commands, and texts that are handed over.
    pub(super) met: usize,
}

impl Evaluator<'_> {
    /// Enters a loop: at its head what a round before has set may hold, as well as what was set before the
    /// loop. A loop that keeps nothing is left as it is: what it sets is joined at its end.
    pub(super) fn enter_loop(&mut self, round: impl FnOnce(&mut Self) -> Flow) {
        if self.rehearsal.on || self.steps_met.is_some() {
            return;
        }
        let folders = self.folders.clone();
        let returns = self.returns.last().map_or(0, super::returns::Returns::count);
        self.rehearsal.on = true;
        self.rehearsal.met = 0;
        let (changes, flow) = self.apart(round);
        self.rehearsal.on = false;
        self.folders = folders;
        if let Some(last) = self.returns.last_mut() {
            last.forget_after(returns);
        }
        if self.rehearsal.met > 0 && flow == Flow::On {
            self.work(changes.len());
            self.scope.meet(&[Changes::new(), changes]);
        }
    }
}
