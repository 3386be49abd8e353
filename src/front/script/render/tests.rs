#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::container::{Relabel, Tri};
use crate::fix;
use crate::front::{Kind, Surroundings, read};

fn reading(text: &str) -> Reading {
    let open = |_: &Path| None;
    let surroundings = Surroundings {
        open: &open,
        ..Surroundings::none()
    };
    read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings)
}

/// The text after the changes that a function asks for of the first container.
fn after(text: &str, changes: impl Fn(&Container) -> Vec<Change>) -> Result<String, String> {
    let reading = reading(text);
    let container = reading.containers.first().ok_or("no container")?;
    let edits = render(&reading, container, &changes(container)).map_err(|r| r.0)?;
    fix::apply(reading.source(), FileId(0), &edits).ok_or_else(|| "edits overlap".to_owned())
}

/// What mends the first container when it is privileged: drop every capability, label every bind mount.
fn mended(container: &Container) -> Vec<Change> {
    let mut changes: Vec<Change> = container
        .privileged
        .iter()
        .map(|p| Change::Remove(p.place.clone()))
        .collect();
    changes.push(Change::Add(Key::CapDrop, "all".to_owned()));
    for mount in container.mounts.iter().filter(|m| m.value.is_bind()) {
        changes.push(Change::Relabel(mount.place.clone(), Relabel::Private));
    }
    changes
}

#[test]
fn the_registry_of_the_story_is_mended_in_place() {
    let line = "podman run -d --name registry -p 5000:5000 -v \"$(pwd)\"/certs:/certs  --restart=always --privileged registry:2\n";
    let fixed = "podman run -d --name registry -p 5000:5000 -v \"$(pwd)\"/certs:/certs:Z  --restart=always --cap-drop=all registry:2\n";
    assert_eq!(after(line, mended).as_deref(), Ok(fixed));
}

#[test]
fn changes_keep_to_the_shape_of_the_command() {
    let cases = [
        (
            "podman run \\\n  --privileged \\\n  -v /a:/b:ro \\\n  img\n",
            "podman run \\\n  --cap-drop=all \\\n  -v /a:/b:ro,Z \\\n  img\n",
        ),
        (
            "podman run --privileged\\\n img\n",
            "podman run --cap-drop=all\\\n img\n",
        ),
        (
            "podman run -v '/a:/b' img sh\r\n",
            "podman run -v '/a:/b:Z' --cap-drop=all img sh\r\n",
        ),
        (
            "podman run \\\r\n\t-it \\\r\n\timg\r\n",
            "podman run \\\r\n\t-it \\\r\n\t--cap-drop=all \\\r\n\timg\r\n",
        ),
        (
            "A=(--privileged -v /a:/b)\npodman run \"${A[@]}\" img\n",
            "A=(-v /a:/b:Z)\npodman run \"${A[@]}\" --cap-drop=all img\n",
        ),
        (
            "O=\"--privileged -v /a:/b\"\npodman run $O img\n",
            "O=\"-v /a:/b:Z\"\npodman run $O --cap-drop=all img\n",
        ),
        (
            "podman run --mount type=bind,src=/a,dst=/b img\n",
            "podman run --mount type=bind,src=/a,dst=/b,relabel=private --cap-drop=all img\n",
        ),
        (
            "podman run -v /a:/b:z,ro img\n",
            "podman run -v /a:/b:Z,ro --cap-drop=all img\n",
        ),
        // what a caller passes on is written at the call
        (
            "r() {\n\tpodman run -v /a:/b \"$@\"\n}\nr --privileged img\n",
            "r() {\n\tpodman run -v /a:/b:Z --cap-drop=all \"$@\"\n}\nr img\n",
        ),
        (
            "A=(\n  -t\n  --privileged # why\n  -v \"$D\":/b\n)\npodman run \"${A[@]}\" img\n",
            "A=(\n  -t\n  # why\n  -v \"$D\":/b:Z\n)\npodman run \"${A[@]}\" --cap-drop=all img\n",
        ),
        (
            "A=(\n  --privileged\n  -v \"$D:/b\"\n)\npodman run \"${A[@]}\" img\n",
            "A=(\n  -v \"$D:/b:Z\"\n)\npodman run \"${A[@]}\" --cap-drop=all img\n",
        ),
        (
            "P=--privileged\nif x; then podman run $P img; fi\n",
            "P=\nif x; then podman run $P --cap-drop=all img; fi\n",
        ),
        (
            "ssh h 'podman run --privileged -v /a:/b img'\n",
            "ssh h 'podman run --cap-drop=all -v /a:/b:Z img'\n",
        ),
        (
            "bash <<EOF\npodman run --privileged img\nEOF\n",
            "bash <<EOF\npodman run --cap-drop=all img\nEOF\n",
        ),
        (
            "x=$(podman run -d --privileged img)\n",
            "x=$(podman run -d --cap-drop=all img)\n",
        ),
    ];
    for (text, fixed) in cases {
        assert_eq!(after(text, mended).as_deref(), Ok(fixed), "{text}");
        assert!(bash_reads(fixed), "{fixed}");
    }
}

