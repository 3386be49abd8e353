//! What holds for every page.

use std::path::Path;

use crate::rules::page::Page;
use crate::rules::{RULES, find, nearest};

#[test]
fn pages_and_rules_match_one_to_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    pages.sort();
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names, pages, "rules are listed by name, and each has its page");
}

#[test]
fn every_page_is_read_and_is_about_its_rule() {
    for rule in RULES {
        let page = Page::parse(rule.page).unwrap_or_else(|e| panic!("rules/{}.md: {e}", rule.name));
        assert_eq!(page.title, rule.name);
        // what every run asks for is read without the YAML
        let said = (page.front.severity, page.front.group);
        assert_eq!((rule.severity(), rule.group()), said, "rules/{}.md", rule.name);
        let lines = rule.page.lines().count();
        assert!(lines < 130, "rules/{}.md has {lines} lines", rule.name);
        assert!(
            page.body.contains("## When you can ignore this"),
            "rules/{}.md",
            rule.name
        );
        assert!(
            rule.summary().len() > 20 && !rule.summary().contains('\n'),
            "{}",
            rule.name
        );
        for mark in page.examples.iter().flat_map(|e| &e.marks) {
            let named = mark.rule.as_deref().unwrap_or(rule.name);
            assert!(find(named).is_some(), "rules/{}.md marks `{named}`", rule.name);
        }
    }
}

#[test]
fn a_mistyped_name_is_understood() {
    assert_eq!(nearest("priviledged"), Some("privileged"));
    assert_eq!(nearest("missing_cap_drop"), Some("missing-cap-drop"));
    assert_eq!(nearest("unlabelled-mount"), Some("unlabeled-mount"));
    assert_eq!(nearest("xyz"), None);
}
