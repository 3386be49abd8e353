//! Rules about settings that change nothing.

use super::*;

#[test]
fn what_changes_nothing_is_told_where_it_misleads() {
    for (command, fix) in [
        ("docker --privileged --cap-drop=ALL x", "safe: remove"),
        (
            "docker --privileged --device=/dev/a:/dev/a:rwm --cap-add=CHOWN x",
            "safe: remove remove",
        ),
        ("podman --privileged --cap-add=CHOWN --user=0 x", "safe: remove"),
    ] {
        let found = found_by("inert-hardening", &launch(command));
        assert_eq!(found.iter().map(short).collect::<Vec<_>>(), [fix], "{command}");
    }
    for silent in [
        "docker --cap-drop=ALL x",
        "docker --privileged --device=/dev/a:/dev/b x",
        "podman --privileged --cap-add=CHOWN --user=1000 x",
        "docker --privileged --security-opt=seccomp=p.json x",
    ] {
        assert!(found_by("inert-hardening", &launch(silent)).is_empty(), "{silent}");
    }
    for (command, fixes) in [
        ("docker --cap-add=CHOWN x", &["none: "][..]),
        ("docker --cap-add=cap_chown qmcgaw/gluetun", &["safe: remove"]),
        ("docker --cap-add=NET_ADMIN x", &[]),
        ("docker --cap-add=CHOWN --cap-drop=ALL x", &[]),
        ("docker --cap-add=CHOWN --cap-drop=CHOWN x", &[]),
        ("podman --cap-add=CHOWN x", &[]),
    ] {
        let found = found_by("redundant-capability", &launch(command));
        assert_eq!(found.iter().map(short).collect::<Vec<_>>(), fixes, "{command}");
    }
}
