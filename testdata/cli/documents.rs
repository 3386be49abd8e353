//! Documents that are written from the binary and the rules are current. `PRIVLINT_BLESS=1` writes them again.

use std::sync::{Mutex, PoisonError};

use privlint::output::rulebook;
use privlint::rules::page::FixPromise;

use crate::support::{privlint, root};

/// Compares a part of a document between its two marks with what it should be.
pub fn part_is_current(document: &str, mark: &str, expected: &str) {
    // two tests may write parts of one document
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let path = root().join(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- begin: {mark} -->\n");
    let end = format!("<!-- end: {mark} -->");
    let from = text.find(&begin).unwrap_or_else(|| panic!("{document} has no {begin}")) + begin.len();
    let to = from + text[from..].find(&end).unwrap();
    if std::env::var_os("PRIVLINT_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert_eq!(
        &text[from..to],
        expected,
        "{document}: {mark} (PRIVLINT_BLESS=1 writes it again)"
    );
}

#[test]
fn the_story_in_the_readme_is_real_output() {
    let output = privlint(root())
        .args(["testdata/tour/registry.sh", "-q", "--isolated"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    part_is_current(
        "README.md",
        "story",
        &format!(
            "```text\n$ privlint registry.sh\n{}```\n",
            text.replace("testdata/tour/", "")
        ),
    );
}

#[test]
fn the_table_of_rules_in_the_readme_is_current() {
    let mut table = String::from("| rule | severity | group | fix | |\n|---|---|---|---|---|\n");
    for (name, page) in rulebook::pages() {
        let front = &page.front;
        let fix = match front.fix {
            FixPromise::Safe => "`--fix`",
            FixPromise::Unsafe => "`--unsafe-fixes`",
            FixPromise::Manual => "advice",
            FixPromise::None => "",
        };
        let summary = page.summary().replace('\n', " ").replace('|', "\\|");
        table.push_str(&format!(
            "| [`{name}`](rules/{name}.md) | {} | {} | {fix} | {summary} |\n",
            front.severity.as_str(),
            rulebook::group_word(front.group),
        ));
    }
    part_is_current("README.md", "rules", &table);
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    let path = root().join("docs/privlint.schema.json");
    let expected = serde_json::to_string_pretty(&privlint::config::schema()).unwrap() + "\n";
    if std::env::var_os("PRIVLINT_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &expected).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, expected, "PRIVLINT_BLESS=1 writes it again");
}

#[test]
fn the_table_of_keys_is_current() {
    let schema = privlint::config::schema();
    let mut table = String::from("| key | values | |\n|---|---|---|\n");
    for (key, about) in schema["properties"].as_object().unwrap() {
        let values = match (about["enum"].as_array(), about["type"].as_str()) {
            (Some(words), _) => words
                .iter()
                .map(|w| format!("`{}`", w.as_str().unwrap()))
                .collect::<Vec<_>>()
                .join(", "),
            (None, Some("array")) => "a list".to_owned(),
            (None, Some("object")) => "a mapping".to_owned(),
            (None, _) => "a path".to_owned(),
        };
        table.push_str(&format!(
            "| `{key}` | {values} | {} |\n",
            about["description"].as_str().unwrap()
        ));
    }
    part_is_current("docs/configuration.md", "keys", &table);
}

#[test]
fn the_picture_in_the_readme_is_real_output() {
    let output = privlint(root())
        .args(["testdata/tour/registry.sh", "-q", "--isolated", "--color=always"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text = format!("$ privlint registry.sh\n{}", text.replace("testdata/tour/", ""));
    let picture = anstyle_svg::Term::new().render_svg(text.trim_end());
    let path = root().join("docs/story.svg");
    if std::env::var_os("PRIVLINT_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &picture).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap();
    assert_eq!(there, picture, "PRIVLINT_BLESS=1 writes it again");
}
