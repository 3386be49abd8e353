//! What `.gitignore` files say of the entries of a walk. They are read by our own reader: a link or a
//! pipe of that name is none, and nothing that one says reaches a message.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Contents, index, read, repository_root};

/// Whether an entry is left out.
pub(super) enum Skipped {
    /// It is read.
    No,
    /// It is left out, by a file below the root where one is named.
    By(Option<PathBuf>),
}

/// The `.gitignore` files that hold where a walk stands.
pub(super) struct Skip {
    levels: Vec<Level>,
    repositories: Vec<PathBuf>,
}

struct Level {
    /// The depth of the folder in the walk; `None` for a folder above it.
    depth: Option<usize>,
    globs: Gitignore,
    /// The file, where it stands below the root of its repository.
    file: Option<PathBuf>,
    /// The repository: what stands above its root does not count.
    repository: usize,
}

impl Skip {
    /// Where nothing is left out.
    pub(super) fn none() -> Skip {
        Skip {
            levels: Vec::new(),
            repositories: Vec::new(),
        }
    }

    /// What holds in a folder from the folders above it, up to the root of its repository.
    pub(super) fn above(folder: &Path) -> Skip {
        let mut skip = Skip::none();
        let whole = super::absolute(folder);
        let Some(root) = repository_root(&whole) else {
            return skip;
        };
        let mut above: Vec<&Path> = whole
            .ancestors()
            .skip(1)
            .take_while(|at| at.starts_with(&root))
            .collect();
        above.reverse();
        for at in above {
            skip.add(at, None);
        }
        skip
    }

    /// The roots of the repositories that the walk went through.
    pub(super) fn repositories(&self) -> &[PathBuf] {
        &self.repositories
    }

    /// Forgets the folders that the walk has left when it comes to an entry at `depth`.
    pub(super) fn leave(&mut self, depth: usize) {
        self.levels.retain(|level| level.depth.is_none_or(|at| at < depth));
    }

    /// Takes up what a folder says.
    pub(super) fn enter(&mut self, folder: &Path, depth: usize) {
        self.add(folder, Some(depth));
    }

    fn add(&mut self, folder: &Path, depth: Option<usize>) {
        let whole = super::absolute(folder);
        let is_root = whole.join(".git").exists();
        if is_root {
            let repository = self.repositories.len();
            self.repositories.push(whole.clone());
            self.levels.push(Level {
                depth,
                globs: globs(&whole, &index::excludes(&whole)),
                file: None,
                repository,
            });
        }
        // without a repository there is no git to ignore anything
        let Some(repository) = self.levels.last().map(|level| level.repository) else {
            return;
        };
        let file = folder.join(".gitignore");
        self.levels.push(Level {
            depth,
            globs: globs(&whole, &file),
            file: (!is_root).then(|| super::plain(&file)),
            repository,
        });
    }

    /// Whether an entry is left out: the nearest file that says something of it decides.
    pub(super) fn skips(&self, path: &Path, is_folder: bool) -> Skipped {
        let whole = super::absolute(path);
        let here = self.levels.last().map(|level| level.repository);
        let levels = self.levels.iter().rev();
        for level in levels.take_while(|level| Some(level.repository) == here) {
            match level.globs.matched(&whole, is_folder) {
                Match::None => {}
                Match::Ignore(_) => return Skipped::By(level.file.clone()),
                Match::Whitelist(_) => return Skipped::No,
            }
        }
        Skipped::No
    }
}

/// What one file says of the entries below `folder`.
fn globs(folder: &Path, file: &Path) -> Gitignore {
    // `.gitignore` as a link is none for git either
    if !std::fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file()) {
        return Gitignore::empty();
    }
    let Ok(Contents::Bytes(bytes)) = read(file) else {
        return Gitignore::empty();
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // a line that is no glob says nothing, as with git
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
