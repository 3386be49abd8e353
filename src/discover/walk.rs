//! The files below a folder: links not followed, what `.gitignore` covers left out but for what git tracks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;
use walkdir::{DirEntry, WalkDir};

use super::skip::{Skip, Skipped};
use super::{Obstacle, excluded, index, kind, obstacle, plain, vendored};
use crate::source::shown_path;

/// What was found below a folder.
#[derive(Default)]
pub(super) struct Walked {
    /// The regular files, as the walk came to them, then those that only git knows of.
    pub(super) files: Vec<PathBuf>,
    /// What could not be entered.
    pub(super) obstacles: Vec<Obstacle>,
    /// The files below the root that hid something which would be read.
    pub(super) hiding: BTreeSet<PathBuf>,
    /// The folders that were left out because other projects' files lie in them.
    pub(super) vendored: BTreeSet<PathBuf>,
    /// True where the walk ended at its bound.
    pub(super) cut: bool,
}

/// What a walk leaves out.
pub(super) struct Left<'a> {
    /// True where `.gitignore` counts.
    pub(super) gitignore: bool,
    /// True where folders of other projects' files are left out.
    pub(super) vendored: bool,
    /// Globs of what is left out besides.
    pub(super) exclude: &'a Gitignore,
    /// Files and folders after which the walk ends.
    pub(super) most: usize,
}

/// Walks a folder.
pub(super) fn walk(folder: &Path, left: &Left) -> Walked {
    let (counts, exclude) = (left.gitignore, left.exclude);
    let mut walked = Walked::default();
    let mut skip = if counts { Skip::above(folder) } else { Skip::none() };
    let mut hiding = BTreeSet::new();
    let mut walker = WalkDir::new(folder).follow_links(false).sort_by_file_name().into_iter();
    let mut seen = 0;
    while let Some(entry) = walker.next() {
        seen += 1;
        if seen > left.most {
            walked.cut = true;
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walked.obstacles.push(walk_obstacle(folder, &error));
                continue;
            }
        };
        let is_folder = entry.file_type().is_dir();
        if entry.depth() > 0 && entry.file_name() == ".git" {
            pass(&mut walker, is_folder);
            continue;
        }
        if entry.depth() > 0 && exclude.matched(plain(entry.path()), is_folder).is_ignore() {
            pass(&mut walker, is_folder);
            continue;
        }
        skip.leave(entry.depth());
        if entry.depth() > 0
            && let Skipped::By(file) = skip.skips(entry.path(), is_folder)
        {
            if is_folder || would_be_read(&entry) {
                hiding.extend(file);
            }
            pass(&mut walker, is_folder);
            continue;
        }
        if left.vendored && entry.depth() > 0 && is_folder && vendored::is_name(entry.file_name()) {
            walked.vendored.insert(plain(entry.path()));
            walker.skip_current_dir();
            continue;
        }
        if is_folder {
            if counts {
                skip.enter(entry.path(), entry.depth());
            }
        } else if entry.file_type().is_file() {
            walked.files.push(plain(entry.path()));
        }
    }
    if counts {
        let all_known = tracked(folder, &skip, left, &mut walked);
        // what git tracks is read in any case: then nothing of the repository is hidden
        if !all_known {
            walked.hiding = hiding;
        }
    }
    walked
}

fn pass(walker: &mut walkdir::IntoIter, is_folder: bool) {
    if is_folder {
        walker.skip_current_dir();
    }
}

fn would_be_read(entry: &DirEntry) -> bool {
    kind::by_name(entry.path()).is_some() || kind::may_be_read(entry.path())
}

/// Adds the tracked files below `folder` that the walk passed over; true where every repository that
/// the walk went through told what it tracks.
fn tracked(folder: &Path, skip: &Skip, left: &Left, walked: &mut Walked) -> bool {
    let mut known: BTreeSet<PathBuf> = walked.files.iter().cloned().collect();
    let whole = super::absolute(folder);
    let mut all = !skip.repositories().is_empty();
    for root in skip.repositories() {
        let Some(tracked) = index::tracked(root) else {
            all = false;
            continue;
        };
        for name in tracked {
            let Ok(below) = root.join(&name).strip_prefix(&whole).map(Path::to_path_buf) else {
                continue;
            };
            if left.vendored && vendored::within(&below).is_some() {
                continue;
            }
            let path = plain(&folder.join(below));
            if known.contains(&path) || excluded(left.exclude, &path) {
                continue;
            }
            let is_file = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
            // a folder of the index may be a link on the disk
            if is_file && super::leads_inside(&whole, &path) {
                known.insert(path.clone());
                walked.files.push(path);
            }
        }
    }
    all
}

fn walk_obstacle(folder: &Path, error: &walkdir::Error) -> Obstacle {
    let at = error.path().unwrap_or(folder);
    match error.io_error() {
        Some(error) => obstacle(at, error),
        None => Obstacle {
            at: shown_path(at),
            why: "a link that leads back to where it stands".to_owned(),
        },
    }
}
