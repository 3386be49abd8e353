//! Fixes are written as edits, unless what they would touch serves somebody else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::container::{Container, FileId, Place, ViaKind};
use crate::fix::{Change, Edit, Fix, Safety};
use crate::front::{self, Kind, Reading};
use crate::source::Span;

use super::Offer;
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
}

/// Writes fixes as edits of one reading.
pub(super) struct Propose<'a> {
    reading: &'a Reading,
    /// The containers that have a value from each written place.
    users: HashMap<(FileId, Span), Vec<usize>>,
    /// What other files take over from this one.
    tree: Arc<TreeFacts>,
}

impl<'a> Propose<'a> {
    pub(super) fn new(reading: &'a Reading, raised: &[Raised], linter: &Linter) -> Propose<'a> {
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
        Propose {
            reading,
            users,
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
        let mut edits: Vec<Edit> = Vec::new();
        let mut changes: Vec<(usize, Vec<Change>)> = Vec::new();
        let mut safety = fix.safety;
        let mine: HashSet<usize> = one.users.iter().map(|(user, _)| *user).collect();
        let mut checked: HashSet<(FileId, Span)> = HashSet::new();
        let mut seen: HashSet<Edit> = HashSet::new();
        for (user, fixes) in &one.users {
            let (Some(container), Some(fix)) = (self.reading.containers.get(*user), fixes.get(nth)) else {
                return Err("the containers that share this value need different fixes".to_owned());
            };
            safety = safety.min(fix.safety);
            for place in fix.changes.iter().filter_map(Change::place) {
                if self.is_default(place) {
                    safety = safety.min(Safety::Unsafe);
                }
                if checked.insert((place.file, place.value)) {
                    self.refuse_shared(place, &mine)?;
                }
            }
            self.refuse_base(container)?;
            for edit in front::render(self.reading, container, &fix.changes).map_err(|refusal| refusal.0)? {
                if seen.insert(edit.clone()) {
                    edits.push(edit);
                }
            }
            changes.push((*user, fix.changes.clone()));
        }
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
        })
    }

    /// Compose's `${P:-true}`: the text gives a default, and whoever runs it may say otherwise.
    fn is_default(&self, place: &Place) -> bool {
        self.reading.kind == Kind::Compose && place.via.iter().any(|v| v.kind == ViaKind::Variable)
    }

    /// Refuses to change what serves a container without this finding, here or in another file.
    fn refuse_shared(&self, place: &Place, mine: &HashSet<usize>) -> Result<(), String> {
        let users = self.users.get(&(place.file, place.value));
        let other = users.and_then(|users| users.iter().find(|i| !mine.contains(i)));
        if let Some(other) = other.and_then(|i| self.reading.containers.get(*i)) {
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
