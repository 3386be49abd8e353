//! `--fix`: fixes are worked out in memory over all files, then written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::files::{self, Job, Jobs};
use super::progress;
use super::terminal::Terminal;
use super::write;
use crate::discover::{self, SIZE_CAP};
use crate::engine::{self, Fixed, Mended, Report, Settings, Tree, TreeCache};
use crate::fix::Safety;
use crate::front::Kind;
use crate::source::{normal_path, shown_path};

/// What the fixes of a run came to.
pub(crate) struct Fixes {
    /// What the fixes of each job mended, with the files that they changed.
    applied: Vec<(Vec<Mended>, BTreeSet<PathBuf>)>,
    /// The files that change.
    pub(crate) changed: BTreeMap<PathBuf, Changed>,
    /// What is found where nothing changes.
    unchanged: Vec<Report>,
    /// True where privlint failed on a file.
    pub(crate) broken: bool,
}

impl Fixes {
    /// What is found in every file as it is after the fixes, in the order of the jobs.
    pub(crate) fn left(self, found: &Jobs) -> Vec<Report> {
        match self.applied.iter().all(|(_, files)| files.is_empty()) {
            true => self.unchanged,
            false => left(found, &self.changed),
        }
    }

    /// How many findings were mended.
    pub(crate) fn count(&self) -> usize {
        self.applied.iter().map(|(mended, _)| mended.len()).sum()
    }

    /// What was mended, a line each: `compose.yaml:4: privileged: remove \`privileged: true\``.
    pub(crate) fn lines(&self, found: &Jobs) -> Vec<String> {
        let of_job = |(job, (mended, _)): (&Job, &(Vec<Mended>, BTreeSet<PathBuf>))| -> Vec<String> {
            let path = shown_path(&job.path);
            let line = |one: &Mended| format!("{path}:{}: {}: {}", one.line, one.rule, one.title);
            mended.iter().map(line).collect()
        };
        found.jobs.iter().zip(&self.applied).flat_map(of_job).collect()
    }
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

/// Times that all files are gone through: what the fixes of one file bring to light in another is
/// mended too.
const PASSES: usize = 3;

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
        applied: vec![(Vec::new(), BTreeSet::new()); jobs.len()],
        changed: BTreeMap::new(),
        unchanged: Vec::new(),
        broken: false,
    };
    for (index, (job, fixed)) in jobs.iter().zip(first).enumerate() {
        let Some(mut fixed) = fixed else {
            if let Err((kind, why)) = &job.text {
                fixes.unchanged.push(files::unread(&job.path, *kind, why));
            }
            continue;
        };
        fixes.broken |= fixed.left.is_broken();
        // worked out beside the others: done again where an earlier file's fixes reached its files
        let own = std::iter::once(&job.path).chain(fixed.others.iter().map(|(path, _)| path));
        if own.into_iter().any(|path| fixes.changed.contains_key(&plain(path)))
            && let Some(again) = fix_one(job, &fixes.changed, &cache, at_least)
        {
            fixed = again;
        }
        if fixes.changed.is_empty() {
            fixes.unchanged.push(fixed.left.clone());
        }
        note(&mut fixes, index, job, fixed);
    }
    found.settle(&mut fixes.unchanged);
    for _ in 1..PASSES {
        if fixes.changed.is_empty() || !once_more(found, &mut fixes, at_least) {
            break;
        }
    }
    fixes.changed.retain(|_, changed| changed.before != changed.after);
    fixes
}

/// Fixes what the fixes so far brought to light in other files; true when there was something.
fn once_more(found: &Jobs, fixes: &mut Fixes, at_least: Safety) -> bool {
    let left = left(found, &fixes.changed);
    let mut more = false;
    for (index, (job, report)) in found.jobs.iter().zip(left).enumerate() {
        let offered = |d: &engine::Diagnostic| d.fix.as_ref().is_some_and(|fix| fix.safety >= at_least);
        if !report.diagnostics.iter().any(offered) {
            continue;
        }
        let cache = TreeCache::default();
        if let Some(fixed) = fix_one(job, &fixes.changed, &cache, at_least).filter(|fixed| !fixed.mended.is_empty()) {
            more = true;
            note(fixes, index, job, fixed);
        }
    }
    more
}

/// What is found in every file as it is after the changes.
fn left(found: &Jobs, changed: &BTreeMap<PathBuf, Changed>) -> Vec<Report> {
    let cache = TreeCache::default();
    let one = |job: &Job| read(job, &job.settings, changed, &cache, engine::lint);
    let mut reports: Vec<Report> = found.jobs.par_iter().map(one).collect();
    found.settle(&mut reports);
    reports
}

