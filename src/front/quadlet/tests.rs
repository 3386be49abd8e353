#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::container::{Container, FileId, Key, Relabel, Syntax, Tri};
use crate::fix::{Change, apply};
use crate::front::{Kind, Reading, Surroundings, read, render};
use crate::source::Source;

/// Reads the first of some files; the others lie beside it.
fn reading(files: &[(&str, &str)]) -> Reading {
    let open = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| (*text).to_owned())
    };
    let list = |folder: &Path| {
        let paths = files.iter().map(|(name, _)| PathBuf::from(name));
        paths.filter(|path| path.parent() == Some(folder)).collect()
    };
    let surroundings = Surroundings {
        open: &open,
        list: &list,
        ..Surroundings::none()
    };
    let (name, text) = files[0];
    read(Kind::Quadlet, &Arc::new(Source::new(name, text)), &surroundings)
}

fn unit(body: &str) -> Reading {
    reading(&[("web.container", &format!("[Container]\nImage=x\n{body}"))])
}

fn only(reading: &Reading) -> &Container {
    assert_eq!(reading.containers.len(), 1, "{:?}", reading.problems);
    &reading.containers[0]
}

/// The body of the unit after changes that are made of its container.
fn changed(body: &str, changes: impl Fn(&Container) -> Vec<Change>) -> Result<String, String> {
    let reading = unit(body);
    let container = only(&reading);
    let edits = render(&reading, container, &changes(container)).map_err(|refusal| refusal.0)?;
    let text = apply(reading.source(), FileId(0), &edits).ok_or("the edits overlap")?;
    Ok(text.strip_prefix("[Container]\nImage=x\n").unwrap_or(&text).to_owned())
}

fn without_privilege(c: &Container) -> Vec<Change> {
    let mut changes: Vec<Change> = c.privileged.iter().map(|w| Change::Remove(w.place.clone())).collect();
    changes.push(Change::Add(Key::CapDrop, "all".to_owned()));
    changes.extend(["CHOWN", "SETUID"].map(|name| Change::Add(Key::CapAdd, name.to_owned())));
    changes
}

#[test]
fn what_is_added_takes_the_place_of_what_goes_or_stands_with_its_kin() {
    let fixed = |body: &str| changed(body, without_privilege);
    let own = "DropCapability=all\nAddCapability=CHOWN SETUID\n";
    assert_eq!(fixed("PodmanArgs=--privileged\nUser=1\n"), Ok(format!("{own}User=1\n")));
    assert_eq!(
        fixed("PodmanArgs=--pid host \\\n  --privileged --init\n[Service]\nRestart=no\n"),
        Ok(format!("PodmanArgs=--pid host --init\n{own}[Service]\nRestart=no\n"))
    );
    assert_eq!(
        fixed("  AddCapability=SYS_TIME\n  PodmanArgs=\"--privileged=true\"\n"),
        Ok(format!("  AddCapability=SYS_TIME\n  {}", own.replace("\nA", "\n  A")))
    );
    assert_eq!(fixed("PodmanArgs=--privileged"), Ok(own.trim_end().to_owned()));
}

#[test]
fn words_and_lines_go_with_what_they_say() {
    let drop = |body: &str, at: usize| changed(body, |c| vec![Change::Remove(c.cap_add[at].place.clone())]);
    assert_eq!(drop("AddCapability=A B C\n", 0), Ok("AddCapability=B C\n".to_owned()));
    assert_eq!(drop("AddCapability=A B C\n", 2), Ok("AddCapability=A B\n".to_owned()));
    assert_eq!(drop("AddCapability=A,B\n", 1), Ok("AddCapability=A\n".to_owned()));
    assert_eq!(drop("AddCapability=A\nUser=1\n", 0), Ok("User=1\n".to_owned()));
    assert_eq!(
        drop("PodmanArgs=--cap-add A --init\n", 0),
        Ok("PodmanArgs=--init\n".to_owned())
    );
    let user = changed("User=1\nGroup=2\n", |c| {
        vec![Change::Remove(c.user.as_ref().unwrap().place.clone())]
    });
    assert!(user.is_err());
}

#[test]
fn labels_are_written_where_each_form_of_mount_has_them() {
    let labelled = |body: &str| {
        changed(body, |c| {
            vec![Change::Relabel(c.mounts[0].place.clone(), Relabel::Private)]
        })
    };
    for (body, expected) in [
        ("Volume=/a:/b\n", "Volume=/a:/b:Z\n"),
        ("Volume=%h/a:/b:ro\n", "Volume=%h/a:/b:ro,Z\n"),
        ("Volume=/a:/b:z\n", "Volume=/a:/b:Z\n"),
        (
            "Mount=type=bind,src=/a,dst=/b\n",
            "Mount=type=bind,src=/a,dst=/b,relabel=private\n",
        ),
        (
            "Mount='type=bind,src=/a b,dst=/b'\n",
            "Mount='type=bind,src=/a b,dst=/b,relabel=private'\n",
        ),
        ("PodmanArgs=-v \"/a:/b\"\n", "PodmanArgs=-v \"/a:/b:Z\"\n"),
    ] {
        assert_eq!(labelled(body), Ok(expected.to_owned()), "{body}");
    }
    assert!(labelled("Volume=\"/a b:/b\"\n").is_err());
}

