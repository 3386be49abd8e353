//! Fixes are written as edits, unless what they would touch serves somebody else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::container::{Container, FileId, Key, Place, ViaKind};
use crate::fix::{Change, Fix, Safety};
use crate::front::{self, Kind, Reading};
use crate::source::Span;

use super::Offer;
use super::heirs::Heirs;
use super::raise::{Linter, Raised};
use super::tree::TreeFacts;

/// A fix that was rendered and waits to be proven.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Which finding it mends.
    pub(super) raised: usize,
    /// The fix.
    pub(super) offer: Offer,
    /// What each container is to become: index and changes.
    pub(super) changes: Vec<(usize, Vec<Change>)>,
    /// The containers whose finding it mends.
    pub(super) users: Vec<usize>,
}

/// Writes fixes as edits of one reading.
pub(super) struct Propose<'a> {
    reading: &'a Reading,
    /// The containers that have a value from each written place.
    users: HashMap<(FileId, Span), Vec<usize>>,
    /// What other files take over from this one.
    tree: Arc<TreeFacts>,
    heirs: Heirs,
    /// The fixes of what is missing, by rule and container.
    missing: HashMap<(&'static str, usize), &'a [Fix]>,
    /// The fixes of each finding, by rule and container.
    fixes: HashMap<(&'static str, usize), Vec<&'a [Fix]>>,
}

/// More containers than this are not mended together.
const MOST: usize = 32;

impl<'a> Propose<'a> {
    pub(super) fn new(reading: &'a Reading, raised: &'a [Raised], linter: &Linter) -> Propose<'a> {
        let fixable = raised.iter().any(|one| !one.finding.fixes.is_empty());
        let mut users: HashMap<(FileId, Span), Vec<usize>> = HashMap::new();
        for (i, container) in reading.containers.iter().enumerate() {
            for place in container.places() {
                let at = users.entry((place.file, place.value)).or_default();
                if at.last() != Some(&i) {
                    at.push(i);
                }
            }
        }
        let missing = raised.iter().filter(|one| one.finding.missing.is_some());
        let missing = missing.flat_map(|one| {
            let of = |(user, fixes): &'a (usize, Vec<Fix>)| ((one.finding.rule, *user), fixes.as_slice());
            one.users.iter().map(of)
        });
        let mut fixes: HashMap<(&'static str, usize), Vec<&'a [Fix]>> = HashMap::new();
        for one in raised {
            for (user, of_user) in &one.users {
                fixes.entry((one.finding.rule, *user)).or_default().push(of_user);
            }
        }
        Propose {
            reading,
            users,
            fixes,
            missing: missing.collect(),
            heirs: if fixable { Heirs::of(reading) } else { Heirs::default() },
            tree: if fixable {
                linter.facts_of_tree(reading)
            } else {
                Arc::default()
            },
        }
    }

    /// The next fix of a finding that its front can write. `Ok(None)` when none is left; the reason of
    /// the last refusal when there was one.
    pub(super) fn next(&self, one: &Raised, index: usize, attempt: &mut usize) -> Result<Option<Candidate>, String> {
        let mut reason = None;
        let Some((_, fixes)) = one.users.first() else {
            return Ok(None);
        };
        while let Some(fix) = fixes.get(*attempt) {
            let nth = *attempt;
            *attempt += 1;
            if fix.safety == Safety::Manual || fix.changes.is_empty() {
                continue;
            }
            match self.render(one, nth, fix, index) {
                Ok(candidate) => return Ok(Some(candidate)),
                Err(why) => reason = Some(why),
            }
        }
        reason.map_or(Ok(None), Err)
    }

    /// Renders the n-th fix of a finding for every container it stands for.
    fn render(&self, one: &Raised, nth: usize, fix: &Fix, index: usize) -> Result<Candidate, String> {
        let mut written: Vec<(&Container, Vec<Change>)> = Vec::new();
        let mut changes: Vec<(usize, Vec<Change>)> = Vec::new();
        let mut safety = fix.safety;
        let users = self.with_sharers(one.finding.rule, self.with_heirs(one, nth), nth);
        let mut mine: HashSet<usize> = users.iter().map(|(user, _)| *user).collect();
        let partners = self.partners(&users, nth, &mine);
        mine.extend(partners.iter().map(|(partner, _)| *partner));
        let by_user: HashMap<usize, &[Fix]> = users.iter().copied().collect();
        let mut checked: HashSet<(FileId, Span)> = HashSet::new();
        for &(user, fixes) in &users {
            let (Some(container), Some(fix)) = (self.reading.containers.get(user), fixes.get(nth)) else {
                return Err("the containers that share this value need different fixes".to_owned());
            };
            safety = safety.min(fix.safety);
            if container.file == FileId(0) && self.tree.is_run_otherwise(self.reading, container) {
                safety = safety.min(Safety::Unsafe);
            }
            for place in fix.changes.iter().filter_map(Change::place) {
                if self.is_default(container, place) {
                    safety = safety.min(Safety::Unsafe);
                }
                if checked.insert((place.file, place.value)) {
                    self.refuse_shared(place, &mine)?;
                }
            }
            self.refuse_base(container)?;
            // what comes from a service that it extends is not written twice
            let bases = self.heirs.bases(user).filter_map(|base| by_user.get(&base)?.get(nth));
            let comes: Vec<&Change> = bases.flat_map(|fix| &fix.changes).collect();
            let own = fix.changes.iter();
            let own = own.filter(|change| !matches!(change, Change::Add(..)) || !comes.contains(change));
            let elsewhere = |place: &Place| {
                self.users_of(place)
                    .is_some_and(|users| users.binary_search(&user).is_err())
            };
            let of_user = |change: &&Change| change.place().is_none_or(|place| !elsewhere(place));
            written.push((container, own.filter(of_user).cloned().collect::<Vec<Change>>()));
            changes.push((user, fix.changes.iter().filter(of_user).cloned().collect()));
        }
        for (partner, of_partner) in partners {
            let Some(container) = self.reading.containers.get(partner) else {
                continue;
            };
            self.refuse_base(container)?;
            written.push((container, of_partner.clone()));
            changes.push((partner, of_partner));
        }
        let mut edits = front::render_together(self.reading, &written).map_err(|refusal| refusal.0)?;
        edits.sort();
        if edits.is_empty() {
            return Err("there is nothing to edit here".to_owned());
        }
        if let Some(edit) = edits.iter().find(|e| e.file != FileId(0)) {
            // it may serve others, and may not even be a file that was asked for
            let path = self.reading.file(edit.file).shown_path();
            return Err(format!("it is written in `{path}`"));
        }
        Ok(Candidate {
            raised: index,
            offer: Offer {
                title: fix.title.clone(),
                safety,
                edits,
            },
            changes,
            users: users.iter().map(|(user, _)| *user).collect(),
        })
    }

    /// The containers of which something is said at a place, in order.
    fn users_of(&self, place: &Place) -> Option<&[usize]> {
        self.users.get(&(place.file, place.value)).map(Vec::as_slice)
    }

    /// Other containers in which a fix changes something, and what: the other ends of a conflict.
    fn partners(&self, users: &[(usize, &[Fix])], nth: usize, mine: &HashSet<usize>) -> Vec<(usize, Vec<Change>)> {
        let mut partners: Vec<(usize, Vec<Change>)> = Vec::new();
        for (user, fixes) in users {
            let Some(fix) = fixes.get(nth).filter(|fix| fix.changes.len() > 1) else {
                continue;
            };
            for change in &fix.changes {
                let users = change.place().and_then(|place| self.users_of(place)).unwrap_or(&[]);
                if users.binary_search(user).is_ok() {
                    continue;
                }
                for &partner in users.iter().filter(|i| !mine.contains(i)) {
                    match partners.iter_mut().find(|(i, _)| *i == partner) {
                        Some((_, changes)) if changes.contains(change) => {}
                        Some((_, changes)) => changes.push(change.clone()),
                        None => partners.push((partner, vec![change.clone()])),
                    }
                }
            }
        }
        partners
    }

    /// The containers of a finding. Where something is missing, also those that lack the same and extend
    /// one another: what is written in the first then serves them all.
    fn with_heirs<'b>(&'b self, one: &'b Raised, nth: usize) -> Vec<(usize, &'b [Fix])> {
        let users: Vec<(usize, &[Fix])> = one
            .users
            .iter()
            .map(|(user, fixes)| (*user, fixes.as_slice()))
            .collect();
        let &[(user, fixes)] = users.as_slice() else {
            return users;
        };
        let changes = fixes.get(nth).map(|fix| &fix.changes);
        let lacks = |i: &usize| {
            let fixes = self.missing.get(&(one.finding.rule, *i));
            fixes.is_some_and(|fixes| fixes.get(nth).map(|fix| &fix.changes) == changes)
        };
        if one.finding.missing.is_none() || changes.is_none() {
            return users;
        }
        // the first is the one that takes over from no other
        let mut bases = self.heirs.bases(user).take(MOST).filter(lacks);
        let first = bases.find(|&base| !self.heirs.bases(base).take(MOST).any(|b| lacks(&b)));
        let first = first.unwrap_or(user);
        let heirs: Vec<usize> = self.heirs.heirs(first).filter(lacks).take(MOST + 1).collect();
        if heirs.len() > MOST {
            return users;
        }
        let all = std::iter::once(first).chain(heirs);
        all.filter_map(|i| Some((i, *self.missing.get(&(one.finding.rule, i))?)))
            .collect()
    }

    /// The containers of a finding, and those that have what it changes from the same place and need the
    /// same change.
    fn with_sharers<'b>(
        &'b self,
        rule: &'static str,
        users: Vec<(usize, &'b [Fix])>,
        nth: usize,
    ) -> Vec<(usize, &'b [Fix])> {
        let compose = self.reading.has_services();
        if !compose || users.len() > MOST {
            return users;
        }
        let mut all = users.clone();
        let mut next = 0;
        while let Some(&(user, fixes)) = all.get(next) {
            next += 1;
            for change in fixes.get(nth).into_iter().flat_map(|fix| &fix.changes) {
                for other in self.sharers(user, change) {
                    if all.iter().any(|(i, _)| *i == other) {
                        continue;
                    }
                    let theirs = self.fixes.get(&(rule, other)).into_iter().flatten();
                    let same = |fixes: &&&[Fix]| {
                        let fix = fixes.get(nth);
                        fix.is_some_and(|fix| fix.changes.iter().any(|theirs| does_the_same(theirs, change)))
                    };
                    if let Some(fixes) = theirs.into_iter().find(same) {
                        all.push((other, fixes));
                    }
                }
                if all.len() > MOST {
                    return users;
                }
            }
        }
        all
    }

    /// The containers that have what a change of one is about from the same place, as many as can be
    /// mended together and one more.
    fn sharers(&self, user: usize, change: &Change) -> Vec<usize> {
        let users = |place: &Place| self.users.get(&(place.file, place.value)).into_iter().flatten();
        if let Some(place) = change.place() {
            return users(place).copied().filter(|&i| i != user).take(MOST + 1).collect();
        }
        let (Change::Add(key, _), Some(container)) = (change, self.reading.containers.get(user)) else {
            return Vec::new();
        };
        let list = match key {
            Key::CapAdd => &container.cap_add,
            Key::CapDrop => &container.cap_drop,
            Key::SecurityOpt => &container.security_opt,
            Key::Device => &container.devices,
            _ => return Vec::new(),
        };
        let first = list.first().map(|w| &w.place);
        let others = first.into_iter().flat_map(users).copied().filter(|&i| i != user);
        others.take(MOST + 1).collect()
    }

    /// The service that a refuted fix would have changed as well.
    pub(super) fn heir_beside(&self, candidate: &Candidate) -> Option<String> {
        let changed = |i: usize| candidate.changes.iter().any(|(c, _)| *c == i);
        let heirs = candidate.changes.iter().flat_map(|(i, _)| self.heirs.heirs(*i));
        let heir = heirs.into_iter().find(|&heir| !changed(heir))?;
        Some(self.reading.containers.get(heir)?.called())
    }

    /// Compose's `${P:-true}`: the text gives a default, and whoever runs it may say otherwise.
    fn is_default(&self, container: &Container, place: &Place) -> bool {
        let compose = self.reading.kind == Kind::Compose || container.syntax.is_service();
        compose && place.via.iter().any(|v| v.kind == ViaKind::Variable)
    }

    /// Refuses to change what serves a container without this finding, here or in another file.
    fn refuse_shared(&self, place: &Place, mine: &HashSet<usize>) -> Result<(), String> {
        let users = self.users.get(&(place.file, place.value));
        let other = users.and_then(|users| users.iter().find(|i| !mine.contains(i)));
        if let Some(other) = other.and_then(|i| self.reading.containers.get(*i)) {
            let same = |i: &usize| {
                let own = self.reading.containers.get(*i);
                own.is_some_and(|own| (own.file, own.head) == (other.file, other.head))
            };
            if other.syntax.is_service() && mine.iter().any(same) {
                return Err(format!(
                    "this value also serves `{}` in another project of this file, which the fix is not for",
                    other.called()
                ));
            }
            let other = other.called();
            return Err(format!(
                "this value also serves `{other}`; written apart for each, it can be mended for one"
            ));
        }
        let borrowed = self.tree.borrowed_from(&self.reading.source().path).iter();
        let mut taken = borrowed.filter(|b| place.file == FileId(0) && b.span.touches(place.value));
        match taken.next() {
            Some(taken) => Err(format!("this value also serves {}", taken.by)),
            None => Ok(()),
        }
    }

    /// Refuses to change a service that those of other files extend: they would change with it.
    fn refuse_base(&self, container: &Container) -> Result<(), String> {
        let mut borrowed = self.tree.borrowed_from(&self.reading.source().path).iter();
        let inside = |span: Span| container.file == FileId(0) && container.body.contains(span);
        match borrowed.find(|b| inside(b.span)) {
            Some(taken) => Err(format!("{} takes this over, and would change with it", taken.by)),
            None => Ok(()),
        }
    }
}

/// True where two changes of different containers are one change of the text.
fn does_the_same(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Add(..), Change::Add(..)) => one == other,
        (Change::Remove(a), Change::Remove(b)) => a.same(b),
        (Change::Replace(a, x), Change::Replace(b, y)) => a.same(b) && x == y,
        (Change::Relabel(a, x), Change::Relabel(b, y)) => a.same(b) && x == y,
        (Change::ReadOnly(a), Change::ReadOnly(b)) => a.same(b),
        _ => false,
    }
}
