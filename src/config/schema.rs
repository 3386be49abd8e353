//! The JSON schema of the configuration file.

use serde_json::{Value, json};

use crate::output::rulebook;

/// The schema, made from the rules and the keys. The checked-in copy is `docs/privlint.schema.json`.
pub fn schema() -> Value {
    let rules = rulebook::names();
    let selectors: Vec<&str> = super::selector::GROUPS
        .iter()
        .map(|(name, _)| *name)
        .chain(rules.clone())
        .collect();
    let selection = |description: &str| {
        json!({
            "description": description,
            "type": "array",
            "items": {"$ref": "#/definitions/selector"},
            "uniqueItems": true,
        })
    };
    let globs = |description: &str| json!({"description": description, "type": "array", "items": {"type": "string"}});
    let by_rule = |description: &str, value: &Value| {
        json!({
            "description": description,
            "type": "object",
            "propertyNames": {"enum": rules},
            "additionalProperties": value,
        })
    };
    let words =
        |description: &str, words: &[&str]| json!({"description": description, "type": "string", "enum": words});
    let severity = json!({"type": "string", "enum": ["error", "warning", "note"]});
    let options = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "allow-images": globs("Images that the rule passes over, as globs over full names."),
            "allow": globs("Values that the rule passes over: capabilities, host paths of mounts, devices, namespaces such as `host`."),
        },
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": format!("{}/raw/main/docs/privlint.schema.json", env!("CARGO_PKG_REPOSITORY")),
        "title": "privlint",
        "description": "The configuration of privlint, .privlint.yaml.",
        "type": ["object", "null"],
        "additionalProperties": false,
        "definitions": {"selector": {"type": "string", "enum": selectors}},
        "properties": {
            "select": selection("The rules and groups that are checked; without it, the default group."),
            "ignore": selection("Rules and groups that are not checked."),
            "selinux": words("Are the hosts that run these containers SELinux hosts?", &["auto", "on", "off"]),
            "engine": words("The engine that runs Compose files and words such as $DOCKER.", &["auto", "docker", "podman"]),
            "exclude": globs("Files that are left out, in the syntax of .gitignore, relative to this file."),
            "fail-on": words("The least severity that makes the exit code 1.", &["error", "warning", "note", "never"]),
            "baseline": {"description": "The file that lists known findings, relative to this file.", "type": "string"},
            "severity": by_rule("Other severities for rules.", &severity),
            "per-file-ignores": {
                "description": "Rules and groups that are off in the files that a glob covers.",
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"$ref": "#/definitions/selector"}},
            },
            "rules": by_rule("Options of single rules.", &options),
            "projects": {
                "description": "Compose files that are laid over each other, as with `docker compose -f a -f b`, relative to this file.",
                "type": "array",
                "items": {"type": "array", "items": {"type": "string"}, "minItems": 2},
            },
            "images": {
                "description": "What the project knows of its images itself, in the shape of privlint's own tables.",
                "type": "array",
                "items": image(),
            },
            "ignores": {
                "description": "What ignore comments have to say.",
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "require-reason": {"description": "True when each must give a reason.", "type": "boolean"},
                    "max-age-days": {
                        "description": "The number of days that until= may lie ahead; a comment without it does not count then.",
                        "type": "integer",
                        "minimum": 0,
                    },
                },
            },
        },
    })
}

/// What is said of an image. Its keys are explained where privlint's own tables are.
fn image() -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    let one_of = |words: &[&str]| json!({"type": "string", "enum": words});
    let list = |required: &[&str]| json!({"type": "array", "items": {"type": "object", "required": required}});
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "images", "trust", "starts-as", "as-user", "sources"],
        "properties": {
            "name": text, "images": texts, "versions": text, "fallback": {"type": "boolean"},
            "trust": one_of(&["verified", "read", "source", "upstream", "reported", "inferred"]),
            "uncertain": text, "on-top-of-default": {"type": "boolean"},
            "starts-as": one_of(&["root", "user", "varies"]),
            "as-user": one_of(&["yes", "default", "partial", "no", "other"]),
            "ports": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 65535}},
            "port-env": text, "config": texts, "data": texts, "programs": texts, "needs-program": {"type": "boolean"},
            "capabilities": list(&["name", "when", "why"]), "never": list(&["capabilities", "why", "at"]),
            "unknown": list(&["when", "why"]), "runs": texts, "file-capabilities": texts, "devices": texts,
            "sysctls": texts, "privileged": {"type": "object"}, "socket": text, "host": text, "privileged-as": text,
            "sources": texts,
        },
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{File, Ignores, RuleOptions};

    /// The keys that a type takes, as its own error lists them.
    fn keys(error: &serde_yaml::Error) -> Vec<String> {
        let text = error.to_string();
        let mut keys: Vec<String> = text.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    }

    fn properties(schema: &Value, pointer: &str) -> Vec<String> {
        let map = schema.pointer(pointer).and_then(Value::as_object).unwrap();
        map.keys().cloned().collect()
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema = schema();
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        let top = keys(&serde_yaml::from_str::<File>("zzz: 1").unwrap_err());
        assert_eq!(sorted(properties(&schema, "/properties")), top);
        let image = keys(&serde_yaml::from_str::<crate::knowledge::images::Entry>("zzz: 1").unwrap_err());
        assert_eq!(
            sorted(properties(&schema, "/properties/images/items/properties")),
            image
        );
        let ignores = keys(&serde_yaml::from_str::<Ignores>("zzz: 1").unwrap_err());
        assert_eq!(sorted(properties(&schema, "/properties/ignores/properties")), ignores);
        let rule = keys(&serde_yaml::from_str::<RuleOptions>("zzz: 1").unwrap_err());
        assert_eq!(
            sorted(properties(&schema, "/properties/rules/additionalProperties/properties")),
            rule
        );
    }
}
