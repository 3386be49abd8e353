//! What a file is by its name.

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
}
