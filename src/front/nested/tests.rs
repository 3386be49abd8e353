#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use crate::container::{Container, FileId, Hole, Key, PieceKind, Place, Relabel, Syntax, Tri};
use crate::fix::{Change, apply};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::source::Source;

fn read(text: &str) -> Reading {
    let surroundings = Surroundings::none();
    front::read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings)
}

/// The containers as `syntax name image`, holes as they are written.
fn shown(text: &str) -> Vec<String> {
    let reading = read(text);
    let show = |c: &Container| {
        let text = |w: &Option<crate::container::Written<crate::container::Text>>| {
            w.as_ref().map_or_else(|| "-".to_owned(), |w| w.value.shown())
        };
        format!("{:?} {} {}", c.syntax, text(&c.name), text(&c.image))
    };
    reading.containers.iter().map(show).collect()
}

fn edited(text: &str, index: usize, changes: impl Fn(&Container) -> Vec<Change>) -> Result<String, String> {
    let reading = read(text);
    let container = &reading.containers[index];
    let edits = front::render(&reading, container, &changes(container)).map_err(|refusal| refusal.0)?;
    Ok(apply(reading.source(), FileId(0), &edits).unwrap())
}

const SERVICE: &str = "services:\n  a:\n    image: x\n";

#[test]
fn a_document_is_known_by_its_file_or_by_the_program_that_reads_it() {
    for command in [
        "cat > compose.yaml <<EOF",
        "cat <<EOF > deploy/docker-compose.prod.yml",
        ">docker-compose.yml cat <<'EOF'",
        "tee \"$D/docker-compose.yml\" <<EOF",
        "sudo -E tee /opt/compose.yml >/dev/null <<EOF",
        "$SUDO tee compose.yml > /dev/null <<EOF",
        "cat <<EOF | sudo tee compose.yml",
        "docker compose -f - up -d <<EOF",
        "cat <<EOF | docker-compose -f - up",
        "ssh host 'cat > docker-compose.yml' <<EOF",
        "cat > \"$FILE\" <<EOF",
        "cat > stack.yml <<EOF",
        "f() { cat > \"$1\"; }; f compose.yaml <<EOF",
        "sed s/x/y/ > compose.yaml <<EOF",
        "cat <<EOF | envsubst | docker compose -f - up -d",
        "{ cat; } > compose.yaml <<EOF",
    ] {
        let found = shown(&format!("{command}\n{SERVICE}EOF\n"));
        // a group that is fed is not followed
        let expected: &[&str] = if command.starts_with('{') {
            &[]
        } else {
            &["Compose a x"]
        };
        assert_eq!(found, expected, "{command}");
    }
    for command in [
        "cat <<EOF",
        "cat > README.md <<EOF",
        "cat > config.json <<EOF",
        "kubectl apply -f - <<EOF",
        "cat a - > compose.yaml <<EOF",
        "cat 2> compose.yaml <<EOF",
        "docker compose -f a.yaml -f - up <<EOF",
        "cat < compose.yaml <<EOF",
    ] {
        assert_eq!(shown(&format!("{command}\n{SERVICE}EOF\n")), [""; 0], "{command}");
    }
    let dockerfile = "FROM x\nRUN --security=insecure y\n";
    for command in [
        "cat > Dockerfile.dev <<EOF",
        "docker build - <<EOF",
        "docker build -<<'EOF'",
    ] {
        let found = shown(&format!("{command}\n{dockerfile}EOF\n"));
        let found: Vec<&str> = found
            .iter()
            .map(String::as_str)
            .filter(|f| !f.starts_with("Build "))
            .collect();
        assert_eq!(found, ["Image - x", "BuildStep - -"], "{command}");
    }
    assert_eq!(shown(&format!("cat > x.txt <<EOF\n{dockerfile}EOF\n")), [""; 0]);
}

