//! What `--privileged` hides is mended with it: the fix that ends a privilege also mends what comes to light
//! without it, so that what is shown is what all rounds of `--fix` together write.

use std::collections::HashSet;

use crate::fix::{Edit, composed, overlap};
use crate::front::Reading;

use super::Offer;
use super::lint::kept;
use super::prove::{offers, read_edited};
use super::raise::{Linter, Raised};

/// What a fix brings to light may hide more; at most this often it is asked again.
const ROUNDS: usize = 3;

/// Adds to the fix of each privilege what it would bring to light in the same containers. What was found before
/// has a fix of its own.
pub(super) fn follow(
    reading: &Reading,
    found: &[Raised],
    results: &mut [Result<Offer, Option<String>>],
    linter: &Linter,
    left: &mut usize,
) {
    let before = Before { reading, found, linter };
    for (one, result) in found.iter().zip(results) {
        let Some(offer) = result.as_mut().ok().filter(|_| one.finding.rule == "privileged") else {
            continue;
        };
        let users: HashSet<usize> = one.users.iter().map(|(i, _)| *i).collect();
        for _ in 0..ROUNDS {
            let Some(more) = before.brings_to_light(offer, &users, left) else {
                break;
            };
            offer.edits = composed(&offer.edits, &more);
        }
    }
}

/// A file before its fixes.
struct Before<'a> {
    reading: &'a Reading,
    /// What is found in it.
    found: &'a [Raised],
    linter: &'a Linter<'a>,
}

impl Before<'_> {
    /// The edits, of the edited text, that mend what is found in these containers only once a fix is made; those
    /// at least as safe as the fix.
    fn brings_to_light(&self, offer: &Offer, users: &HashSet<usize>, left: &mut usize) -> Option<Vec<Edit>> {
        let mut after = read_edited(self.reading, &offer.edits, &self.linter.surroundings())?;
        if after.containers.len() != self.reading.containers.len() || *left == 0 {
            return None;
        }
        self.linter.deploy(&mut after);
        self.linter.surround(&mut after);
        let is_new = |one: &Raised| {
            let mut of = one.users.iter().map(|(i, _)| *i);
            of.all(|i| users.contains(&i) && !self.is_found(one.finding.rule, i))
        };
        let new: Vec<Raised> = kept(&after, self.linter).into_iter().filter(is_new).collect();
        let mut edits: Vec<Edit> = Vec::new();
        for more in offers(&after, &new, self.linter, left).into_iter().flatten() {
            if more.safety >= offer.safety && !overlap(&edits, &more.edits) {
                edits.extend(more.edits);
            }
        }
        (!edits.is_empty()).then_some(edits)
    }

    fn is_found(&self, rule: &str, container: usize) -> bool {
        let mut same = self.found.iter().filter(|one| one.finding.rule == rule);
        same.any(|one| one.users.iter().any(|(i, _)| *i == container))
    }
}
