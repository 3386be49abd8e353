//! `cargo new-rule NAME`: writes a rule's page and function to start from, and its two lines in `src/rules.rs`.
//!
//! What it writes builds and passes the tests of pages: its rule finds every privileged container. Change
//! the page first, see the test fail, then write the function.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        eprintln!("usage: cargo new-rule NAME, as in: cargo new-rule host-clock");
        return ExitCode::from(2);
    };
    // from the folder of the checkout, as every cargo command
    match write_rule(Path::new("."), &name) {
        Ok(written) => {
            written.iter().for_each(|file| println!("{file}"));
            println!("\nnow: cargo test --test suite pages");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the files of a rule below the folder of a checkout; gives their names.
///
/// # Errors
/// A name that is not in words of small letters with hyphens, a rule that is already there, a folder that is
/// no checkout.
pub fn write_rule(root: &Path, name: &str) -> Result<Vec<String>, String> {
    let words = name.split('-');
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    if !words.into_iter().all(is_word) {
        return Err("a rule's name is words of small letters with hyphens between, as in host-clock".to_owned());
    }
    let module = name.replace('-', "_");
    let (page, function, list) = (
        format!("rules/{name}.md"),
        format!("src/rules/{module}.rs"),
        "src/rules.rs".to_owned(),
    );
    let read = |file: &str| std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"));
    if root.join(&page).exists() {
        return Err("there is such a rule".to_owned());
    }
    let rules = with_rule(&read(&list)?, name, &module).ok_or("src/rules.rs has no list of rules")?;
    for (file, text) in [
        (&page, PAGE.replace("NAME", name)),
        (&function, FUNCTION.replace("NAME", name)),
        (&list, rules),
    ] {
        std::fs::write(root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(vec![page, function, list])
}

/// The text of `src/rules.rs` with the module and the row of a rule, each in its alphabetical place.
fn with_rule(text: &str, name: &str, module: &str) -> Option<String> {
    let row = format!(
        "    Rule {{ name: \"{name}\", page: include_str!(\"../rules/{name}.md\"), check: Some({module}::check) }},"
    );
    let module_line = format!("mod {module};");
    let of_module = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
    let of_row = |line: &str| {
        Some(
            line.trim()
                .strip_prefix("Rule { name: \"")?
                .split_once('"')?
                .0
                .to_owned(),
        )
    };
    let lines: Vec<&str> = text.lines().collect();
    let place_of = |lines: &[&str], key: &dyn Fn(&str) -> Option<String>, word: &str| {
        let before = lines
            .iter()
            .rposition(|line| key(line).is_some_and(|other| *other < *word));
        let first = || lines.iter().position(|line| key(line).is_some());
        before.map(|at| at + 1).or_else(first)
    };
    let at_row = place_of(&lines, &of_row, name)?;
    // the tests stand below the list
    let at_module = place_of(lines.get(..at_row)?, &of_module, module)?;
    let mut out = lines.clone();
    out.insert(at_row, &row);
    out.insert(at_module, &module_line);
    Some(format!("{}\n", out.join("\n")))
}

const PAGE: &str = r#"---
severity: warning
group: strict
fix: none
since: 0.1.0
---

# NAME

What the container may do because of it, in the first sentence: it stands in the README's table. Then why people write it.

```sh bad
docker run --rm --privileged --cap-drop=all web.example/site
#~^ what is wrong with
```

```sh good
docker run --rm --cap-drop=all web.example/site
```

What to write instead, and the engine's file and version that says so.

## When you can ignore this

The cases in which a reader is right to leave it as it is.
"#;

const FUNCTION: &str = r#"//! `NAME`: what it finds, in a few words.

use crate::container::Container;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container: &Container = scene.container;
    let Some(flag) = container.privileged.first() else {
        return Vec::new();
    };
    let message = format!("what is wrong with {}", who(container));
    vec![Finding::new("NAME", message, Label::new(&flag.place, ""))]
}
"#;
