//! Sets of files that are one project because someone says so: the user (`-f a -f b`), the `.env` of the
//! folder in which Compose is run (`COMPOSE_FILE`), a `devcontainer.json` (`dockerComposeFile`), or a script
//! beside them.

use std::path::{Path, PathBuf};

use super::interpolate::Env;
use super::paths::way;
use super::scripted;
use crate::front::json;
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

/// The projects that a file is read in.
pub(super) struct Sets {
    /// The sets that it is among: those that the user names, or else the first that an `.env` names in its
    /// folder or above it, or else those of devcontainers and scripts.
    pub(super) sets: Vec<FileSet>,
    /// Whether it is a project of its own too.
    pub(super) alone: bool,
}

/// The projects that a file is read in. What an editor starts, `docker compose up` starts without the editor's
/// overrides: the first file of a devcontainer is a project of its own too.
pub(super) fn of(source: &Source, surroundings: &Surroundings) -> Sets {
    let own = normal_path(&source.path);
    let sets = told(source, surroundings);
    if !sets.is_empty() {
        return Sets { sets, alone: false };
    }
    let mut sets = by_devcontainer(&own, surroundings);
    for set in scripted::sets(&own, surroundings) {
        if sets.len() < MAX_SETS && sets.iter().all(|other| other.files != set.files) {
            sets.push(set);
        }
    }
    let alone = sets.iter().all(|set| set.files.first() == Some(&own));
    Sets { sets, alone }
}

fn told(source: &Source, surroundings: &Surroundings) -> Vec<FileSet> {
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

/// The sets of `dockerComposeFile` that a file is among, of the devcontainers in its folder and above it.
/// The files are named from where the `devcontainer.json` lies (https://containers.dev, "Docker Compose
/// specific properties"). One file alone is no set.
fn by_devcontainer(own: &Path, surroundings: &Surroundings) -> Vec<FileSet> {
    let mut sets: Vec<FileSet> = Vec::new();
    let nearest = own.ancestors().skip(1).take(MAX_ABOVE);
    for path in nearest.flat_map(devcontainers_in) {
        let files = (surroundings.open)(&path).and_then(|text| composed(&path, &text));
        let files = files.filter(|files| files.len() > 1 && files.iter().any(|file| file == own));
        if let Some(files) = files.filter(|files| sets.iter().all(|set| set.files != *files)) {
            let env = Env::default();
            sets.push(FileSet { files, env });
        }
    }
    sets
}

/// Where the devcontainers of a folder are described, and the one that is described in it.
fn devcontainers_in(folder: &Path) -> [PathBuf; 3] {
    [
        ".devcontainer/devcontainer.json",
        ".devcontainer.json",
        "devcontainer.json",
    ]
    .map(|name| folder.join(name))
}

/// The files that a `devcontainer.json` gives to Compose; none where a variable names one.
fn composed(path: &Path, text: &str) -> Option<Vec<PathBuf>> {
    let root = json::read(text, 0).root.ok()??;
    let listed = &root.get("dockerComposeFile")?.value;
    let folder = path.parent()?;
    let named = listed
        .items()
        .iter()
        .map(|item| item.string().map(json::Characters::value));
    let named: Vec<String> = named.collect::<Option<_>>()?;
    let constant = named.iter().all(|file| !file.contains("${"));
    constant.then(|| named.iter().map(|file| normal_path(&folder.join(file))).collect())
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

    #[test]
    fn the_files_of_a_devcontainer_are_one_project_and_the_first_is_one_alone() {
        let settings = "// two files\n{\"dockerComposeFile\": [\"../a.yaml\", \"b.yaml\"], \"service\": \"a\"}\n";
        let files = |own: &'static str, other: &'static str, settings: &'static str| {
            let text = |name: &str| if name == "a.yaml" { BASE } else { OVER };
            let files = [
                (own, text(own)),
                (other, text(other)),
                (".devcontainer/devcontainer.json", settings),
            ];
            let privileged = |c: &crate::container::Container| (c.name.clone(), c.privileged() == Tri::Yes);
            reading_with(&files)
                .containers
                .iter()
                .map(privileged)
                .collect::<Vec<_>>()
        };
        let over = ".devcontainer/b.yaml";
        let base = files("a.yaml", over, settings);
        assert_eq!(base.iter().filter(|c| c.1).count(), 1, "{base:?}");
        assert_eq!(base.len(), 3, "`b` is the same both times: {base:?}");
        assert_eq!(files(over, "a.yaml", settings).len(), 1);
        for other in [
            "{\"dockerComposeFile\": \"../a.yaml\"}",
            "{\"dockerComposeFile\": [\"../a.yaml\", \"${localEnv:X}/b.yaml\"]}",
            "{\"dockerComposeFile\": [\"../a.yaml\", \"c.yaml\", ]",
            "",
        ] {
            assert_eq!(files("a.yaml", over, other).len(), 2, "{other}");
        }
    }
}
