//! What `--privileged` hides is mended with it: the fix that ends a privilege also mends what comes to light
//! without it, so that what is shown is what all rounds of `--fix` together write.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::container::FileId;
use crate::fix::{Edit, composed, overlap};
use crate::front::Reading;
use crate::source::Span;

use super::Offer;
use super::lint::kept;
use super::prove::{cost, offers, read_edited};
use super::raise::{Linter, Raised};

/// Adds to the fix of each privilege what it would bring to light in the same containers. What was found before
/// has a fix of its own. The text is read once, with all of these fixes made that do not touch each other.
pub(super) fn follow(
    reading: &Reading,
    found: &[Raised],
    results: &mut [Result<Offer, Option<String>>],
    linter: &Linter,
    left: &mut usize,
) {
    let (which, all) = apart(found, results);
    let owner: HashMap<usize, usize> = which
        .iter()
        .flat_map(|&nth| found[nth].users.iter().map(move |(user, _)| (*user, nth)))
        .collect();
    let before = Before { reading, found, linter };
    let moved = Moved::by(&all);
    let mut further: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
    for (nth, more) in before.brought_to_light(&owner, &all, left).unwrap_or_default() {
        let Some(Ok(offer)) = results.get(nth) else { continue };
        let edits = more.edits.iter().filter_map(|edit| moved.back(edit, &offer.edits));
        let edits: Vec<Edit> = edits.collect();
        let so_far = further.entry(nth).or_default();
        if more.safety >= offer.safety && edits.len() == more.edits.len() && !overlap(so_far, &edits) {
            so_far.extend(edits);
        }
    }
    for (nth, edits) in further {
        if let Some(Ok(offer)) = results.get_mut(nth) {
            offer.edits = composed(&offer.edits, &edits);
        }
    }
}

/// The fixes of privileges that do not touch each other, by their numbers, and their edits.
fn apart(found: &[Raised], results: &[Result<Offer, Option<String>>]) -> (Vec<usize>, Vec<Edit>) {
    let mut which = Vec::new();
    let mut all: Vec<Edit> = Vec::new();
    for (nth, (one, result)) in found.iter().zip(results).enumerate() {
        let Some(offer) = result.as_ref().ok().filter(|_| one.finding.rule == "privileged") else {
            continue;
        };
        // those of a file come in its order, so that only the last ones may be touched
        let last = all.len().saturating_sub(64);
        if !overlap(&all[last..], &offer.edits) {
            all.extend(offer.edits.iter().cloned());
            which.push(nth);
        }
    }
    (which, all)
}

/// A file before its fixes.
struct Before<'a> {
    reading: &'a Reading,
    /// What is found in it.
    found: &'a [Raised],
    linter: &'a Linter<'a>,
}

impl Before<'_> {
    /// The fixes, of the edited text, of what is found only there, each with the number of the privilege that hid
    /// it. `owner` has that number for each container, `all` are the edits of these privileges.
    fn brought_to_light(
        &self,
        owner: &HashMap<usize, usize>,
        all: &[Edit],
        left: &mut usize,
    ) -> Option<Vec<(usize, Offer)>> {
        let Before { reading, found, linter } = *self;
        if all.is_empty() {
            return None;
        }
        *left = left.checked_sub(cost(reading))?;
        let mut after = read_edited(reading, all, &linter.surroundings())?;
        if after.containers.len() != reading.containers.len() {
            return None;
        }
        linter.deploy(&mut after);
        linter.surround(&mut after);
        let users = |one: &Raised| one.users.iter().map(|(user, _)| *user).collect::<Vec<usize>>();
        let known: HashSet<(&str, usize)> = found
            .iter()
            .flat_map(|one| users(one).into_iter().map(|user| (one.finding.rule, user)))
            .collect();
        let hidden_by = |one: &Raised| {
            let users = users(one);
            let first = owner.get(users.first()?).copied()?;
            let all_his = users.iter().all(|user| owner.get(user) == Some(&first));
            let is_new = users.iter().all(|user| !known.contains(&(one.finding.rule, *user)));
            (all_his && is_new).then_some(first)
        };
        let (by, new): (Vec<usize>, Vec<Raised>) = kept(&after, linter)
            .into_iter()
            .filter_map(|one| Some((hidden_by(&one)?, one)))
            .unzip();
        let results = offers(&after, &new, linter, left);
        let offered = by.into_iter().zip(results);
        Some(offered.filter_map(|(nth, result)| Some((nth, result.ok()?))).collect())
    }
}