#[test]
fn what_only_the_run_knows_is_a_hole_as_the_script_has_it() {
    let reading = read(
        "T=2\ncat > compose.yaml <<EOF\nservices:\n  ${NAME}_web:\n    image: reg/$NAME:$T\n    privileged: $P\n    volumes: [\"$(pwd)/a:/a\", \"\\${HOME}/b:/b\", \"`dirs`/c:/c\"]\nEOF\n",
    );
    let [service] = reading.containers.as_slice() else {
        unreachable!("{:?}", reading.containers)
    };
    assert_eq!(service.name.as_ref().unwrap().value.shown(), "${NAME}_web");
    let image = &service.image.as_ref().unwrap().value;
    assert_eq!(image.shown(), "reg/$NAME:2");
    let holes: Vec<&PieceKind> = image.pieces().iter().filter(|p| p.is_hole()).map(|p| &p.kind).collect();
    assert_eq!(holes, [&PieceKind::Hole(Hole::Variable("NAME".to_owned()))]);
    assert_eq!(service.privileged(), Tri::Maybe);
    let sources: Vec<String> = service
        .mounts
        .iter()
        .map(|m| m.value.source.as_ref().unwrap().shown())
        .collect();
    assert_eq!(sources, ["$(pwd)/a", "${HOME}/b", "`dirs`/c"]);
    let leading = |i: usize| service.mounts[i].value.source.as_ref().unwrap().leading_hole().cloned();
    assert_eq!(leading(0), Some(Hole::WorkingDirectory));
    assert_eq!(leading(1), Some(Hole::Home));
    let at = |place: &Place| reading.source().slice(place.value).to_owned();
    assert_eq!(at(&service.image.as_ref().unwrap().place), "reg/$NAME:$T");
    assert_eq!(reading.source().slice(service.head), "${NAME}_web");
}

#[test]
fn a_place_that_is_come_by_with_several_values_leaves_them_open() {
    let text = "w() {\ncat > $1.yml <<EOF\nservices:\n  $1:\n    image: x:$2\nEOF\n}\n";
    assert_eq!(shown(&format!("{text}w a 1\n")), ["Compose a x:1"]);
    assert_eq!(shown(&format!("{text}w a 1\nw b 2\n")), ["Compose $1 x:$2"]);
}

#[test]
fn lines_that_the_script_fills_in_may_say_more_of_the_service_before_them() {
    let unseen = |text: &str| -> Vec<bool> {
        let containers = read(text).containers;
        containers.iter().map(|c| c.lacks(Key::CapDrop)).collect()
    };
    let two = "cat > compose.yaml <<EOF\nservices:\n  a:\n    image: x\n  b:\n    image: y\n";
    assert_eq!(unseen(&format!("{two}EOF\n")), [true, true]);
    assert_eq!(unseen(&format!("{two}$MORE\nEOF\n")), [true, false]);
    let quoted = format!("echo \"{}\n$MORE\" > compose.yaml\n", SERVICE.trim_end());
    assert_eq!(unseen(&quoted), [false]);
    assert_eq!(unseen(&format!("{two}volumes:\n  $MORE\nEOF\n")), [true, true]);
    assert_eq!(unseen(&format!("{two}EOF\necho x >> compose.yaml\n")), [true, false]);
    assert_eq!(
        unseen(&format!("{two}    ${{GPU}}privileged: true\nEOF\n")),
        [true, false]
    );
    assert_eq!(
        unseen(&format!("{two}  ${{NAME}}_c:\n    image: z\nEOF\n")),
        [true, true, true]
    );
    assert_eq!(unseen(&format!("{two}EOF\necho x >> other.yaml\n")), [true, true]);
    let override_file = format!("{two}EOF\n").replace("compose.yaml", "compose.override.yaml");
    assert_eq!(unseen(&override_file), [false, false]);
    let parts = "f() { echo '# made'; cat <<EOF\nservices:\n  a:\n    image: x\nEOF\n}\nf > compose.yaml\n";
    assert_eq!(unseen(parts), [false]);
    let image = "cat > Dockerfile <<EOF\nFROM x\n$MORE\nRUN --network=host y\nEOF\n";
    assert_eq!(shown(image), ["BuildStep - -"]);
}

#[test]
fn only_what_surely_is_compose_is_broken() {
    let count = |text: &str| read(text).problems.len();
    let broken = "services:\n  a:\n    image: [x\n  b: y\n";
    assert_eq!(count(&format!("cat > compose.yaml <<'EOF'\n{broken}EOF\n")), 1);
    assert_eq!(count(&format!("cat > \"$F\" <<'EOF'\n{broken}EOF\n")), 0);
    assert_eq!(count(&format!("cat > compose.yaml <<EOF\n$A\n{broken}EOF\n")), 0);
    assert_eq!(count(&format!("cat >> compose.yaml <<'EOF'\n{broken}EOF\n")), 0);
    let reading = read(&format!(
        "cat > compose.yaml <<-'EOF'\n\t{}\tEOF\n",
        broken.replace('\n', "\n\t")
    ));
    let at = reading.source().position(reading.problems[0].span.start);
    assert_eq!((at.line, at.column), (5, 5));
}

