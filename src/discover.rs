//! Which files are read, and as what.
//!
//! Files named on the command line are always read; folders are walked with `.gitignore` in force for
//! what git does not track, hidden folders included, symbolic links left alone. What a file is, is
//! decided by its name, then by its `#!` line, then by its structure.

mod index;
mod kind;
mod read;
mod skip;
mod tree;
mod vendored;
mod walk;

pub use kind::{by_name, by_text, is_yaml, kind_named};
pub(crate) use read::{Contents, leads_inside, open_regular, read, read_text, read_up_to};
pub(crate) use tree::absolute;
pub use tree::{files_in, is_test, open_in, project_root, repository_root, tree_root};

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::front::Kind;
use crate::source::shown_path;

/// Files larger than this, in bytes, are not read: 10 MiB.
pub const SIZE_CAP: u64 = 10 * 1024 * 1024;

/// Files of a tree that are looked at for context.
pub const CONTEXT_CAP: usize = 4096;

/// Files of one folder that are looked at for context at most.
const LOOKED_AT_CAP: usize = 4096;

/// Files and folders that are walked for context where no repository bounds the tree: a script in a home or in
/// `/tmp` has all of it beside it.
const STRAY_CAP: usize = 50_000;

/// How files are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Globs of what is left out, in the syntax of `.gitignore`, relative to where the run started.
    pub exclude: Vec<String>,
    /// True when `.gitignore` does not count.
    pub no_gitignore: bool,
    /// True when `exclude` also holds for files named on the command line.
    pub force_exclude: bool,
    /// True when what other projects keep in this one is read too.
    pub no_default_excludes: bool,
}

/// A file that may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The path as the user would write it.
    pub path: PathBuf,
    /// True when it was named on the command line.
    pub named: bool,
}

/// Something that stands in the way of the job: a named path that does not exist, a folder that
/// cannot be entered, a bad glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The path, or the glob.
    pub at: String,
    /// Why, in lower case without a full stop.
    pub why: String,
}

/// What was found to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The files, in order of their shown paths and each once.
    pub candidates: Vec<Candidate>,
    /// What stood in the way.
    pub obstacles: Vec<Obstacle>,
    /// `.gitignore` files below the root that hide a file that would be read, where no index of git
    /// says that nothing of the repository is hidden.
    pub hiding: BTreeSet<PathBuf>,
    /// The folders that were left out because they hold other projects' files: see [`vendored`].
    pub vendored: BTreeSet<PathBuf>,
}

/// The files of the given paths.
pub fn find(paths: &[PathBuf], search: &Search) -> Found {
    let mut obstacles = Vec::new();
    let mut hiding = BTreeSet::new();
    let mut vendored = BTreeSet::new();
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    let exclude = match globs(Path::new("."), &search.exclude) {
        Ok(exclude) => exclude,
        Err(obstacle) => {
            obstacles.push(obstacle);
            Gitignore::empty()
        }
    };
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => obstacles.push(obstacle(path, &error)),
            Ok(meta) if meta.is_dir() => {
                let walked = walk::walk(
                    path,
                    &walk::Left {
                        gitignore: !search.no_gitignore,
                        vendored: !search.no_default_excludes,
                        exclude: &exclude,
                        most: usize::MAX,
                    },
                );
                for path in walked.files {
                    let candidate = Candidate {
                        path: path.clone(),
                        named: false,
                    };
                    found.entry(shown_path(&path)).or_insert(candidate);
                }
                obstacles.extend(walked.obstacles);
                hiding.extend(walked.hiding);
                vendored.extend(walked.vendored);
            }
            Ok(_) if search.force_exclude && excluded(&exclude, path) => {}
            Ok(_) if search.force_exclude && !search.no_default_excludes && vendored::within(path).is_some() => {
                vendored.extend(vendored::within(path));
            }
            Ok(_) => {
                let path = plain(path);
                let candidate = Candidate {
                    path: path.clone(),
                    named: true,
                };
                found.insert(shown_path(&path), candidate);
            }
        }
    }
    Found {
        candidates: found.into_values().collect(),
        obstacles,
        hiding,
        vendored,
    }
}

