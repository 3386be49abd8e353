//! The answer as Markdown: the pages of `docs/images`.

use super::answer::{Answer, Known, Row};
use super::forms::{Form, Launch};
use super::{refer, text};
use crate::container::Knowledge;
use crate::knowledge::images::{self, Entry, Required};
use crate::output::markdown_cell;

/// The pages of every entry, by name, and their index.
pub fn pages() -> Vec<(String, String)> {
    let mut entries: Vec<&Entry> = images::all();
    entries.sort_by_key(|entry| &entry.name);
    let mut pages = vec![("README".to_owned(), index(&entries))];
    pages.extend(
        entries
            .into_iter()
            .filter_map(|entry| Some((entry.name.clone(), of_entry(entry)?))),
    );
    pages
}

/// The page of an entry.
fn of_entry(entry: &Entry) -> Option<String> {
    let launch = Launch::of_any_kind(refer::reference(entry, Knowledge::default())?);
    let answer = Answer::of(launch).ok()?;
    let page = written(&answer, answer.known.as_ref()?);
    let (title, rest) = page.split_once('\n')?;
    Some(format!(
        "{title}\n\n<!-- written by `privlint image {} --format markdown` -->\n{rest}",
        entry.name
    ))
}

/// The list of the pages.
fn index(entries: &[&Entry]) -> String {
    let mut out = String::from(
        "# What images need\n\n<!-- written from rules/knowledge/images -->\n\n\
         One page an entry, as `privlint image NAME` prints it. With `--mount`, `--user` and what else a launch says, it \
         prints what just that launch needs.\n\n| entry | images | starts as | known |\n|---|---|---|---|\n",
    );
    for entry in entries {
        let images = entry.images.iter().map(|image| format!("`{image}`"));
        let images = images.collect::<Vec<_>>().join(", ");
        let starts = format!("{:?}", entry.starts_as).to_lowercase();
        let trust = format!("{:?}", entry.trust).to_lowercase();
        out.push_str(&format!(
            "| [{0}]({0}.md) | {images} | {starts} | {trust} |\n",
            entry.name
        ));
    }
    out
}

/// The answer.
pub(super) fn written(answer: &Answer, known: &Known) -> String {
    let mut out = format!(
        "# {}\n\n",
        said(&answer.launch.image, answer.launch.knowledge.0.is_some())
    );
    let own = known.found.own.is_some();
    out.push_str(&format!("{}.\n", said(&sentence(&text::about(known)), own)));
    for line in text::remarks(known) {
        out.push_str(&format!("\n{}\n", said(&line, own)));
    }
    let needs = match (known.needs.on_top_of_default, known.rows.is_empty()) {
        (true, true) => "It needs no other capability than the default ones.",
        (true, false) => "Beside the default capabilities it needs:",
        (false, true) => "It needs no capability.",
        (false, false) => "It needs:",
    };
    if known.needs.privileged == Required::No || !known.rows.is_empty() {
        out.push_str(&format!("\n{needs}\n"));
        out.push_str(&table(&known.rows, own));
    }
    for (title, rows) in [
        ("Not in this launch:", &known.spared),
        ("Used where it is given, and not missed:", &known.optional),
        ("It never uses:", &known.never),
    ] {
        if !rows.is_empty() {
            out.push_str(&format!("\n{title}\n{}", table(rows, own)));
        }
    }
    match &known.write {
        Ok(written) => {
            for (form, text) in written {
                let language = match form {
                    Form::Run => "sh",
                    Form::Compose => "yaml",
                    Form::Quadlet => "ini",
                };
                out.push_str(&format!("\n```{language}\n{}\n```\n", text.trim_end()));
            }
        }
        Err(why) => out.push_str(&format!("\nNothing is proposed: {why}.\n")),
    }
    let several = known.standing.len() > 1;
    for (entry, standing) in &known.standing {
        let of = if several {
            format!(" ({})", entry.name)
        } else {
            String::new()
        };
        out.push_str(&format!("\n## How it is known{of}\n\n"));
        for (key, said) in text::stands_on(entry, standing) {
            out.push_str(&format!("- {key}: {}\n", self::said(&said, own)));
        }
    }
    out.push_str("\n## Sources\n\n");
    for source in text::sources(known) {
        out.push_str(&format!("- {}\n", said(source, own)));
    }
    out
}

/// A text in a document: a project's own may be anybody's.
fn said(text: &str, own: bool) -> String {
    match own {
        true => markdown_cell(text),
        false => text.replace('|', "\\|").replace('<', "&lt;"),
    }
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    first + chars.as_str()
}

/// Rows as a table; what is the same for several capabilities stands there once.
fn table(rows: &[Row], own: bool) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let with_paths = rows.iter().any(|row| !row.words.is_empty());
    let mut grouped: Vec<(Vec<&str>, [&str; 2], String)> = Vec::new();
    for row in rows {
        let words = row.words.join(", ");
        let said = [row.why.as_str(), if with_paths { "" } else { row.source.as_str() }];
        match grouped
            .iter_mut()
            .find(|(_, known, paths)| *known == said && *paths == words)
        {
            Some((names, ..)) => names.push(&row.capability),
            None => grouped.push((vec![&row.capability], said, words)),
        }
    }
    let mut out = match with_paths {
        true => String::from("\n| capability | path | why |\n|---|---|---|\n"),
        false => String::from("\n| capability | why | read in |\n|---|---|---|\n"),
    };
    for (names, [why, source], paths) in grouped {
        let cells = match with_paths {
            true => [paths, why.to_owned()],
            false => [why.to_owned(), source.to_owned()],
        };
        let cells = cells.map(|cell| said(&cell, own)).join(" | ");
        out.push_str(&format!("| `{}` | {cells} |\n", names.join("`, `")));
    }
    out
}
