//! What a file is: by its name, then its `#!` line, then its structure.

use std::io::Read;
use std::path::Path;

pub use crate::front::by_name;
use crate::front::{FRONTS, Kind, by_shebang, is_named_otherwise};

/// The kind that a word of the command line names.
pub fn kind_named(word: &str) -> Option<Kind> {
    FRONTS.iter().find(|front| front.word == word).map(|front| front.kind)
}

/// The kind that a text tells: by its `#!` line, then by its structure.
pub fn by_text(path: &Path, text: &str) -> Option<Kind> {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if let Some(kind) = by_shebang(text.as_bytes()).filter(|_| !is_named_otherwise(&name)) {
        return Some(kind);
    }
    // the text of YAML tells
    let mut documents = FRONTS
        .iter()
        .filter(|front| front.read_in_place.is_none() && !front.kind.is_told_by_text());
    let found = documents.find(|front| is_yaml(path) && (front.looks_like)(text));
    found.map(|front| front.kind)
}

pub(crate) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_ascii_lowercase())
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
        // the `#!` line of `web.init`, `run.sh.j2` and `run.20240102` tells
        Some(other) => !OTHERS.contains(&other),
    }
}

/// Endings of files that are no shell scripts, however they begin, and of those that are no text.
const OTHERS: &[&str] = &[
    "py", "pyc", "rb", "pl", "pm", "php", "js", "mjs", "cjs", "ts", "tsx", "jsx", "go", "rs", "c", "h", "cc", "cpp",
    "hpp", "java", "class", "jar", "kt", "scala", "swift", "lua", "r", "jl", "ml", "hs", "ex", "exs", "erl", "clj",
    "cs", "fs", "vb", "ps1", "bat", "cmd", "awk", "sed", "tcl", "fish", "csh", "nu", "md", "rst", "adoc", "html",
    "htm", "css", "scss", "less", "vue", "svelte", "json", "jsonc", "json5", "toml", "xml", "csv", "tsv", "sql",
    "lock", "svg", "png", "jpg", "jpeg", "gif", "ico", "webp", "bmp", "pdf", "zip", "gz", "tgz", "bz2", "xz", "zst",
    "tar", "7z", "rar", "deb", "rpm", "apk", "iso", "img", "qcow2", "so", "a", "o", "dll", "exe", "bin", "wasm",
    "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "wav", "webm", "mov", "db", "sqlite", "pem", "crt", "key",
    "mk", "proto", "ipynb", "map", "snap", "diff", "patch",
];

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
        assert!(!(Kind::Shell.front().may_matter)("echo hello\n"));
        assert!((Kind::Shell.front().may_matter)("$CONTAINER_ENGINE run x\n"));
        assert!((Kind::Shell.front().may_matter)("\"${CE}\" run x\n"));
        assert!((Kind::Compose.front().may_matter)("services: {}\n"));
        assert!((Kind::Shell.front().may_matter)("cat > compose.yaml <<EOF\n"));
        assert!((Kind::Shell.front().may_matter)("cat > $1 <<EOF\nservices:\n"));
    }
}
