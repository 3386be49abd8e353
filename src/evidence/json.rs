//! Lines and documents of JSON: journals, laurel, tracers, what an engine says of its containers.

use serde_json::Value;

use super::listing::Listed;
use super::record::{Context, Denial, DenialKind, capability};
use super::trace::Check;

/// What a JSON object holds.
#[derive(Debug)]
pub(super) enum Held {
    /// A line of text, and the container that wrote it.
    Text(String, Option<String>),
    /// A refusal.
    Denial(Box<Denial>),
    /// A check of a capability.
    Check(Check),
    /// What is listed of a container.
    Listed(Listed, Option<String>),
}

/// What one object holds; nothing for one that is not known.
pub(super) fn held(value: &Value) -> Vec<Held> {
    let text = |key: &str| string(value, key);
    if let Some(message) = value.get("MESSAGE") {
        let container = text("CONTAINER_NAME");
        return message_of(message)
            .into_iter()
            .map(|m| Held::Text(m, container.clone()))
            .collect();
    }
    if let (Some(log), Some(_)) = (text("log"), text("stream")) {
        return vec![Held::Text(log.trim_end().to_owned(), None)];
    }
    if let Some(record) = value.get("AVC").or_else(|| value.get("SECCOMP")) {
        let is_avc = value.get("AVC").is_some();
        let records = record
            .as_array()
            .map_or_else(|| vec![record], |list| list.iter().collect());
        let denials = records.into_iter().filter_map(|r| laurel(r, value, is_avc));
        return denials.map(|d| Held::Denial(Box::new(d))).collect();
    }
    if let Some(check) = check(value) {
        return vec![Held::Check(check)];
    }
    if value.get("HostConfig").is_some() || value.get("ProcessLabel").is_some() || value.get("EffectiveCaps").is_some()
    {
        return inspected(value);
    }
    if let Some(denial) = falco(value) {
        return vec![Held::Denial(Box::new(denial))];
    }
    Vec::new()
}

fn string(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned()).filter(|text| !text.is_empty())
}

