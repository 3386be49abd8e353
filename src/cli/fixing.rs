//! `--fix` and `--diff`: fixes are worked out in memory over all files, then written or shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use similar::{Algorithm, TextDiff};

use super::files::{self, Job, Jobs};
use super::progress;
use super::write;
use crate::discover;
use crate::engine::{self, Fixed, Report, Tree, TreeCache};
use crate::fix::Safety;
use crate::source::shown_path;

/// What the fixes of a run came to.
pub(crate) struct Fixes {
    /// How many findings were mended.
    pub(crate) applied: usize,
    /// The files that change, by shown path.
    pub(crate) changed: BTreeMap<String, Changed>,
    /// What is left in each file, in the order of the jobs.
    pub(crate) left: Vec<Report>,
}

/// A file that changes.
pub(crate) struct Changed {
    /// Its path.
    pub(crate) path: PathBuf,
    /// Its text as read.
    pub(crate) before: String,
    /// Its text after all fixes.
    pub(crate) after: String,
    /// True for standard input.
    pub(crate) stdin: bool,
}

/// Works out the fixes of all files. A file's fixes see what the fixes of the files before it did.
pub(crate) fn fix(found: &Jobs, at_least: Safety) -> Fixes {
    let jobs = &found.jobs;
    let nothing = BTreeMap::new();
    let cache = TreeCache::default();
    let first: Vec<Option<Fixed>> = progress::watched(found.progress, jobs.len(), |tick| {
        let one = |job: &Job| {
            let fixed = fix_one(job, &nothing, &cache, at_least);
            tick();
            fixed
        };
        jobs.par_iter().map(one).collect()
    });
    let mut fixes = Fixes {
        applied: 0,
        changed: BTreeMap::new(),
        left: Vec::new(),
    };
    let mut stale: BTreeSet<usize> = BTreeSet::new();
    for (index, (job, fixed)) in jobs.iter().zip(first).enumerate() {
        let Some(mut fixed) = fixed else {
            if let Err((kind, why)) = &job.text {
                fixes.left.push(files::unread(&job.path, *kind, why));
            }
            continue;
        };
        // worked out beside the others: done again where an earlier file's fixes reached its files
        let touches = |fixed: &Fixed| {
            let own = std::iter::once(&job.path).chain(fixed.others.iter().map(|(path, _)| path));
            own.into_iter()
                .any(|path| fixes.changed.contains_key(&shown_path(path)))
        };
        if touches(&fixed)
            && let Some(again) = fix_one(job, &fixes.changed, &cache, at_least)
        {
            fixed = again;
        }
        fixes.applied += fixed.applied;
        note(&mut fixes.changed, job, &fixed.text);
        for (path, text) in &fixed.others {
            let known = jobs.iter().position(|j| shown_path(&j.path) == shown_path(path));
            stale.extend(known.filter(|known| *known < index));
            note_other(&mut fixes.changed, job, path, text);
        }
        fixes.left.push(fixed.left);
    }
    // a file that a later file's fixes changed is read again
    for index in stale {
        let Some(job) = jobs.get(index) else { continue };
        let text = fixes.changed.get(&shown_path(&job.path)).map(|c| c.after.clone());
        if let (Ok((kind, _)), Some(text), Some(left)) = (&job.text, text, fixes.left.get_mut(index)) {
            let tree = Tree {
                open: &|path: &Path| open(job, &fixes.changed, path),
                root: &job.root,
                list: &discover::list_tree,
                cache: &TreeCache::default(),
            };
            *left = engine::lint(&job.path, *kind, text, &job.settings, &tree);
        }
    }
    engine::settle(&mut fixes.left);
    fixes.changed.retain(|_, changed| changed.before != changed.after);
    fixes
}

fn fix_one(job: &Job, changed: &BTreeMap<String, Changed>, cache: &TreeCache, at_least: Safety) -> Option<Fixed> {
    let (kind, text) = job.text.as_ref().ok()?;
    let text = changed.get(&shown_path(&job.path)).map_or(text, |c| &c.after);
    let tree = Tree {
        open: &|path: &Path| open(job, changed, path),
        root: &job.root,
        list: &discover::list_tree,
        cache,
    };
    let fixed = engine::fix(&job.path, *kind, text.clone(), &job.settings, &tree, at_least);
    Some(fixed)
}

/// Reads a file of the tree as it is after the fixes so far.
fn open(job: &Job, changed: &BTreeMap<String, Changed>, path: &Path) -> Option<String> {
    match changed.get(&shown_path(path)) {
        Some(changed) => Some(changed.after.clone()),
        None => job.open(path),
    }
}

fn note(changed: &mut BTreeMap<String, Changed>, job: &Job, after: &str) {
    let Ok((_, before)) = &job.text else { return };
    let entry = changed.entry(shown_path(&job.path));
    let file = entry.or_insert_with(|| Changed {
        path: job.path.clone(),
        before: before.clone(),
        after: String::new(),
        stdin: job.stdin,
    });
    file.after = after.to_owned();
}

fn note_other(changed: &mut BTreeMap<String, Changed>, job: &Job, path: &Path, after: &str) {
    if let Some(file) = changed.get_mut(&shown_path(path)) {
        file.after = after.to_owned();
    } else if let Some(before) = job.open(path) {
        let file = Changed {
            path: path.to_path_buf(),
            before,
            after: after.to_owned(),
            stdin: false,
        };
        changed.insert(shown_path(path), file);
    }
}

/// Writes the files; gives what could not be written, and why.
pub(crate) fn write_all(fixes: &Fixes) -> Vec<(String, write::NotWritten)> {
    let on_disk = fixes.changed.iter().filter(|(_, changed)| !changed.stdin);
    on_disk
        .filter_map(|(shown, changed)| {
            let written = write::replace(&changed.path, &changed.before, &changed.after);
            written.err().map(|why| (shown.clone(), why))
        })
        .collect()
}

/// The changes as a unified diff that `git apply` takes.
pub(crate) fn diff(fixes: &Fixes) -> String {
    let mut out = String::new();
    for (shown, changed) in &fixes.changed {
        let old: Vec<&str> = changed.before.split_inclusive('\n').collect();
        let new: Vec<&str> = changed.after.split_inclusive('\n').collect();
        let diff = TextDiff::configure()
            .algorithm(Algorithm::Patience)
            .newline_terminated(true)
            .diff_slices(&old, &new);
        let mut unified = diff.unified_diff();
        unified.header(&format!("a/{shown}"), &format!("b/{shown}"));
        out.push_str(&unified.to_string());
    }
    out
}
