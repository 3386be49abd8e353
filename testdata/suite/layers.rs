//! The layers point one way.

use std::path::Path;

/// Each layer, and the layers it may use. A layer may always use itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("container", &["source"]),
    ("spec", &["source", "container", "knowledge"]),
    ("fix", &["source", "container"]),
    ("knowledge", &["source", "container"]),
    ("semantics", &["source", "container", "knowledge"]),
    ("evidence", &["source", "container", "fix", "knowledge"]),
    ("shell", &["source", "container", "spec", "knowledge"]),
    ("front", &["source", "container", "spec", "fix", "knowledge", "shell"]),
    ("rules", &["container", "fix", "knowledge", "semantics"]),
    (
        "engine",
        &[
            "source",
            "container",
            "spec",
            "fix",
            "knowledge",
            "semantics",
            "evidence",
            "shell",
            "front",
            "rules",
        ],
    ),
    ("output", &["source", "container", "fix", "evidence", "rules", "engine"]),
];

/// The outside, which may use everything, and which nothing else uses.
const OUTSIDE: &[&str] = &["cli", "config", "discover", "server", "lib", "main"];

#[test]
fn layers_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(&src).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let relative = entry.path().strip_prefix(&src).unwrap().with_extension("");
        let layer = relative.iter().next().unwrap().to_str().unwrap().to_owned();
        if OUTSIDE.contains(&layer.as_str()) {
            continue;
        }
        seen += 1;
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(l, _)| *l == layer)
            .unwrap_or_else(|| panic!("no layer {layer}"));
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for (n, line) in text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            for used in used_layers(line) {
                if used != layer && !allowed.contains(&used) {
                    wrong.push(format!("{}:{}: {layer} uses {used}", relative.display(), n + 1));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} files were looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first part of each `crate::…` path on a line.
fn used_layers(line: &str) -> Vec<&str> {
    let paths = line
        .match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with('$'));
    let names = paths.map(|(at, prefix)| {
        let rest = &line[at + prefix.len()..];
        &rest[..rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len())]
    });
    names
        .filter(|name| name.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

/// Parts of the layer of fronts, and those that each may use besides itself. The face of the layer,
/// `front.rs`, stands above them.
const INSIDE_FRONT: &[(&str, &[&str])] = &[
    ("reading", &[]),
    ("one_by_one", &["reading"]),
    ("named", &["reading"]),
    ("yaml", &["reading"]),
    ("compose", &["reading", "json", "yaml"]),
    ("dockerfile", &["reading", "one_by_one"]),
    ("merge", &[]),
    ("mount_options", &["reading"]),
    ("script", &["reading", "one_by_one", "merge", "mount_options"]),
    ("markdown", &["reading"]),
    ("workflow", &["reading", "yaml"]),
    ("make", &["reading"]),
    ("json", &["reading"]),
    ("devcontainer", &["reading", "json"]),
    ("built", &["reading", "dockerfile"]),
    ("nested", &["reading", "merge"]),
    ("systemd", &["reading"]),
    ("quadlet", &["reading", "one_by_one", "mount_options", "systemd"]),
    ("unit", &["reading", "systemd"]),
    ("cloud_init", &["reading", "yaml"]),
];

/// A front imports no other front, and none of them the face.
#[test]
fn fronts_point_one_way() {
    let front = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/front");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(&front).into_iter().map(Result::unwrap) {
        let relative = entry.path().strip_prefix(&front).unwrap().with_extension("");
        let names: Vec<&str> = relative.iter().map(|name| name.to_str().unwrap()).collect();
        if entry.path().extension().is_none_or(|e| e != "rs") || names.contains(&"tests") {
            continue;
        }
        seen += 1;
        let (part, allowed) = INSIDE_FRONT
            .iter()
            .find(|(part, _)| *part == names[0])
            .unwrap_or_else(|| panic!("no part {} of the fronts", names[0]));
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        let up = "super::".repeat(names.len());
        for line in code.lines().map(str::trim_start).filter(|l| l.starts_with("use ")) {
            let below = ["use crate::front::", &format!("use {up}")].map(|head| line.strip_prefix(head));
            let Some(rest) = below.into_iter().flatten().next() else {
                continue;
            };
            let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if used != *part && used != "super" && !allowed.contains(&used.as_str()) {
                wrong.push(format!("front/{}: {line}", relative.display()));
            }
        }
    }
    assert!(seen > 40, "only {seen} files were looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
