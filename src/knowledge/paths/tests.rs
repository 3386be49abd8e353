use super::*;
use crate::container::MountKind;
use crate::source::Span;

/// `$(pwd)`, `$HOME` and `$X` as the shell front would give them.
fn text(written: &str) -> Text {
    let holes = [
        ("$(pwd)", Hole::WorkingDirectory),
        ("$HOME", Hole::Home),
        ("$XDG_RUNTIME_DIR", Hole::Variable("XDG_RUNTIME_DIR".into())),
        ("$X", Hole::Variable("X".into())),
    ];
    let mut out = Text::new();
    let mut rest = written;
    while !rest.is_empty() {
        if let Some((mark, hole)) = holes.iter().find(|(mark, _)| rest.starts_with(mark)) {
            out.append(Text::hole(*mark, Span::default(), hole.clone()));
            rest = rest.strip_prefix(mark).unwrap();
        } else {
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '$')
                .map_or(rest.len(), |(i, _)| i);
            let (head, tail) = rest.split_at(end);
            out.append(Text::cooked(head, Span::default()));
            rest = tail;
        }
    }
    out
}

#[test]
fn paths_are_told_apart() {
    assert_eq!(TABLE.as_ref().unwrap().refused.len(), 24);
    use HostPath::*;
    for (path, class) in [
        ("./data", Project),
        ("$(pwd)/certs", Project),
        ("$(pwd)/a/../b", Project),
        ("./$X", Project),
        ("$(pwd)", CallersFolder),
        ("./", ProjectItself),
        ("$(pwd)/..", AboveProject),
        ("$(pwd)-data", AboveProject),
        ("../common", AboveProject),
        ("~", Home),
        ("$HOME/", Home),
        ("/home/$X", Home),
        ("/root", Home),
        ("~/.config", HomeShared),
        ("~/.config/app", BelowHome),
        ("$HOME/.ssh/id_rsa", HomeSecret),
        ("~alice/site", BelowHome),
        ("/var/home/alice/site", BelowHome),
        ("/etc/", Refused),
        ("/var/run", Refused),
        ("/", Refused),
        (
            "/etc/ssl/certs",
            System("the certificates of every TLS client of the host"),
        ),
        ("/lib/modules", System("the host's libraries and kernel modules")),
        ("/etc/nginx", Elsewhere),
        ("/srv/app", Elsewhere),
        ("/usrdata", Elsewhere),
        ("/var/run/docker.sock", Socket),
        ("/tmp/.X11-unix", Socket),
        ("/var/run/avahi-daemon/socket", Socket),
        ("$XDG_RUNTIME_DIR/wayland-0", Socket),
        ("/dev/ttyUSB0", Device),
        ("/tmp/x", Temporary),
        ("/mnt", Mounted),
        ("/run/media/me/disk", Mounted),
        ("$X/data", Unknown),
        ("C:\\data", Unknown),
        ("", Unknown),
    ] {
        assert_eq!(classify(&text(path)), class, "{path}");
    }
    assert!(has_unknown_part(&text("./$X")) && !has_unknown_part(&text("$(pwd)/x")));
    assert!(is_around_project(&text("../..")) && !is_around_project(&text("../x")));
    assert!(is_below(&text("/var/log/nginx"), "/var/log") && !is_below(&text("/var/logs"), "/var/log"));
}

#[test]
fn a_home_is_refused_by_the_engine_that_its_owner_runs() {
    for (path, by_podman, by_docker) in [
        ("/root", true, true),
        ("/root/", true, true),
        ("/root/x", false, false),
        ("$HOME", true, false),
        ("~/", true, false),
        ("~alice", false, false),
        ("~/x", false, false),
        ("/home/alice", false, false),
    ] {
        assert_eq!(is_refused_home(&text(path), Engine::Podman), by_podman, "{path}");
        assert_eq!(is_refused_home(&text(path), Engine::Docker), by_docker, "{path}");
    }
}

#[test]
fn engine_sockets_are_seen_by_name_and_by_the_directory_that_holds_them() {
    for (source, target, found) in [
        ("/var/run/docker.sock", "/x", Some(("docker", false, false))),
        (
            "$XDG_RUNTIME_DIR/podman/podman.sock",
            "/x",
            Some(("podman", false, true)),
        ),
        ("/run/user/1000/podman", "/x", Some(("podman", true, true))),
        ("/var/run", "/x", Some(("docker", true, false))),
        ("/run/systemd/private", "/x", Some(("systemd", false, false))),
        ("$X", "/var/run/docker.sock", Some(("docker", false, false))),
        ("$X", "/data", None),
        ("/run/app", "/var/run/docker.sock", None),
        ("./run", "/x", None),
        ("/", "/host", None),
    ] {
        let mut mount = Mount::new(MountKind::Bind, Text::new());
        mount.source = Some(text(source));
        mount.target = Some(text(target));
        let got = engine_socket(&mount).map(|s| (s.what, s.inside, s.of_user));
        assert_eq!(got, found, "{source}");
    }
}

#[test]
fn nested_paths_are_those_of_which_one_lies_below_the_other() {
    let written = [
        "./a",
        "a/b",
        "a/b/../b",
        "ab",
        "$(pwd)/a",
        "$(pwd)/a/c",
        "$X/a",
        "$X/a/b",
        "/srv",
        "/srv/a",
        "/srv/b/c",
        "/srvx",
        "$HOME",
        "$HOME/x",
        "~/x",
        "../up",
        "../up/er",
        ".",
        "$(pwd)",
        "/",
        "/var/run/x",
        "/run/x/y",
    ];
    let paths: Vec<Text> = written.iter().map(|path| text(path)).collect();
    let found = nested(&paths.iter().map(Some).collect::<Vec<_>>());
    let lies = |one: &Text, other: &Text| {
        let (a, b) = (route(one), route(other));
        let alike = a.root == b.root && a.root != Root::Unknown && one.leading_hole() == other.leading_hole();
        alike && a.names.len() < b.names.len() && b.names.starts_with(&a.names)
    };
    for (i, path) in paths.iter().enumerate() {
        let expected = paths.iter().any(|other| lies(path, other) || lies(other, path));
        assert_eq!(found[i], expected, "{}", written[i]);
    }
}
