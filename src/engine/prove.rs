//! Fixes are proven before they count: the edited text is read again, and only what the fix meant
//! to change may differ.

use std::collections::HashMap;
use std::path::Path;

use crate::container::{Container, Facts, FileId, Syntax, Tri};
use crate::fix::{Change, Edit, Finding, apply, overlap};
use crate::front::{self, Reading, Surroundings};
use crate::rules;
use crate::source::Source;

use super::Offer;
use super::propose::{Candidate, Propose};
use super::raise::{Linter, Raised};

/// The proven fix of each finding, or why there is none (`None` where the rule has none to offer).
///
/// `left` is what proofs may still cost; a fix beyond that is not tried.
pub(super) fn offers(
    reading: &Reading,
    raised: &[Raised],
    linter: &Linter,
    left: &mut usize,
) -> Vec<Result<Offer, Option<String>>> {
    let mut results: Vec<Result<Offer, Option<String>>> = vec![Err(None); raised.len()];
    // Each finding's first renderable fix is tried; those that fail the proof try their next one.
    let mut attempts: Vec<usize> = vec![0; raised.len()];
    let mut waiting: Vec<usize> = (0..raised.len()).collect();
    let propose = Propose::new(reading, raised, linter);
    while !waiting.is_empty() {
        let mut candidates = Vec::new();
        for &i in &waiting {
            let Some(one) = raised.get(i) else { continue };
            match propose.next(one, i, &mut attempts[i]) {
                Ok(Some(candidate)) => candidates.push(candidate),
                Ok(None) => {}
                Err(reason) => results[i] = Err(Some(reason)),
            }
        }
        let mut failed = Vec::new();
        for Batch { candidates, .. } in batches(candidates, raised) {
            prove_batch(reading, &candidates, raised, linter, left, &mut |candidate, proven| {
                results[candidate.raised] = match proven {
                    Verdict::Proven => Ok(candidate.offer.clone()),
                    Verdict::Refuted(flaw) => {
                        failed.push(candidate.raised);
                        Err(Some(match (propose.heir_beside(candidate), flaw) {
                            (Some(heir), _) => format!("`{heir}` extends this, and would change with it"),
                            (None, Flaw::Causes(finding)) => {
                                format!("`{}` would then be reported: {}", finding.rule, finding.message)
                            }
                            (None, Flaw::Other) => {
                                "the edit could not be verified to change only the intended setting".to_owned()
                            }
                        }))
                    }
                    Verdict::Unproven => Err(Some("this file has more fixes than are verified in one run".to_owned())),
                };
            });
        }
        waiting = failed;
    }
    results
}

/// Fixes that are proven with one reading: their edits do not touch each other, and each container is
/// changed by the fixes of one rule only, so that none can pass for what another did.
#[derive(Default)]
struct Batch<'a> {
    candidates: Vec<Candidate>,
    rules: HashMap<usize, &'a str>,
}

impl<'a> Batch<'a> {
    fn takes(&self, candidate: &Candidate, rule: &str) -> bool {
        let of_rule = |(i, _): &(usize, _)| self.rules.get(i).is_none_or(|r| *r == rule);
        let near = || self.candidates.iter().rev().take(64);
        let touches = |other: &Candidate| overlap(&other.offer.edits, &candidate.offer.edits);
        candidate.changes.iter().all(of_rule) && !near().any(touches)
    }

    fn put(&mut self, candidate: Candidate, rule: &'a str) {
        self.rules.extend(candidate.changes.iter().map(|(i, _)| (*i, rule)));
        self.candidates.push(candidate);
    }
}

/// Each candidate in the first batch that takes it, none before an earlier one of its rule and container.
fn batches<'a>(candidates: Vec<Candidate>, raised: &'a [Raised]) -> Vec<Batch<'a>> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut latest: HashMap<(usize, &str), usize> = HashMap::new();
    for candidate in candidates {
        let rule = raised[candidate.raised].finding.rule;
        let changed: Vec<(usize, &str)> = candidate.changes.iter().map(|(i, _)| (*i, rule)).collect();
        let from = changed.iter().filter_map(|key| latest.get(key)).max();
        let from = from.copied().unwrap_or(0);
        let takes = |&at: &usize| batches.get(at).is_some_and(|batch| batch.takes(&candidate, rule));
        let at = (from..batches.len()).find(takes).unwrap_or(batches.len());
        latest.extend(changed.into_iter().map(|key| (key, at)));
        if at == batches.len() {
            batches.push(Batch::default());
        }
        if let Some(batch) = batches.get_mut(at) {
            batch.put(candidate, rule);
        }
    }
    batches
}

/// What proofs may cost in one look at a file: bytes that are read again, and what is compared in them.
pub(super) const PROOF_COST: usize = 8 << 20;
/// What a container and a mount cost that are compared, in bytes that are read.
const CONTAINER_COST: usize = 256;
const MOUNT_COST: usize = 32;