#[test]
fn a_stack_that_is_deployed_from_the_input_is_judged_as_one() {
    for (command, privileged) in [
        ("docker stack deploy -c - app", Tri::No),
        ("docker compose -f - up", Tri::Yes),
    ] {
        let reading = read(&format!("{command} <<EOF\n{SERVICE}    privileged: true\nEOF\n"));
        assert_eq!(reading.containers[0].privileged(), privileged, "{command}");
    }
}

#[test]
fn a_document_may_be_set_in() {
    let text = "f() {\n  cat > compose.yaml <<EOF\n    version: '3'\n    services:\n      a:\n        image: x\n        privileged: true\nEOF\n}\n";
    let after = edited(text, 0, |c| {
        vec![
            Change::Remove(c.privileged[0].place.clone()),
            Change::Add(Key::CapDrop, "all".to_owned()),
        ]
    });
    let expected = text.replace("privileged: true\n", "cap_drop:\n          - ALL\n");
    assert_eq!(after, Ok(expected));
}

#[test]
fn edits_are_moved_out_with_the_tabs_of_the_lines() {
    let text = "cat > compose.yaml <<-EOF\n\tservices:\n\t  a:\n\t    image: x\n\t    privileged: true\n\t    volumes:\n\t      - ./d:/d\n\tEOF\n";
    let after = edited(text, 0, |c| {
        vec![
            Change::Remove(c.privileged[0].place.clone()),
            Change::Add(Key::CapDrop, "all".to_owned()),
            Change::Relabel(c.mounts[0].place.clone(), Relabel::Private),
        ]
    });
    let expected = text
        .replace("\t    privileged: true\n", "\t    cap_drop:\n\t      - ALL\n")
        .replace("/d\n", "/d:Z\n");
    assert_eq!(after, Ok(expected));
}

#[test]
fn edits_that_the_shell_would_take_for_its_own_are_refused() {
    let add_user = |_: &Container| vec![Change::Add(Key::User, "$APP".to_owned())];
    let dockerfile = |operator: &str| format!("cat > Dockerfile {operator}\nFROM x\nCMD [\"y\"]\nEOF\n");
    assert!(
        edited(&dockerfile("<<'EOF'"), 0, add_user)
            .unwrap()
            .contains("\nUSER $APP\n")
    );
    assert!(edited(&dockerfile("<<EOF"), 0, add_user).unwrap_err().contains("shell"));
    // what a variable gives is not written there
    let text =
        "P='privileged: true'\ncat > compose.yaml <<EOF\nservices:\n  a:\n    image: x\n    $P\n    init: true\nEOF\n";
    let remove = |c: &Container| vec![Change::Remove(c.privileged[0].place.clone())];
    assert!(edited(text, 0, remove).unwrap_err().contains("not written out"));
    let relabel = |c: &Container| vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::Shared)];
    let mount = |m: &str| {
        format!("M=/a:/b\ncat > compose.yaml <<EOF\nservices:\n  a:\n    image: x\n    volumes:\n      - {m}\nEOF\n")
    };
    assert_eq!(edited(&mount("$M"), 0, relabel), Ok(mount("$M:z")));
    assert_eq!(edited(&mount("${M}"), 0, relabel), Ok(mount("${M}:z")));
    // in quotes, a quote would end the string
    let quoted =
        "echo \"services:\n  a:\n    image: x\n    devices: ['/dev/a']\n    security_opt: []\" > compose.yaml\n";
    let option = |_: &Container| vec![Change::Add(Key::SecurityOpt, "label=type:x y".to_owned())];
    assert!(edited(quoted, 0, option).unwrap_err().contains("shell"));
}

#[test]
fn comments_of_the_document_and_above_its_command_cover_it() {
    let text = "# above\ncat > compose.yaml <<EOF\nservices:\n  a: # behind\n    image: x\nEOF\n";
    let reading = read(text);
    let comments: Vec<(&str, bool)> = reading
        .comments
        .iter()
        .map(|c| (reading.source().slice(c.span), c.own_line))
        .collect();
    assert_eq!(comments, [("# above", true), ("# behind", false)]);
    let body = reading.containers[0].body;
    assert!(reading.nodes.iter().any(|node| node.contains(body) && node.start == 8));
}

