//! `privlint explain` and `privlint rules`.

use serde_json::{Value, json};

use super::args::ListFormat;
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
    let text = page_text(name, page, terminal.paint);
    terminal.out(&text);
    CLEAN
}

fn page_text(name: &str, page: &Page, paint: Paint) -> String {
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
    for line in page.body.lines() {
        match line.starts_with('#') {
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
            super::inspect::columns(std::iter::once(head).chain(rows).collect(), terminal.paint)
        }
    };
    terminal.out(&text);
    CLEAN
}
