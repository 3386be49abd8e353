//! `--diff`: the changes as a unified diff that `git apply` takes, every byte of the files as it is.
//!
//! A diff is also printed into the logs of workflow runners, which obey some lines. A diff of which a
//! line would be obeyed is written another way, or not at all.

use std::borrow::Cow;
use std::path::Path;

use similar::{Algorithm, TextDiff};

use super::fixing::Changed;
use crate::output::{COMMAND, path_bytes};

/// Lines of context around a change, and the fewest that `git apply` can do with.
const CONTEXT: std::ops::RangeInclusive<usize> = 1..=3;

/// The change of one file; `None` where no way of writing it is free of what a runner obeys.
pub(super) fn diff(changed: &Changed) -> Option<String> {
    CONTEXT.rev().find_map(|radius| harmless(&unified(changed, radius)))
}

fn unified(changed: &Changed, radius: usize) -> String {
    let old: Vec<&str> = changed.before.split_inclusive('\n').collect();
    let new: Vec<&str> = changed.after.split_inclusive('\n').collect();
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .newline_terminated(true)
        .diff_slices(&old, &new);
    let (from, to) = (header("a/", &changed.path), header("b/", &changed.path));
    let mut unified = diff.unified_diff();
    unified.context_radius(radius).header(&from, &to);
    unified.to_string()
}

/// The change of one file for a reader, who is shown it harmless.
pub(super) fn unguarded(changed: &Changed) -> String {
    unified(changed, *CONTEXT.end())
}

/// The diff without a line that a runner obeys, where that can be.
fn harmless(diff: &str) -> Option<String> {
    let mut out = String::with_capacity(diff.len());
    let mut lines = diff.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if line.contains(COMMAND) || line.split('\r').skip(1).any(begins_command) {
            return None;
        }
        match line.strip_prefix(' ') {
            // `::` after blanks is a command, after a sign it is none: the line is taken away and put back
            Some(body) if begins_command(body) => {
                let last = lines.next_if(|next| next.starts_with('\\')).unwrap_or("");
                out.push_str(&format!("-{body}{last}+{body}{last}"));
            }
            _ => out.push_str(line),
        }
    }
    Some(out)
}

fn begins_command(text: &str) -> bool {
    text.trim_start().starts_with("::")
}

/// A file's name as git writes it: quoted where a byte would end the line or mean something.
fn header(side: &str, path: &Path) -> String {
    let name = path_bytes(path);
    let is_plain = |byte: &u8| (b' '..0x7f).contains(byte) && !matches!(byte, b'"' | b'\\');
    let text: Cow<str> = String::from_utf8_lossy(&name);
    if name.iter().all(is_plain) && !text.contains(COMMAND) {
        // a tab ends a name that has blanks in it
        let end = if text.contains(' ') { "\t" } else { "" };
        return format!("{side}{text}{end}");
    }
    let mut out = format!("\"{side}");
    for byte in name.iter() {
        match byte {
            b'[' => out.push_str("\\133"),
            byte if is_plain(byte) => out.push(char::from(*byte)),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            byte => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn changed(path: &str, before: &str, after: &str) -> Changed {
        Changed {
            path: path.into(),
            before: before.to_owned(),
            after: after.to_owned(),
            stdin: false,
        }
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        assert_eq!(header("a/", Path::new("x y.sh")), "a/x y.sh\t");
        assert_eq!(header("b/", Path::new("x\ny\u{202e}")), "\"b/x\\012y\\342\\200\\256\"");
        assert_eq!(header("b/", Path::new("##[error]")), "\"b/##\\133error]\"");
    }

    #[test]
    fn no_line_is_a_command() {
        let text = diff(&changed("a", " ::error::x\nold\n", " ::error::x\nnew\n")).unwrap();
        assert!(
            text.ends_with("@@ -1,2 +1,2 @@\n- ::error::x\n+ ::error::x\n-old\n+new\n"),
            "{text}"
        );
        // three lines away the command is left out, on the changed line itself it cannot be
        let far = "##[error]x\n1\n2\nold\n3\n";
        let text = diff(&changed("a", far, &far.replace("old", "new"))).unwrap();
        assert!(!text.contains("##[") && text.contains("+new"), "{text}");
        assert!(diff(&changed("a", "old ##[error]\n", "new ##[error]\n")).is_none());
        assert!(diff(&changed("a", "old\r::error::x\n", "new\r::error::x\n")).is_none());
    }
}
