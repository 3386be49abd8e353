//! Every fix that Compose files know, in every layout, by the word of Docker Compose: what it asks an
//! engine for before and after the fix differs in what the fix means and in nothing else.
//!
//! `testdata/record/fixes.py` recorded the differences. With `PRIVLINT_FIXES=FILE` the test writes the
//! texts that are to be asked about, for the recorder to read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use privlint::engine::{Diagnostic, Report};
use privlint::fix::Safety;
use privlint::front::Kind;
use privlint::rules::page::FixPromise;
use rayon::iter::Either;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::layouts::{LAYOUTS, Layout, twin};
use crate::meant::{EVERY, MEANT, Meaning, REFUSED, WAITING};
use crate::samples::{Sample, pages, settings};

/// A project for one rule, from `testdata/compose/fixes`.
struct Fixture {
    /// `rule words`.
    name: String,
    meaning: &'static Meaning,
    selinux: Option<bool>,
    text: String,
    /// The layouts that are written by hand, because what matters is a comment.
    by_hand: BTreeMap<String, String>,
}

/// `#### rule [selinux=on] words`, then the project, then `==== layout` before each that is by hand.
fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/compose/fixes");
    let mut fixtures = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let text = format!("\n{}", std::fs::read_to_string(entry.path()).unwrap());
        for block in text.split("\n#### ").skip(1) {
            let (head, body) = block.split_once('\n').unwrap();
            let body = format!("{}\n", body.trim_end());
            let mut parts = body.split("==== ");
            let text = parts.next().unwrap().to_owned();
            let by_hand = parts.map(|part| part.split_once('\n').unwrap());
            let by_hand = by_hand
                .map(|(layout, text)| (layout.to_owned(), text.to_owned()))
                .collect();
            let selinux = head.contains(" selinux=on").then_some(true);
            let name = head.replace(" selinux=on", "");
            let rule = name.split(' ').next().unwrap();
            let meaning = MEANT.iter().find(|m| m.rule == rule);
            let meaning = meaning.unwrap_or_else(|| panic!("{head}: nothing says what its fix means"));
            fixtures.push(Fixture {
                meaning,
                name,
                selinux,
                text,
                by_hand,
            });
        }
    }
    fixtures
}

/// A fixture in one layout, before its rule's fix and after it.
struct Trial {
    /// `rule words, layout`.
    name: String,
    layout: &'static str,
    meaning: &'static Meaning,
    before: String,
    after: String,
    /// Why a finding is left: `None` where nobody says.
    left: Vec<Option<String>>,
}

