//! A page is its rule's test: bad examples give exactly the marked findings, good ones none, and
//! the fixed ones are what the fix writes.

use privlint::fix::Safety;
use privlint::rules::page::{Example, ExampleKind, FixPromise};

use crate::samples::{Sample, kind_of, pages, settings};

fn sample(rule: &str, example: &Example) -> Sample {
    let (kind, name) = kind_of(example.language);
    Sample {
        from: format!("rules/{rule}.md:{}", example.line),
        path: name.into(),
        kind,
        text: example.text.clone(),
        settings: settings(rule, example.selinux, example.engine),
    }
}

/// What is found, as `line rule: message`.
fn found(sample: &Sample) -> Vec<(u32, &'static str, String)> {
    let report = sample.lint(&sample.text);
    let source = report.reading.source();
    let place = |d: &privlint::engine::Diagnostic| source.position(d.finding.primary.span.start).line;
    report
        .diagnostics
        .iter()
        .map(|d| (place(d), d.finding.rule, d.finding.message.clone()))
        .collect()
}

#[test]
fn bad_examples_give_exactly_the_marked_findings_and_good_ones_none() {
    let mut wrong = Vec::new();
    for (rule, page) in pages() {
        for example in &page.examples {
            let sample = sample(rule, example);
            let mut found = found(&sample);
            let marks = if example.kind == ExampleKind::Bad {
                example.marks.as_slice()
            } else {
                &[]
            };
            for mark in marks {
                let wanted = mark.rule.as_deref().unwrap_or(rule);
                let hit = found.iter().position(|(line, r, message)| {
                    *line == mark.line && *r == wanted && message.contains(&mark.message)
                });
                match hit {
                    Some(i) => drop(found.remove(i)),
                    None => wrong.push(format!(
                        "{}: missing: line {} {wanted}: {}\n  there is: {found:?}",
                        sample.from, mark.line, mark.message
                    )),
                }
            }
            let noisy = found.iter().filter(|_| example.kind != ExampleKind::Fixed);
            wrong.extend(noisy.map(|f| format!("{}: noisy: {f:?}", sample.from)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fixed_examples_are_what_the_fix_writes() {
    let mut wrong = Vec::new();
    for (rule, page) in pages() {
        let mut bad: Option<&Example> = None;
        for example in &page.examples {
            match (example.kind, bad) {
                (ExampleKind::Bad, _) => bad = Some(example),
                (ExampleKind::Fixed, Some(before)) => {
                    let sample = sample(rule, before);
                    let at_least = if example.unsafe_fixes {
                        Safety::Unsafe
                    } else {
                        Safety::Safe
                    };
                    let fixed = sample.fix(&sample.text, at_least);
                    if fixed.text != example.text {
                        wrong.push(format!(
                            "{}:\n--- wanted\n{}--- got\n{}",
                            sample.from, example.text, fixed.text
                        ));
                    }
                    if fixed.left.diagnostics.iter().any(|d| d.finding.rule == rule) {
                        wrong.push(format!("{}: the fix leaves the finding", sample.from));
                    }
                }
                (ExampleKind::Fixed, None) => wrong.push(format!("rules/{rule}.md:{}: nothing to fix", example.line)),
                (ExampleKind::Good, _) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_shows_what_it_promises() {
    for (rule, page) in pages() {
        let kinds = |kind| page.examples.iter().filter(|e| e.kind == kind).count();
        let promises = matches!(page.front.fix, FixPromise::Safe | FixPromise::Unsafe);
        assert_eq!(
            promises,
            kinds(ExampleKind::Fixed) > 0,
            "rules/{rule}.md: fix is {:?}",
            page.front.fix
        );
        if rule != "internal-error" {
            assert!(kinds(ExampleKind::Bad) > 0, "rules/{rule}.md shows no bad example");
            assert!(kinds(ExampleKind::Good) > 0, "rules/{rule}.md shows no good example");
        }
        let marked = page
            .examples
            .iter()
            .filter(|e| e.kind == ExampleKind::Bad)
            .all(|e| !e.marks.is_empty());
        assert!(marked, "rules/{rule}.md has a bad example without a mark");
    }
}

#[test]
fn messages_are_lower_case_sentences_without_a_full_stop() {
    let mut wrong = Vec::new();
    for (rule, page) in pages() {
        for example in &page.examples {
            let sample = sample(rule, example);
            for d in sample.lint(&sample.text).diagnostics {
                let labels = d
                    .finding
                    .related
                    .iter()
                    .chain([&d.finding.primary])
                    .map(|l| l.message.clone());
                let said: Vec<String> = labels
                    .chain([d.finding.message.clone()])
                    .chain(d.finding.notes.clone())
                    .chain(d.finding.helps.clone())
                    .chain(d.fix.iter().map(|f| f.title.clone()))
                    .chain(d.fix_refused.clone())
                    .collect();
                for text in said {
                    let first = text.split_whitespace().next().unwrap_or_default();
                    // A name such as SELinux or AppArmor keeps its capitals; a sentence's first word has none.
                    let capital = first.chars().next().is_some_and(char::is_uppercase)
                        && first.chars().skip(1).all(|c| c.is_lowercase() || !c.is_alphabetic())
                        && !matches!(first, "Compose" | "Docker" | "Podman" | "Linux");
                    if capital || text.ends_with('.') || text.contains('\n') {
                        wrong.push(format!("{}: {text:?}", sample.from));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
