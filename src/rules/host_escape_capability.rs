//! `host-escape-capability`: a capability that is a way out of the container.

use crate::container::{Namespace, Text, Written};
use crate::fix::{Finding, Label};
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{capability_name, image, is_privileged, who};

/// Each, with what it lets the container do.
const ESCAPES: &[(&str, &str)] = &[
    (
        "SYS_ADMIN",
        "mount file systems and enter namespaces, which is most of what root on the host can do",
    ),
    ("SYS_MODULE", "load code of its own into the host's kernel"),
    (
        "SYS_RAWIO",
        "talk to the hardware past the kernel, and so read the host's memory and disks",
    ),
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    if is_bounded(scene) {
        return Vec::new();
    }
    found(scene, "host-escape-capability", ESCAPES)
}

/// True where these reach no further than the user who runs the container: rootless, or in a user
/// namespace of its own. Then `strong-capability` reports them.
pub(super) fn is_bounded(scene: &Scene) -> bool {
    let own = scene
        .container
        .namespace(Namespace::User)
        .is_some_and(|n| !n.value.is("host"));
    own || scene.container.rootless
}

/// The findings about those added capabilities that are in a list.
pub(super) fn found(scene: &Scene, rule: &'static str, list: &[(&str, &str)]) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let added = container.cap_add.iter();
    added.filter_map(|w| finding(scene, rule, list, w)).collect()
}

fn finding(scene: &Scene, rule: &'static str, list: &[(&str, &str)], added: &Written<Text>) -> Option<Finding> {
    let container = scene.container;
    let name = capability_name(&added.value.known()?);
    let (name, deed) = list.iter().find(|(n, _)| *n == name)?;
    let verb = if added.certain { "can" } else { "may" };
    let message = format!("{} {verb} {deed} ({name})", who(container));
    let mut finding = Finding::new(rule, message, Label::new(&added.place, "granted here"));
    if let Some(needs) = needs(container)
        && let Some((_, why)) = needs.capabilities.iter().find(|(n, _)| n == name)
    {
        finding
            .notes
            .push(format!("{} needs it: {why} ({})", image(container), needs.source()));
    }
    if container.rootless {
        finding
            .notes
            .push("podman without sudo is taken for rootless: it reaches no further than the calling user".to_owned());
    }
    if *name == "NET_ADMIN"
        && container
            .devices
            .iter()
            .any(|d| d.value.shown().starts_with("/dev/net/tun"))
    {
        finding
            .notes
            .push("together with /dev/net/tun it is what a VPN needs".to_owned());
    }
    if let Some(instead) = narrower(name) {
        finding.helps.push(instead.to_owned());
    }
    Some(finding)
}

/// What to write instead, for the reasons that people add it for.
fn narrower(name: &str) -> Option<&'static str> {
    Some(match name {
        "SYS_ADMIN" => {
            "for FUSE: mount on the host and hand the directory in; for Chromium: a seccomp profile; for perf: PERFMON"
        }
        "SYS_MODULE" => "load the module on the host (`modprobe`, /etc/modules-load.d), and take this away",
        "SYS_RAWIO" => "pass the one device, and run the tool on the host where it can",
        "NET_ADMIN" => "for kernel parameters use `--sysctl`; for a tunnel, nothing narrower is known",
        "SYS_PTRACE" => "a process may trace its own children without it, since kernel 4.8 and docker 19.03",
        "DAC_READ_SEARCH" => "DAC_OVERRIDE reads the same files and does not open files of the host by their handle",
        "SYS_TIME" => "set the clock on the host",
        "SYS_RESOURCE" => "raise the one limit with `--ulimit`",
        _ => return None,
    })
}
