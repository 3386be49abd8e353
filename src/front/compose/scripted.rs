//! Sets of files that a script beside them gives to Compose: `docker compose -f a.yaml -f b.yaml up`.

use std::path::{Path, PathBuf};

use super::interpolate::Env;
use super::sets::FileSet;
use crate::front::reading::Surroundings;
use crate::source::normal_path;

/// Folders, the file's own first, whose scripts are looked at; scripts of each, and bytes of one.
const MAX_ABOVE: usize = 3;
const MAX_SCRIPTS: usize = 12;
const MAX_BYTES: usize = 128 << 10;
/// Options of one command.
const MAX_OPTIONS: usize = 40;

/// The sets that a file is among, of the scripts in its folder and above it. Their paths count from the folder
/// of the script, where such a script is run or goes to. One file alone is no set.
pub(super) fn sets(own: &Path, surroundings: &Surroundings) -> Vec<FileSet> {
    let mut sets: Vec<FileSet> = Vec::new();
    for folder in own.ancestors().skip(1).take(MAX_ABOVE) {
        let named = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let listed = (surroundings.list)(named);
        let mut scripts: Vec<PathBuf> = listed.iter().map(|path| normal_path(path)).collect();
        scripts.retain(|path| is_script(path));
        scripts.sort();
        for script in scripts.iter().take(MAX_SCRIPTS) {
            let text = (surroundings.open)(script).filter(|text| text.len() <= MAX_BYTES && text.contains("compose"));
            for named in text.iter().flat_map(|text| given(text)) {
                let files: Vec<PathBuf> = named.iter().map(|file| normal_path(&folder.join(file))).collect();
                let known = sets.iter().any(|set| set.files == files);
                if files.iter().any(|file| file == own) && !known {
                    let env = Env::default();
                    sets.push(FileSet { files, env });
                }
            }
        }
    }
    sets
}

fn is_script(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    matches!(name, "Makefile" | "makefile" | "GNUmakefile")
        || path
            .extension()
            .is_some_and(|ending| ending == "sh" || ending == "bash")
}

/// The files of each command that is given several, all of them by names that stand there.
fn given(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.trim_start().starts_with(['#', ';']));
    lines.filter_map(of_command).collect()
}

fn of_command(line: &str) -> Option<Vec<String>> {
    let mut words = line.split_whitespace();
    let is_program = |word: &str| {
        let base = word
            .trim_start_matches(['@', '-', '(', '"', '\''])
            .rsplit('/')
            .next()
            .unwrap_or("");
        matches!(base, "docker-compose" | "podman-compose" | "compose")
    };
    // what is only said to a reader is no command
    let before: Vec<&str> = words.by_ref().take_while(|word| !is_program(word)).collect();
    if before
        .iter()
        .any(|word| matches!(word.trim_start_matches('@'), "echo" | "printf"))
    {
        return None;
    }
    let mut files = Vec::new();
    let mut options = words.take(MAX_OPTIONS);
    while let Some(word) = options.next() {
        let file = match word {
            "-f" | "--file" => options.next()?,
            "-p" | "--project-name" | "--env-file" | "--profile" | "--ansi" | "--progress" | "--parallel" => {
                options.next();
                continue;
            }
            // then the paths in the files count from elsewhere
            _ if word.starts_with("--project-directory") => return None,
            _ => match word.strip_prefix("--file=").or_else(|| word.strip_prefix("-f")) {
                Some(file) => file,
                None if word.starts_with('-') => continue,
                None => break,
            },
        };
        let file = file.trim_matches(['"', '\'']);
        if file.is_empty() || file == "-" || file.contains(['$', '`', '*', '{', '<']) {
            return None;
        }
        files.push(file.to_owned());
    }
    (files.len() > 1).then_some(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::reading_with;
    use super::given;
    use crate::container::Tri;

    #[test]
    fn files_that_a_command_is_given_are_found() {
        for line in [
            "docker compose -f a.yml -f b.yml up -d",
            "sudo docker-compose --file a.yml --file=b.yml up",
            "\t@docker compose -p x \\\n\t  -f \"a.yml\" -f 'b.yml' config",
            "cd x && podman-compose -f a.yml -fb.yml --profile y up",
        ] {
            assert_eq!(given(line), [["a.yml", "b.yml"]], "{line}");
        }
        for line in [
            "docker compose -f a.yml up",
            "docker compose -f a.yml exec b tail -f c.yml",
            "docker compose -f a.yml -f $B up",
            "# docker compose -f a.yml -f b.yml up",
            "echo \"run docker compose -f a.yml -f b.yml up\"",
            "docker compose --project-directory .. -f a.yml -f b.yml up",
            "docker compose -f - -f b.yml up",
        ] {
            assert!(given(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_file_is_read_with_those_that_a_script_lays_over_it() {
        let base = ("s/a.yml", "services:\n  web: {image: x}\n  db: {image: y}\n");
        let over = ("s/b.yml", "services:\n  web: {privileged: true}\n");
        for (script, text) in [
            ("s/up.sh", "docker compose -f a.yml -f b.yml up\n"),
            ("run.sh", "docker compose -f s/a.yml -f ./s/b.yml up\n"),
            ("s/Makefile", "up:\n\tdocker-compose -f a.yml -f b.yml up\n"),
        ] {
            let laid = reading_with(&[over, base, (script, text)]);
            assert_eq!(laid.containers.len(), 1, "{script}");
            assert_eq!(laid.containers[0].image.as_ref().unwrap().value.shown(), "x");
            let both = reading_with(&[base, over, (script, text)]);
            let privileged = both.containers.iter().filter(|c| c.privileged() == Tri::Yes);
            assert_eq!(
                privileged.count(),
                1,
                "{script}: the first file is a project of its own too"
            );
        }
        let other = ("s/up.sh", "docker compose -f c.yml -f d.yml up\n");
        assert_eq!(reading_with(&[over, base, other]).containers[0].image, None);
    }
}
