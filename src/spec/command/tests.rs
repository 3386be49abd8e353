#![allow(clippy::unwrap_used, clippy::string_slice)]

use super::*;
use crate::container::{FileId, Hole, Key, Namespace, PieceKind, Relabel, Switch, Text, Tri};

/// Words at blanks; `'…'` and `"…"` keep blanks; `$NAME` is a hole, outside quotes one that splits.
fn line(text: &str) -> CommandLine {
    let mut words = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(' ') {
            at += 1;
            continue;
        }
        let start = at;
        let mut word = Text::new();
        let (mut quote, mut splits) = (None, false);
        while at < text.len() {
            let c = text[at..].chars().next().unwrap();
            let len = c.len_utf8();
            match c {
                ' ' if quote.is_none() => break,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                _ if quote == Some(c) => quote = None,
                '$' => {
                    let end = text[at + 1..]
                        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .map_or(text.len(), |n| at + 1 + n);
                    let name = &text[at + 1..end];
                    let hole = match name {
                        "PWD" => Hole::WorkingDirectory,
                        _ => Hole::Variable(name.to_owned()),
                    };
                    word.push(text[at..end].to_owned(), Span::new(at, end), PieceKind::Hole(hole));
                    splits |= quote.is_none();
                    at = end;
                    continue;
                }
                _ => word.push(c.to_string(), Span::new(at, at + len), PieceKind::Literal),
            }
            at += len;
        }
        let span = Span::new(start, at);
        words.push(Word {
            text: word,
            place: Place::new(span, span),
            certain: true,
            splits,
        });
    }
    CommandLine {
        words,
        file: FileId(0),
        span: Span::new(0, text.len()),
        via: Vec::new(),
        certain: true,
        as_root: false,
    }
}

fn engine(text: &str) -> Engine {
    match text.split(' ').next() {
        Some("docker") => Engine::Docker,
        Some("podman") => Engine::Podman,
        Some("nerdctl") => Engine::Nerdctl,
        _ => Engine::Unknown,
    }
}

fn container(text: &str) -> Container {
    read(&line(text), engine(text)).unwrap()
}

fn entry<'a>(text: &'a str, place: &Place) -> (&'a str, &'a str) {
    (&text[place.value.range()], &text[place.entry.range()])
}

#[test]
fn the_seed_is_read_with_its_places() {
    let text = r#"podman run -d --name registry -v "$PWD"/certs:/certs --privileged registry:2"#;
    let c = container(text);
    assert_eq!(&text[c.head.range()], "podman run");
    assert!(c.rootless);
    assert_eq!(c.image.as_ref().unwrap().value.shown(), "registry:2");
    assert_eq!(c.called(), "registry");
    let mount = &c.mounts[0];
    assert!(mount.value.is_bind());
    assert_eq!(mount.value.relabel, Relabel::None);
    assert_eq!(
        entry(text, &mount.place),
        ("\"$PWD\"/certs:/certs", "-v \"$PWD\"/certs:/certs")
    );
    assert_eq!(
        entry(text, &c.privileged_setting().unwrap().place),
        ("--privileged", "--privileged")
    );
    let slot = c.slot.unwrap();
    assert_eq!(&text[slot.at as usize..], "registry:2");
    assert!(c.unseen.is_empty());
}

#[test]
fn the_first_word_that_is_no_option_ends_them() {
    let c = container("docker run --privileged true img --cap-add=ALL");
    assert_eq!(c.image.unwrap().value.shown(), "true");
    assert_eq!(c.command.len(), 2);
    let c = container("docker run -v --privileged img");
    assert!(c.privileged.is_empty() && c.mounts.len() == 1);
    let text = "docker run -d -- img -- x";
    let c = container(text);
    assert_eq!(c.command.iter().map(Text::shown).collect::<Vec<_>>(), ["--", "x"]);
    assert_eq!(&text[c.slot.unwrap().at as usize..], "-- img -- x");
}

#[test]
fn clusters_keep_their_other_letters() {
    let text = "docker run -itv /x:/y:Z -u0:0 -e= -it=false img";
    let c = container(text);
    assert_eq!(entry(text, &c.mounts[0].place), ("/x:/y:Z", "v /x:/y:Z"));
    assert_eq!(c.user.as_ref().unwrap().value.shown(), "0:0");
    assert_eq!(entry(text, &c.user.as_ref().unwrap().place), ("0:0", "-u0:0"));
    assert_eq!(c.environment[0].value.shown(), "=");
    assert_eq!(c.image.unwrap().value.shown(), "img");
    let text = "docker run -itv=/x:/y img";
    assert_eq!(entry(text, &container(text).mounts[0].place), ("/x:/y", "v=/x:/y"));
}

