//! `raw-host-device`: a disk, or the memory, of the host is passed in.

use crate::container::{Mount, MountKind, Written};
use crate::fix::{Finding, Label};
use crate::knowledge::glob;
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{image, is_privileged, shortened, who};

/// A device node, or several, by glob.
struct Raw(&'static str, Kind, &'static str);

/// What there is to reach through a device.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A disk with files on it.
    Files,
    /// The kernel's log.
    Log,
    /// Memory, or ports of the hardware.
    Memory,
    /// The pools of ZFS.
    Pools,
    /// What makes loop devices.
    Loops,
    /// All of them.
    Every,
}

/// Device nodes, and what they give access to. The first that fits counts.
const RAW: &[Raw] = &[
    Raw("/dev", Kind::Every, "every device of the host"),
    Raw("/dev/mem", Kind::Memory, "the memory of the host"),
    Raw("/dev/kmem", Kind::Memory, "the memory of the host's kernel"),
    Raw("/dev/port", Kind::Memory, "the ports of the hardware"),
    Raw("/dev/kmsg", Kind::Log, "the kernel's log"),
    Raw("/dev/zfs", Kind::Pools, "every ZFS pool of the host"),
    Raw("/dev/loop-control", Kind::Loops, "the loop devices of the host"),
    Raw("/dev/sd*", Kind::Files, "a disk of the host"),
    Raw("/dev/hd*", Kind::Files, "a disk of the host"),
    Raw("/dev/vd*", Kind::Files, "a disk of the host"),
    Raw("/dev/xvd*", Kind::Files, "a disk of the host"),
    Raw("/dev/nvme*", Kind::Files, "a disk of the host"),
    Raw("/dev/mmcblk*", Kind::Files, "a disk of the host"),
    Raw("/dev/md*", Kind::Files, "a disk of the host"),
    Raw("/dev/disk/*", Kind::Files, "a disk of the host"),
    Raw("/dev/dm-*", Kind::Files, "a volume of the host"),
    Raw("/dev/mapper/*", Kind::Files, "a volume of the host"),
    Raw("/dev/loop*", Kind::Files, "a loop device of the host"),
    Raw("/dev/zd*", Kind::Files, "a volume of the host"),
    Raw("/dev/rbd*", Kind::Files, "a volume of the host"),
];

impl Kind {
    /// What a container can do with a device of this kind, before the word for it.
    fn deed(self, writes: bool) -> &'static str {
        match (self, writes) {
            (Kind::Log, _) | (Kind::Files | Kind::Memory | Kind::Every, false) => "read",
            (Kind::Pools, _) => "change",
            (Kind::Loops, _) => "add to and remove",
            (_, true) => "read and write",
        }
    }

    /// What to write or do instead.
    fn instead(self) -> &'static str {
        match self {
            Kind::Files => {
                "mount the file system on the host, and the directory into the container; to read the state of \
                 the disk, `:r` is enough"
            }
            Kind::Log => "read the log on the host, with `journalctl -k` or `dmesg`, and hand on what is needed of it",
            Kind::Memory => {
                "leave it to a program on the host; most hardware has a device of its own, or a file below `/sys`"
            }
            Kind::Pools => "manage the pools on the host, and mount the datasets into the container",
            Kind::Loops => "set the loop device up on the host, and pass in that one",
            Kind::Every => "pass in the one device that it works on, by its stable name",
        }
    }
}

/// A named volume that is the file system on a device of the host.
fn of_volume(scene: &Scene, written: &Written<Mount>) -> Option<Finding> {
    let mount = &written.value;
    let path = mount
        .source
        .as_ref()
        .filter(|_| mount.kind == MountKind::Volume)?
        .shown();
    let Raw(_, _, what) = RAW.iter().find(|Raw(pattern, ..)| glob::fits(pattern, &path))?;
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
        let Some(Raw(_, kind, what)) = RAW.iter().find(|Raw(pattern, ..)| glob::fits(pattern, path)) else {
            continue;
        };
        let mode = parts.next_back().filter(|m| !m.starts_with('/')).unwrap_or("rwm");
        let how = match kind {
            Kind::Files => format!("directly, whatever its files permit: `{}`", shortened(path)),
            _ => format!("through `{}`", shortened(path)),
        };
        let message = format!("{} can {} {what} {how}", who(container), kind.deed(mode.contains('w')));
        let mut finding = Finding::new("raw-host-device", message, Label::new(&device.place, "a raw device"));
        if let Some(needs) = needs(container) {
            finding
                .notes
                .push(format!("what is known of {}: {}", image(container), needs.source()));
        }
        finding.helps.push(kind.instead().to_owned());
        findings.push(finding);
    }
    findings
}
