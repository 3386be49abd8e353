//! `privlint explain` and `privlint rules`.

use serde_json::{Value, json};

use super::args::ListFormat;
use super::inspect::columns;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::did_you_mean;
use crate::output::{Paint, Style, pretty, rulebook};
use crate::rules::page::{Examples, FixPromise, Page};

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
        "\n{severity}, group {}, {}, since {}{}\n\n",
        rulebook::group_word(front.group),
        promise(front.fix),
        front.since,
        examples(front.examples)
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

/// When a rule speaks of documentation and tests, where that is not as of everything else.
fn examples(examples: Examples) -> &'static str {
    match examples {
        Examples::Told => "",
        Examples::Strict => "; of documentation and tests with --strict",
    }
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

/// The least room for a column of words beside others.
const COLUMN: usize = 40;

/// Rows as columns; of a terminal, the last is broken to what the others leave, or stands below them where that is
/// too little.
fn table(rows: Vec<[String; 5]>, width: Option<usize>, paint: Paint) -> String {
    let Some(width) = width.filter(|width| width >= ROOM.start()) else {
        return columns(rows, paint);
    };
    let widest = |i: usize| rows.iter().map(|row| textwrap::core::display_width(&row[i])).max();
    let before: usize = (0..4).filter_map(widest).map(|width| width + 2).sum();
    let room = width.saturating_sub(before);
    if room < COLUMN {
        return stacked(rows, width, paint);
    }
    let mut out = Vec::new();
    for [rule, severity, group, fix, what] in rows {
        let mut first = [rule, severity, group, fix];
        for line in broken(&what, room, "").lines() {
            let [a, b, c, d] = std::mem::take(&mut first);
            out.push([a, b, c, d, line.to_owned()]);
        }
    }
    columns(out, paint)
}

/// The last cell of each row below the others, after the head.
fn stacked(rows: Vec<[String; 5]>, width: usize, paint: Paint) -> String {
    let (heads, whats): (Vec<[String; 4]>, Vec<String>) =
        rows.into_iter().map(|[a, b, c, d, what]| ([a, b, c, d], what)).unzip();
    let mut out = String::new();
    for (i, (line, what)) in columns(heads, paint).lines().zip(whats).enumerate() {
        out.push_str(&format!("{line}\n"));
        if i > 0 {
            out.push_str(&format!("{}\n", broken(&format!("  {what}"), width, "  ")));
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
            table(rows, terminal.width(), terminal.paint)
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
        let rows = || {
            let head = ["RULE", "SEVERITY", "GROUP", "FIX", "WHAT"].map(str::to_owned);
            let what = "words that are broken to what is left of a line of the terminal";
            vec![
                head,
                ["privileged", "error", "default", "unsafe", what].map(str::to_owned),
            ]
        };
        let made = |width| table(rows(), width, Paint::default());
        assert_eq!(made(None).lines().count(), 2);
        let wide = "privileged  error     default  unsafe  words that are broken to what is left of a\n                                       line of the terminal\n";
        assert!(made(Some(84)).ends_with(wide), "{}", made(Some(84)));
        let narrow = "privileged  error     default  unsafe\n  words that are broken to what is left\n  of a line of the terminal\n";
        assert!(made(Some(40)).ends_with(narrow), "{}", made(Some(40)));
    }
}
