//! What is called verified was run, with the very set that a safe fix writes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde::Deserialize;

use super::situations::promised;
use crate::knowledge::images::{self, Entry, Evidence};

/// The runs of one image.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    image: String,
    entrypoint: String,
    program: String,
    engine: String,
    runs: Vec<Run>,
}

/// Runs of one set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    rootless: bool,
    set: Set,
    result: Outcome,
    situations: Vec<String>,
    #[serde(default)]
    at: Vec<String>,
    #[serde(default)]
    because: Option<String>,
}

/// The capabilities of a run.
#[derive(Deserialize)]
#[serde(untagged)]
enum Set {
    /// What the engine grants by itself: the word `default`.
    Default(String),
    /// These alone.
    Named(BTreeSet<String>),
}

impl Set {
    fn is(&self, names: &BTreeSet<&str>) -> bool {
        matches!(self, Set::Named(set) if set.iter().map(String::as_str).eq(names.iter().copied()))
    }
}

/// How runs ended.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Holds,
    Fails,
}

/// What an entry meets that keeps data: whether rootless, what trials call it, and what launches call it.
const WITH_DATA: &[(bool, &str, &str)] = &[
    (false, "fresh-volume", "fresh-volume"),
    (false, "root-bind", "bind"),
    (false, "user-bind", "bind"),
    (false, "private-user-bind", "bind"),
    (false, "tmpfs", "tmpfs"),
    (true, "fresh-volume", "fresh-volume"),
    (true, "caller-bind", "bind"),
    (true, "tmpfs", "tmpfs"),
];

/// The situations in which every verified entry was run.
const ALWAYS: &[(bool, &str, &str)] = &[
    (false, "nothing-mounted", "nothing-mounted"),
    (true, "nothing-mounted", "nothing-mounted"),
];

fn trials() -> Vec<Trial> {
    serde_yaml::from_str(include_str!("../../../rules/knowledge/trials.yaml")).unwrap()
}

#[test]
fn every_trial_names_what_ran_and_why_it_failed() {
    for trial in &trials() {
        let entry = images::named(&trial.image);
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
    let trials = trials();
    let mut verified = 0;
    for entry in images::all().iter().filter(|e| e.trust == Evidence::Verified) {
        let of_it = trials.iter().filter(|t| t.image == entry.name);
        let runs: Vec<&Run> = of_it.flat_map(|t| &t.runs).collect();
        let wanted = match entry.data.is_empty() {
            true => ALWAYS.to_vec(),
            false => [ALWAYS, WITH_DATA].concat(),
        };
        for situation in wanted {
            was_run(entry, &runs, situation);
        }
        verified += 1;
    }
    assert!(verified >= 25, "{verified} entries are verified");
}

/// The situation held with each set that a fix writes for it. A folder of somebody else, or a tmpfs, may
/// also be one in which the image fails with all that the engine grants: no container works there.
fn was_run(entry: &Entry, runs: &[&Run], (rootless, tried, launched): (bool, &str, &str)) {
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