#[test]
fn scripts_that_a_script_writes_are_read_as_run_by_somebody_else() {
    let commands = |text: &str| -> Vec<String> {
        let reading = read(text);
        let command = |c: &&Container| c.syntax == Syntax::Command;
        reading
            .containers
            .iter()
            .filter(command)
            .map(|c| c.image.as_ref().unwrap().value.shown())
            .collect()
    };
    let script = |head: &str, body: &str| format!("X=outer\nf() {{ docker run mine; }}\n{head}\n{body}EOF\n");
    assert_eq!(
        commands(&script("cat > run.sh <<'EOF'", "docker run \"$X\" $1\nf\n")),
        ["mine", "$X"]
    );
    assert_eq!(
        commands(&script("cat > run.sh <<EOF", "docker run $X \\$1\n")),
        ["mine", "outer"]
    );
    assert_eq!(
        commands(&script("tee /usr/bin/x <<'EOF'", "#!/usr/bin/env bash\ndocker run a\n")),
        ["mine", "a"]
    );
    assert_eq!(
        commands(&script("cat > run.sh <<'EOF'", "g() { docker run g; }\n")),
        ["mine", "g"]
    );
    assert_eq!(
        commands(&script("cat > x <<'EOF'", "#!/usr/bin/python\ndocker run a\n")),
        ["mine"]
    );
    assert_eq!(commands(&script("cat > notes <<'EOF'", "docker run a\n")), ["mine"]);
    assert_eq!(commands("echo 'docker run a' > run.sh\n"), [""; 0]);
}

#[test]
fn a_unit_that_a_script_writes_is_read_as_one() {
    let service =
        "[Service]\nExecStartPre=-/usr/bin/podman rm x\nExecStart=/usr/bin/podman run -v %t/x:/y \\\n  $I sh\n";
    let quadlet = "[Container]\nImage=img\nPodmanArgs=--privileged $OPTS\n";
    for (head, text, expected) in [
        (
            "I=img\ncat > /etc/systemd/system/x.service <<EOF",
            service,
            ["Command - img"].as_slice(),
        ),
        ("cat > x.service <<'EOF'", service, &["Command - $I"]),
        ("cat > x.service <<EOF", service, &["Command - $I"]),
        ("cat >x <<EOF", service, &["Command - $I"]),
        (
            "sudo install -m 644 /dev/stdin /etc/systemd/system/x.service <<EOF",
            service,
            &["Command - $I"],
        ),
        (
            "cat > /etc/containers/systemd/web.container <<EOF",
            quadlet,
            &["Quadlet web img"],
        ),
        (
            "sudo tee web.container >/dev/null <<'EOF'",
            quadlet,
            &["Quadlet web img"],
        ),
    ] {
        let script = format!("{head}\n{text}EOF\n");
        let found: Vec<String> = shown(&script).into_iter().filter(|c| !c.ends_with(" -")).collect();
        assert_eq!(found, expected, "{head}");
    }
    for (set, word) in [
        ("RUN=$(which podman)", "RUN"),
        ("R=$(command -v docker || command -v podman)", "R"),
    ] {
        for command in [
            format!("${word} run --privileged x"),
            format!("/bin/sh -c \"${word} run --privileged x\""),
        ] {
            let script = format!("{set}\ncat > x.service <<EOF\n[Service]\nExecStart={command}\nEOF\n");
            let found = read(&script).containers;
            assert_eq!(
                found.iter().map(Container::privileged).collect::<Vec<_>>(),
                [Tri::Yes],
                "{script}"
            );
        }
    }
    let own = "[Service]\nExecStart=podman run --name $N -v %h/$D/x:/y ${IMAGE}\n";
    let reading = read(&format!("cat > /etc/systemd/system/$N.service <<EOF\n{own}EOF\n"));
    let container = &reading.containers[0];
    assert_eq!(container.called(), "$N");
    assert_eq!(container.mounts[0].value.text.shown(), "%h/$D/x:/y");
    let parts =
        "cat > x.service <<EOF\n[Service]\nExecStart=podman run -v /a:/b \\\\\nEOF\ncat >> x.service <<EOF\n  x\nEOF\n";
    assert_eq!(read(parts).containers[0].unseen.len(), 1);
    let script = |path: &str| format!("cat > {path} <<EOF\n{quadlet}EOF\n");
    let of = |path: &str| read(&script(path)).containers[0].clone();
    assert!(of("web.container").unseen.iter().any(|unseen| unseen.text == "$OPTS"));
    assert!(of("~/.config/containers/systemd/web.container").rootless);
    assert!(!of("/etc/containers/systemd/web.container").rootless);
    let without = |c: &Container| c.privileged.iter().map(|w| Change::Remove(w.place.clone())).collect();
    let fixed = edited(&script("web.container"), 0, without).unwrap();
    assert_eq!(fixed, script("web.container").replace("--privileged ", ""));
}
