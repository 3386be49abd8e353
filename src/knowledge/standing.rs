//! What an entry stands on: how it is known, which paths were run, on what, and when. It is worth no more than
//! the weakest of these.

use std::collections::BTreeSet;

use super::images::{Entry, Evidence};
use super::own::Own;
use super::trials::{self, Outcome, Run, Set, Trial};

/// What an entry stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What all of it is worth.
    pub trust: Evidence,
    /// How it is known, as it says itself.
    pub known: Evidence,
    /// The situations that ran with a reduced set and held, as root of the host.
    pub rooted: Vec<String>,
    /// The same, as an ordinary user of the host.
    pub rootless: Vec<String>,
    /// Situations that it has to be tried in and was not, each with how it would run.
    pub untried: Vec<String>,
    /// What ran.
    pub on: Vec<On>,
    /// The days of the runs, the first first; empty where none is known.
    pub dates: Vec<String>,
}

/// What ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct On {
    /// The entrypoint: repository path @ commit.
    pub entrypoint: String,
    /// The program and the release below it.
    pub program: String,
    /// The engine and the kernel.
    pub engine: String,
}

/// What an entry stands on. A project's own has no trials here.
pub fn of(entry: &Entry, own: Option<&Own>) -> Standing {
    let trials = match own {
        Some(_) => Vec::new(),
        None => trials::of(&entry.name),
    };
    standing(entry, &trials)
}

fn standing(entry: &Entry, trials: &[&Trial]) -> Standing {
    let runs: Vec<&Run> = trials.iter().flat_map(|trial| &trial.runs).collect();
    let held = |rootless: bool| -> Vec<String> {
        let reduced = |run: &&&Run| run.result == Outcome::Holds && matches!(run.set, Set::Named(_));
        let of = runs.iter().filter(|run| run.rootless == rootless).filter(reduced);
        let names: BTreeSet<&String> = of.flat_map(|run| &run.situations).collect();
        names.into_iter().cloned().collect()
    };
    let (rooted, rootless) = (held(false), held(true));
    // what fails with all that the engine grants works for nobody
    let never_works = |as_user: bool, name: &str| {
        let fails = |run: &&Run| run.result == Outcome::Fails && matches!(run.set, Set::Default(_));
        let mut of = runs.iter().filter(|run| run.rootless == as_user && fails(run));
        of.any(|run| run.situations.iter().any(|s| s == name))
    };
    let untried = trials::wanted(!entry.data.is_empty()).filter(|(as_user, name, _)| {
        let held = if *as_user { &rootless } else { &rooted };
        !held.iter().any(|s| s == name) && !never_works(*as_user, name)
    });
    let untried: Vec<String> = untried.map(|(as_user, name, _)| called(as_user, name)).collect();
    let dates: BTreeSet<&String> = trials.iter().filter_map(|trial| trial.date.as_ref()).collect();
    let dated = !trials.is_empty() && trials.iter().all(|trial| trial.date.is_some());
    let ran = if untried.is_empty() && dated {
        Evidence::Verified
    } else {
        Evidence::Read
    };
    let on: BTreeSet<On> = trials.iter().map(|trial| On::of(trial)).collect();
    Standing {
        trust: entry.trust.max(ran),
        known: entry.trust,
        rooted,
        rootless,
        untried,
        on: on.into_iter().collect(),
        dates: dates.into_iter().cloned().collect(),
    }
}

/// A situation, with whether it is rootless.
fn called(rootless: bool, name: &str) -> String {
    match rootless {
        true => format!("{name} (rootless)"),
        false => name.to_owned(),
    }
}

impl On {
    fn of(trial: &Trial) -> On {
        On {
            entrypoint: trial.entrypoint.clone(),
            program: trial.program.clone(),
            engine: trial.engine.clone(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::images;
    use super::*;

    #[test]
    fn no_entry_says_more_than_it_stands_on() {
        for entry in images::all() {
            let standing = of(entry, None);
            assert_eq!(standing.trust, entry.trust, "{}: {standing:?}", entry.name);
        }
    }

    #[test]
    fn the_weakest_is_what_an_entry_is_worth() {
        let entry = images::all().into_iter().find(|e| e.name == "postgres").unwrap();
        let trials = trials::of("postgres");
        assert_eq!(standing(entry, &trials).trust, Evidence::Verified);
        let undated: Vec<Trial> = serde_yaml::from_str(
            "[{image: postgres, entrypoint: a @ b, program: p, engine: e, runs: [{rootless: false, set: [], result: holds, situations: [tmpfs]}]}]",
        )
        .unwrap();
        let of_these = standing(entry, &undated.iter().collect::<Vec<_>>());
        assert_eq!((of_these.trust, of_these.known), (Evidence::Read, Evidence::Verified));
        assert!(of_these.untried.contains(&"nothing-mounted (rootless)".to_owned()));
        assert_eq!(standing(entry, &[]).trust, Evidence::Read);
    }
}
