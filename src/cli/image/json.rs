//! The answer for programs, version 1.

use serde_json::{Value, json};

use super::answer::{Answer, Known, Row};
use super::forms::Form;
use crate::container::Engine;
use crate::knowledge::bases::User;
use crate::knowledge::images::{Entry, Required};
use crate::knowledge::standing::Standing;

/// The answer.
pub(super) fn written(answer: &Answer) -> Value {
    let launch = &answer.launch;
    let mut value = json!({
        "version": 1,
        "image": launch.image,
        "name": answer.image.name,
        "entry": null,
        "match": "none",
        "trust": null,
        "starts_as": answer.base.as_ref().map(|base| match base.user {
            User::Root => "root",
            User::Ordinary(_) => "user",
        }),
        "launch": match launch.open {
            true => Value::Null,
            false => json!({
                "mounts": launch.mounts,
                "user": launch.user,
                "environment": launch.environment,
                "ports": launch.ports,
                "command": launch.command,
                "rootless": launch.engine == Engine::Podman && !launch.rootful,
            }),
        },
        "engine": launch.engine.as_str(),
        // an empty list would say that it needs nothing
        "needs": null,
        "never": null,
        "privileged": null,
    });
    if let Some(known) = &answer.known {
        for (key, said) in of_known(known) {
            value[key] = said;
        }
    }
    value
}

fn of_known(known: &Known) -> Vec<(&'static str, Value)> {
    let entry = known.found.entry;
    let needs = &known.needs;
    let unknown = known.found.entries.iter().flat_map(|entry| &entry.unknown);
    let unknown: Vec<Value> = unknown
        .map(|u| json!({"path": u.when.to_string(), "why": u.why}))
        .collect();
    let entries: Vec<&str> = known.found.entries.iter().map(|e| e.name.as_str()).collect();
    vec![
        ("entry", json!(entry.name)),
        ("entries", json!(entries)),
        ("match", json!(if known.found.exact { "exact" } else { "family" })),
        ("trust", json!(known.trust())),
        ("uncertain", json!(entry.uncertain)),
        ("configuration", json!(known.found.own.map(|own| &own.file))),
        ("starts_as", json!(entry.starts_as)),
        ("as_user", json!(entry.as_user)),
        ("ports", json!(entry.ports)),
        ("data", json!(entry.data)),
        ("needs", rows(&known.rows, true)),
        ("on_top_of_default", json!(needs.on_top_of_default)),
        ("spared", rows(&known.spared, true)),
        ("optional", rows(&known.optional, true)),
        ("never", rows(&known.never, false)),
        ("unknown", json!(unknown)),
        ("privileged", privileged(entry, needs.privileged)),
        ("safe", json!(known.is_safe())),
        ("doubt", json!(needs.doubt)),
        ("facts", json!(needs.facts)),
        (
            "standing",
            known.standing.iter().map(|(entry, s)| standing(entry, s)).collect(),
        ),
        ("write", write(known)),
        ("not_written", json!(known.write.as_ref().err())),
        ("sources", json!(entry.sources)),
    ]
}

fn rows(rows: &[Row], with_paths: bool) -> Value {
    let row = |row: &Row| {
        let mut value = json!({"capability": row.capability});
        if with_paths {
            value["paths"] = json!(row.paths);
        }
        value["why"] = json!(row.why);
        value["source"] = json!(row.source);
        value
    };
    rows.iter().map(row).collect()
}

fn privileged(entry: &Entry, required: Required) -> Value {
    let said = &entry.privileged;
    json!({"required": required, "why": said.why, "instead": said.instead, "unused": said.unused})
}

fn standing(entry: &Entry, standing: &Standing) -> Value {
    let on = standing.on.iter();
    let on: Vec<Value> = on
        .map(|on| json!({"entrypoint": on.entrypoint, "program": on.program, "engine": on.engine}))
        .collect();
    json!({
        "entry": entry.name,
        "known": standing.known,
        "paths": {"rootful": standing.rooted, "rootless": standing.rootless, "untried": standing.untried},
        "on": on,
        "dates": standing.dates,
        "trust": standing.trust,
    })
}

fn write(known: &Known) -> Value {
    let Ok(written) = &known.write else { return Value::Null };
    let mut value = json!({});
    for (form, text) in written {
        value[key(*form)] = json!(text);
    }
    value
}

fn key(form: Form) -> &'static str {
    match form {
        Form::Run => "run",
        Form::Compose => "compose",
        Form::Quadlet => "quadlet",
    }
}