/// How edits move what stands behind them.
struct Moved(Vec<Step>);

/// One edit: where it ends before and after, and by how much all up to it move what is behind.
struct Step {
    file: FileId,
    before: u32,
    after: i64,
    by: i64,
}

impl Moved {
    fn by(edits: &[Edit]) -> Moved {
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort();
        let mut steps: Vec<Step> = Vec::new();
        for edit in sorted {
            let so_far = steps
                .last()
                .filter(|step| step.file == edit.file)
                .map_or(0, |step| step.by);
            let by = so_far + change(edit);
            steps.push(Step {
                file: edit.file,
                before: edit.span.end,
                after: i64::from(edit.span.end) + by,
                by,
            });
        }
        Moved(steps)
    }

    /// By how much everything before a place of the edited text moves it.
    fn at(&self, file: FileId, place: i64) -> i64 {
        let end = self.0.partition_point(|step| (step.file, step.after) <= (file, place));
        let last = end.checked_sub(1).and_then(|last| self.0.get(last));
        last.filter(|step| step.file == file).map_or(0, |step| step.by)
    }

    /// An edit of the text with all edits made, as one of the text with only `own` made. `None` where it reaches
    /// over what others change.
    fn back(&self, edit: &Edit, own: &[Edit]) -> Option<Edit> {
        let place = |at: u32| {
            let at = i64::from(at);
            let mine = own.iter().filter(|own| own.file == edit.file && self.ends(own) <= at);
            let others = self.at(edit.file, at) - mine.map(change).sum::<i64>();
            u32::try_from(at - others).ok().map(|at| (at, others))
        };
        let (start, moved) = place(edit.span.start)?;
        let (end, moved_too) = place(edit.span.end)?;
        (moved == moved_too && start <= end).then(|| Edit {
            span: Span { start, end },
            ..edit.clone()
        })
    }

    /// Where an edit ends in the edited text.
    fn ends(&self, edit: &Edit) -> i64 {
        let at = self
            .0
            .partition_point(|step| (step.file, step.before) < (edit.file, edit.span.end));
        self.0.get(at).map_or(i64::MAX, |step| step.after)
    }
}

/// By how much an edit moves what is behind it.
fn change(edit: &Edit) -> i64 {
    let length = i64::try_from(edit.text.len()).unwrap_or(i64::MAX);
    length - i64::from(edit.span.end - edit.span.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::apply;
    use crate::source::Source;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            file: FileId(0),
            span: Span::new(start, end),
            text: text.into(),
        }
    }

    #[test]
    fn an_edit_is_found_back_where_others_are_not_made() {
        let source = Source::new("a", "aa bb cc dd ee");
        let (mine, other) = ([edit(3, 5, "BBB")], [edit(0, 2, ""), edit(9, 9, "+++")]);
        let all: Vec<Edit> = mine.iter().chain(&other).cloned().collect();
        let moved = Moved::by(&all);
        let whole = apply(&source, FileId(0), &all).unwrap_or_default();
        for (word, text) in [("BBB", "x"), ("cc", "yy"), ("ee", "")] {
            let at = whole.find(word).unwrap_or_default();
            let found = moved.back(&edit(at, at + word.len(), text), &mine);
            let both = composed(&mine, &found.into_iter().collect::<Vec<Edit>>());
            let expected = "aa BBB cc dd ee".replacen(word, text, 1);
            assert_eq!(apply(&source, FileId(0), &both), Some(expected), "{word}");
        }
        // over what another one changes
        assert_eq!(moved.back(&edit(3, 11, ""), &mine), None);
    }
}
