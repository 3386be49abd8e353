#![allow(clippy::unwrap_used)]

use super::*;
use crate::container::{Hole, PieceKind, Relabel};
use crate::source::Span;

fn text(written: &str) -> Text {
    Text::literal(written, Span::new(0, written.len()))
}

fn short(written: &str, dialect: Dialect) -> Mount {
    volume(&text(written), dialect)
}

fn said(written: &str, dialect: Dialect) -> String {
    let m = short(written, dialect);
    let shown = |t: &Option<Text>| t.as_ref().map_or("-".to_owned(), Text::shown);
    format!("{} {} {}", m.kind.as_str(), shown(&m.source), shown(&m.target))
}

#[test]
fn sources_are_told_apart_as_each_engine_does() {
    for (written, docker, podman) in [
        ("/a:/b", "bind /a /b", "bind /a /b"),
        (".:/b", "bind . /b", "bind . /b"),
        ("data:/b", "volume data /b", "volume data /b"),
        ("~/x:/b", "bind ~/x /b", "volume ~/x /b"),
        ("d:/10", "volume - d:/10", "volume d /10"),
        ("/cache", "volume - /cache", "volume - /cache"),
        ("c:/x:/y", "bind c:/x /y", "volume c /x"),
    ] {
        assert_eq!(said(written, Dialect::Docker), docker);
        assert_eq!(said(written, Dialect::Podman), podman);
    }
    assert_eq!(said("foo/bar:/b", Dialect::Nerdctl), "bind foo/bar /b");
    assert!(short("~/x:/b", Dialect::Docker).error.is_some());
    assert!(short("~/x:/b", Dialect::Compose).error.is_none());
}

#[test]
fn options_are_checked_by_the_engine_that_reads_them() {
    let z = short("/a:/b:ro,Z", Dialect::Docker);
    assert_eq!((z.relabel, z.read_only), (Relabel::Private, true));
    assert_eq!(z.relabel_span, Some(Span::new(9, 10)));
    for (written, docker, podman) in [
        ("/a:/b:z,Z", true, true),
        ("/a:/b:U", true, false),
        ("/a:/b:O", true, false),
        ("/a:/b:O,ro", true, true),
        ("/a:/b:cached", false, false),
        ("/a:/b:consistent", false, true),
        ("/a:/b:", true, true),
        ("/a:/b:ro:z", true, true),
        ("/a:b", true, true),
        ("/a:/b:noexec", true, false),
    ] {
        assert_eq!(short(written, Dialect::Docker).error.is_some(), docker, "{written}");
        assert_eq!(short(written, Dialect::Podman).error.is_some(), podman, "{written}");
    }
    assert!(short("/a:/b:U,rw,Z", Dialect::Compose).error.is_none());
    let lost = short("/a:/b:z,rshared", Dialect::Compose);
    assert_eq!(lost.relabel, Relabel::None);
    assert!(lost.relabel_lost.is_some() && lost.relabel_span.is_some());
}

#[test]
fn holes_are_read_by_what_surrounds_them() {
    let hole = |name: &str, rest: &str| {
        let mut t = Text::hole(format!("${name}"), Span::new(0, 3), Hole::Variable(name.to_owned()));
        t.push(rest.to_owned(), Span::new(3, 3 + rest.len()), PieceKind::Literal);
        volume(&t, Dialect::Docker)
    };
    assert!(hole("DIR", "/conf:/conf:ro").is_bind());
    assert!(hole("DIR", "/conf:/conf:ro").read_only);
    assert!(hole("SRC", ":/src").is_bind());
    assert_eq!(hole("PROJECT", "-data:/data").kind, MountKind::Volume);
    assert_eq!(hole("MOUNT", "").kind, MountKind::Other("unknown".into()));
}

#[test]
fn mount_fields() {
    let podman = |t: &str| mount_flag(&text(t), Dialect::Podman);
    let docker = |t: &str| mount_flag(&text(t), Dialect::Docker);
    let m = podman("type=bind,src=/a,dst=/b,relabel=private,ro=true");
    assert_eq!(
        (m.relabel, m.read_only, m.labelling),
        (Relabel::Private, true, Labelling::Field)
    );
    assert_eq!(m.relabel_span, Some(Span::new(24, 39)));
    assert_eq!(podman("type=bind,dst=/b").source, Some(text("/b")));
    assert!(podman("type=bind,src=/a,dst=/b,bind-recursive=enabled").error.is_some());
    assert!(docker("type=bind,src=/a,dst=/b,relabel=shared").error.is_some());
    let m = docker("TYPE=Bind,SOURCE=/a,Target=/b,ro=0,readonly");
    assert!(m.is_bind() && m.read_only && m.error.is_none());
    assert!(docker("type=bind,src=/a").error.is_some());
    assert!(docker("type=bind, src=/a,dst=/b").error.is_some());
    assert_eq!(docker("src=/,dst=/h").kind, MountKind::Volume);
}

#[test]
fn a_volume_may_bind_a_folder_of_the_host() {
    let options = "volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc";
    for dialect in [Dialect::Docker, Dialect::Podman] {
        let read = |more: &str| mount_flag(&text(&format!("type=volume,dst=/x{more}")), dialect);
        let m = read(&format!(",{options}"));
        assert!(m.is_bind() && m.error.is_none(), "{:?}", m.error);
        assert_eq!(m.source.map(|s| s.shown()), Some("/etc".into()));
        assert_eq!(
            read(",volume-opt=type=nfs,volume-opt=device=/etc").kind,
            MountKind::Volume
        );
        assert_eq!(read(",src=data").kind, MountKind::Volume);
    }
    let quoted = mount_flag(
        &text("dst=/x,\"volume-opt=o=bind,ro\",volume-opt=device=/"),
        Dialect::Docker,
    );
    assert!(quoted.is_bind() && quoted.read_only);
    let foreign = mount_flag(
        &text(&format!("dst=/x,volume-driver=vieux/sshfs,{options}")),
        Dialect::Docker,
    );
    assert_eq!(foreign.kind, MountKind::Volume);
}

#[test]
fn memory() {
    let m = tmpfs(&text("/run:ro,size=1m"), Dialect::Docker);
    assert_eq!(
        (m.kind.clone(), m.read_only, m.options.len()),
        (MountKind::Tmpfs, true, 2)
    );
}
