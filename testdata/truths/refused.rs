//! What is refused, and by whom: `refused.jsonl`, recorded by `testdata/record/refused.py`.

use std::path::Path;
use std::sync::Arc;

use privlint::container::{Engine, Refused, Refuser, Written};
use privlint::front::{Kind, Surroundings, read};
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
            // what Docker's Compose was asked: `keep-id` would speak for podman's
            let surroundings = Surroundings {
                engine: Engine::Docker,
                ..Surroundings::none()
            };
            let reading = read(
                Kind::Compose,
                &Arc::new(Source::new("compose.yaml", text.as_str())),
                &surroundings,
            );
            assert_eq!(reading.problems, [], "{service}");
            return (reading.containers[0].refused(), text);
        }
    };
    let (command, key): (&[&str], _) = match truth.get("pod") {
        Some(_) => (&["pod", "create"], "pod"),
        None => (&["run"], "words"),
    };
    let mut argv = vec![truth["of"].as_str().unwrap().to_owned()];
    argv.extend(command.iter().map(|word| (*word).to_owned()));
    argv.extend(words(key));
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

/// What is refused of the launches of a script.
fn in_script(text: &str) -> Vec<String> {
    let surroundings = Surroundings::none();
    let reading = read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings);
    assert!(!reading.containers.is_empty(), "{text}");
    let refused = reading.containers.iter().flat_map(|c| c.refused());
    refused.map(|w| w.value.why).collect()
}

#[test]
fn what_is_not_certain_is_not_said() {
    for text in [
        // a part that only the run knows
        "docker run --pid=$MODE img",
        "docker run --security-opt no-new-privileges=$NNP img",
        "docker run -v $DIR:/b:foo img",
        "docker run -v /a:$TO:foo img",
        "docker run -v $A:/b -v $B:/b img",
        "docker run --device $DEVICE:rwx img",
        // one of the two engines takes it
        "$ENGINE run --userns=keep-id --pid=private -v /a:/b:U -v /c:/d:consistent img",
        "$ENGINE run --security-opt unmask=ALL --security-opt label=nested img",
        "$ENGINE run --device dev/fuse --network=host --device-cgroup-rule 'c 1 rwm' img",
        "o=\n[ \"$P\" ] && o=--userns=keep-id\ndocker run $o img",
        // paths of Windows, and examples to be filled in
        "docker run -v 'C:\\data:C:\\data' img",
        "podman run -v 'c:/data:/data:ro' img",
        "docker run --device 'class/5B45201D-F2F2-4F3B-85BB-30FF1F953599' img",
        "docker run -v '[path]:/data' -v path/to/data:/x -v HOSTPATH/x:/y -v '{{.Dir}}:/z' img",
        // bash fills in the home
        "docker run --mount src=~/x,type=bind,dst=/y img",
        // another driver has other names
        "docker run --volume-driver=nfs -v host/share:/data img",
        // nothing of the kind is known of nerdctl
        "nerdctl run --pid=foo -v /a:b img",
    ] {
        assert_eq!(in_script(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_stands_beside_a_variable_is_said() {
    for (text, expected) in [
        (
            "docker run -v \"$PWD/a\":/b:foo img",
            "docker knows no option `foo` of a mount",
        ),
        ("docker run -v ~/a:b img", "the target `b` is not an absolute path"),
        (
            "$ENGINE run --pid=foo img",
            "docker takes no `foo` for `--pid`, and podman takes no `foo` for `--pid`",
        ),
        (
            "$ENGINE run --security-opt label=off img",
            "`off` is no value of `label`",
        ),
        (
            "$ENGINE run -v /a:/b -v /c:/b img",
            "another mount has the target `/b` too",
        ),
        (
            "m=private\ndocker run --pid=$m img",
            "docker takes no `private` for `--pid`",
        ),
        (
            "docker run --volume=~/a:/b img",
            "docker does not expand `~`, and takes the source for the name of a volume",
        ),
    ] {
        assert_eq!(in_script(text), [expected], "{text}");
    }
}

#[test]
fn a_file_for_podman_may_be_read_by_either() {
    let read = |service: &str| {
        let text = format!("services: {{a: {{image: x, {service}}}}}\n");
        let surroundings = Surroundings {
            engine: Engine::Podman,
            ..Surroundings::none()
        };
        let reading = read(
            Kind::Compose,
            &Arc::new(Source::new("compose.yaml", text.as_str())),
            &surroundings,
        );
        reading.containers[0].refused().len()
    };
    assert_eq!(
        read("pid: private, userns_mode: keep-id, security_opt: [unmask=ALL]"),
        0
    );
    assert_eq!(read("pid: foo, security_opt: [disable, foo=bar]"), 3);
}

#[test]
fn long_values_are_cut() {
    let long = in_script(&format!("docker run --pid={} img", "x".repeat(100_000)));
    assert!(long[0].chars().count() <= 201, "{}", long[0].len());
    let lines = in_script("docker run --pid='a\nb' img");
    assert!(!lines[0].contains('\n'), "{lines:?}");
}