/// A path without a leading `./`.
fn plain(path: &Path) -> PathBuf {
    match path.strip_prefix(".") {
        Ok(rest) if !rest.as_os_str().is_empty() => rest.to_path_buf(),
        _ => path.to_path_buf(),
    }
}

/// Globs in the syntax of `.gitignore`, relative to `root`.
///
/// # Errors
/// A glob that does not parse.
pub fn globs(root: &Path, lines: &[String]) -> Result<Gitignore, Obstacle> {
    let mut builder = GitignoreBuilder::new(root);
    let bad = |glob: &str, error: &ignore::Error| Obstacle {
        at: glob.to_owned(),
        why: format!("not a glob: {error}"),
    };
    for line in lines {
        builder.add_line(None, line).map_err(|error| bad(line, &error))?;
    }
    builder.build().map_err(|error| bad("", &error))
}

/// True when a glob covers the file or a folder above it.
pub fn excluded(globs: &Gitignore, path: &Path) -> bool {
    let path = plain(path);
    // a path outside of the globs' root is covered by none of them
    let outside = path.has_root() && !path.starts_with(globs.path())
        || path.components().any(|c| c == std::path::Component::ParentDir);
    !outside && globs.matched_path_or_any_parents(&path, false).is_ignore()
}

fn obstacle(path: &Path, error: &std::io::Error) -> Obstacle {
    Obstacle {
        at: shown_path(path),
        why: reason(error),
    }
}

/// Why a file could not be read, in lower case: the same words on every system where there are any.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// To be linted.
    Text(Kind, String),
    /// Not read.
    Passed(Passed),
    /// Of a kind that is read, but not text that can be.
    Broken(Kind, Broken),
    /// It could not be read at all.
    Failed(Obstacle),
}

/// Why a file is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Neither its name nor its text is of a kind that is read.
    NoKind,
    /// It holds no word of a container.
    NoWord,
    /// It holds services of Compose without a `services:`.
    Fragment,
    /// It is of no kind by its name, and not UTF-8.
    NotText,
    /// It is of no kind by its name, and larger than what is read.
    TooLarge,
    /// It is a device, a pipe or the like.
    NotAFile,
}

impl std::fmt::Display for Passed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Passed::NoKind => "not a kind of file that privlint reads (--as KIND if it is one)",
            Passed::NoWord => "nothing about a container in it",
            Passed::Fragment => {
                "services without a `services:`, as a part of a Compose file has them (--as compose reads it)"
            }
            Passed::NotText => "not UTF-8",
            Passed::TooLarge => "larger than 10 MiB",
            Passed::NotAFile => "not a regular file",
        })
    }
}

/// What keeps a file's text from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is not UTF-8; the text up to the first byte that is none.
    NotUtf8(String),
    /// It has more bytes than the cap: so many.
    TooLarge(u64),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::NotUtf8(valid) => write!(f, "not UTF-8: the byte at offset {} cannot be read", valid.len()),
            Broken::TooLarge(bytes) => write!(f, "the file has {bytes} bytes, and files over 10 MiB are not read"),
        }
    }
}

/// Reads a candidate and decides what it is. `known` is the user's word for it (`--as`).
pub fn load(candidate: &Candidate, known: Option<Kind>) -> Loaded {
    match read_candidate(candidate, known) {
        Ok((bytes, named)) => decide(&candidate.path, bytes, named),
        Err(loaded) => loaded,
    }
}

