//! What is refused, and by whom: `refused.jsonl`, recorded by `testdata/record/refused.py`.

use std::path::Path;
use std::sync::Arc;

use privlint::container::{Engine, Refused, Refuser, Written};
use privlint::front::{Surroundings, compose};
use privlint::source::Source;
use privlint::spec::command;
use serde_json::Value;

use super::line;

/// What we say is refused in a truth's text, and the text.
fn ours(truth: &Value) -> (Vec<Written<Refused>>, String) {
    let words = |key: &str| serde_json::from_value::<Vec<String>>(truth[key].clone()).unwrap();
    let engine = match truth["of"].as_str().unwrap() {
        "docker" => Engine::Docker,
        "podman" => Engine::Podman,
        _ => {
            let service = truth["service"].as_str().unwrap();
            let text = format!("services:\n  a:\n    image: x\n    {service}\n");
            let surroundings = Surroundings {
                engine: Engine::Unknown,
                project: &[],
                open: &|_| None,
            };
            let reading = compose::read(&Arc::new(Source::new("compose.yaml", text.as_str())), &surroundings);
            assert_eq!(reading.problems, [], "{service}");
            return (reading.containers[0].refused(), text);
        }
    };
    let mut argv = vec![truth["of"].as_str().unwrap().to_owned(), "run".to_owned()];
    argv.extend(words("words"));
    argv.push("img".to_owned());
    let (text, line) = line(&argv);
    (command::read(&line, engine).unwrap().refused(), text)
}

#[test]
fn what_is_refused_is_known() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/truths/refused.jsonl");
    let recorded = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    for line in recorded.lines() {
        let truth: Value = serde_json::from_str(line).unwrap();
        let (found, text) = ours(&truth);
        let by = match (truth.get("no").and_then(Value::as_str), truth["of"].as_str()) {
            (None, _) => None,
            (Some("selinux"), _) => Some(Refuser::Labelling),
            (Some("daemon"), _) => Some(Refuser::Engine),
            // of podman, client and service are one program
            (Some(_), Some("podman")) => found.first().map(|w| w.value.by).or(Some(Refuser::Engine)),
            (Some(_), _) => Some(Refuser::Client),
        };
        let said: Vec<&str> = found.iter().map(|w| w.value.why.as_str()).collect();
        if by.is_some() != (found.len() == 1) || found.first().map(|w| w.value.by) != by {
            wrong.push(format!(
                "{line}\n    we say {said:?} by {:?}",
                found.first().map(|w| w.value.by)
            ));
        }
        for refused in &found {
            let shown = &text[refused.place.value.range()];
            let part = refused.value.span.map_or(shown, |span| &text[span.range()]);
            assert!(shown.contains(part), "{line}: `{part}` is no part of `{shown}`");
        }
    }
    assert!(recorded.lines().count() >= 350, "{}", recorded.lines().count());
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
