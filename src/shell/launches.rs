//! The commands that were found: what several passes by the same place see (the turns of a loop, the
//! calls of a function) is put together where it is the same, and where it is too much.

use std::collections::HashMap;

use super::names;
use super::pace::{self, Arm};
use crate::container::{FileId, Hole, PieceKind, Place, Text};
use crate::source::Span;
use crate::spec::{CommandLine, Turns, Word};

/// Readings of one place that differ too much to be put together are kept apart, up to this many.
const MAX_VARIANTS: usize = 96;
/// Commands of one script.
const MAX_LAUNCHES: usize = 3000;

/// A call that is being followed.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) span: Span,
    /// The function's name in it.
    pub(super) word: Span,
    pub(super) file: FileId,
}

/// A command, with its words grouped by the words of the script that they come from.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    pub(super) line: CommandLine,
    /// For each word of the script: how it is written, and how many words of the line it gives.
    pub(super) groups: Vec<Group>,
    /// The arms of conditionals that lead to it, one list for each time it is reached.
    pub(super) arms: Vec<Vec<Arm>>,
}

/// A word of the script within a command.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) span: Span,
    /// The name of the parameter that the word wholly is, and how it is written.
    pub(super) name: Option<(String, String)>,
    pub(super) words: usize,
}

/// The file, the command, its first word, and the number of words.
type Key = (FileId, Span, Span, usize);

#[derive(Default)]
pub(super) struct Launches {
    found: Vec<Launch>,
    by_place: HashMap<Key, Vec<usize>>,
    /// For a place with too many readings: what all of them say.
    loose: HashMap<Key, usize>,
    met: usize,
}

impl Launches {
    /// How many readings were met.
    pub(super) fn met(&self) -> usize {
        self.met
    }

    /// Adds a reading; false when there are too many commands to keep one more.
    pub(super) fn add(&mut self, launch: Launch) -> bool {
        self.met += 1;
        let first = launch.groups.first().map_or(launch.line.span, |g| g.span);
        let key = (launch.line.file, launch.line.span, first, launch.groups.len());
        let known = self.by_place.entry(key).or_default();
        let mut launch = launch;
        for &i in known.iter() {
            if let Some(old) = self.found.get_mut(i) {
                run_again(old, &mut launch);
            }
        }
        for &i in known.iter() {
            let Some(old) = self.found.get_mut(i) else { continue };
            if differs_in_engine_only(old, &launch) && merge(old, &launch) {
                return true;
            }
        }
        if known.len() < MAX_VARIANTS {
            if self.found.len() >= MAX_LAUNCHES {
                return false;
            }
            known.push(self.found.len());
            self.found.push(launch);
            return true;
        }
        // the first readings are kept apart; of all others only what they share is kept
        let shared = match self.loose.get(&key).or(known.first()).and_then(|i| self.found.get(*i)) {
            Some(old) => loosened(old, &launch),
            None => return true,
        };
        match self.loose.get(&key).and_then(|i| self.found.get_mut(*i)) {
            Some(old) => *old = shared,
            None => {
                self.loose.insert(key, self.found.len());
                self.found.push(shared);
            }
        }
        true
    }

    pub(super) fn take(self) -> Vec<CommandLine> {
        self.found.into_iter().map(|l| l.line).collect()
    }
}

/// Ways that are kept of one reading; beyond that, any two may be of one run.
const MAX_WAYS: usize = 32;

/// Says of two readings of one place that the command runs several times, unless no run takes both.
fn run_again(old: &mut Launch, new: &mut Launch) {
    let apart = |one: &Vec<Arm>| new.arms.iter().all(|other| pace::exclude(one, other));
    if old.arms.len() >= MAX_WAYS || !old.arms.iter().all(apart) {
        for line in [&mut old.line, &mut new.line] {
            line.turns = line.turns.max(Turns::InTurn);
        }
    }
}

/// What two readings of one command say of how, and how often, it is run.
fn meet(old: &CommandLine, new: &CommandLine) -> CommandLine {
    let folder = match old.folder == new.folder {
        true => old.folder.clone(),
        false => super::folder::unknown(),
    };
    CommandLine {
        words: Vec::new(),
        file: old.file,
        span: old.span,
        via: old.via.clone(),
        certain: old.certain | new.certain,
        as_root: old.as_root & new.as_root,
        maybe_podman: old.maybe_podman | new.maybe_podman,
        turns: old.turns.max(new.turns),
        background: old.background | new.background,
        folder,
        moved: old.moved | new.moved,
    }
}

/// True for two readings that say the same, but for which engine they call.
fn differs_in_engine_only(old: &Launch, new: &Launch) -> bool {
    let words = |launch: &Launch| launch.groups.iter().map(|g| g.words).collect::<Vec<_>>();
    let (Some((left, lefts)), Some((right, rights))) = (old.line.words.split_first(), new.line.words.split_first())
    else {
        return false;
    };
    let engines = names::is_engine(&left.text) && names::is_engine(&right.text);
    words(old) == words(new) && same(lefts, rights) && (engines || left.text == right.text)
}