/// The bytes of a candidate, with its kind where that is known without them; or what becomes of it.
fn read_candidate(candidate: &Candidate, known: Option<Kind>) -> Result<(Vec<u8>, Option<Kind>), Loaded> {
    let path = &candidate.path;
    let named = known.or_else(|| by_name(path));
    if named.is_none() && !candidate.named && !kind::may_be_read(path) {
        return Err(Loaded::Passed(Passed::NoKind));
    }
    let passed = |what: &'static str| match candidate.named {
        true => Loaded::Failed(Obstacle {
            at: shown_path(path),
            why: what.to_owned(),
        }),
        false => Loaded::Passed(Passed::NotAFile),
    };
    // a walk follows no link
    if candidate.named && path.canonicalize().is_ok() && !leads_inside(&tree_root(path), path) {
        return Err(passed("a link that leads out of the tree; name what it leads to"));
    }
    // the whole is only read where the beginning does not rule it out
    if named.is_none() && !candidate.named && !kind::begins_well(path) {
        return Err(Loaded::Passed(Passed::NoKind));
    }
    Err(match read(path) {
        Err(error) => Loaded::Failed(obstacle(path, &error)),
        Ok(Contents::NotAFile) => passed("not a regular file"),
        Ok(Contents::TooLarge(bytes)) => match named.filter(|kind| !kind.is_told_by_text()) {
            Some(kind) => Loaded::Broken(kind, Broken::TooLarge(bytes)),
            None => Loaded::Passed(Passed::TooLarge),
        },
        Ok(Contents::Bytes(bytes)) => return Ok((bytes, named)),
    })
}

/// What a text is, and whether it has a word that could matter.
pub fn decide(path: &Path, bytes: Vec<u8>, named: Option<Kind>) -> Loaded {
    let fragment = |text: &str| is_yaml(path) && crate::front::is_compose_fragment(text);
    decided(path, bytes, named, &fragment)
}

/// The same, where `fragment` is asked of a text of no kind whether it is a part of a Compose file.
fn decided(path: &Path, bytes: Vec<u8>, named: Option<Kind>, fragment: &dyn Fn(&str) -> bool) -> Loaded {
    if bytes.len() as u64 > SIZE_CAP {
        return match named.filter(|kind| !kind.is_told_by_text()) {
            Some(kind) => Loaded::Broken(kind, Broken::TooLarge(bytes.len() as u64)),
            None => Loaded::Passed(Passed::TooLarge),
        };
    }
    match String::from_utf8(bytes) {
        Err(error) => match named.or_else(|| crate::front::by_shebang(error.as_bytes())) {
            // an image of a disk is no unit
            Some(kind) if kind.is_told_by_text() && !matters(kind, &error) => Loaded::Passed(Passed::NotText),
            Some(kind) => Loaded::Broken(kind, not_utf8(&error)),
            None => Loaded::Passed(Passed::NotText),
        },
        Ok(text) => match named.or_else(|| by_text(path, &text)) {
            None if fragment(&text) => Loaded::Passed(Passed::Fragment),
            None => Loaded::Passed(Passed::NoKind),
            Some(kind) if !(kind.front().may_matter)(&text) => Loaded::Passed(Passed::NoWord),
            Some(kind) => Loaded::Text(kind, text),
        },
    }
}

/// True where what can be read of a text may matter.
fn matters(kind: Kind, error: &std::string::FromUtf8Error) -> bool {
    match not_utf8(error) {
        Broken::NotUtf8(valid) => (kind.front().may_matter)(&valid),
        Broken::TooLarge(_) => false,
    }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Broken {
    let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or(&[]);
    Broken::NotUtf8(String::from_utf8_lossy(valid).into_owned())
}

/// True for a file without an ending that begins with `#!`.
fn is_script_by_its_first_line(path: &Path) -> bool {
    let mut start = [0; 2];
    path.extension().is_none()
        && open_regular(path).is_ok_and(|file| file.is_some_and(|mut file| file.read_exact(&mut start).is_ok()))
        && start == *b"#!"
}

/// True for a script that sources another file.
fn sources_another(path: &Path) -> bool {
    let Ok(Contents::Bytes(bytes)) = read(path) else {
        return false;
    };
    let script = by_name(path).or_else(|| crate::front::by_shebang(&bytes)) == Some(Kind::Shell);
    let text = String::from_utf8_lossy(&bytes);
    script
        && text
            .lines()
            .any(|line| line.trim_start().starts_with(". ") || line.trim_start().starts_with("source "))
}

/// True for files that start containers on the hosts of the project: a workflow has a machine of its own.
fn of_hosts(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Compose | Kind::Shell | Kind::Dockerfile | Kind::Quadlet | Kind::Unit | Kind::Make
    )
}

