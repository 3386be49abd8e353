//! What a file is by its name, or its `#!` line.

use std::path::Path;

use super::reading::Kind;

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

/// Words that a shebang's interpreter is known by.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash", "bats", "mksh"];

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
    "css",
    "scss",
    "sass",
    "less",
    "tsx",
    "jsx",
    "mjs",
    "cjs",
    "vue",
    "csv",
    "tsv",
    "lock",
    "bak",
    "swp",
    "map",
    "snap",
    "patch",
    "diff",
    "ps1",
    "bat",
    "cmd",
    "hcl",
    "ipynb",
    "pdf",
    "zip",
    "gz",
    "tgz",
    "ico",
    "webp",
    "mp4",
];

/// The name of the unit that a drop-in is laid over, by the folder it lies in: `web.service` for
/// `web.service.d/10-ports.conf`.
pub(super) fn laid_over(path: &Path) -> Option<String> {
    let folder = path.parent()?.file_name()?.to_string_lossy();
    let unit = folder.strip_suffix(".d")?;
    let drop_in = path.extension().is_some_and(|ending| ending == "conf");
    // `container.d` holds those of every unit of the kind
    drop_in.then(|| {
        if unit.contains('.') {
            unit.to_owned()
        } else {
            format!("x.{unit}")
        }
    })
}

/// True for the name of a Compose file.
pub(super) fn is_compose(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = [".yml", ".yaml"].iter().find_map(|ending| lower.strip_suffix(ending));
    stem.is_some_and(is_compose_stem)
}

/// True for the name of a shell script.
pub(super) fn is_shell(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((lower.as_str(), ""));
    let ends = !stem.is_empty() && SHELL_ENDINGS.contains(&ending);
    (SHELL_NAMES.contains(&name) || ends) && !is_dockerfile(name)
}

/// `Dockerfile`, `Dockerfile.web`, `Dockerfile-web`, `web.dockerfile`, and the same with `Containerfile`.
pub(super) fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((lower.as_str(), ""));
    ["dockerfile", "containerfile"].iter().any(|word| {
        let ends = ending == *word && !stem.is_empty();
        let starts = lower.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with(['.', '-', '_']) && !NOT_DOCKERFILES.contains(&ending))
        });
        ends || starts
    })
}

/// `compose`, `compose.prod`, `docker-compose-dev`, `web.compose`, without the ending.
fn is_compose_stem(stem: &str) -> bool {
    let base = ["docker-", "docker_", "podman-", "podman_"]
        .iter()
        .find_map(|prefix| stem.strip_prefix(prefix))
        .unwrap_or(stem);
    let starts = base
        .strip_prefix("compose")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    starts || stem.ends_with(".compose") || stem.ends_with(".docker-compose")
}

/// The kind that the first bytes of a file tell: `#!/bin/bash`, `#!/usr/bin/env -S bash -e`.
pub fn by_shebang(bytes: &[u8]) -> Option<Kind> {
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

/// True for a file of another kind that its name tells, whatever `#!` line was copied into it.
pub fn is_named_otherwise(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "yml" | "yaml" | "mk" | "mak" | "md") || matches!(lower.as_str(), "makefile" | "gnumakefile")
}

/// True for a text that begins with the `#!` line of a shell.
pub(super) fn has_shebang(text: &str) -> bool {
    by_shebang(text.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Option<Kind> {
        crate::front::by_name(std::path::Path::new(name))
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
        for quadlet in [
            "web.container",
            "a/web@.pod",
            "x.container.in",
            "web.container.d/1.conf",
            "container.d/1.conf",
        ] {
            assert_eq!(name(quadlet), Some(Kind::Quadlet), "{quadlet}");
        }
        for unit in ["web.service", "web@.service", "x.service.j2", "web.service.d/1.conf"] {
            assert_eq!(name(unit), Some(Kind::Unit), "{unit}");
        }
        for none in [
            "etc/nginx/conf.d/1.conf",
            ".container",
            "Dockerfile.dockerignore",
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
}