/// What it costs to read an edited text again, and to compare what is in it.
pub(super) fn cost(reading: &Reading) -> usize {
    let bytes: usize = reading.sources.iter().map(|source| source.text().len()).sum();
    let mounts: usize = reading.containers.iter().map(|c| c.mounts.len()).sum();
    bytes + CONTAINER_COST * reading.containers.len() + MOUNT_COST * mounts
}

/// What became of an attempt to prove a fix.
enum Verdict {
    Proven,
    Refuted(Flaw),
    /// It was not tried: the file has cost enough.
    Unproven,
}

/// What is wrong with an edit.
enum Flaw {
    /// A rule, which may be off, would find what it does not find now.
    Causes(Box<Finding>),
    /// Something else changes, or the finding stays.
    Other,
}

/// Proves a batch with one reading; where that fails, each half for itself.
fn prove_batch(
    reading: &Reading,
    batch: &[Candidate],
    raised: &[Raised],
    linter: &Linter,
    left: &mut usize,
    verdict: &mut dyn FnMut(&Candidate, Verdict),
) {
    if batch.is_empty() {
        return;
    }
    if *left == 0 {
        batch.iter().for_each(|candidate| verdict(candidate, Verdict::Unproven));
        return;
    }
    *left = left.saturating_sub(cost(reading));
    let Err(flaw) = holds(reading, batch, raised, linter) else {
        return batch.iter().for_each(|candidate| verdict(candidate, Verdict::Proven));
    };
    if let [candidate] = batch {
        verdict(candidate, Verdict::Refuted(flaw));
    } else {
        let (first, second) = batch.split_at(batch.len() / 2);
        prove_batch(reading, first, raised, linter, left, verdict);
        prove_batch(reading, second, raised, linter, left, verdict);
    }
}

/// The edited text reads as the old model with just these changes, and the findings are gone.
fn holds(reading: &Reading, batch: &[Candidate], raised: &[Raised], linter: &Linter) -> Result<(), Flaw> {
    let edits: Vec<Edit> = batch.iter().flat_map(|c| c.offer.edits.iter().cloned()).collect();
    let Some(mut after) = read_edited(reading, &edits, &linter.surroundings()) else {
        return Err(Flaw::Other);
    };
    linter.deploy(&mut after);
    linter.surround(&mut after);
    let mut expected = reading.containers.clone();
    for (i, changes) in batch.iter().flat_map(|c| &c.changes) {
        if let Some(container) = expected.get_mut(*i) {
            changes.iter().for_each(|change| carry_out(container, change));
        }
    }
    // Steps of which nothing is said any more are not listed by every front.
    let listed = |containers: &[Container]| -> Vec<usize> {
        let said = |c: &Container| match c.syntax {
            Syntax::BuildStep => !c.places().is_empty(),
            // a hook of a service, which has the service's name whatever is said of it
            Syntax::Exec if c.slot.is_none() => !c.privileged.is_empty() || c.user.is_some(),
            _ => true,
        };
        (0..containers.len()).filter(|&i| said(&containers[i])).collect()
    };
    let (left, right) = (listed(&expected), listed(&after.containers));
    let same = left.len() == right.len()
        && left.iter().zip(&right).all(|(&e, &a)| {
            let own = is_changed_inside(&expected[e], batch, reading);
            comparable(&expected[e], own) == comparable(&after.containers[a], own)
        })
        && after.problems.len() <= reading.problems.len();
    if !same {
        return Err(Flaw::Other);
    }
    let now_at: HashMap<usize, usize> = left.into_iter().zip(right).collect();
    let (before, now) = (linter.scenes(reading), linter.scenes(&after));
    let mut mended: HashMap<(usize, &str), usize> = HashMap::new();
    for candidate in batch {
        let rule = raised[candidate.raised].finding.rule;
        for i in &candidate.users {
            *mended.entry((*i, rule)).or_default() += 1;
        }
    }
    let gone = mended.into_iter().all(|((i, rule), fixes)| {
        let left = now_at.get(&i).map_or(0, |&n| linter.count(&after, &now, n, rule));
        left + fixes <= linter.count(reading, &before, i, rule)
    });
    let mut changed: Vec<usize> = batch.iter().flat_map(|c| &c.changes).map(|(i, _)| *i).collect();
    changed.sort_unstable();
    changed.dedup();
    let pairs = changed.into_iter().filter_map(|i| Some((i, *now_at.get(&i)?)));
    if !gone {
        return Err(Flaw::Other);
    }
    let caused = pairs.into_iter().find_map(|(i, n)| {
        let caused = rules::RULES.iter().filter(|rule| {
            let left = linter.check(rule, &after, &now, n).len();
            // most rules find nothing, and then it does not matter what they found before
            left > 0 && left > linter.check(rule, reading, &before, i).len()
        });
        let was = reading.containers.get(i).is_some_and(|c| c.privileged() != Tri::No);
        let fixed = |rule: &str| batch.iter().all(|c| raised[c.raised].finding.rule == rule);
        let relabels = batch
            .iter()
            .all(|c| raised[c.raised].finding.rule.starts_with("relabel-"));
        let told = |name: &str| match name {
            // what removes `no-new-privileges=false` leaves it as unsaid as it is elsewhere
            "missing-no-new-privileges" => true,
            // what switches SELinux off for a home leaves the labels beside it without use
            "relabel-without-confinement" => relabels,
            // a label that opened nothing leaves the mount as closed as it was
            "selinux-blocked-mount" => relabels,
            // what can no longer be changed can still be read
            "sensitive-path" => fixed("writable-sensitive-path"),
            _ => false,
        };
        let mut caused = caused.filter(|rule| !(told(rule.name) || was && is_hidden_by_privilege(rule.name)));
        let rule = caused.next()?;
        let known = linter.check(rule, reading, &before, i);
        let mut new = linter.check(rule, &after, &now, n);
        let is_new = |f: &Finding| known.iter().all(|k| k.message != f.message);
        let at = new.iter().position(is_new).or(new.len().checked_sub(1))?;
        Some(Flaw::Causes(Box::new(new.swap_remove(at))))
    });
    caused.map_or(Ok(()), Err)
}