/// What the words of some settings leave behind.
#[test]
fn settings_go_with_the_blank_or_the_line_that_holds_them() {
    let options = |container: &Container| -> Vec<Change> {
        let mut changes: Vec<Change> = container
            .security_opt
            .iter()
            .map(|o| Change::Remove(o.place.clone()))
            .collect();
        changes.extend(
            container
                .namespaces
                .iter()
                .map(|n| Change::Remove(n.mode.place.clone())),
        );
        changes.extend(container.cap_add.iter().map(|c| Change::Remove(c.place.clone())));
        changes.extend(
            container
                .mounts
                .iter()
                .map(|m| Change::Relabel(m.place.clone(), Relabel::None)),
        );
        changes
    };
    let cases = [
        ("podman run --security-opt label=disable img\n", "podman run img\n"),
        ("podman run  --pid=host  --net host img\n", "podman run img\n"),
        (
            "podman run \\\n  --security-opt \\\n  label=disable \\\n  img\n",
            "podman run \\\n  img\n",
        ),
        (
            "podman run \\\n  --pid=host --ipc=host \\\n  -t img\n",
            "podman run \\\n  -t img\n",
        ),
        ("podman run --cap-add A,B,C img\n", "podman run img\n"),
        (
            "podman run -v /a:/b:ro,z -v \"/c:/d:Z\" img\n",
            "podman run -v /a:/b:ro -v \"/c:/d\" img\n",
        ),
        ("O='--pid host'\npodman run $O img\n", "O=''\npodman run $O img\n"),
        (
            "O=\"-t --pid=host\"\npodman run $O img\n",
            "O=\"-t\"\npodman run $O img\n",
        ),
        (
            "O=\"-t\"\nO=\"$O --pid=host\"\npodman run $O img\n",
            "O=\"-t\"\nO=\"$O\"\npodman run $O img\n",
        ),
        ("podman run ${O:---pid=host} img\n", "podman run ${O:-} img\n"),
    ];
    let mut wrong = Vec::new();
    for (text, fixed) in cases {
        let found = after(text, options);
        if found.as_deref() != Ok(fixed) {
            wrong.push(format!("{text}expected {fixed}found    {found:?}"));
        }
        assert!(bash_reads(fixed), "{fixed}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// True when `bash -n` reads a script, or where there is no bash.
fn bash_reads(text: &str) -> bool {
    use std::io::Write;
    let child = std::process::Command::new("bash")
        .arg("-n")
        .stdin(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return true };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(text.replace('\r', "").as_bytes());
    }
    child.wait().is_ok_and(|status| status.success())
}

#[test]
fn what_is_not_written_out_is_refused() {
    let cases = [
        ("P=--privileged\npodman run \"$P\" img\n", "quoted expansion"),
        ("f() { podman run $1 img; }\nf --privileged\n", "by its position"),
        (
            "for p in --privileged -it; do podman run $p img; done\n",
            "loop runs over",
        ),
    ];
    for (text, why) in cases {
        let refused = after(text, mended).unwrap_err();
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

#[test]
fn a_changed_command_reads_as_the_change_says() {
    let fixed = after("podman run --privileged -v /a:/b img\n", mended).unwrap();
    let again = reading(&fixed);
    let container = again.containers.first().unwrap();
    assert_eq!(container.privileged(), Tri::No);
    assert!(container.cap_drop.first().unwrap().value.is("all"));
    assert_eq!(container.mounts.first().unwrap().value.relabel, Relabel::Private);
}

#[test]
fn a_variable_behind_a_target_may_hold_the_label() {
    let label = |container: &Container| {
        let mounts = container.mounts.iter();
        mounts
            .map(|m| Change::Relabel(m.place.clone(), Relabel::Private))
            .collect()
    };
    for text in [
        "Z=\nif x; then Z=\":Z\"; fi\npodman run -v ./a:/b$Z img\n",
        "x && M=:z || M=\npodman run -v \"$PWD/a:/b$M\" img\n",
        "podman run -v ./a:/b${SEL:+:Z} img\n",
        "podman run -v ./a:/b$M img\n",
        "podman run -v ./a:/b:ro$M img\n",
        "podman run --mount type=bind,src=/a,dst=/b$M img\n",
        "V=\"-v ./d:/d\"\nx && V=\"$V:Z\"\npodman run $V img\n",
    ] {
        let container = reading(text).containers.remove(0);
        let mount = &container.mounts.first().unwrap().value;
        assert!(mount.may_be_labelled(), "{text}");
        assert!(after(text, label).is_err(), "{text}");
    }
    for text in ["podman run -v $D/a:/b/$D img\n", "Z=:Z\npodman run -v ./a:/b$Z img\n"] {
        let container = reading(text).containers.remove(0);
        assert!(!container.mounts.first().unwrap().value.may_be_labelled(), "{text}");
    }
}

#[test]
fn what_others_read_too_is_not_changed() {
    for text in [
        "V=./a:/a\npodman run -v $V img\necho \"${V#*:}/conf\" > x\n",
        "P=--privileged\n[ \"$P\" = --privileged ] && echo\npodman run $P img\n",
        "O=\"--privileged -t\"\necho \"started with $O\"\npodman run $O img\n",
        "export O=--privileged\npodman run $O img\n",
        "f() { podman pull \"$@\"; podman run \"$@\"; }\nf --privileged img\n",
    ] {
        let refused = after(text, mended).unwrap_err();
        assert!(refused.contains("read by something else"), "{text}: {refused}");
    }
    for text in [
        "O=--privileged\nO=\"$O -t\"\npodman run $O img\n",
        "O=(--privileged)\nO=(\n  \"${O[@]}\"\n  -t\n)\npodman run \"${O[@]}\" img\n",
        "O=(--privileged)\nO=(\"${O[@]}\" -t)\npodman run \"${O[@]}\" img\n",
        "OPTS=x\nO=--privileged\necho $OPTS\npodman run $O img\n",
        "f() { podman run \"$@\"; }\nf --privileged img\ng() { echo \"$@\"; }\ng\n",
    ] {
        assert!(after(text, mended).is_ok(), "{text}");
    }
}

#[test]
fn capabilities_are_dropped_on_every_path_or_nothing_is_changed() {
    let text = "A=--cap-drop=all\nif x; then A=--privileged; fi\npodman run $A img\n";
    let remove = |container: &Container| {
        let settings = container.privileged.iter();
        settings.map(|p| Change::Remove(p.place.clone())).collect()
    };
    assert!(after(text, remove).unwrap_err().contains("only some path"));
}
