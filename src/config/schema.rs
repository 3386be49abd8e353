//! The JSON schema of the configuration file.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{File, Selector};

/// The schema, made from the types that are read. The checked-in copy is `docs/privlint.schema.json`.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft07().with_transform(Plain);
    let mut schema = settings.into_generator().into_root_schema_for::<File>();
    let id = format!("{}/raw/main/docs/privlint.schema.json", env!("CARGO_PKG_REPOSITORY"));
    schema.insert("$id".to_owned(), id.into());
    // a file of comments alone is nothing
    schema.insert("type".to_owned(), json!(["object", "null"]));
    schema.to_value()
}

/// Leaves out what says nothing to an editor, defaults that are empty and the widths of numbers, and makes of
/// words with a description each a list of words.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        for key in ["default", "format", "maximum"] {
            schema.remove(key);
        }
        let words = schema.get("oneOf").and_then(Value::as_array).map(|choices| {
            let words = choices.iter().map(|choice| choice.get("const").cloned());
            words.collect::<Option<Vec<Value>>>()
        });
        if let Some(Some(words)) = words {
            schema.remove("oneOf");
            schema.insert("type".to_owned(), "string".into());
            schema.insert("enum".to_owned(), words.into());
        }
        transform_subschemas(self, schema);
    }
}

impl JsonSchema for Selector {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "selector".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": Selector::words()})
    }
}

/// What is said of images. The keys are explained where privlint's own tables are.
pub(super) fn images(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": image()})
}

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

    /// The keys that a type takes, as its own error lists them.
    fn keys(error: &serde_yaml::Error) -> Vec<String> {
        let text = error.to_string();
        let mut keys: Vec<String> = text.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    }

    #[test]
    fn the_schema_has_the_names_of_the_rules_and_the_words_of_the_keys() {
        let schema = schema();
        let at = |pointer: &str| schema.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(at("/definitions/selector/enum"), json!(Selector::words()));
        assert_eq!(at("/properties/selinux/enum"), json!(["auto", "on", "off"]));
        let option = "/properties/rules/additionalProperties/properties/allow-images/items/type";
        assert_eq!(at(option), json!("string"));
        assert_eq!(at("/additionalProperties"), json!(false));
        let image = keys(&serde_yaml::from_str::<crate::knowledge::images::Entry>("zzz: 1").unwrap_err());
        let mut told: Vec<String> = at("/properties/images/items/properties")
            .as_object()
            .map(|map| map.keys().cloned().collect())
            .unwrap_or_default();
        told.sort();
        assert_eq!(told, image);
    }
}
