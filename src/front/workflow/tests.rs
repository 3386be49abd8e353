#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::looks_like;
use crate::container::{Container, FileId, Syntax, Tri};
use crate::fix::{Change, apply};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::source::Source;

fn read(text: &str) -> Reading {
    let surroundings = Surroundings::none();
    front::read(Kind::Workflow, &Arc::new(Source::new("ci.yml", text)), &surroundings)
}

fn job(body: &str) -> String {
    format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n{body}")
}

fn image(container: &Container) -> String {
    container
        .image
        .as_ref()
        .map_or_else(String::new, |image| image.value.shown())
}

#[test]
fn a_workflow_is_told_by_its_jobs_and_an_action_by_what_it_runs() {
    assert!(looks_like(&job("    steps: []\n")));
    assert!(looks_like("name: a\nruns:\n  using: composite\n  steps: []\n"));
    for other in [
        "services:\n  a:\n    image: x\n",
        "jobs:\n  x:\n    services:\n      a: { image: x }\n",
        "kind: List\nitems: []\n",
        "version: 2.1\njobs:\n  build:\n    docker: [{image: x}]\n    steps: [checkout]\n",
    ] {
        assert!(!looks_like(other), "{other}");
    }
}

#[test]
fn containers_of_jobs_are_read_as_the_runner_creates_them() {
    let text = job(
        "    container:\n      image: x:1\n      options: >-\n        --privileged --cap-add 'SYS_ADMIN'\n        -v /a:/b\n      \
         volumes: [\"/c:/d:ro\"]\n    services:\n      db: postgres\n      no: { image: '' }\n",
    );
    let reading = read(&text);
    let [container, service] = reading.containers.as_slice() else {
        panic!("{:?}", reading.containers.len());
    };
    assert_eq!(container.syntax, Syntax::Workflow);
    assert_eq!(container.privileged(), Tri::Yes);
    assert_eq!(
        reading.source().slice(container.privileged[0].place.value),
        "--privileged"
    );
    assert_eq!(container.cap_add[0].value.shown(), "SYS_ADMIN");
    assert_eq!(container.mounts.len(), 2);
    assert_eq!(reading.source().slice(container.mounts[1].place.value), "/c:/d:ro");
    assert_eq!(image(service), "postgres");
}

#[test]
fn steps_are_read_with_what_is_set_for_them() {
    for (steps, images) in [
        ("- run: docker run x\n", vec!["x"]),
        (
            "- run: |\n          cd a\n          docker run \\\n            x\n",
            vec!["x"],
        ),
        ("- run: docker run $IMAGE\n        env: { IMAGE: y }\n", vec!["y"]),
        (
            "- run: docker run \"${{ env.IMAGE }}\"\n        env: { IMAGE: y }\n",
            vec!["y"],
        ),
        ("- run: docker run a:${{ matrix.v }}\n", vec!["a:${{ matrix.v }}"]),
        ("- { run: docker run x, shell: python }\n", vec![]),
        ("- { run: docker run x, shell: pwsh }\n", vec![]),
        ("- run: echo docker run x\n", vec![]),
        ("- uses: docker://alpine:3\n", vec!["alpine:3"]),
        ("- uses: docker/build-push-action@v6\n", vec![]),
    ] {
        let reading = read(&job(&format!("    steps:\n      {steps}")));
        assert_eq!(
            reading.containers.iter().map(image).collect::<Vec<_>>(),
            images,
            "{steps}"
        );
    }
    for (shell, count, notes) in [
        ("bash -e {0}", 1, 0),
        ("'script -q -e -c \"bash {0}\"'", 1, 0),
        ("nix develop -c /bin/bash -e {0}", 1, 0),
        ("alpine.sh {0}", 0, 1),
        ("python3 {0}", 0, 0),
        ("pwsh", 0, 0),
    ] {
        let step = |run: &str| {
            read(&job(&format!(
                "    steps:\n      - shell: {shell}\n        run: {run}\n"
            )))
        };
        let reading = step("docker run x");
        assert_eq!(
            (reading.containers.len(), reading.problems.len()),
            (count, notes),
            "{shell}"
        );
        assert!(reading.problems.iter().all(|problem| problem.bound));
        assert!(step("make").problems.is_empty());
    }
    let windows = "on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - run: docker run x\n";
    assert!(read(windows).containers.is_empty());
}

#[test]
fn a_fix_keeps_the_indentation_of_the_block() {
    for (step, fixed) in [
        (
            "- run: |\n          docker run \\\n            --privileged \\\n            x\n",
            "- run: |\n          docker run \\\n            x\n",
        ),
        ("- run: docker run --privileged x\n", "- run: docker run x\n"),
        (
            "- run: \"docker run --privileged x\"\r\n",
            "- run: \"docker run x\"\r\n",
        ),
    ] {
        let text = job(&format!("    steps:\n      {step}"));
        let reading = read(&text);
        let container = &reading.containers[0];
        let change = Change::Remove(container.privileged[0].place.clone());
        let edits = front::render(&reading, container, &[change])
            .map_err(|refusal| refusal.0)
            .unwrap();
        let edited = apply(reading.source(), FileId(0), &edits).unwrap();
        assert_eq!(edited, job(&format!("    steps:\n      {fixed}")));
    }
}

#[test]
fn what_other_steps_may_use_is_not_changed() {
    let text = job("    env:\n      FLAGS: --privileged --init\n    steps:\n      - run: docker run $FLAGS x\n");
    let reading = read(&text);
    let container = &reading.containers[0];
    assert_eq!(container.privileged(), Tri::Yes);
    let change = Change::Remove(container.privileged[0].place.clone());
    assert!(front::render(&reading, container, &[change]).is_err());
}