/// True for a rule that leaves a privileged container to `privileged`: what it finds once the privilege
/// is gone was there before. What it says of labels and capabilities a fix has to get right.
fn is_hidden_by_privilege(rule: &str) -> bool {
    const OF_THE_FIX: &[&str] = &[
        "capability-conflict",
        "private-label-on-shared-mount",
        "redundant-capability",
        "refused-value",
        "relabel-conflict",
        "relabel-without-confinement",
        "selinux-blocked-mount",
        "unknown-capability",
        "unlabeled-mount",
    ];
    !OF_THE_FIX.contains(&rule)
}

/// The reading of the file with the edits made, in it and in the files it names.
pub(super) fn read_edited(reading: &Reading, edits: &[Edit], surroundings: &Surroundings) -> Option<Reading> {
    let mut others = Vec::new();
    for (i, source) in reading.sources.iter().enumerate().skip(1) {
        let id = FileId(u16::try_from(i).ok()?);
        if edits.iter().any(|e| e.file == id) {
            others.push((source.path.clone(), apply(source, id, edits)?));
        }
    }
    let text = apply(reading.source(), FileId(0), edits)?;
    let open = |path: &Path| match others.iter().find(|(p, _)| p == path) {
        Some((_, text)) => Some(text.clone()),
        None => (surroundings.open)(path),
    };
    let surroundings = Surroundings {
        engine: surroundings.engine,
        knowledge: surroundings.knowledge,
        projects: surroundings.projects,
        open: &open,
        list: surroundings.list,
    };
    let source = std::sync::Arc::new(Source::new(reading.source().path.clone(), text));
    Some(front::read(reading.kind, &source, &surroundings))
}

/// Does a change to the model.
fn carry_out(container: &mut Container, change: &Change) {
    match change {
        Change::Remove(place) => container.remove(place),
        Change::Add(key, value) => container.add(*key, value),
        Change::Replace(place, text) => container.replace(place, text),
        Change::Relabel(place, relabel) => container.relabel(place, *relabel),
        Change::ReadOnly(place) => container.close(place),
    }
}

/// True for a service that builds a Dockerfile written in it, something of which is changed.
fn is_changed_inside(service: &Container, batch: &[Candidate], reading: &Reading) -> bool {
    let Some(inline) = service.build.as_ref().and_then(|build| build.inline.as_ref()) else {
        return false;
    };
    // it may come from an alias or `extends`, and stand in another service
    let stands = |c: &Container| service.body.contains(c.head) || inline.span().contains(c.head);
    let mut changed = batch.iter().flat_map(|c| &c.changes);
    changed.any(|(i, _)| {
        let changed = reading.containers.get(*i);
        changed.is_some_and(|c| c.nested.is_some() && c.file == service.file && stands(c))
    })
}

/// Facts in which the order of lists that the engine takes as sets, and the spelling of
/// capabilities, do not count. Of a Dockerfile in a service that is `changed_inside`, the containers
/// that were read from it are compared, and not its text.
fn comparable(container: &Container, changed_inside: bool) -> Facts {
    let mut facts = container.facts();
    if changed_inside {
        facts
            .others
            .retain(|(name, _)| !matches!(*name, "build.inline" | "built"));
    }
    for list in [&mut facts.cap_add, &mut facts.cap_drop] {
        for name in list.iter_mut() {
            let upper = name.to_uppercase();
            *name = upper.strip_prefix("CAP_").unwrap_or(&upper).to_owned();
        }
        list.sort();
    }
    facts.security_opt.sort();
    facts.devices.sort();
    facts.others.sort();
    facts
}
