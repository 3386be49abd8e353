//! `privlint explain` and `privlint rules`.

use serde_json::{Value, json};

use super::args::ListFormat;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::did_you_mean;
use crate::output::{Paint, Style, pretty, rulebook};
use crate::rules::page::{FixPromise, Page};

/// The page of a rule.
pub(crate) fn explain(rule: &str, terminal: &mut Terminal) -> u8 {
    let Some((name, page)) = rulebook::pages().get_key_value(rule) else {
        let hint = did_you_mean(rule, &rulebook::names());
        terminal.error(&format!("unknown rule `{rule}`{hint}"));
        return FAILED;
    };
    let text = page_text(name, page, terminal.paint, terminal.width());
    terminal.out(&text);
    CLEAN
}

fn page_text(name: &str, page: &Page, paint: Paint, width: Option<usize>) -> String {
    let front = &page.front;
    let severity = paint.paint(Style::Severity(front.severity), front.severity.as_str());
    let mut out = paint.paint(Style::Strong, name);
    if page.title != name {
        out.push_str(&format!(": {}", page.title));
    }
    out.push_str(&format!(
        "\n{severity}, group {}, {}, since {}\n\n",
        rulebook::group_word(front.group),
        promise(front.fix),
        front.since
    ));
    for line in fitted(&page.body, width).lines() {
        match line.starts_with("# ") || line.starts_with("## ") {
            true => out.push_str(&paint.paint(Style::Strong, line)),
            false => out.push_str(line),
        }
        out.push('\n');
    }
    if !front.references.is_empty() || !front.cwe.is_empty() {
        out.push_str(&format!("\n{}\n", paint.paint(Style::Strong, "References")));
        for reference in &front.references {
            out.push_str(&format!("- {reference}\n"));
        }
        for cwe in &front.cwe {
            out.push_str(&format!(
                "- CWE-{cwe}: https://cwe.mitre.org/data/definitions/{cwe}.html\n"
            ));
        }
    }
    out
}

/// The least room in which words are still worth breaking, and the most that is pleasant to read.
const ROOM: std::ops::RangeInclusive<usize> = 30..=100;

/// Markdown with its paragraphs and list items broken to a width; code and tables stay as they are.
fn fitted(body: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| width >= ROOM.start()) else {
        return body.to_owned();
    };
    let mut out = String::new();
    let mut code = false;
    for line in body.lines() {
        code ^= line.starts_with("```");
        let kept = code || line.starts_with(['`', '|', '#']);
        let below = match line.starts_with("- ") {
            true => "  ",
            false => "",
        };
        match kept {
            true => out.push_str(line),
            false => out.push_str(&broken(line, width, below)),
        }
        out.push('\n');
    }
    out
}

/// A line broken between its words; each but the first begins with `below`.
fn broken(line: &str, width: usize, below: &str) -> String {
    let options = textwrap::Options::new(width.min(*ROOM.end()))
        .subsequent_indent(below)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(line, options)
}

/// Rows whose last cell is broken to what the others leave of a width, each line a row of its own.
fn with_broken_ends(rows: Vec<[String; 5]>, width: Option<usize>) -> Vec<[String; 5]> {
    let widest = |i: usize| rows.iter().map(|row| textwrap::core::display_width(&row[i])).max();
    let before: usize = (0..4).filter_map(widest).map(|width| width + 2).sum();
    let room = width.map(|width| width.saturating_sub(before));
    let Some(room) = room.filter(|room| room >= ROOM.start()) else {
        return rows;
    };
    let mut out = Vec::new();
    for [rule, severity, group, fix, what] in rows {
        let mut first = [rule, severity, group, fix];
        for line in broken(&what, room, "").lines() {
            let [a, b, c, d] = std::mem::take(&mut first);
            out.push([a, b, c, d, line.to_owned()]);
        }
    }
    out
}

/// What a rule's fix is worth, in words.
pub(crate) fn promise(fix: FixPromise) -> &'static str {
    match fix {
        FixPromise::Safe => "fixed by --fix",
        FixPromise::Unsafe => "fixed by --unsafe-fixes",
        FixPromise::Manual => "fixed by hand",
        FixPromise::None => "no fix",
    }
}

/// All rules, a line each.
pub(crate) fn rules(format: ListFormat, terminal: &mut Terminal) -> u8 {
    let pages = rulebook::pages();
    let text = match format {
        ListFormat::Json => {
            let rules: Vec<Value> = pages
                .iter()
                .map(|(name, page)| {
                    json!({
                        "name": name,
                        "severity": page.front.severity.as_str(),
                        "group": page.front.group,
                        "fix": page.front.fix,
                        "since": page.front.since,
                        "cwe": page.front.cwe,
                        "references": page.front.references,
                        "title": page.title,
                        "summary": page.summary(),
                        "url": rulebook::url(name),
                    })
                })
                .collect();
            pretty(&json!({"version": 1, "rules": rules}))
        }
        ListFormat::Table => {
            let head = ["RULE", "SEVERITY", "GROUP", "FIX", "WHAT"].map(str::to_owned);
            let rows = pages.iter().map(|(name, page)| {
                [
                    (*name).to_owned(),
                    page.front.severity.as_str().to_owned(),
                    rulebook::group_word(page.front.group).to_owned(),
                    format!("{:?}", page.front.fix).to_lowercase(),
                    page.summary().replace('\n', " "),
                ]
            });
            let rows = std::iter::once(head).chain(rows).collect();
            super::inspect::columns(with_broken_ends(rows, terminal.width()), terminal.paint)
        }
    };
    terminal.out(&text);
    CLEAN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_at_the_width_and_code_is_not() {
        let body = "One two three four five six seven eight nine ten.\n\n- an item of a list that goes on and on\n\n```sh\ndocker run --privileged -v /var/run/docker.sock:/var/run/docker.sock x\n```\n";
        let fitted = fitted(body, Some(30));
        assert!(
            fitted.starts_with("One two three four five six\nseven eight nine ten.\n"),
            "{fitted}"
        );
        assert!(
            fitted.contains("- an item of a list that goes\n  on and on\n"),
            "{fitted}"
        );
        assert!(
            fitted.contains("-v /var/run/docker.sock:/var/run/docker.sock x\n"),
            "{fitted}"
        );
        let rows = vec![["a", "b", "c", "d", "words that are broken to what is left of a line"].map(str::to_owned)];
        let made = with_broken_ends(rows.clone(), Some(50));
        assert_eq!(made.len(), 2);
        assert_eq!(made[1][0], "");
        assert_eq!(with_broken_ends(rows.clone(), None), rows);
    }
}
