//! What a file is: by its name, then its `#!` line, then its structure.

use std::io::Read;
use std::path::Path;

use crate::front::Kind;

/// Every kind with its word on the command line.
pub const KINDS: &[(&str, Kind)] = &[
    ("compose", Kind::Compose),
    ("shell", Kind::Shell),
    ("dockerfile", Kind::Dockerfile),
];

/// The kind that a word of the command line names.
pub fn kind_named(word: &str) -> Option<Kind> {
    KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
}

/// Endings that shells of the `sh` family are written with.
const SHELL_ENDINGS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash", "bats"];

/// Files of shell without an ending.
const SHELL_NAMES: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".envrc",
    "PKGBUILD",
];

/// Endings that a `Dockerfile.…` is not a Dockerfile with: it is about one, or a list beside one.
const NOT_DOCKERFILES: &[&str] = &[
    "dockerignore",
    "md",
    "txt",
    "rst",
    "adoc",
    "html",
    "json",
    "yml",
    "yaml",
    "toml",
    "xml",
    "sh",
    "bash",
    "py",
    "rb",
    "js",
    "ts",
    "go",
    "rs",
    "c",
    "h",
    "cpp",
    "java",
    "php",
    "pl",
    "lua",
    "vim",
    "svg",
    "png",
    "jpg",
    "gif",
    "log",
    "sha256",
    "sig",
    "asc",
    "orig",
    "rej",
];

/// Words that a shebang's interpreter is known by.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash", "bats", "mksh"];

/// The kind that a path's name tells.
pub fn by_name(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((lower.as_str(), ""));
    if is_dockerfile(&lower, stem, ending) {
        return Some(Kind::Dockerfile);
    }
    if matches!(ending, "yml" | "yaml") {
        return is_compose_name(stem).then_some(Kind::Compose);
    }
    let shell = SHELL_NAMES.contains(&name) || (!stem.is_empty() && SHELL_ENDINGS.contains(&ending));
    shell.then_some(Kind::Shell)
}

/// `Dockerfile`, `Dockerfile.web`, `Dockerfile-web`, `web.dockerfile`, and the same with `Containerfile`.
fn is_dockerfile(lower: &str, stem: &str, ending: &str) -> bool {
    ["dockerfile", "containerfile"].iter().any(|word| {
        let ends = ending == *word && !stem.is_empty();
        let starts = lower.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with(['.', '-', '_']) && !NOT_DOCKERFILES.contains(&ending))
        });
        ends || starts
    })
}

/// `compose`, `compose.prod`, `docker-compose-dev`, `web.compose`, without the ending.
fn is_compose_name(stem: &str) -> bool {
    let base = ["docker-", "docker_", "podman-", "podman_"]
        .iter()
        .find_map(|prefix| stem.strip_prefix(prefix))
        .unwrap_or(stem);
    let starts = base
        .strip_prefix("compose")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    starts || stem.ends_with(".compose") || stem.ends_with(".docker-compose")
}

/// The kind that a text tells: by its `#!` line, then by its structure.
pub fn by_text(path: &Path, text: &str) -> Option<Kind> {
    if let Some(kind) = by_shebang(text.as_bytes()) {
        return Some(kind);
    }
    match ending(path).as_deref() {
        Some("yml" | "yaml") => {
            let asks = memchr::memmem::find(text.as_bytes(), b"services").is_some();
            (asks && crate::front::compose::looks_like_compose(text)).then_some(Kind::Compose)
        }
        _ => None,
    }
}

/// The kind that the first bytes of a file tell: `#!/bin/bash`, `#!/usr/bin/env -S bash -e`.
pub(crate) fn by_shebang(bytes: &[u8]) -> Option<Kind> {
    let line = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .strip_prefix(b"#!")?;
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len()).min(256);
    let line = std::str::from_utf8(line.get(..end)?).ok()?;
    let mut words = line.split_ascii_whitespace();
    let program = base(words.next()?);
    let program = if program == "env" {
        words.map(base).find(|w| !w.starts_with('-') && !w.contains('='))?
    } else {
        program
    };
    SHELLS.contains(&program).then_some(Kind::Shell)
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