static TRIALS: LazyLock<Vec<Trial>> = LazyLock::new(|| {
    let fixtures = fixtures();
    let each = |fixture| LAYOUTS.iter().map(move |layout| (fixture, layout));
    let all: Vec<_> = fixtures.iter().flat_map(each).collect();
    let tried = all.par_iter().map(|(fixture, layout)| trial(fixture, layout));
    let (trials, wrong): (Vec<_>, Vec<_>) = tried.partition_map(|trial| match trial {
        Ok(trial) => Either::Left(trial),
        Err(why) => Either::Right(why),
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    trials
});

fn trial(fixture: &Fixture, (layout, change): &(&'static str, Layout)) -> Result<Trial, String> {
    let name = format!("{}, {layout}", fixture.name);
    let by_hand = fixture.by_hand.get(*layout).cloned();
    let before = by_hand.or_else(|| change(&fixture.text));
    let before = before.ok_or_else(|| format!("{name}: the layout is not written"))?;
    let mut settings = settings("", fixture.selinux, None);
    // a comment is only called unused where its rule is on
    if fixture.meaning.rule == EVERY {
        settings.rules = privlint::rules::RULES.iter().map(|r| r.name).collect();
    } else {
        settings.rules = BTreeSet::from([fixture.meaning.rule]);
    }
    if fixture.meaning.rule == "unused-ignore" {
        settings.rules.insert("privileged");
    }
    let sample = Sample {
        from: name.clone(),
        path: "compose.yaml".into(),
        kind: Kind::Compose,
        text: before.clone(),
        settings,
    };
    let found = |report: &Report| -> Vec<Option<String>> {
        let of_rule = |d: &&Diagnostic| [d.finding.rule, EVERY].contains(&fixture.meaning.rule);
        let of_rule = report.diagnostics.iter().filter(of_rule);
        of_rule.map(|d| d.fix_refused.clone()).collect()
    };
    if found(&sample.lint(&before)).is_empty() {
        return Err(format!("{name}: not found in\n{before}"));
    }
    let fixed = sample.fix(&before, Safety::Unsafe);
    Ok(Trial {
        name,
        layout,
        meaning: fixture.meaning,
        before,
        after: fixed.text,
        left: if fixture.meaning.rule == EVERY {
            Vec::new()
        } else {
            found(&fixed.left)
        },
    })
}

/// FNV-1a, 64 bits: by it a text is known again.
fn hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn truths() -> BTreeMap<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/truths/compose-fixes.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let truths = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    truths.map(|t| (t["fix"].as_str().unwrap().to_owned(), t)).collect()
}

/// What is not as it should be in the difference that was recorded for a fix.
fn wrong_with(trial: &Trial, truth: &Value) -> Vec<String> {
    let Some(differs) = truth["differs"].as_array() else {
        return vec![format!("Compose refuses it: {truth}")];
    };
    let shown = &truth["differs"];
    let mut wrong = Vec::new();
    let mut changed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in differs {
        let (service, at) = (one["service"].as_str().unwrap(), one["at"].as_str().unwrap());
        changed.entry(service).or_default().insert(at);
        let words = |key: &str| -> Vec<&str> {
            one[key]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_str().unwrap())
                .collect()
        };
        if !trial.meaning.allows(at, &words("lost"), &words("gained")) {
            wrong.push(format!("not meant: {one}"));
        }
    }
    let must = trial.meaning.must;
    let nothing = trial.meaning.may.is_empty() && trial.meaning.rule != EVERY;
    if !nothing && changed.is_empty() {
        wrong.push("nothing changes for Compose".to_owned());
    }
    for (service, places) in &changed {
        let missing = must.iter().filter(|m| !places.contains(**m));
        wrong.extend(missing.map(|m| format!("{service}: {m} does not change: {shown}")));
    }
    // who says the same by one text, asks for the same after it is mended
    let alike = |service: &str| {
        let of: Vec<Value> = differs.iter().filter(|d| d["service"] == service).cloned().collect();
        of.into_iter()
            .map(|mut one| {
                one["service"] = json!("");
                one
            })
            .collect::<Vec<Value>>()
    };
    if matches!(trial.layout, "anchors" | "merge key" | "extends") {
        for service in changed.keys().filter(|s| !s.ends_with("-too")) {
            if alike(service) != alike(&twin(service)) {
                wrong.push(format!("{service} and its twin are not told the same: {shown}"));
            }
        }
    }
    wrong
}

#[test]
fn fixes_change_for_compose_what_they_mean_to() {
    let mended: Vec<&Trial> = TRIALS.iter().filter(|t| t.before != t.after).collect();
    if let Some(file) = std::env::var_os("PRIVLINT_FIXES") {
        let line = |t: &&Trial| {
            let hashes = [hash(&t.before), hash(&t.after)];
            format!(
                "{}\n",
                json!({"fix": t.name, "hashes": hashes, "before": t.before, "after": t.after})
            )
        };
        std::fs::write(file, mended.iter().map(line).collect::<String>()).unwrap();
        return;
    }
    let mut wrong = Vec::new();
    let mut truths = truths();
    for trial in &mended {
        let Some(truth) = truths.remove(&trial.name) else {
            wrong.push(format!("{}: not recorded (testdata/record/README.md)", trial.name));
            continue;
        };
        if truth["hashes"] != json!([hash(&trial.before), hash(&trial.after)]) {
            wrong.push(format!(
                "{}: recorded of other texts, record again (testdata/record/README.md):\n{}became\n{}",
                trial.name, trial.before, trial.after
            ));
            continue;
        }
        let shown = |why: String| format!("{}: {why}\n{}became\n{}", trial.name, trial.before, trial.after);
        wrong.extend(wrong_with(trial, &truth).into_iter().map(shown));
    }
    wrong.extend(
        truths
            .keys()
            .map(|name| format!("{name}: recorded, and no fix is offered any more")),
    );
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn fixes_are_refused_in_these_layouts_only() {
    let mut refused: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut mended: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for trial in TRIALS.iter() {
        for why in &trial.left {
            let why = why.clone().unwrap_or_else(|| "no reason is given".to_owned());
            refused.entry(trial.name.clone()).or_default().insert(why);
        }
        if trial.left.is_empty() {
            mended.entry(trial.meaning.rule).or_default().insert(trial.layout);
        }
    }
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, why) in REFUSED {
        known.entry((*name).to_owned()).or_default().insert((*why).to_owned());
    }
    assert_eq!(refused, known);
    assert!(TRIALS.len() > 600, "only {} fixes were tried", TRIALS.len());
    for meaning in MEANT {
        let layouts = mended.get(meaning.rule).map_or(0, BTreeSet::len);
        assert!(layouts >= 8, "{} is mended in {layouts} layouts only", meaning.rule);
    }
}

#[test]
fn every_rule_with_a_fix_says_what_it_means_to_compose() {
    let promises = |fix: &FixPromise| matches!(fix, FixPromise::Safe | FixPromise::Unsafe);
    let pages = pages();
    let fixable = pages.iter().filter(|(_, page)| promises(&page.front.fix));
    let fixable: BTreeSet<&str> = fixable.map(|(rule, _)| *rule).collect();
    let meant = MEANT.iter().map(|m| m.rule).filter(|r| *r != EVERY);
    let meant: BTreeSet<&str> = meant.chain(WAITING.iter().copied()).collect();
    assert_eq!(fixable, meant);
}