/// Puts two readings of one command together, if they differ only in words that are one word each.
fn merge(old: &mut Launch, new: &Launch) -> bool {
    if old.groups.len() != new.groups.len() {
        return false;
    }
    let mut words = Vec::new();
    let (mut a, mut b) = (0, 0);
    let mut groups = old.groups.clone();
    for (group, (x, y)) in groups.iter_mut().zip(old.groups.iter().zip(&new.groups)) {
        let left = old.line.words.get(a..a + x.words).unwrap_or_default();
        let right = new.line.words.get(b..b + y.words).unwrap_or_default();
        a += x.words;
        b += y.words;
        if same(left, right) {
            words.extend(left.iter().zip(right).map(|(l, r)| Word {
                certain: l.certain && r.certain,
                ..l.clone()
            }));
            continue;
        }
        let ([l], [r]) = (left, right) else { return false };
        let Some(word) = blurred(l, r, x) else { return false };
        group.words = 1;
        words.push(word);
    }
    old.line = CommandLine {
        words,
        ..meet(&old.line, &new.line)
    };
    old.groups = groups;
    old.arms.extend(new.arms.iter().cloned());
    true
}

/// What two readings of one command share; what they do not share may be anything.
fn loosened(old: &Launch, new: &Launch) -> Launch {
    let mut words = Vec::new();
    let mut groups = Vec::new();
    let (mut a, mut b) = (0, 0);
    for (x, y) in old.groups.iter().zip(&new.groups) {
        let left = old.line.words.get(a..a + x.words).unwrap_or_default();
        let right = new.line.words.get(b..b + y.words).unwrap_or_default();
        a += x.words;
        b += y.words;
        let mut group = x.clone();
        if same(left, right) {
            words.extend(left.iter().cloned());
        } else if let ([l], [r]) = (left, right)
            && let Some(word) = blurred(l, r, x)
        {
            words.push(word);
        } else {
            group.words = 1;
            words.push(anything(x, left.first().or(right.first()), &old.line));
        }
        groups.push(group);
    }
    let line = CommandLine {
        words,
        ..meet(&old.line, &new.line)
    };
    let arms = old.arms.iter().chain(&new.arms).cloned().collect();
    Launch { line, groups, arms }
}

/// A word of the script that may give any words.
fn anything(group: &Group, one: Option<&Word>, line: &CommandLine) -> Word {
    let (name, written) = group.name.clone().unwrap_or_else(|| (String::new(), "…".to_owned()));
    let hole = if name.is_empty() {
        Hole::Other
    } else {
        Hole::Variable(name)
    };
    let place = Place {
        file: one.map_or(line.file, |w| w.place.file),
        value: group.span,
        entry: group.span,
        via: Vec::new(),
    };
    Word {
        text: Text::hole(written, group.span, hole),
        place,
        certain: true,
        splits: true,
        options: Vec::new(),
    }
}

fn same(left: &[Word], right: &[Word]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(l, r)| l.text == r.text && l.splits == r.splits && l.options == r.options)
}

/// One word for two: what both say, and holes where they differ.
fn blurred(left: &Word, right: &Word, group: &Group) -> Option<Word> {
    let dashed = |w: &Word| w.text.known_prefix().starts_with('-');
    let (a, b) = (left.text.pieces(), right.text.pieces());
    let here = left.place.via.is_empty() && right.place.via.is_empty();
    if here && a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.span == y.span) {
        let mut text = Text::new();
        for (x, y) in a.iter().zip(b) {
            if x == y {
                text.push(x.text.clone(), x.span, x.kind.clone());
            } else if x.text == y.text && !x.is_hole() && !y.is_hole() {
                // one of them is less sure
                text.push(x.text.clone(), x.span, PieceKind::Assumed);
            } else {
                let (name, written) = group.name.clone().unwrap_or_default();
                let hole = if names::is_engine(&left.text) && names::is_engine(&right.text) {
                    Hole::Variable(names::ANY_ENGINE.to_owned())
                } else if name.is_empty() {
                    Hole::Other
                } else {
                    Hole::Variable(name)
                };
                let written = if written.is_empty() { x.text.clone() } else { written };
                text.push(written, x.span, PieceKind::Hole(hole));
            }
        }
        if dashed(left) != dashed(right) {
            return None;
        }
        return Some(Word {
            text,
            options: Vec::new(),
            ..left.clone()
        });
    }
    let (name, written) = group.name.clone()?;
    if dashed(left) || dashed(right) || left.text.is_empty() || right.text.is_empty() {
        return None;
    }
    let mut place = left.place.clone();
    place.via.clear();
    place.value = group.span;
    place.entry = group.span;
    Some(Word {
        text: Text::hole(written, group.span, Hole::Variable(name)),
        place,
        certain: left.certain && right.certain,
        splits: left.splits || right.splits,
        options: Vec::new(),
    })
}