/// What is found in a file as it is after the changes, by settings of the caller's, and no fix.
pub(super) fn find(job: &Job, settings: &Settings, changed: &BTreeMap<PathBuf, Changed>, cache: &TreeCache) -> Report {
    read(job, settings, changed, cache, engine::find)
}

fn read(
    job: &Job,
    settings: &Settings,
    changed: &BTreeMap<PathBuf, Changed>,
    cache: &TreeCache,
    by: fn(&Path, Kind, String, &Settings, &Tree) -> Report,
) -> Report {
    match &job.text {
        Ok((kind, text)) => {
            let text = changed.get(&plain(&job.path)).map_or(text, |c| &c.after);
            let tree = Tree {
                open: &|path: &Path| open(job, changed, path),
                folder: &|folder: &Path| job.folder(folder),
                root: &job.root,
                list: &discover::list_tree,
                cache,
            };
            by(&job.path, *kind, text.clone(), settings, &tree)
        }
        Err((kind, why)) => files::unread(&job.path, *kind, why),
    }
}

fn fix_one(job: &Job, changed: &BTreeMap<PathBuf, Changed>, cache: &TreeCache, at_least: Safety) -> Option<Fixed> {
    let (kind, text) = job.text.as_ref().ok()?;
    let text = changed.get(&plain(&job.path)).map_or(text, |c| &c.after);
    let tree = Tree {
        open: &|path: &Path| open(job, changed, path),
        folder: &|folder: &Path| job.folder(folder),
        root: &job.root,
        list: &discover::list_tree,
        cache,
    };
    let fixed = engine::fix(&job.path, *kind, text.clone(), &job.settings, &tree, at_least);
    Some(fixed)
}

/// Reads a file of the tree as it is after the fixes so far.
fn open(job: &Job, changed: &BTreeMap<PathBuf, Changed>, path: &Path) -> Option<String> {
    match changed.get(&plain(path)) {
        Some(changed) => Some(changed.after.clone()),
        None => job.open(path),
    }
}

/// Takes up what a job's fixes came to.
fn note(fixes: &mut Fixes, index: usize, job: &Job, fixed: Fixed) {
    let mut touched = BTreeSet::new();
    let own = std::iter::once((job.path.clone(), fixed.text));
    for (path, after) in own.chain(fixed.others) {
        let key = plain(&path);
        let of_job = key == plain(&job.path);
        let known = fixes.changed.get(&key).map(|changed| changed.after.clone());
        let before = match (&known, of_job, &job.text) {
            (Some(now), _, _) => Some(now.clone()),
            (None, true, Ok((_, text))) => Some(text.clone()),
            (None, ..) => job.open(&path),
        };
        let Some(before) = before.filter(|before| *before != after) else {
            continue;
        };
        touched.insert(key.clone());
        let file = fixes.changed.entry(key).or_insert_with(|| Changed {
            path,
            before,
            after: String::new(),
            stdin: of_job && job.stdin,
        });
        file.after = after;
    }
    if let Some((mended, files)) = fixes.applied.get_mut(index) {
        mended.extend(fixed.mended);
        files.extend(touched);
    }
}

/// The path by which a file is known here, however it is led to.
fn plain(path: &Path) -> PathBuf {
    normal_path(path)
}

/// Writes the files; gives what could not be written, and why. What was not written is taken out of the
/// fixes, so that they say what is on the disk.
pub(crate) fn write_all(fixes: &mut Fixes) -> Vec<(String, write::NotWritten)> {
    let hold = write::Hold::get();
    let mut failed = Vec::new();
    let mut lost = BTreeSet::new();
    fixes.changed.retain(|path, changed| {
        if changed.stdin {
            return true;
        }
        let written = hold.during(|| write::replace(&changed.path, &changed.before, &changed.after));
        match written {
            Ok(()) => true,
            Err(why) => {
                failed.push((shown_path(&changed.path), why));
                lost.insert(path.clone());
                false
            }
        }
    });
    for (mended, files) in &mut fixes.applied {
        if !files.is_disjoint(&lost) {
            mended.clear();
        }
    }
    failed
}

/// Writes what came on standard input to standard output: mended, or byte for byte where nothing is,
/// whatever the reason. Whoever puts the output in the place of the input loses nothing.
pub(crate) fn give_back(bytes: &[u8], fixes: &Fixes, terminal: &mut Terminal) {
    let mended = fixes.changed.values().find(|changed| changed.stdin);
    terminal.out_bytes(mended.map_or(bytes, |changed| changed.after.as_bytes()));
    if bytes.len() as u64 > SIZE_CAP {
        terminal.pass_on();
    }
}
