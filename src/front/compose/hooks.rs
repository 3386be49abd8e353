//! What Compose runs beside a service: commands inside its container, and steps before it starts.

use super::service::{one, switch, texts, words};
use super::value::Value;
use crate::container::{Container, Engine, Key, Namespace, Place, Syntax, Text, Unseen, Written};
use crate::front::reading::Problem;

/// Commands that Compose runs inside the container at moments of its life, where they ask for more
/// than the container has: `post_start`, `pre_stop`, `develop.watch[].exec`.
pub(super) fn hooks(name: &str, service: &Value, engine: Engine, problems: &mut Vec<Problem>) -> Vec<Container> {
    let listed = ["post_start", "pre_stop"].into_iter();
    let mut found: Vec<&Value> = listed.filter_map(|k| service.get(k)).flat_map(Value::items).collect();
    let watch = service.get("develop").and_then(|d| d.get("watch"));
    found.extend(
        watch
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|w| w.get("exec")),
    );
    let mut execs = Vec::new();
    for hook in found {
        if hook.get("privileged").is_none() && hook.get("user").is_none() {
            continue;
        }
        let head = hook.entries().first().map_or(hook.span, |(_, first)| first.entry);
        let mut c = Container::new(Syntax::Exec, engine, hook.file, head, hook.entry);
        c.name = Some(Written::new(
            Text::cooked(name, service.key),
            Place::new(service.key, service.entry),
        ));
        c.via = hook.via.clone();
        c.command = hook.get("command").map(words).unwrap_or_default();
        c.user = hook
            .get("user")
            .and_then(|v| Some(Written::new(v.text()?.clone(), v.place_with_key())));
        c.environment = hook.get("environment").map(texts).unwrap_or_default();
        if let Some(value) = hook.get("privileged") {
            c.privileged.extend(switch(value, "privileged", problems));
        }
        execs.push(c);
    }
    execs
}

/// Labels by which another container runs commands in this one: ofelia and its forks, and offen's backups.
const EXEC_LABELS: [&str; 4] = [
    "job-exec.",
    "volume-backup.exec",
    "volume-backup.archive-",
    "volume-backup.copy-",
];

/// What runs commands of its own in the service's container, if anything does.
pub(super) fn worked_in(service: &Value, container: &Container) -> Option<String> {
    if let Some(hook) = ["post_start", "pre_stop"]
        .into_iter()
        .find(|k| service.get(k).is_some())
    {
        return Some(format!("`{hook}` runs commands of its own in it"));
    }
    let watched = service.get("develop").and_then(|d| d.get("watch"));
    if watched.is_some_and(|watched| watched.items().iter().any(|w| w.get("exec").is_some())) {
        return Some("`develop.watch` runs commands of its own in it".to_owned());
    }
    let labels = container.labels.iter().map(|label| label.value.shown());
    let label = labels
        .into_iter()
        .find(|label| EXEC_LABELS.iter().any(|part| label.contains(part)))?;
    let name = label.split('=').next().unwrap_or_default();
    Some(format!("the label `{name}` has commands run in it"))
}

/// The containers of `pre_start`: each step has one of its own, with the volumes and the networks of
/// the service, before that starts (Compose 5.3 `pkg/compose/pre_start.go`).
pub(super) fn before_start(name: &str, service: &Value, of: &Container, problems: &mut Vec<Problem>) -> Vec<Container> {
    let steps = service.get("pre_start").map(Value::items).unwrap_or_default();
    let container = |(number, step): (usize, &Value)| {
        let (_, first) = step.entries().first()?;
        let mut c = Container::new(Syntax::Compose, of.engine, step.file, first.entry, step.entry);
        c.name = Some(Written::new(
            Text::cooked(format!("{name}, step {} of pre_start", number + 1), service.key),
            Place {
                file: service.file,
                ..Place::new(service.key, service.entry)
            },
        ));
        c.via = step.via.clone();
        c.image = step.get("image").and_then(one).or_else(|| of.image.clone());
        c.command = step.get("command").map(words).unwrap_or_default();
        c.user = step
            .get("user")
            .and_then(|v| Some(Written::new(v.text()?.clone(), v.place_with_key())));
        c.environment = step.get("environment").map(texts).unwrap_or_default();
        if let Some(value) = step.get("privileged") {
            c.privileged.extend(switch(value, "privileged", problems));
        }
        c.mounts = of.mounts.clone();
        c.volumes_from = of.volumes_from.clone();
        let networks = of.namespaces.iter().filter(|s| s.namespace == Namespace::Network);
        c.namespaces = networks.cloned().collect();
        c.removed_on_exit = true;
        // a step has no keys for these: nobody can write what is missing
        let missing = [
            (Key::CapDrop, "cap_drop"),
            (Key::SecurityOpt, "security_opt"),
            (Key::ReadOnly, "read_only"),
        ];
        c.unseen.extend(missing.map(|(key, name)| Unseen {
            place: step.place(),
            text: format!("{name} of pre_start"),
            hides: Some(key),
        }));
        Some(c)
    };
    steps.iter().enumerate().filter_map(container).collect()
}
