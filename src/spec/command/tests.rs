#![allow(clippy::unwrap_used, clippy::string_slice)]

use super::*;
use crate::container::{FileId, Hole, Key, Namespace, PieceKind, Relabel, Switch, Text, Tri, Via, ViaKind};

mod unknown;

/// Words at blanks; `'…'` and `"…"` keep blanks; `$NAME` is a hole, outside quotes one that splits.
pub(super) fn line(text: &str) -> CommandLine {
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
            options: Vec::new(),
        });
    }
    CommandLine {
        words,
        file: FileId(0),
        span: Span::new(0, text.len()),
        via: Vec::new(),
        certain: true,
        ..CommandLine::default()
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
fn the_last_switch_decides_and_words_other_than_booleans_are_refused() {
    assert_eq!(
        container("docker run --privileged --privileged=false i").privileged(),
        Tri::No
    );
    assert_eq!(
        container("docker run --privileged=yes i").privileged[0].value,
        Switch::Refused
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
    let c = container("docker run --of-tomorrow=1 --privileged img");
    assert!(c.image.is_some() && c.privileged() == Tri::Yes && c.may_hide(Key::CapDrop));
    let c = container("docker run -v $MOUNTED img");
    assert!(c.may_hide(Key::Mount) && c.lacks(Key::CapDrop));
}

#[test]
fn options_behind_unknown_words_prove_that_the_image_has_not_come() {
    for (text, image, unseen) in [
        (
            "docker run --rm $links $volumes --privileged -v /:/host debian sh",
            "debian",
            2,
        ),
        (
            "docker run --rm \"$links\" \"$volumes\" --privileged debian sh",
            "debian",
            2,
        ),
        ("docker run \"$links\" -v /:/host --privileged debian", "debian", 1),
        ("docker run $a $b --privileged --name $c \"$d\"", "$d", 2),
        ("docker create $a --privileged $b", "$b", 1),
    ] {
        let c = container(text);
        assert_eq!(
            c.image.as_ref().map(|i| i.value.shown()).as_deref(),
            Some(image),
            "{text}"
        );
        assert_eq!((c.privileged(), c.unseen.len()), (Tri::Yes, unseen), "{text}");
    }
}

#[test]
fn options_behind_what_may_be_the_image_prove_nothing() {
    for (text, image) in [
        ("docker run $IMG --privileged x", "$IMG"),
        ("docker run \"$x\" --privileged", "$x"),
        ("docker run $x --privileged", "$x"),
        ("docker run $IMAGE_NAME --privileged --rm sh", "$IMAGE_NAME"),
    ] {
        let c = container(text);
        assert_eq!(
            c.image.as_ref().map(|i| i.value.shown()).as_deref(),
            Some(image),
            "{text}"
        );
        assert!(c.privileged() == Tri::Maybe && !c.lacks(Key::CapDrop), "{text}");
    }
    for text in [
        "docker run $IMG -c x",
        "docker run $IMG --name x",
        "docker run $c bash -c x",
        "docker run $a -x",
    ] {
        let c = container(text);
        assert!(
            c.privileged() == Tri::No && c.unseen.is_empty(),
            "{text}: {:?}",
            c.unseen
        );
    }
}

#[test]
fn an_image_that_begins_unknown_is_shown_as_it_is_used() {
    let image = |pieces: &[(&str, bool, usize)]| {
        let mut line = line("docker run x");
        let mut text = Text::new();
        for (piece, hole, at) in pieces {
            let kind = match hole {
                true => PieceKind::Hole(Hole::Variable("I".to_owned())),
                false => PieceKind::Cooked,
            };
            text.push((*piece).to_owned(), Span::new(*at, at + 4), kind);
        }
        line.words[2].text = text;
        read(&line, Engine::Docker).unwrap().image.unwrap().value.shown()
    };
    assert_eq!(image(&[("${I}", true, 11), ("latest", false, 11)]), "${I}");
    assert_eq!(image(&[("${I}", true, 11), ("${I}", true, 11)]), "${I}");
    assert_eq!(image(&[("redis:", false, 11), ("${I}", true, 11)]), "redis:${I}");
    assert_eq!(image(&[("$R", true, 11), (":latest", false, 15)]), "$R:latest");
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

/// A word that a variable or an array holds, written at `at`, used in the command at `used`.
fn from_elsewhere(text: &str, at: usize, name: &str, used: Span) -> Word {
    let span = Span::new(at, at + text.len());
    let mut place = Place::new(span, span);
    place.via = vec![Via {
        kind: ViaKind::Array,
        name: name.to_owned(),
        span: used,
        file: FileId(0),
    }];
    Word {
        text: Text::literal(text, span),
        place,
        certain: false,
        splits: false,
        options: Vec::new(),
    }
}

#[test]
fn places_of_words_that_come_from_elsewhere() {
    // opts=(-v /a:/b) … $D run "${opts[@]}" img
    let mut l = line("docker run OPTS img");
    l.span = Span::new(0, 19);
    let used = Span::new(11, 15);
    l.words.splice(
        2..3,
        [
            from_elsewhere("-v", 100, "opts", used),
            from_elsewhere("/a:/b", 103, "opts", used),
        ],
    );
    let c = read(&l, Engine::Docker).unwrap();
    assert_eq!(c.mounts[0].place.entry, Span::new(100, 108));
    assert!(!c.mounts[0].certain && c.image.as_ref().unwrap().certain);
    // the option in place, its value from a variable: no one stretch of text holds both
    let mut l = line("docker run -v X img");
    l.words[3] = from_elsewhere("/a:/b", 103, "x", Span::new(14, 15));
    let c = read(&l, Engine::Docker).unwrap();
    assert_eq!(c.mounts[0].place.entry, c.mounts[0].place.value);
    // the engine's word from a variable: the head begins where the variable is used
    let mut l = line("DDDDD run X");
    l.words[0] = from_elsewhere("docker", 50, "D", Span::new(0, 5));
    l.words[2] = from_elsewhere("img", 60, "x", Span::new(10, 11));
    let c = read(&l, Engine::Docker).unwrap();
    assert_eq!(c.head, Span::new(0, 9));
    assert!(c.slot.is_none());
}

#[test]
fn builds_of_podman_carry_privileges() {
    let c = container(
        "podman build --cap-add=SYS_ADMIN,MKNOD -v /a:/b:z --device /dev/fuse --userns=host . --isolation chroot",
    );
    assert_eq!((c.cap_add.len(), c.mounts.len(), c.devices.len()), (2, 1, 1));
    assert_eq!(c.build.unwrap().context.unwrap().value.shown(), ".");
}

#[test]
fn a_folder_may_stand_in_the_place_of_the_image() {
    let c = container("podman run --rootfs /srv/root sh");
    assert!(c.image.is_none());
    assert_eq!(c.mounts[0].value.source.as_ref().unwrap().shown(), "/srv/root");
    assert_eq!(c.command.len(), 1);
}

#[test]
fn bounds_are_kept() {
    let long = format!("docker run -{} img", "i".repeat(100_000));
    assert_eq!(container(&long).unseen.len(), 1);
    let long = format!("docker run -v {} img", "a:".repeat(100_000));
    assert_eq!(container(&long).mounts[0].value.kind.as_str(), "unknown");
    let many = format!("docker run {} img", "-i ".repeat(30_000));
    assert!(container(&many).unseen.len() == 1);
}

proptest::proptest! {
    #[test]
    fn no_line_is_too_odd(words in proptest::collection::vec("[-=:,/a-zA-Z$\" ']{0,12}|--privileged|-v|--mount|--cap-add", 0..12)) {
        for engine in ["docker run ", "podman run ", "nerdctl run ", "$D build ", "podman pod create ", "docker exec "] {
            let text = format!("{engine}{}", words.join(" "));
            let line = line(&text);
            if let Some(c) = read(&line, super::tests::engine(&text)) {
                for w in &c.mounts {
                    proptest::prop_assert!(w.place.entry.contains(w.place.value) || w.place.entry == w.place.value);
                    proptest::prop_assert!(w.place.value.end as usize <= text.len());
                }
                let _ = (c.facts(), c.refused());
            }
        }
    }
}

#[test]
fn an_unknown_engine_may_be_any() {
    let c = container("$D run --pod p --use-api-socket -v /a:/b:U -v data:/d:z img");
    assert!(c.pod.is_some() && c.api_socket.is_some() && c.unseen.is_empty());
    assert!(c.mounts.iter().all(|m| m.value.error.is_none()));
    assert!(c.mounts[0].value.chown);
    let c = container("$D run -v /a:/b:nonsense img");
    assert!(c.mounts[0].value.error.is_some());
}

#[test]
fn the_latest_container_needs_no_name() {
    for text in ["podman exec -l --privileged sh -c id", "podman exec --latest sh -c id"] {
        let c = container(text);
        assert_eq!(c.name, None, "{text}");
        assert_eq!(c.command.first().map(Text::shown).as_deref(), Some("sh"), "{text}");
    }
    assert!(container("podman exec c sh").name.is_some());
}

#[test]
fn values_on_several_paths_are_each_said_on_some_path() {
    let mut l = line("docker run --net=$N --pid $P -v $M:/x --name $C $I");
    let options = |values: [&str; 2]| values.map(|v| Text::cooked(v, Span::at(0))).to_vec();
    l.words[2].options = options(["--net=host", "--net=none"]);
    l.words[4].options = options(["host", "private"]);
    l.words[6].options = options(["/etc:/x", "/srv:/x"]);
    l.words[8].options = options(["a", "b"]);
    l.words[9].options = options(["a", "b"]);
    let c = read(&l, Engine::Docker).unwrap();
    let sources: Vec<(String, bool)> = c
        .mounts
        .iter()
        .map(|m| (m.value.source.as_ref().unwrap().shown(), m.certain))
        .collect();
    assert_eq!(sources, [("/etc".to_owned(), false), ("/srv".to_owned(), false)]);
    let modes = |n: Namespace| {
        let of = c.namespaces.iter().filter(|s| s.namespace == n);
        of.map(|s| (s.mode.value.shown(), s.mode.certain)).collect::<Vec<_>>()
    };
    assert!(modes(Namespace::Network).contains(&("host".to_owned(), false)));
    assert_eq!(
        modes(Namespace::Pid),
        [("host".to_owned(), false), ("private".to_owned(), false)]
    );
    assert_eq!(
        (c.name.unwrap().value.shown(), c.image.unwrap().value.shown()),
        ("$C".to_owned(), "$I".to_owned())
    );
}
