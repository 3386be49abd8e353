//! What is called verified was run, with the very set that a safe fix writes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::situations::promised;
use crate::container::Knowledge;
use crate::knowledge::images::{self, Entry, Evidence};
use crate::knowledge::trials::{self, Outcome, Run, Set, Trial, Tried};

impl Set {
    fn is(&self, names: &BTreeSet<&str>) -> bool {
        matches!(self, Set::Named(set) if set.iter().map(String::as_str).eq(names.iter().copied()))
    }
}

#[test]
fn the_table_of_trials_is_read() {
    let read: Result<Vec<Trial>, _> = serde_yaml::from_str(include_str!("../../../rules/knowledge/trials.yaml"));
    assert!(read.unwrap().len() > 30);
}

#[test]
fn every_trial_names_what_ran_and_why_it_failed() {
    for trial in trials::all() {
        let entry = images::named(&trial.image, Knowledge::default());
        assert!(entry.is_some(), "trials of `{}`, which is no entry", trial.image);
        assert!(trial.entrypoint.contains(" @ ") && !trial.program.is_empty() && !trial.engine.is_empty());
        for run in &trial.runs {
            let told = run.result == Outcome::Holds || (!run.at.is_empty() && run.because.is_some());
            assert!(told && !run.situations.is_empty(), "{}: why did it fail?", trial.image);
            if let Set::Default(word) = &run.set {
                assert_eq!(word, "default", "{}", trial.image);
            }
        }
    }
}

#[test]
fn what_is_verified_was_run_in_each_situation_with_what_the_fix_writes() {
    let mut verified = 0;
    for entry in images::all().iter().filter(|e| e.trust == Evidence::Verified) {
        let runs: Vec<&Run> = trials::of(&entry.name).into_iter().flat_map(|t| &t.runs).collect();
        for situation in trials::wanted(!entry.data.is_empty()) {
            was_run(entry, &runs, situation);
        }
        verified += 1;
    }
    assert!(verified >= 25, "{verified} entries are verified");
}

/// The situation held with each set that a fix writes for it. A folder of somebody else, or a tmpfs, may
/// also be one in which the image fails with all that the engine grants: no container works there.
fn was_run(entry: &Entry, runs: &[&Run], (rootless, tried, launched): Tried) {
    let here = |outcome: Outcome| {
        let same = runs.iter().filter(move |r| r.rootless == rootless);
        same.filter(move |r| r.result == outcome && r.situations.iter().any(|s| s == tried))
    };
    let never_works = here(Outcome::Fails).any(|r| matches!(r.set, Set::Default(_)));
    if never_works && matches!(launched, "bind" | "tmpfs") {
        return;
    }
    for set in promised(entry, launched, rootless) {
        let ran = format!("{}: {tried}, rootless {rootless}, with {set:?}", entry.name);
        assert!(here(Outcome::Holds).any(|r| r.set.is(&set)), "not tried: {ran}");
        assert!(!here(Outcome::Fails).any(|r| r.set.is(&set)), "fails: {ran}");
    }
}
