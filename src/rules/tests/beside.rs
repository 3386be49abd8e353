//! What stands beside `--privileged` tells the narrower way.

use super::*;

#[test]
fn what_stands_beside_the_flag_tells_the_narrower_way() {
    for (command, told) in [
        (
            "docker --privileged --device=/dev/fuse --cap-add=SYS_ADMIN x.example/a",
            "a FUSE mount needs",
        ),
        (
            "docker --privileged --device=/dev/net/tun --cap-add=NET_ADMIN x.example/a",
            "a VPN needs",
        ),
        (
            "docker --privileged --device=/dev/ttyUSB0 x.example/a",
            "`/dev/ttyUSB0` may be all",
        ),
        ("docker --privileged x.example/a /sbin/init", "writable-cgroups=true"),
        (
            "podman --privileged x.example/a /usr/lib/systemd/systemd",
            "podman sets up what",
        ),
        ("docker --privileged x.example/builder-dind", "an engine of its own"),
        (
            "docker --privileged -v /dev/nvhost-gpu:/dev/nvhost-gpu x.example/a",
            "the NVIDIA card",
        ),
        (
            "docker --privileged --network=host -v /run/dbus:/run/dbus x.example/a",
            "looks like Bluetooth",
        ),
    ] {
        let found = found_by("privileged", &launch(command));
        let helps = &found[0].helps;
        assert!(helps.iter().any(|help| help.contains(told)), "{command}: {helps:?}");
    }
    for command in [
        "docker --privileged x.example/a",
        "docker --privileged x.example/a sh",
        "docker --privileged -v /run/dbus:/run/dbus x.example/a",
    ] {
        let found = found_by("privileged", &launch(command));
        let narrower = [
            "may be all that the container needs",
            "writable-cgroups",
            "an engine of its own",
            "NVIDIA",
            "Bluetooth",
        ];
        let helps = found[0].helps.join("\n");
        assert!(!narrower.iter().any(|told| helps.contains(told)), "{command}: {helps}");
    }
}

#[test]
fn a_fix_says_what_it_leaves() {
    for (command, title) in [
        (
            "docker --privileged --cap-add=NET_ADMIN registry:2",
            "drop every capability but NET_ADMIN",
        ),
        (
            "docker --privileged --cap-add=NET_ADMIN koenkk/zigbee2mqtt:1",
            "run with the default capabilities and NET_ADMIN",
        ),
        ("docker --privileged registry:2", "drop every capability"),
        // a drop that the flag made inert takes effect
        (
            "docker --privileged --cap-drop=ALL --cap-add=NET_RAW koenkk/zigbee2mqtt:1",
            "drop every capability but NET_RAW",
        ),
        (
            "docker --privileged --cap-drop=CHOWN koenkk/zigbee2mqtt:1",
            "run with the default capabilities but CHOWN",
        ),
    ] {
        let found = found_by("privileged", &launch(command));
        let titles: Vec<&str> = found[0].fixes.iter().map(|fix| fix.title.as_str()).collect();
        assert_eq!(titles, [title], "{command}");
    }
}
