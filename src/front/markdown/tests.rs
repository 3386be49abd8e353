#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::container::{Container, FileId, Tri};
use crate::fix::{Change, apply};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::source::Source;

fn read(text: &str) -> Reading {
    let surroundings = Surroundings::none();
    front::read(Kind::Markdown, &Arc::new(Source::new("README.md", text)), &surroundings)
}

fn images(text: &str) -> Vec<String> {
    let reading = read(text);
    let image = |c: &Container| c.image.as_ref().map(|image| image.value.shown());
    reading.containers.iter().filter_map(image).collect()
}

/// The page after the first `--privileged` of its only container is taken away.
fn without_privileged(text: &str) -> String {
    let reading = read(text);
    let container = &reading.containers[0];
    assert_eq!(container.privileged(), Tri::Yes, "{text}");
    let change = Change::Remove(container.privileged[0].place.clone());
    let edits = front::render(&reading, container, &[change]).map_err(|refusal| refusal.0);
    apply(reading.source(), FileId(0), &edits.unwrap()).unwrap()
}

#[test]
fn code_blocks_are_read_and_prose_is_not() {
    for page in [
        "```bash\ndocker run x\n```\n",
        "~~~\n$ docker run x\noutput of docker run y\n~~~\n",
        "text\n\n    docker run x\n",
        "1. a\n\n   ```sh\n   docker run x\n   ```\n",
        "> ```console\n> $ docker run \\\n> >   x\n> ```\n",
        "=== \"Tab\"\n\n    ```bash\n    docker run x\n    ```\n",
        "````markdown\n```sh\ndocker run x\n```\n````\n",
        "```yaml\nservices:\n  a:\n    image: x\n```\n",
        "```\nservices:\n  a:\n    image: x\n```\n",
        "```docker\nFROM y\nRUN docker run x\n```\n",
        "```bash\ncat > compose.yaml <<EOF\nservices:\n  a:\n    image: x\nEOF\n```\n",
        "\u{feff}```sh\r\ndocker run \\\r\n  x\r\n```\r\n",
    ] {
        assert_eq!(images(page), ["x"], "{page}");
    }
    for page in [
        "docker run x\n",
        "`docker run x`\n",
        "```python\ndocker run x\n```\n",
        "```bash\n# docker run x\n```\n",
        "<!--\n```sh\ndocker run x\n```\n-->\n",
        "```diff\n- docker run x\n```\n",
        "```json\n{ \"cmd\": \"docker run x\" }\n```\n",
    ] {
        assert_eq!(images(page), [""; 0], "{page}");
    }
}

#[test]
fn fixes_keep_what_stands_before_the_lines() {
    for (page, fixed) in [
        ("```\n$ docker run --privileged x\n```\n", "```\n$ docker run x\n```\n"),
        (
            "> ```sh\n> docker run \\\n>   --privileged \\\n>   x\n> ```\n",
            "> ```sh\n> docker run \\\n>   x\n> ```\n",
        ),
        (
            "- a\n\n  ```console\n  $ docker run \\\n  >   --privileged \\\n  >   x\n  ```\n",
            "- a\n\n  ```console\n  $ docker run \\\n  >   x\n  ```\n",
        ),
        (
            "a\r\n\r\n    docker run \\\r\n      --privileged \\\r\n      x\r\n",
            "a\r\n\r\n    docker run \\\r\n      x\r\n",
        ),
        (
            "1. a\n\t```sh\n\tdocker run \\\n\t  --privileged \\\n\t  x\n\t```\n",
            "1. a\n\t```sh\n\tdocker run \\\n\t  x\n\t```\n",
        ),
        (
            "> ```yaml\n> services:\n>   a:\n>     image: x\n>     privileged: true\n> ```\n",
            "> ```yaml\n> services:\n>   a:\n>     image: x\n> ```\n",
        ),
    ] {
        assert_eq!(without_privileged(page), fixed, "{page}");
    }
}

#[test]
fn what_a_reader_fills_in_is_not_known() {
    let reading = read("```\ndocker run -v <DIR>:/data ... example/a:<tag>\n```\n");
    let container = &reading.containers[0];
    assert_eq!(container.image.as_ref().unwrap().value.shown(), "example/a:<tag>");
    let mount = &container.mounts[0].value;
    assert_eq!(mount.source.as_ref().unwrap().shown(), "<DIR>");
    assert!(!container.unseen.is_empty());
}

#[test]
fn a_page_is_for_any_host_unless_it_speaks_of_one() {
    assert!(read("```sh\ndocker run x\n```\n").is_for_any_host());
    assert!(!read("Works with Podman.\n```sh\ndocker run x\n```\n").is_for_any_host());
    assert!(!read("On SELinux hosts:\n```sh\ndocker run x\n```\n").is_for_any_host());
}
