//! `raw-host-device`: a disk, or the memory, of the host is passed in.

use crate::container::{Mount, MountKind, Written};
use crate::fix::{Finding, Label};
use crate::knowledge::image_name::glob;
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{image, is_privileged, shortened, who};

/// Device nodes by glob, and what they give access to.
const RAW: &[(&str, &str)] = &[
    ("/dev", "every device of the host"),
    ("/dev/mem", "the memory of the host"),
    ("/dev/kmem", "the memory of the host's kernel"),
    ("/dev/port", "the ports of the hardware"),
    ("/dev/kmsg", "the kernel's log"),
    ("/dev/sd*", "a disk of the host"),
    ("/dev/hd*", "a disk of the host"),
    ("/dev/vd*", "a disk of the host"),
    ("/dev/xvd*", "a disk of the host"),
    ("/dev/nvme*", "a disk of the host"),
    ("/dev/mmcblk*", "a disk of the host"),
    ("/dev/md*", "a disk of the host"),
    ("/dev/disk/*", "a disk of the host"),
    ("/dev/dm-*", "a volume of the host"),
    ("/dev/mapper/*", "a volume of the host"),
    ("/dev/loop*", "a loop device of the host"),
    ("/dev/zd*", "a volume of the host"),
    ("/dev/zfs", "every ZFS pool of the host"),
    ("/dev/rbd*", "a volume of the host"),
];

/// A named volume that is the file system on a device of the host.
fn of_volume(scene: &Scene, written: &Written<Mount>) -> Option<Finding> {
    let mount = &written.value;
    let path = mount
        .source
        .as_ref()
        .filter(|_| mount.kind == MountKind::Volume)?
        .shown();
    let (_, what) = RAW.iter().find(|(pattern, _)| glob(pattern, &path))?;
    let deed = if mount.read_only { "read" } else { "read and write" };
    let message = format!(
        "{} can {deed} the file system on {what}: `{}`",
        who(scene.container),
        shortened(&path)
    );
    let mut finding = Finding::new(
        "raw-host-device",
        message,
        Label::new(&written.place, "a volume that is a device of the host"),
    );
    finding
        .helps
        .push("mount the file system on the host, and the directory that is needed into the container".to_owned());
    Some(finding)
}

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = container.mounts.iter().filter_map(|w| of_volume(scene, w)).collect();
    for device in &container.devices {
        let shown = device.value.shown();
        let mut parts = shown.split(':');
        let path = parts.next().unwrap_or("").trim_end_matches('/');
        let Some((_, what)) = RAW.iter().find(|(pattern, _)| glob(pattern, path)) else {
            continue;
        };
        let mode = parts.next_back().filter(|m| !m.starts_with('/')).unwrap_or("rwm");
        let deed = if mode.contains('w') && path != "/dev/kmsg" {
            "read and write"
        } else {
            "read"
        };
        let message = format!(
            "{} can {deed} {what} past its files: `{}`",
            who(container),
            shortened(path)
        );
        let mut finding = Finding::new("raw-host-device", message, Label::new(&device.place, "a raw device"));
        if let Some(needs) = needs(container) {
            finding
                .notes
                .push(format!("what is known of {}: {}", image(container), needs.source()));
        }
        finding.helps.push(
            "mount the file system on the host, and the directory into the container; for health data, `:r` is enough"
                .to_owned(),
        );
        findings.push(finding);
    }
    findings
}