#[test]
fn paths_that_are_handed_on_are_seen_from_the_folder_of_the_service() {
    let paths = |body: &str| {
        let reading = unit(body);
        let mounts = only(&reading).mounts.iter();
        mounts
            .map(|w| w.value.path().unwrap().shown())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let both = "Volume=./a:/a\nPodmanArgs=-v ./etc:/b\n";
    assert_eq!(paths(both), "…/./a /etc");
    assert_eq!(
        paths(&format!("{both}[Service]\nWorkingDirectory=/srv\n")),
        "…/./a /srv/etc"
    );
    assert_eq!(
        paths(&format!("{both}[Install]\nWantedBy=default.target\n")),
        "…/./a $HOME/./etc"
    );
}

#[test]
fn the_service_splits_a_variable_that_is_a_word() {
    let reading = unit("PodmanArgs=$ARGS\n[Service]\nEnvironment=\"ARGS=--privileged --pid=host\"\n");
    let container = only(&reading);
    assert_eq!(container.privileged(), Tri::Yes);
    assert!(container.unseen.is_empty() && container.namespaces.len() == 1);
    assert_eq!(reading.source().slice(container.privileged[0].place.value), "$ARGS");
    let changes = [Change::Remove(container.privileged[0].place.clone())];
    assert!(render(&reading, container, &changes).is_err());
    let braced = unit("PodmanArgs=${ARGS}\n[Service]\nEnvironment=\"ARGS=--privileged --pid=host\"\n");
    assert_ne!(only(&braced).privileged(), Tri::Yes);
}

#[test]
fn drop_ins_beyond_the_bound_are_said() {
    let many = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("web.container.d/{n:03}.conf")).collect();
        let mut files = vec![("web.container", "[Container]\nImage=x\n")];
        files.extend(names.iter().map(|name| (name.as_str(), "[Container]\nLabel=a=b\n")));
        reading(&files).problems.iter().any(|problem| problem.bound)
    };
    assert!(!many(64));
    assert!(many(65));
}

#[test]
fn drop_ins_have_the_last_word() {
    let files = [
        (
            "web.container",
            "[Container]\nImage=x\nDropCapability=all\nPodmanArgs=--privileged\n",
        ),
        ("web.container.d/10.conf", "[Container]\nDropCapability=\nPodmanArgs=\n"),
    ];
    let reading = reading(&files);
    let container = only(&reading);
    assert!(container.cap_drop.is_empty() && container.privileged() == Tri::No);
    // read by itself, the drop-in says what the whole does
    let own = self::reading(&[files[1], files[0]]);
    assert_eq!(only(&own).privileged(), Tri::No);
    assert_eq!(own.sources.len(), 2);
    // of a unit that is not there nothing is missed
    let alone = self::reading(&[("web.container.d/1.conf", "[Container]\nAddCapability=SYS_ADMIN\n")]);
    assert_eq!(only(&alone).unseen.len(), 1);
}

#[test]
fn a_bundle_holds_several_units() {
    let text = "# FileName=web\n[Container]\nImage=x\nVolume=data.volume:/d\n---\n# FileName=data\n[Volume]\nDevice=/srv/d\nType=none\nOptions=bind\n---\n# FileName=db\n[Container]\nImage=y\n";
    let reading = reading(&[("all.quadlets", text)]);
    let called: Vec<String> = reading.containers.iter().map(Container::called).collect();
    assert_eq!(called, ["web", "db"]);
    let mount = &reading.containers[0].mounts[0].value;
    assert!(mount.is_bind() && mount.source.as_ref().is_some_and(|s| s.is("/srv/d")));
    // a volume of that name is another
    let other = text.replace("data.volume:", "data:");
    assert!(
        !self::reading(&[("all.quadlets", &other)]).containers[0].mounts[0]
            .value
            .is_bind()
    );
}

#[test]
fn a_user_s_unit_is_rootless() {
    let of = |name: &str, tail: &str| {
        let text = format!("[Container]\nImage=x\nVolume=%h/a:/a\n{tail}");
        only(&reading(&[(name, &text)])).rootless
    };
    assert!(of("web.container", "[Install]\nWantedBy=default.target\n"));
    assert!(!of(
        "web.container",
        "[Install]\nWantedBy=multi-user.target default.target\n"
    ));
    assert!(of("web.container", ""));
    assert!(!of("/etc/containers/systemd/web.container", ""));
    assert!(of("/etc/containers/systemd/users/1000/web.container", ""));
    assert!(!only(&unit("")).rootless);
}

#[test]
fn files_of_other_languages_are_none() {
    for text in [
        "=head1 NAME\n\nPerl\n",
        "[container]\nImage=x\nPodmanArgs=--privileged\n",
        "<xml/>",
        "",
    ] {
        assert!(!(Kind::Quadlet.front().may_matter)(text), "{text}");
        assert!(reading(&[("a.pod", text)]).containers.is_empty());
    }
    let pod = reading(&[("a.pod", "[Pod]\nVolume=/a:/b\n")]);
    assert_eq!(only(&pod).syntax, Syntax::Pod);
    let network = reading(&[("eth.network", "[Match]\nName=eth0\n\n[Network]\nDHCP=yes\nnothing\n")]);
    assert!(network.containers.is_empty() && network.problems.is_empty());
    let broken = reading(&[("a.container", "Image=x\n[Container]\nImage=x\n")]);
    assert!(broken.containers.is_empty() && broken.problems.len() == 1);
}
