//! The ten layouts in which people write a Compose file. The same project is written in each.

use serde_yaml::{Mapping, Value};

/// The same project in another layout; `None` where it cannot be said so.
pub(crate) type Layout = fn(&str) -> Option<String>;

/// Every layout, by its name.
pub(crate) const LAYOUTS: &[(&str, Layout)] = &[
    ("block", |text| Some(text.to_owned())),
    ("flow", flow),
    ("anchors", anchors),
    ("merge key", merge_key),
    ("extends", extends),
    ("empty lists", empty_lists),
    ("comments", |text| Some(commented(text, "# a word: [about, it]"))),
    ("tabs in comments", |text| Some(commented(text, "#\tby\thand\t"))),
    ("windows line endings", |text| Some(text.replace('\n', "\r\n"))),
    ("two documents", |text| {
        Some(format!(
            "services:\n  other:\n    image: other.example/x\n    cap_drop: [ALL]\n---\n{text}"
        ))
    }),
];

/// The service that says the same as another, where a layout needs two to share what is said.
pub(crate) fn twin(name: &str) -> String {
    format!("{name}-too")
}

fn project(text: &str) -> Option<Mapping> {
    let value: Value = serde_yaml::from_str(text).ok()?;
    value.as_mapping().cloned()
}

fn services(project: &Mapping) -> Option<&Mapping> {
    project.get("services")?.as_mapping()
}

fn written(project: &Mapping) -> Option<String> {
    serde_yaml::to_string(project).ok()
}

/// What stands beside the services, as text.
fn beside(project: &Mapping) -> Option<String> {
    let mut rest = project.clone();
    rest.remove("services");
    if rest.is_empty() {
        Some(String::new())
    } else {
        written(&rest)
    }
}

/// Each service between braces on one line, with plain words where they can be plain.
fn flow(text: &str) -> Option<String> {
    let project = project(text)?;
    let mut out = String::from("services:\n");
    for (name, service) in services(&project)? {
        out.push_str(&format!("  {}: {}\n", name.as_str()?, braced(service)?));
    }
    for (key, value) in project.iter().filter(|(key, _)| key.as_str() != Some("services")) {
        out.push_str(&format!("{}: {}\n", key.as_str()?, braced(value)?));
    }
    Some(out)
}

fn braced(value: &Value) -> Option<String> {
    Some(match value {
        Value::Mapping(map) => {
            let entry = |(key, value): (&Value, &Value)| Some(format!("{}: {}", braced(key)?, braced(value)?));
            let entries: Option<Vec<String>> = map.iter().map(entry).collect();
            format!("{{{}}}", entries?.join(", "))
        }
        Value::Sequence(items) => {
            let items: Option<Vec<String>> = items.iter().map(braced).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::String(text) => word(text),
        other => serde_yaml::to_string(other).ok()?.trim_end().to_owned(),
    })
}

/// A text as it is written between brackets.
fn word(text: &str) -> String {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.' | '~'));
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '~' | '_' | '-' | '=' | ':' | '@');
    // a plain word that is no text (`true`, `~`, `host:`) would be read as something else
    let text_anyway = serde_yaml::from_str::<Value>(text).is_ok_and(|v| v.as_str() == Some(text));
    let one_of_old = matches!(
        text.to_ascii_lowercase().as_str(),
        "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if first && text.chars().all(rest) && text_anyway && !one_of_old {
        text.to_owned()
    } else if text.contains('\n') {
        serde_json::to_string(text).unwrap_or_default()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Each value of a service at an anchor, and a second service that has them by alias.
fn anchors(text: &str) -> Option<String> {
    let project = project(text)?;
    let mut out = String::from("services:\n");
    for (name, service) in services(&project)? {
        let name = name.as_str()?;
        let mut aliases = String::new();
        out.push_str(&format!("  {name}:\n"));
        for (key, value) in service.as_mapping()? {
            let (key, anchor) = (key.as_str()?, format!("{name}-{}", key.as_str()?));
            let body = serde_yaml::to_string(value).ok()?;
            let nested = matches!(value, Value::Mapping(m) if !m.is_empty())
                || matches!(value, Value::Sequence(s) if !s.is_empty());
            if nested {
                out.push_str(&format!("    {key}: &{anchor}\n{}", indented(&body, 6)));
            } else {
                out.push_str(&format!("    {key}: &{anchor} {body}"));
            }
            aliases.push_str(&format!("    {key}: *{anchor}\n"));
        }
        out.push_str(&format!("  {}:\n{aliases}", twin(name)));
    }
    Some(out + &beside(&project)?)
}

/// Each service's keys in an anchor under `x-`, taken over by two merge keys.
fn merge_key(text: &str) -> Option<String> {
    let project = project(text)?;
    let (mut bases, mut users) = (String::new(), String::from("services:\n"));
    for (name, service) in services(&project)? {
        let name = name.as_str()?;
        let body = serde_yaml::to_string(service).ok()?;
        bases.push_str(&format!("x-{name}: &{name}\n{}", indented(&body, 2)));
        for user in [name.to_owned(), twin(name)] {
            users.push_str(&format!("  {user}:\n    <<: *{name}\n    domainname: local\n"));
        }
    }
    Some(bases + &users + &beside(&project)?)
}

/// Each service's keys in another that it extends.
fn extends(text: &str) -> Option<String> {
    let mut project = project(text)?;
    let mut users = Mapping::new();
    for (name, _) in services(&project)? {
        let name = name.as_str()?;
        let link = serde_yaml::from_str(&format!("extends: {{service: {name}}}\ndomainname: local\n")).ok()?;
        users.insert(twin(name).into(), link);
    }
    project.get_mut("services")?.as_mapping_mut()?.extend(users);
    written(&project)
}

/// Lists that hold nothing, where a service has none.
fn empty_lists(text: &str) -> Option<String> {
    let mut project = project(text)?;
    for (_, service) in project.get_mut("services")?.as_mapping_mut()? {
        let service = service.as_mapping_mut()?;
        for key in ["cap_drop", "cap_add", "security_opt", "devices"] {
            if !service.contains_key(key) {
                service.insert(key.into(), Value::Sequence(Vec::new()));
            }
        }
    }
    written(&project)
}

/// A comment above each line, and one at its end; a block of text has none.
fn commented(text: &str, comment: &str) -> String {
    let mut out = String::new();
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|above| indent > above) {
            out.push_str(&format!("{line}\n"));
            continue;
        }
        block = line.ends_with('|').then_some(indent);
        out.push_str(&format!("{}{comment}\n{line}  {comment}\n", &line[..indent]));
    }
    out
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|l| format!("{}{l}\n", " ".repeat(by))).collect()
}