/// The files of a tree that are read for context, with their kinds: Compose files, Makefiles and scripts
/// by their names or, without an ending, their first line; those that git ignores left out, at most
/// [`CONTEXT_CAP`], in order of their names. Dockerfiles mount nothing of the host.
pub fn list_tree(root: &Path) -> Vec<(PathBuf, Kind)> {
    let here = tree::absolute(Path::new("."));
    let by_ending = |path: &Path| {
        let ending = kind::ending(path);
        let units = ["container", "pod", "service"];
        let others = ["yml", "yaml", "sh", "bash"];
        ending.is_some_and(|ending| others.iter().chain(&units).any(|known| *known == ending))
    };
    // the recipes of another project's Makefile run where it lies, if they run at all
    let is_own_makefile = |path: &Path| by_name(path) == Some(Kind::Make) && vendored::within(path).is_none();
    // who else mounts a path may stand in a vendored folder too
    let left = walk::Left {
        gitignore: true,
        vendored: false,
        exclude: &Gitignore::empty(),
        most: match root.join(".git").exists() {
            true => usize::MAX,
            false => STRAY_CAP,
        },
    };
    let walked = walk::walk(root, &left);
    let cut = walked.cut;
    let mut files: Vec<PathBuf> = walked
        .files
        .into_iter()
        .filter(|path| by_ending(path) || is_own_makefile(path) || is_script_by_its_first_line(path))
        .map(|path| plain(path.strip_prefix(&here).unwrap_or(&path)))
        .take(CONTEXT_CAP + 1)
        .collect();
    let more = cut || files.len() > CONTEXT_CAP;
    files.sort();
    files.truncate(LOOKED_AT_CAP);
    let kinds = files.into_iter().filter_map(|path| {
        let candidate = Candidate { path, named: false };
        // nobody is told here what is a part of a Compose file, and to find that out takes a parser
        let loaded = match read_candidate(&candidate, None) {
            Ok((bytes, named)) => decided(&candidate.path, bytes, named, &|_| false),
            Err(loaded) => loaded,
        };
        match loaded {
            // unreadable files are listed too, so that they do not pass for checked ones
            Loaded::Text(kind, _) | Loaded::Broken(kind, _) if of_hosts(kind) => Some((candidate.path, kind)),
            Loaded::Failed(_) => Some((candidate.path, Kind::Shell)),
            // it launches nothing itself, and may source what does
            Loaded::Passed(Passed::NoWord) if sources_another(&candidate.path) => Some((candidate.path, Kind::Shell)),
            _ => None,
        }
    });
    let rest = more.then(|| (root.to_owned(), Kind::Shell));
    kinds.chain(rest).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn globs_cover_folders_and_their_files_and_nothing_outside() {
        let globs = globs(Path::new("."), &["vendor/**".to_owned(), "*.bak".to_owned()]).unwrap();
        assert!(excluded(&globs, Path::new("vendor/a/run.sh")));
        assert!(excluded(&globs, Path::new("./deep/x.bak")));
        assert!(!excluded(&globs, Path::new("src/run.sh")));
        assert!(!excluded(&globs, Path::new("../vendor/run.sh")));
    }

    #[test]
    fn text_that_is_not_utf8_is_broken_only_where_it_would_be_read() {
        let bytes = b"FROM x\n\xff".to_vec();
        assert!(matches!(
            decide(Path::new("Dockerfile"), bytes.clone(), by_name(Path::new("Dockerfile"))),
            Loaded::Broken(Kind::Dockerfile, Broken::NotUtf8(valid)) if valid == "FROM x\n"
        ));
        assert!(matches!(decide(Path::new("a.bin"), bytes, None), Loaded::Passed(_)));
    }
}