pub(crate) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// True for a file that is named as YAML.
pub fn is_yaml(path: &Path) -> bool {
    matches!(ending(path).as_deref(), Some("yml" | "yaml"))
}

/// True when a file whose name tells nothing may still be of a kind: YAML, or a name that says
/// nothing of another language.
pub(crate) fn may_be_read(path: &Path) -> bool {
    match ending(path).as_deref() {
        None => true,
        Some("yml" | "yaml" | "in" | "tmpl" | "template" | "command" | "run" | "hook" | "cgi") => true,
        // `build.1.2`, `run.prod`: short words that are no known language
        Some(other) => other.len() <= 4 && other.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// True when the beginning of a file does not rule out that it is read: YAML, or a `#!` of a shell.
pub(crate) fn begins_well(path: &Path) -> bool {
    if matches!(ending(path).as_deref(), Some("yml" | "yaml")) {
        return true;
    }
    let mut first = [0; 256];
    // a file that cannot be opened goes on to the read that says why
    let Ok(mut file) = std::fs::File::open(path) else {
        return true;
    };
    let read = file.read(&mut first).unwrap_or(0);
    first.get(..read).is_some_and(|bytes| by_shebang(bytes).is_some())
}

/// Words without which a script launches nothing: the engines, and names of variables that hold one.
const ENGINE_WORDS: &[&str] = &[
    "docker",
    "podman",
    "nerdctl",
    "container",
    "engine",
    "runtime",
    "oci_",
    "dkr",
    "$ce",
    "${ce",
    "$cri",
    "${cri",
    "privlint",
];

/// True unless nothing in the text could be a launch. Only scripts are asked: the other kinds are
/// about containers by themselves.
pub(crate) fn may_matter(kind: Kind, text: &str) -> bool {
    if kind != Kind::Shell {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    ENGINE_WORDS
        .iter()
        .any(|word| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Option<Kind> {
        by_name(Path::new(name))
    }

    #[test]
    fn names_tell_kinds() {
        for dockerfile in [
            "Dockerfile",
            "a/Containerfile",
            "Dockerfile.web",
            "Dockerfile-dev",
            "app.containerfile",
            "DOCKERFILE",
        ] {
            assert_eq!(name(dockerfile), Some(Kind::Dockerfile), "{dockerfile}");
        }
        for compose in [
            "compose.yaml",
            "docker-compose.prod.yml",
            "docker-compose-dev.yml",
            "podman-compose.yaml",
            "web.compose.yaml",
            "compose_test.yml",
        ] {
            assert_eq!(name(compose), Some(Kind::Compose), "{compose}");
        }
        for shell in ["run.sh", "a.bash", ".bashrc", "x/.envrc"] {
            assert_eq!(name(shell), Some(Kind::Shell), "{shell}");
        }
        for none in [
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "composer.yaml",
            "k8s.yaml",
            "run",
            "a.py",
            ".sh",
            "dockerfiles",
        ] {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn shebangs_tell_shells() {
        for yes in [
            "#!/bin/sh\n",
            "#!/usr/bin/env bash",
            "#! /usr/bin/env -S FOO=1 bash -e\n",
            "\u{feff}#!/bin/dash\r\n",
        ] {
            assert_eq!(by_shebang(yes.as_bytes()), Some(Kind::Shell), "{yes}");
        }
        for no in ["#!/usr/bin/env python3\n", "# !/bin/sh\n", "", "#!", "#!/bin/fish\n"] {
            assert_eq!(by_shebang(no.as_bytes()), None, "{no}");
        }
    }

    #[test]
    fn a_script_without_a_word_of_an_engine_does_not_matter() {
        assert!(!may_matter(Kind::Shell, "echo hello\n"));
        assert!(may_matter(Kind::Shell, "$CONTAINER_ENGINE run x\n"));
        assert!(may_matter(Kind::Shell, "\"${CE}\" run x\n"));
        assert!(may_matter(Kind::Compose, "services: {}\n"));
    }
}
