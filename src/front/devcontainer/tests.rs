#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::container::{Container, Syntax, Tri};
use crate::fix::Change;
use crate::front::{self, Kind, Reading, Surroundings};
use crate::source::Source;

fn read(text: &str) -> Reading {
    let surroundings = Surroundings::none();
    front::read(
        Kind::Devcontainer,
        &Arc::new(Source::new("devcontainer.json", text)),
        &surroundings,
    )
}

fn image(container: &Container) -> String {
    container
        .image
        .as_ref()
        .map_or_else(String::new, |image| image.value.shown())
}

#[test]
fn settings_and_arguments_say_one_container() {
    let text = "\u{feff}{\n  // a remark\n  \"image\": \"x:1\",\n  \"privileged\": true,\n  \"capAdd\": [\"SYS_PTRACE\"],\n  \
        \"runArgs\": [\"-v\", \"/a:/b\", \"--network=host\",],\n  \"mounts\": [\"source=/c,target=/d,type=bind\", \
        {\"type\": \"bind\", \"source\": \"${localEnv:HOME}/e\", \"target\": \"/f\"}],\n}\n";
    let reading = read(text);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let [container] = reading.containers.as_slice() else {
        panic!("{}", reading.containers.len());
    };
    assert_eq!(container.syntax, Syntax::Devcontainer);
    assert_eq!(container.privileged(), Tri::Yes);
    assert_eq!(image(container), "x:1");
    let written = |at: usize| reading.source().slice(container.mounts[at].place.value);
    let mut all: Vec<&str> = (0..container.mounts.len()).map(written).collect();
    all.sort_unstable();
    assert_eq!(all[0], "\"/a:/b\"");
    assert_eq!(all.len(), 3);
    assert_eq!(
        reading.source().slice(container.privileged[0].place.value),
        "\"privileged\": true"
    );
}

#[test]
fn commands_are_read_and_settings_of_editors_are_not() {
    for (key, images) in [
        ("\"initializeCommand\": \"docker run \\\"x\\\"\"", vec!["x"]),
        ("\"postCreateCommand\": [\"docker\", \"run\", \"x\"]", vec!["x"]),
        (
            "\"postCreateCommand\": {\"a\": \"docker run x\", \"b\": [\"sh\", \"-c\", \"docker run y\"]}",
            vec!["x", "y"],
        ),
        ("\"customizations\": {\"x\": \"docker run x\"}", vec![]),
        ("\"features\": {}", vec![]),
    ] {
        let reading = read(&format!("{{ {key} }}"));
        assert_eq!(
            reading.containers.iter().map(image).collect::<Vec<_>>(),
            images,
            "{key}"
        );
    }
}

#[test]
fn a_broken_file_is_told_and_words_of_a_list_are_not_changed() {
    let reading = read("{ \"image\": 'x' }");
    assert!(reading.problems.iter().any(|problem| problem.ends_reading));
    assert!(!read(&"[".repeat(100_000)).problems.is_empty());
    let reading = read("{ \"postCreateCommand\": [\"docker\", \"run\", \"--privileged\", \"x\"] }");
    let container = &reading.containers[0];
    let change = Change::Remove(container.privileged[0].place.clone());
    assert!(front::render(&reading, container, &[change]).is_err());
}
