//! Documents that are written from the binary and the rules are current. `PRIVLINT_BLESS=1` writes them again.

use std::sync::{Mutex, PoisonError};

use privlint::output::rulebook;
use privlint::rules::page::FixPromise;

use crate::support::{Folder, privlint, root};

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
    same(&text[from..to], expected, &format!("{document}, {mark},"));
}

#[test]
fn the_story_in_the_documentation_is_real_output() {
    let output = privlint(root())
        .args(["testdata/tour/registry.sh", "-q", "--isolated"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    part_is_current(
        "docs/README.md",
        "story",
        &format!(
            "```text\n$ privlint registry.sh\n{}```\n",
            text.replace("testdata/tour/", "")
        ),
    );
}

/// PyPI, crates.io and npm show the README too.
#[test]
fn the_links_of_the_readme_lead_somewhere_from_anywhere() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let home = "https://github.com/privlint/privlint/blob/main/";
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(target.starts_with("https://"), "{target}");
        if let Some(path) = target.strip_prefix(home) {
            assert!(root().join(path).exists(), "{target}");
        }
    }
}

#[test]
fn the_table_of_rules_in_the_readme_is_current() {
    let mut table = String::from("| rule | severity | group | fix | |\n|---|---|---|---|---|\n");
    for (name, page) in rulebook::pages() {
        let front = &page.front;
        let fix = fix_word(front.fix);
        let summary = page.summary().replace('\n', " ").replace('|', "\\|");
        table.push_str(&format!(
            "| [`{name}`]({}) | {} | {} | {fix} | {summary} |\n",
            rulebook::url(name),
            front.severity.as_str(),
            rulebook::group_word(front.group),
        ));
    }
    part_is_current("README.md", "rules", &table);
}

fn fix_word(fix: FixPromise) -> &'static str {
    match fix {
        FixPromise::Safe => "`--fix`",
        FixPromise::Unsafe => "`--unsafe-fixes`",
        FixPromise::Manual => "advice",
        FixPromise::None => "",
    }
}

/// Compares a whole file with what it should be.
fn file_is_current(path: &std::path::Path, expected: &str) {
    if std::env::var_os("PRIVLINT_BLESS").is_some_and(|v| v == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, expected).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    same(&there, expected, &path.display().to_string());
}

/// Fails with the lines that differ.
fn same(there: &str, expected: &str, name: &str) {
    if there != expected {
        let diff = similar::TextDiff::from_lines(there, expected);
        let diff = diff.unified_diff().context_radius(1).to_string();
        let lines: Vec<&str> = diff.lines().take(60).collect();
        panic!(
            "{name} is not current (PRIVLINT_BLESS=1 writes it again):\n{}",
            lines.join("\n")
        );
    }
}

#[test]
fn the_pages_of_the_rules_in_the_documentation_are_current() {
    let folder = root().join("docs/rules");
    let mut names: Vec<String> = Vec::new();
    for (name, page) in rulebook::pages() {
        let front = &page.front;
        let mut text = format!(
            "# {}\n\n<!-- written from rules/{name}.md -->\n\n| severity | group | fix | since |\n|---|---|---|---|\n| {} | {} | {} | {} |\n\n{}\n",
            page.title,
            front.severity.as_str(),
            rulebook::group_word(front.group),
            match fix_word(front.fix) {
                "" => "none",
                word => word,
            },
            front.since,
            page.body.trim()
        );
        if !front.references.is_empty() || !front.cwe.is_empty() {
            text.push_str("\n## References\n\n");
            for reference in &front.references {
                match reference.starts_with("https://") {
                    true => text.push_str(&format!("- <{reference}>\n")),
                    false => text.push_str(&format!("- {reference}\n")),
                }
            }
            for cwe in &front.cwe {
                text.push_str(&format!(
                    "- [CWE-{cwe}](https://cwe.mitre.org/data/definitions/{cwe}.html)\n"
                ));
            }
        }
        file_is_current(&folder.join(format!("{name}.md")), &text);
        names.push(format!("{name}.md"));
    }
    let mut there: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    names.sort();
    assert_eq!(there, names, "a page of a rule that is no more");
}

