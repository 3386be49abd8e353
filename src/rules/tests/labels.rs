//! Rules about the SELinux labels of mounts.

use super::*;

#[test]
fn the_mount_without_a_label_is_the_likely_reason() {
    let found = found_by(
        "privileged",
        &launch("podman --name=registry -v ./certs:/certs --privileged registry:2"),
    );
    assert!(
        found[0]
            .message
            .starts_with("`registry` runs with every capability and device, and without SELinux")
    );
    assert!(found[0].related[0].message.starts_with("the likely reason"));
    let labelled = launch("podman -v ./certs:/certs --privileged --security-opt=label=type:x_t registry:2");
    assert!(found_by("privileged", &labelled)[0].related.is_empty());
    let mut maybe = launch("docker --privileged memcached");
    maybe.privileged[0].certain = false;
    assert!(found_by("privileged", &maybe)[0].message.contains("may run"));
    let mut refused = launch("docker --privileged memcached");
    refused.privileged[0].value = Switch::Refused;
    let found = found_by("privileged", &refused);
    assert_eq!(
        found[0].message,
        "`memcached` does not start: docker refuses this value of `--privileged`"
    );
    assert_eq!(short(&found[0]), "none: ");
    refused.syntax = Syntax::Compose;
    assert!(found_by("privileged", &refused).is_empty(), "it is a syntax error");
}

#[test]
fn a_mount_is_given_a_label_only_where_that_is_right() {
    for (mount, fix) in [
        ("./data:/data", "safe: Private"),
        ("$HOME/data:/data", "unsafe: Private"),
        ("../data:/data", "unsafe: Private"),
        ("/opt/app:/data", "unsafe: Private"),
        (".:/src", "safe: Shared"),
        ("../..:/src", "unsafe: Shared"),
        (
            "$X/data:/data",
            "none: where `$X/data` leads is only known when it runs",
        ),
        (
            "/var/www:/www",
            "none: other services of the host may use the directory, and a label for containers would take it from them",
        ),
    ] {
        let found = found_by(
            "unlabeled-mount",
            &launch(&format!("podman -v {mount} example.org/app")),
        );
        assert_eq!(found.iter().map(short).collect::<Vec<_>>(), [fix], "{mount}");
    }
    for silent in [
        "$X:/x",
        "data:/data",
        "./data:/data:z",
        "/etc/app:/x",
        "/usr/share:/x",
        "/tmp/x:/x",
        "/mnt/d:/x",
        "~:/x",
        "/dev/x:/x",
        "/run/a.sock:/x",
    ] {
        let found = found_by(
            "unlabeled-mount",
            &launch(&format!("podman -v {silent} example.org/app")),
        );
        assert!(found.is_empty(), "{silent}");
    }
    for unconfined in [
        "--security-opt=label=disable",
        "--pid=host",
        "--security-opt=label:type:spc_t",
    ] {
        let found = found_by(
            "unlabeled-mount",
            &launch(&format!("podman {unconfined} -v ./data:/data example.org/app")),
        );
        assert!(found.is_empty(), "{unconfined}");
    }
}

#[test]
fn neighbours_decide_between_the_two_letters() {
    let neighbour = |same_pod| NeighbourMount {
        mount: 0,
        container: "other".into(),
        other: mount("./data:/x"),
        place: None,
        at: "run.sh:9".into(),
        same_pod,
        confined: true,
        in_turn: false,
        far: false,
        perhaps: false,
        varying: false,
        documented: false,
        comes_first: false,
    };
    let unlabelled = launch("podman -v ./data:/data example.org/app");
    assert_eq!(
        short(&found_beside("unlabeled-mount", &unlabelled, &[neighbour(false)])[0]),
        "safe: Shared"
    );
    assert_eq!(
        short(&found_beside("unlabeled-mount", &unlabelled, &[neighbour(true)])[0]),
        "safe: Private"
    );
    let rule = "private-label-on-shared-mount";
    let mut private = launch("podman -v ./data:/data:Z example.org/app");
    assert_eq!(
        short(&found_beside(rule, &private, &[neighbour(false)])[0]),
        "safe: Shared"
    );
    assert!(found_beside(rule, &private, &[neighbour(true)]).is_empty());
    assert!(found_by(rule, &private).is_empty());
    private.replicas = 2;
    assert!(found_by(rule, &private)[0].message.starts_with("the 2 copies"));
    private.mounts[0].value.options = vec![text("z"), text("Z")];
    assert!(found_by(rule, &private).is_empty(), "it does not start");
    assert_eq!(found_by("relabel-conflict", &private).len(), 1);
}

