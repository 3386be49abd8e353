//! Sets of files that are one project because someone says so: the user (`-f a -f b`), or the `.env` of
//! the folder in which Compose is run (`COMPOSE_FILE`).

use std::path::{Path, PathBuf};

use super::interpolate::Env;
use super::paths::way;
use crate::front::reading::Surroundings;
use crate::source::{Source, normal_path};

/// Folders above a file in which an `.env` is looked for.
const MAX_ABOVE: usize = 12;
/// Sets that one file is read in.
pub(super) const MAX_SETS: usize = 16;

/// Files that are laid over each other, the first one first.
#[derive(Debug)]
pub(super) struct FileSet {
    pub(super) files: Vec<PathBuf>,
    /// The variables of the folder in which Compose is run; those of the project's own come after them.
    pub(super) env: Env,
}

/// The sets that a file is among: those that the user names, or else the first that an `.env` names in
/// its folder or above it.
pub(super) fn of(source: &Source, surroundings: &Surroundings) -> Vec<FileSet> {
    let own = normal_path(&source.path);
    let among = |files: &Vec<PathBuf>| files.iter().any(|file| normal_path(file) == own);
    let named = surroundings.projects.iter().filter(|files| among(files));
    let named: Vec<FileSet> = named
        .map(|files| FileSet {
            files: files.clone(),
            env: Env::default(),
        })
        .collect();
    if named.is_empty() {
        by_env(&own, surroundings.open).into_iter().collect()
    } else {
        named
    }
}

/// The set of `COMPOSE_FILE` that a file is among. Compose reads it in the folder where it is run
/// (Compose `cmd/compose/compose.go`, seen on 2.40); the variables of the environment are not known.
fn by_env(own: &Path, open: &dyn Fn(&Path) -> Option<String>) -> Option<FileSet> {
    let here = normal_path(&std::path::absolute(".").ok()?);
    let whole = normal_path(&std::path::absolute(own).ok()?);
    let as_given = |path: &Path| match own.is_absolute() {
        true => Some(path.to_path_buf()),
        false => way(&here, path),
    };
    for folder in whole.ancestors().skip(1).take(MAX_ABOVE) {
        let env = Env::beside(&as_given(folder)?, open);
        let Some(listed) = env.value("COMPOSE_FILE") else {
            continue;
        };
        let separator = match env.value("COMPOSE_PATH_SEPARATOR") {
            Some(separator) if !separator.is_empty() => separator,
            // the separator of the machine, which for an engine of Linux is most likely its own
            _ if listed.contains(';') && !listed.contains(':') => ";",
            _ => ":",
        };
        let files = listed.split(separator).filter(|file| !file.is_empty());
        let files: Vec<PathBuf> = files.map(|file| normal_path(&folder.join(file))).collect();
        if files.contains(&whole) {
            let files = files.iter().filter_map(|file| as_given(file)).collect();
            return Some(FileSet { files, env });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::reading_with;
    use crate::container::{FileId, Tri};

    const BASE: &str = "services:\n  a: {image: 'x:${T}-${U}', volumes: [./d:/d]}\n  b: {image: y}\n";
    const OVER: &str = "services:\n  a: {privileged: true, volumes: [./e:/e]}\n";

    #[test]
    fn the_files_that_an_env_names_are_one_project() {
        for (env, all) in [
            ("COMPOSE_FILE=s/a.yaml:s/b.yaml\nT=1\n", true),
            (
                "COMPOSE_FILE='s/a.yaml,s/b.yaml'\nCOMPOSE_PATH_SEPARATOR=,\nT=1\n",
                true,
            ),
            ("T=1\nO=s/b.yaml\nexport COMPOSE_FILE=\"./s/a.yaml:${O}\"\n", true),
            ("COMPOSE_FILE=s/a.yaml;s/b.yaml\nT=1\n", true),
            ("COMPOSE_FILE=s/a.yaml\nT=1\n", false),
        ] {
            let others = [(".env", env), ("s/.env", "T=2\nU=3\n")];
            let base = [&[("s/a.yaml", BASE), ("s/b.yaml", OVER)], &others[..]].concat();
            let base = reading_with(&base);
            let a = &base.containers[0];
            assert_eq!((base.containers.len(), a.file), (2, FileId(0)));
            assert_eq!(a.privileged() == Tri::Yes, all, "{env}");
            // the folder of the first file is the project's, and the variables of both count
            assert_eq!(a.image.as_ref().unwrap().value.shown(), "x:1-3");
            assert_eq!(a.mounts.len(), if all { 2 } else { 1 });
            let over = [&[("s/b.yaml", OVER), ("s/a.yaml", BASE)], &others[..]].concat();
            let over = reading_with(&over);
            assert_eq!(over.containers.len(), 1);
            assert_eq!(over.containers[0].image.is_some(), all, "{env}");
        }
    }

    #[test]
    fn an_override_that_is_not_named_is_not_laid_over() {
        let files = [
            ("compose.yaml", BASE),
            ("compose.override.yaml", OVER),
            (".env", "COMPOSE_FILE=compose.yaml\n"),
        ];
        assert_eq!(reading_with(&files).containers[0].privileged(), Tri::No);
        assert_eq!(reading_with(&files[..2]).containers[0].privileged(), Tri::Yes);
    }
}
