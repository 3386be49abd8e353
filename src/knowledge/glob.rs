//! Globs over names and paths: those of the tables and of configurations.

use std::cell::RefCell;
use std::collections::HashMap;

use globset::{Glob, GlobBuilder, GlobMatcher};

/// What makes a pattern more than the text itself.
const MARKS: &[u8] = b"*?[{";

thread_local! {
    /// The globs that were made; `None` for one that cannot be read. There are as many as tables and
    /// configurations have, whatever is linted.
    static MADE: RefCell<HashMap<String, Option<GlobMatcher>>> = RefCell::new(HashMap::new());
}

/// True where the glob fits the whole text; `*` stands for any characters. A glob that cannot be read fits nothing.
pub fn fits(pattern: &str, text: &str) -> bool {
    if !pattern.bytes().any(|b| MARKS.contains(&b)) {
        return pattern == text;
    }
    MADE.with_borrow_mut(|made| {
        if let Some(known) = made.get(pattern) {
            return known.as_ref().is_some_and(|glob| glob.is_match(text));
        }
        let glob = build(pattern, false).ok().map(|glob| glob.compile_matcher());
        let fits = glob.as_ref().is_some_and(|glob| glob.is_match(text));
        made.insert(pattern.to_owned(), glob);
        fits
    })
}

/// Why a pattern is no glob; `None` for one.
pub fn wrong(pattern: &str) -> Option<String> {
    build(pattern, false).err().map(|error| error.kind().to_string())
}

/// Bytes of a pattern in a linted text that is worth reading as one.
const PATTERN_CAP: usize = 256;

/// True where a pattern of a linted text fits a path as Go's `path/filepath` matches: no mark stands for a slash, and
/// braces mean nothing.
pub fn fits_path(pattern: &str, path: &str) -> bool {
    if pattern.len() > PATTERN_CAP {
        return false;
    }
    let literal = pattern.replace('{', "[{]").replace('}', "[}]");
    build(&literal, true).is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

fn build(pattern: &str, literal_separator: bool) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern)
        .literal_separator(literal_separator)
        // a path of Windows has backslashes
        .backslash_escape(false)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_fits_the_whole_text() {
        for (pattern, text, expected) in [
            ("docker.io/library/docker", "docker.io/library/docker", true),
            ("docker.io/library/docker", "docker.io/library/docker2", false),
            ("*-dind", "29-dind", true),
            ("*-dind", "29-dind-rootless", false),
            ("*/node-exporter", "quay.io/prometheus/node-exporter", true),
            ("8.*-fpm*", "8.4-fpm-alpine", true),
            ("/dev/sd?", "/dev/sda", true),
            ("/dev/sd[a-c]", "/dev/sdd", false),
            ("/srv/{a,b}", "/srv/b", true),
            (r"C:\data\*", r"C:\data\x", true),
            ("[", "[", false),
            ("", "", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
        assert!(wrong("/srv/*").is_none() && wrong("/srv/[").is_some());
    }

    #[test]
    fn a_pattern_for_paths_stops_at_slashes() {
        assert!(fits_path("/proc/*", "/proc/sys") && fits_path("/proc/s?s", "/proc/sys"));
        assert!(!fits_path("/*", "/proc/sys") && !fits_path("/proc/{sys,x}", "/proc/sys"));
        assert!(!fits_path(&"*".repeat(PATTERN_CAP + 1), "/proc/sys"));
    }
}
