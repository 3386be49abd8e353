#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::container::{Container, FileId, Text, Tri};
use crate::fix::{Change, apply};
use crate::front::{Kind, Reading, Surroundings, read, render};
use crate::source::Source;

fn reading(name: &str, text: &str) -> Reading {
    let surroundings = Surroundings::none();
    read(Kind::Unit, &Arc::new(Source::new(name, text)), &surroundings)
}

fn service(body: &str) -> Reading {
    reading("web.service", &format!("[Service]\n{body}"))
}

/// Image and command of each container, with where the image is written.
fn launches(body: &str) -> Vec<String> {
    let reading = service(body);
    let image = |c: &Container| {
        let image = c.image.as_ref().map(|w| w.value.shown()).unwrap_or_default();
        let command: Vec<String> = c.command.iter().map(Text::shown).collect();
        let mounts: Vec<String> = c.mounts.iter().map(|w| w.value.text.shown()).collect();
        let line = reading.source().line_of(c.head.start);
        format!("{line} {image} {} {}", command.join("|"), mounts.join("|"))
            .trim_end()
            .to_owned()
    };
    reading.containers.iter().map(image).collect()
}

#[test]
fn commands_are_read_as_systemd_reads_them() {
    for (body, expected) in [
        ("ExecStart=/usr/bin/podman run x a 'b c' \"d\"\n", &["2 x a|b c|d"][..]),
        (
            "ExecStartPre=-/usr/bin/docker rm x\nExecStart=+docker run y\n",
            &["3 y"],
        ),
        (
            "ExecStart=podman run old\nExecStart=\nExecStart=podman run new\n",
            &["4 new"],
        ),
        ("ExecStart=podman run \\\n# --privileged\n  x\n", &["2 x"]),
        (
            "ExecStart=podman run -v %h/a:/b x%%y $$HOME\n",
            &["2 x%y $HOME %h/a:/b"],
        ),
        ("ExecStart=/bin/sh -c 'exec podman run x $${P:-b}'\n", &["2 x b"]),
        (
            "ExecStart=/bin/sh -c \"podman run -v '/a b':/c x\"\n",
            &["2 x  /a b:/c"],
        ),
        ("ExecStart=@podman podman run x\n", &["2 x"]),
        ("ExecStart=podman run a ; podman run b\n", &["2 a", "2 b"]),
        (
            "Environment=IMAGE=x \"DIR=/a b\"\nExecStart=podman run -v ${DIR}:/c $IMAGE\n",
            &["3 x  /a b:/c"],
        ),
        (
            "EnvironmentFile=/e\nEnvironment=IMAGE=x\nExecStart=podman run ${IMAGE}\n",
            &["4 ${IMAGE}"],
        ),
        ("ExecStart=podman run x \\x41\\sb\n", &["2 x A b"]),
        ("ExecStart=podman run x 'open\n", &[]),
        (
            "{% if a %}\nExecStart=podman run {{ image }} y\n{% endif %}\n",
            &["3 {{ image }} y"],
        ),
        ("ExecStop=podman exec --privileged x y\n", &["2  y"]),
    ] {
        assert_eq!(launches(body), expected, "{body}");
    }
}

#[test]
fn a_unit_of_the_system_is_run_by_root() {
    let rootless = |name: &str, body: &str| reading(name, &format!("[Service]\n{body}")).containers[0].rootless;
    let start = "ExecStart=podman run x\n";
    assert!(!rootless("web.service", start));
    assert!(rootless("web.service", &format!("User=core\n{start}")));
    assert!(rootless(
        "web.service",
        &format!("{start}[Install]\nWantedBy=default.target\n")
    ));
    assert!(rootless("home/.config/systemd/user/web.service", start));
    assert!(!rootless(
        "etc/systemd/system/web.service",
        "ExecStart=podman run -v %h/a:/a x\n"
    ));
}

#[test]
fn relative_paths_are_seen_from_the_folder_of_the_service() {
    let start = "ExecStart=podman run -v ./etc:/x -v .:/y x\n";
    for (body, paths) in [
        (String::new(), ["/etc", "/"]),
        ("WorkingDirectory=/srv/app\n".to_owned(), ["/srv/app/etc", "/srv/app"]),
        (
            "WorkingDirectory=-%h/app\n".to_owned(),
            ["$HOME/app/./etc", "$HOME/app/."],
        ),
        ("WorkingDirectory=~\n".to_owned(), ["$HOME/./etc", "$HOME/."]),
        ("WorkingDirectory=%S/app\n".to_owned(), ["…/./etc", "…/."]),
        ("WorkingDirectory={{ dir }}\n".to_owned(), ["…/./etc", "…/."]),
        (
            "[Install]\nWantedBy=default.target\n[Service]\n".to_owned(),
            ["$HOME/./etc", "$HOME/."],
        ),
    ] {
        let reading = service(&format!("{body}{start}"));
        let mounts = reading.containers[0].mounts.iter();
        let found: Vec<String> = mounts.map(|w| w.value.path().unwrap().shown()).collect();
        assert_eq!(found, paths, "{body}");
    }
}

#[test]
fn a_fix_is_written_in_the_unit() {
    let body = "ExecStart=/usr/bin/podman run --rm \\\n    --privileged \\\n    -v %h/a:/a x\n";
    let reading = service(body);
    let container = &reading.containers[0];
    assert_eq!(container.privileged(), Tri::Yes);
    let changes: Vec<Change> = container
        .privileged
        .iter()
        .map(|w| Change::Remove(w.place.clone()))
        .collect();
    let edits = render(&reading, container, &changes).unwrap();
    let text = apply(reading.source(), FileId(0), &edits).unwrap();
    assert_eq!(
        text,
        format!("[Service]\n{}", body.replace("    --privileged \\\n", ""))
    );
}

#[test]
fn other_files_of_such_names_are_none() {
    for text in [
        "service foo { }\n",
        "[Service]\nType=oneshot\n",
        "[Unit]\nDescription=ExecStart\n",
    ] {
        assert!(!(Kind::Unit.front().may_matter)(text), "{text}");
        assert!(reading("x.service", text).containers.is_empty());
    }
}