#[test]
fn the_pages_of_the_images_in_the_documentation_are_current() {
    let folder = root().join("docs/images");
    let pages = privlint::cli::image_pages();
    for (name, page) in &pages {
        file_is_current(&folder.join(format!("{name}.md")), page);
    }
    let there = std::fs::read_dir(&folder).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let known = |file: &String| pages.iter().any(|(name, _)| *file == format!("{name}.md"));
    let stale: Vec<String> = there.filter(|file| !known(file)).collect();
    assert!(stale.is_empty(), "pages of entries that are no more: {stale:?}");
}

/// What other programs are told of the version, and of the archives of a release.
#[test]
fn packages_are_of_one_version_and_archives_have_one_name() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let npm: serde_json::Value = serde_json::from_str(&read("packaging/npm/package.json")).unwrap();
    assert_eq!(npm["version"], version);
    assert!(
        npm["optionalDependencies"]
            .as_object()
            .unwrap()
            .values()
            .all(|v| v == version)
    );
    let mirror = read("packaging/pre-commit-mirror/pyproject.toml");
    assert!(mirror.contains(&format!("version = \"{version}\"")));
    assert!(mirror.contains(&format!("\"privlint=={version}\"")));
    // the hook of the mirror gets what the hook of this repository gets
    let filter = |name: &str| {
        let hooks: serde_yaml::Value = serde_yaml::from_str(&read(name)).unwrap();
        hooks[0]["files"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        filter(".pre-commit-hooks.yaml"),
        filter("packaging/pre-commit-mirror/.pre-commit-hooks.yaml")
    );
    for document in ["README.md", "docs/ci.md"] {
        let text = read(document);
        let named = text.split("privlint@v").skip(1).chain(text.split("rev: v").skip(1));
        for rest in named {
            assert!(rest.starts_with(version), "{document} speaks of another version");
        }
    }
    // cargo binstall, the action and the release workflow speak of one name
    let cargo = read("Cargo.toml");
    assert!(cargo.contains("/v{ version }/privlint-{ target }.tar.gz\""));
    assert!(cargo.contains("bin-dir = \"privlint-{ target }/{ bin }{ binary-ext }\""));
    let release = read(".github/workflows/release.yml");
    assert!(release.contains("name=\"privlint-$TARGET\"") && release.contains("-czf \"dist/$name.tar.gz\" \"$name\""));
    let action = read("action/run.sh");
    assert!(action.contains("name=\"privlint-$target\"") && action.contains("\"$name.tar.gz.sha256\""));
    for target in ["-unknown-linux-musl", "-apple-darwin", "x86_64-pc-windows-msvc"] {
        assert!(release.contains(target) && action.contains(target), "{target}");
    }
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    let path = root().join("docs/privlint.schema.json");
    let expected = serde_json::to_string_pretty(&privlint::config::schema()).unwrap() + "\n";
    file_is_current(&path, &expected);
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
    file_is_current(&path, &picture);
}

#[test]
fn every_key_of_the_json_is_in_the_document() {
    let document = std::fs::read_to_string(root().join("docs/output.md")).unwrap();
    let folder = Folder::with(&[
        ("Dockerfile", "FROM debian:13\nRUN --security=insecure true\n"),
        (
            "compose.yaml",
            "services:\n  web:\n    build: .\n    volumes: [./a:/a]\n    deploy: {replicas: 2}\n",
        ),
        ("run.sh", "docker run -d --name app $O -v ./a:/a example.org/x\n"),
        ("a.log", "privlint: life first app\n"),
    ]);
    let mut missing = std::collections::BTreeSet::new();
    for args in [
        &["inspect", "--format=json", "--evidence=a.log", "."][..],
        &["--format=json", "."],
    ] {
        let ran = folder.run(args);
        let value: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        keys(&value, &mut missing);
    }
    assert!(missing.contains("evidence") && missing.contains("built"), "{missing:?}");
    // the names of namespaces are values
    missing.retain(|key| !document.contains(&format!("\"{key}\"")));
    assert_eq!(missing, std::collections::BTreeSet::new());
}

fn keys(value: &serde_json::Value, out: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
            out.insert(key.clone());
            keys(value, out);
        }),
        serde_json::Value::Array(list) => list.iter().for_each(|value| keys(value, out)),
        _ => {}
    }
}
