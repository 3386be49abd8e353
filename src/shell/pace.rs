//! How often a command is run: loops, calls, `&`, and the arms of which only one is taken.

use crate::spec::Turns;

/// A conditional that is walked, and which of its arms.
pub(super) type Arm = (u32, usize);

/// How often what is walked is run.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    pub(super) turns: Turns,
    pub(super) background: bool,
    /// The arms of conditionals that lead here.
    pub(super) arms: Vec<Arm>,
    forks: u32,
}

impl Pace {
    /// Enters something that runs several times in a row; gives what to go back to.
    pub(super) fn in_turn(&mut self) -> Pace {
        let outer = self.clone();
        self.turns = self.turns.max(Turns::InTurn);
        self.background = false;
        outer
    }

    /// Enters something that others run, as often as they like.
    pub(super) fn by_others(&mut self) -> Pace {
        let outer = self.clone();
        self.turns = self.turns.max(Turns::Unknown);
        outer
    }

    /// Enters something that the script does not wait for.
    pub(super) fn in_background(&mut self) -> Pace {
        let outer = self.clone();
        self.background = true;
        if self.turns == Turns::InTurn {
            self.turns = Turns::Together;
        }
        outer
    }

    /// Enters something that is run for each of many words, several of them at once if `together`.
    pub(super) fn for_each(&mut self, together: bool) -> Pace {
        let outer = self.in_turn();
        if together {
            self.turns = Turns::Together;
        }
        outer
    }

    /// Goes back to what was before.
    pub(super) fn back(&mut self, outer: Pace) {
        let forks = self.forks;
        *self = outer;
        self.forks = forks;
    }

    /// A number for a conditional, each time it is met.
    pub(super) fn fork(&mut self) -> u32 {
        self.forks = self.forks.wrapping_add(1);
        self.forks
    }
}

/// True where no run of a script comes by both ways: they take different arms of one conditional.
pub(super) fn exclude(one: &[Arm], other: &[Arm]) -> bool {
    one.iter()
        .any(|(fork, nth)| other.iter().any(|(f, n)| f == fork && n != nth))
}