#[test]
fn a_label_without_confinement_is_left_to_those_who_share_it() {
    let rule = "relabel-without-confinement";
    let other = NeighbourMount {
        mount: 1,
        container: "other".into(),
        other: mount("./x:/x:z"),
        place: None,
        at: "run.sh:9".into(),
        same_pod: false,
        confined: true,
        in_turn: false,
        far: false,
        perhaps: false,
        varying: false,
        documented: false,
        comes_first: false,
    };
    let of = |letter| {
        launch(&format!(
            "podman --security-opt=label=disable -v ~:/h -v ./x:/x:{letter} example.org/app"
        ))
    };
    assert_eq!(short(&found_by(rule, &of("z"))[0]), "unsafe: None");
    assert!(found_beside(rule, &of("z"), std::slice::from_ref(&other)).is_empty());
    assert_eq!(
        short(&found_beside(rule, &of("Z"), &[other])[0]),
        "none: `other` may rely on the label (run.sh:9)"
    );
}

#[test]
fn label_requests_are_judged_by_what_they_are_of() {
    for (mount, rule) in [
        ("/lib/modules:/m:ro,z", Some("relabel-system-path")),
        ("/etc:/m:ro,Z", Some("relabel-system-path")),
        ("$HOME:/h:z", Some("relabel-home")),
        ("~/.ssh/id:/h:ro,z", Some("relabel-home")),
        ("/run/x.sock:/h:z", Some("relabel-socket-or-device")),
        ("/dev/ttyS0:/h:z", Some("relabel-socket-or-device")),
        ("/etc/app:/h:Z", None),
        ("$HOME/app:/h:Z", None),
    ] {
        let container = launch(&format!("podman --cap-drop=all -v {mount} example.org/app"));
        let mut found = all_found(&container);
        found.retain(|name| find(name).is_some_and(|r| r.group() == Group::Selinux));
        assert_eq!(found, rule.into_iter().collect::<Vec<_>>(), "{mount}");
    }
}

#[test]
fn a_disabled_label_is_narrowed_or_left_where_it_is_right() {
    for (words, fix) in [
        ("-v ./x:/x", "unsafe: remove Private"),
        ("-v /var/log:/x:ro", "unsafe: =label=type:container_logreader_t"),
        ("-v /var/log:/x", "unsafe: =label=type:container_logwriter_t"),
        ("--device=/dev/ttyS0", "unsafe: =label=type:container_device_t"),
        ("", "unsafe: remove"),
        (
            "-v /var/log:/x:ro -v ./out:/out",
            "unsafe: =label=type:container_logreader_t Private",
        ),
        ("-v $X/d:/d", "none: where `$X/d` leads is only known when it runs"),
    ] {
        let command = format!("podman --security-opt=label=disable {words} example.org/app");
        let found = found_by("label-disabled", &launch(&command));
        assert_eq!(found.iter().map(short).collect::<Vec<_>>(), [fix], "{words}");
    }
    for right in ["-v $HOME:/h", "-v /run/podman/podman.sock:/s", "-v /usr:/u:ro"] {
        let command = format!("podman --security-opt=label=disable {right} example.org/app");
        assert!(found_by("label-disabled", &launch(&command)).is_empty(), "{right}");
    }
}
