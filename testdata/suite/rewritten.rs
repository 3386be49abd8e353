//! Every fix of a Compose example in the layouts that people write: the rule still finds it, the fix
//! still mends it, and an independent reader of YAML sees nothing else change.

use std::collections::BTreeMap;

use privlint::engine::Report;
use privlint::fix::Safety;
use privlint::rules::page::{ExampleKind, FixPromise, Language};
use serde_yaml::{Mapping, Value};

use crate::layouts::LAYOUTS;
use crate::samples::{Sample, kind_of, pages, settings};

/// What a fix may touch, taken out of a document; the rest has to stay.
fn untouched(text: &str) -> Option<Vec<Value>> {
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let mut value: Value = serde::Deserialize::deserialize(document).ok()?;
        value.apply_merge().ok()?;
        strip(&mut value);
        documents.push(value);
    }
    Some(documents)
}

fn strip(value: &mut Value) {
    const TOUCHED: &[&str] = &[
        "privileged",
        "cap_add",
        "cap_drop",
        "security_opt",
        "devices",
        "device_cgroup_rules",
        "sysctls",
        "pid",
        "ipc",
        "cgroup",
        "user",
        "use_api_socket",
        "entitlements",
        "network",
        "selinux",
        "read_only",
        "shm_size",
    ];
    match value {
        Value::Mapping(map) => {
            map.retain(|key, _| !key.as_str().is_some_and(|k| TOUCHED.contains(&k)));
            map.iter_mut().for_each(|(_, v)| strip(v));
            // what held only the setting goes with it
            let empty =
                |v: &Value| v.as_mapping().is_some_and(Mapping::is_empty) || v.as_sequence().is_some_and(Vec::is_empty);
            map.retain(|key, v| !matches!(key.as_str(), Some("build" | "volumes")) || !empty(v));
        }
        Value::Sequence(items) => {
            items.iter_mut().for_each(strip);
            items.retain(|item| !item.as_str().is_some_and(|s| s.starts_with("/dev/")));
        }
        Value::String(text) => {
            for label in [":z", ":Z", ",z", ",Z", ":ro", ",ro"] {
                *text = text.strip_suffix(label).unwrap_or(text).to_owned();
            }
        }
        _ => {}
    }
}

/// The findings of a rule, each with why it is not mended, where it is not.
fn left<'a>(report: &'a Report, rule: &str) -> Vec<Option<&'a String>> {
    let of_rule = report.diagnostics.iter().filter(|d| d.finding.rule == rule);
    of_rule.map(|d| d.fix_refused.as_ref()).collect()
}

#[test]
fn fixes_hold_in_every_layout() {
    let mut wrong = Vec::new();
    let mut mended: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, page) in pages() {
        if !matches!(page.front.fix, FixPromise::Safe | FixPromise::Unsafe) {
            continue;
        }
        let bad = page.examples.windows(2).filter(|pair| {
            let [bad, fixed] = pair else { return false };
            bad.kind == ExampleKind::Bad && bad.language == Language::Yaml && fixed.kind == ExampleKind::Fixed
        });
        for example in bad.map(|pair| &pair[0]) {
            // comments that ignore something are lost where the text is written anew
            if example.text.contains('#') {
                continue;
            }
            let (kind, name) = kind_of(example.language);
            for (layout, change) in LAYOUTS {
                let Some(text) = change(&example.text) else { continue };
                let sample = Sample {
                    from: format!("rules/{rule}.md:{} in {layout}", example.line),
                    path: name.into(),
                    kind,
                    text,
                    settings: settings(rule, example.selinux, example.engine),
                };
                if left(&sample.lint(&sample.text), rule).is_empty() {
                    wrong.push(format!("{}: not found in\n{}", sample.from, sample.text));
                    continue;
                }
                let fixed = sample.fix(&sample.text, Safety::Unsafe);
                match left(&fixed.left, rule).as_slice() {
                    [] => *mended.entry(layout).or_default() += 1,
                    [Some(_), ..] if *layout == "extends" || *layout == "merge key" => {}
                    _ => wrong.push(format!("{}: not mended:\n{}", sample.from, fixed.text)),
                }
                let (before, after) = (untouched(&sample.text), untouched(&fixed.text));
                if after.is_none() || before != after {
                    wrong.push(format!(
                        "{}: more changes:\n{}into\n{}",
                        sample.from, sample.text, fixed.text
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    for (layout, _) in LAYOUTS {
        let count = mended.get(layout).copied().unwrap_or_default();
        assert!(
            count >= 8,
            "only {count} fixes were tried and held in the layout {layout}"
        );
    }
}
