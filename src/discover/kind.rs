//! What a file is: by its name, then its `#!` line, then its structure.

use std::io::Read;
use std::path::Path;

use crate::front::Kind;
pub use crate::front::by_name;

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

/// Words that a shebang's interpreter is known by.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "ksh", "dash", "ash", "bats", "mksh"];

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
    let Ok(Some(mut file)) = super::open_regular(path) else {
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
    "compose",
    "services:",
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
        assert!(may_matter(Kind::Shell, "cat > compose.yaml <<EOF\n"));
        assert!(may_matter(Kind::Shell, "cat > $1 <<EOF\nservices:\n"));
    }
}
