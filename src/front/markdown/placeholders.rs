//! What a reader is to fill in: `<DIR>`, `[/path]`, `{{ version }}`, `...`. The shell would take some of it for
//! its own; here it is a part that is not known.

use std::ops::Range;

use super::outer;
use crate::container::Hole;
use crate::front::reading::Open;
use crate::source::Excerpt;

/// Words without which a command launches nothing.
const ENGINES: [&str; 3] = ["docker", "podman", "nerdctl"];

/// The text with its placeholders as parts that are not known. Only commands of engines are looked at.
pub(super) fn opened(script: &Excerpt) -> (Excerpt, Open) {
    let text = script.text();
    let mut out = Excerpt::new();
    let mut open = Open::default();
    let mut done = 0;
    let mut launches = false;
    let mut continues = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        launches = (continues && launches) || ENGINES.iter().any(|engine| line.contains(engine));
        continues = line.trim_end().ends_with('\\');
        if !launches {
            continue;
        }
        for found in placeholders(line) {
            let range = start + found.start..start + found.end;
            out.append(&script.part(done..range.start));
            let written = line.get(found).unwrap_or("");
            let name = written.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let hole = match name.is_empty() {
                true => Hole::Other,
                false => Hole::Variable(name.to_owned()),
            };
            open.gap(&mut out, written, outer(script, range.clone()), hole);
            done = range.end;
        }
    }
    out.append(&script.part(done..text.len()));
    (out, open)
}

/// The text of a file without the lines that only say that more stands there.
pub(super) fn without_dots(file: &Excerpt) -> Excerpt {
    let mut out = Excerpt::new();
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        if !matches!(
            line.trim().trim_start_matches(['#', ' ']),
            "..." | "…" | "[...]" | "<...>"
        ) {
            out.append(&file.part(start..at));
        }
    }
    out
}

/// Where placeholders stand in a line.
fn placeholders(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let last = line.rfind("}}");
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = line.get(at..).unwrap_or("");
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        // nothing that opens behind the last end of a template is one
        let opens = rest.starts_with("{{") && last.is_none_or(|last| last < at);
        let found_here = if opens { None } else { length(rest, before) };
        match found_here {
            Some(len) => {
                found.push(at..at + len);
                at += len;
            }
            None => at += c.len_utf8(),
        }
    }
    found
}

/// The length of the placeholder that a text begins with.
fn length(rest: &str, before: Option<char>) -> Option<usize> {
    let word_start = before.is_none_or(|c| c.is_whitespace() || matches!(c, '=' | ':' | '"' | '\'' | '/'));
    if rest.starts_with("{{") {
        if before == Some('$') || quoted_by(before) || rest.starts_with("{{.") {
            return None;
        }
        return Some(rest.find("}}")? + "}}".len());
    }
    if let Some(tail) = rest.strip_prefix('<') {
        let inner = tail.get(..tail.find(['>', '<'])?)?;
        let closes = tail.get(inner.len()..).is_some_and(|end| end.starts_with('>'));
        let plain = inner.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '$' | '_'))
            && !inner.ends_with(char::is_whitespace)
            && !inner.contains(['|', ';', '&', '\\', '"']);
        return (closes && plain && before != Some('<')).then_some(inner.len() + 2);
    }
    if let Some(tail) = rest.strip_prefix('[').filter(|_| word_start) {
        let inner = tail.get(..tail.find([']', '['])?)?;
        let closes = tail.get(inner.len()..).is_some_and(|end| end.starts_with(']'));
        let plain = inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '.' | '-'))
            && !inner.ends_with(char::is_whitespace)
            && !inner.contains(['|', ';', '&', '\\', '"', '$']);
        return (closes && plain && before != Some('"')).then_some(inner.len() + 2);
    }
    let dots = rest.len() - rest.trim_start_matches(['.', '…']).len();
    let alone = before.is_none_or(char::is_whitespace);
    let ends = rest.get(dots..).and_then(|tail| tail.chars().next());
    // two are the folder above
    (alone && dots > 2 && ends.is_none_or(char::is_whitespace)).then_some(dots)
}

/// True for a quote: `--format "{{.Names}}"` is the engine's own template.
fn quoted_by(before: Option<char>) -> bool {
    matches!(before, Some('"' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        placeholders(line)
            .into_iter()
            .filter_map(|range| line.get(range))
            .collect()
    }

    #[test]
    fn what_a_reader_fills_in_is_found_and_redirections_are_not() {
        for (line, placeholders) in [
            ("docker run -v <PATH>:/x example/a:<tag>", vec!["<PATH>", "<tag>"]),
            ("docker run -v <your data dir>:/x a", vec!["<your data dir>"]),
            (
                "docker run -v [/path/to/certs]:/c [OPTIONS] a ...",
                vec!["[/path/to/certs]", "[OPTIONS]", "..."],
            ),
            ("docker run a:{{ version }}", vec!["{{ version }}"]),
            ("docker exec -i db psql <dump.sql >out", vec![]),
            ("docker ps --format '{{.Names}}'", vec![]),
            ("cat <<EOF >docker", vec![]),
            ("[ -f x ] && docker run a; [[ -f x ]]", vec![]),
            ("docker run a ./...", vec![]),
            ("docker run --hostname a ......", vec!["......"]),
            ("docker run -v ..:/x a", vec![]),
            ("ls ..", vec![]),
        ] {
            assert_eq!(found(line), placeholders, "{line}");
        }
    }
}