/// A journal gives a text that is not plain as its bytes.
fn message_of(message: &Value) -> Option<String> {
    match message {
        Value::String(text) => Some(text.clone()),
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|b| u8::try_from(b.as_u64()?).ok()).collect();
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

/// A record of laurel's: the words of the record as an object, the others of its event beside it.
fn laurel(record: &Value, event: &Value, is_avc: bool) -> Option<Denial> {
    let context = |key: &str| Context::parse(&string(record, key)?);
    let mut denial = Denial::new(if is_avc { DenialKind::Avc } else { DenialKind::Seccomp });
    let syscall = event.get("SYSCALL");
    denial.comm = string(record, "comm").or_else(|| string(syscall?, "comm"));
    if !is_avc {
        let call = record.get("SYSCALL").or_else(|| record.get("syscall"))?;
        denial.syscall = Some(call.as_str().map_or_else(|| call.to_string(), str::to_owned));
        denial.rule = Some("the filter decided".to_owned());
        return Some(denial);
    }
    denial.permissions = match record.get("denied")? {
        Value::Array(list) => list
            .iter()
            .filter_map(|p| Some(p.as_str()?.to_owned()))
            .take(32)
            .collect(),
        Value::String(one) => one.split_whitespace().map(str::to_owned).collect(),
        _ => return None,
    };
    denial.source = context("scontext");
    denial.target = context("tcontext");
    denial.class = string(record, "tclass");
    denial.path = string(record, "path").or_else(|| string(record, "name"));
    let permissive = record.get("permissive").map(|v| v.to_string());
    denial.let_pass = permissive.is_some_and(|v| v.trim_matches('"') == "1");
    if denial.is_of_capability_class() {
        denial.capability = denial.permissions.first().and_then(|p| capability(p));
    }
    (denial.source.is_some() && denial.class.is_some()).then_some(denial)
}

/// A check of a capability: Inspektor Gadget's, old and new, and Tracee's.
fn check(value: &Value) -> Option<Check> {
    let at = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let number_or_name = |v: &Value| match v {
        Value::Number(n) => capability(&n.to_string()),
        Value::String(s) => capability(s),
        _ => None,
    };
    let container = [
        "/runtime/containerName",
        "/k8s/containerName",
        "/containerName",
        "/container/name",
        "/container",
    ];
    let container = container
        .iter()
        .find_map(|path| at(path))
        .filter(|name| !name.is_empty());
    if value.get("eventName").and_then(Value::as_str) == Some("cap_capable") {
        let arguments = value.get("args")?.as_array()?;
        let cap = arguments
            .iter()
            .find(|a| a.get("name").and_then(Value::as_str) == Some("cap"))?;
        return Some(Check {
            name: number_or_name(cap.get("value")?)?,
            comm: at("/processName").unwrap_or_default(),
            container,
            refused: value
                .get("returnValue")
                .and_then(Value::as_i64)
                .is_some_and(|code| code < 0),
        });
    }
    let name = value.get("capName").or_else(|| value.get("cap"))?;
    let comm = ["/proc/comm", "/comm", "/proc/name"].iter().find_map(|path| at(path))?;
    let refused = at("/verdict").is_some_and(|v| v.eq_ignore_ascii_case("deny"))
        || value.get("capable").and_then(Value::as_bool) == Some(false);
    Some(Check {
        name: number_or_name(name)?,
        comm,
        container,
        refused,
    })
}

/// An event of Falco's that tells of a call that failed.
fn falco(value: &Value) -> Option<Denial> {
    let fields = value.get("output_fields")?;
    let result = string(fields, "evt.res")?;
    let call = string(fields, "evt.type");
    let line = format!("{}() = -1 {result}", call.as_deref().unwrap_or(""));
    let mut denial = super::trace::strace(&line)?;
    denial.comm = string(fields, "proc.name");
    denial.path = string(fields, "fd.name").or_else(|| string(fields, "fs.path.name"));
    denial.container = string(fields, "container.name").filter(|name| name != "host");
    Some(denial)
}

/// What `podman inspect` and `docker inspect` say of one container.
fn inspected(value: &Value) -> Vec<Held> {
    let name = string(value, "Name").map(|name| name.trim_start_matches('/').to_owned());
    let mut found = Vec::new();
    if let Some(list) = value.get("EffectiveCaps").and_then(Value::as_array) {
        let names = list.iter().filter_map(|c| capability(c.as_str()?)).collect();
        found.push(Held::Listed(Listed::Capabilities(names), name.clone()));
    }
    if let Some(label) = string(value, "ProcessLabel").and_then(|label| Context::parse(&label)) {
        found.push(Held::Listed(Listed::Label(label), name.clone()));
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn one(text: &str) -> Held {
        held(&serde_json::from_str(text).unwrap()).pop().unwrap()
    }

    #[test]
    fn journals_and_logs_hold_text() {
        assert!(
            matches!(one(r#"{"MESSAGE":"hi","CONTAINER_NAME":"web"}"#), Held::Text(t, Some(c)) if t == "hi" && c == "web")
        );
        assert!(matches!(one(r#"{"MESSAGE":[104,105]}"#), Held::Text(t, None) if t == "hi"));
        assert!(matches!(one(r#"{"log":"hi\n","stream":"stderr","time":"x"}"#), Held::Text(t, None) if t == "hi"));
    }

    #[test]
    fn tracers_hold_checks() {
        for text in [
            r#"{"capName":"SYS_ADMIN","comm":"mount","verdict":"Deny","k8s":{"containerName":"c"}}"#,
            r#"{"cap":"CAP_SYS_ADMIN","capable":false,"proc":{"comm":"mount"},"runtime":{"containerName":"c"}}"#,
            r#"{"eventName":"cap_capable","processName":"mount","args":[{"name":"cap","value":21}],"container":{"name":"c"},"returnValue":-1}"#,
        ] {
            let Held::Check(check) = one(text) else {
                panic!("{text}")
            };
            assert_eq!(
                (check.name, check.comm.as_str(), check.refused),
                ("SYS_ADMIN", "mount", true),
                "{text}"
            );
            assert_eq!(check.container.as_deref(), Some("c"), "{text}");
        }
    }
}