#[test]
fn lists_split_where_the_engine_splits() {
    let text = "podman run --cap-add=NET_ADMIN,SYS_TIME --security-opt a,b img";
    let c = container(text);
    assert_eq!(entry(text, &c.cap_add[0].place), ("NET_ADMIN", "NET_ADMIN,"));
    assert_eq!(entry(text, &c.cap_add[1].place), ("SYS_TIME", ",SYS_TIME"));
    assert_eq!(c.security_opt.len(), 1);
    assert_eq!(
        container("docker run --cap-add=NET_ADMIN,SYS_TIME img").cap_add.len(),
        1
    );
    assert_eq!(container("$D run --cap-add=NET_ADMIN,SYS_TIME img").cap_add.len(), 2);
}

#[test]
fn the_last_switch_decides_and_words_other_than_booleans_are_open() {
    assert_eq!(
        container("docker run --privileged --privileged=false i").privileged(),
        Tri::No
    );
    assert_eq!(
        container("docker run --privileged=yes i").privileged[0].value,
        Switch::Unknown
    );
    assert_eq!(container("docker run --privileged=$P i").privileged(), Tri::Maybe);
}

#[test]
fn what_cannot_be_read_is_unseen_and_the_rest_is_read_on() {
    let c = container("docker run $OPTS --privileged img cmd");
    assert_eq!(
        (c.privileged(), c.image.as_ref().unwrap().value.shown()),
        (Tri::Yes, "img".into())
    );
    assert!(c.may_hide(Key::CapDrop) && !c.lacks(Key::CapDrop));
    assert_eq!(container("docker run $X img").image.unwrap().value.shown(), "img");
    assert_eq!(container("docker run $X img").unseen.len(), 1);
    let c = container("docker run -d $IMAGE bash -c x");
    assert_eq!((c.image.unwrap().value.shown(), c.unseen.len()), ("$IMAGE".into(), 0));
    assert_eq!(
        container("docker run --rm $DIST bash").image.unwrap().value.shown(),
        "$DIST"
    );
    let c = container("docker run --bogus --privileged img");
    assert!(c.image.is_none() && c.privileged.is_empty() && c.unseen.len() == 1);
    let c = container("docker run -v $MOUNTED img");
    assert!(c.may_hide(Key::Mount) && c.lacks(Key::CapDrop));
}

#[test]
fn other_commands() {
    let c = container("docker exec --privileged -u 0 web sh -c id");
    assert_eq!(
        (c.syntax, c.called().as_str(), c.command.len()),
        (Syntax::Exec, "web", 3)
    );
    assert_eq!(c.privileged(), Tri::Yes);
    let c = container("podman --log-level debug container create --pod p img");
    assert_eq!(c.pod.unwrap().value.shown(), "p");
    let text = "podman pod create --name p -v /a:/b --userns=keep-id";
    let c = container(text);
    assert_eq!((c.syntax, c.mounts.len()), (Syntax::Pod, 1));
    assert!(c.namespace(Namespace::User).is_some());
    assert_eq!(&text[..c.slot.unwrap().at as usize], "podman pod create");
    let c = container("docker buildx build . --network=host --allow security.insecure -f D -t x");
    let build = c.build.unwrap();
    assert_eq!(build.context.unwrap().value.shown(), ".");
    assert_eq!(build.network.unwrap().value.shown(), "host");
    assert_eq!(build.entitlements.len(), 1);
    let c = container("docker service create --replicas 3 --mount type=bind,src=/a,dst=/b img");
    assert_eq!((c.syntax, c.replicas, c.mounts.len()), (Syntax::Service, 3, 1));
    for none in [
        "docker compose run x",
        "docker ps",
        "docker run --help img",
        "docker pod create",
        "docker run",
    ] {
        assert!(read(&line(none), engine(none)).is_none(), "{none}");
    }
}

#[test]
fn the_first_network_decides() {
    let c = container("docker run --network=name=web,alias=w --net back img");
    assert_eq!(c.namespace(Namespace::Network).unwrap().value.shown(), "web");
}
