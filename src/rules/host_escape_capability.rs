//! `host-escape-capability`: a capability that is a way out of the container.

use crate::container::{Container, Engine, Namespace, Text, Written};
use crate::fix::{Finding, Label};
use crate::knowledge::capabilities::{self, Capability};
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{image, is_privileged, is_root_name, who};

/// The capabilities that lead out by themselves.
pub(super) const ESCAPES: &[&str] = &["SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    if is_bounded(scene) {
        return Vec::new();
    }
    found(scene, "host-escape-capability", ESCAPES)
}

/// True where these reach no further than the user who runs the container: rootless, or in a user
/// namespace of its own. Then `strong-capability` reports them.
pub(super) fn is_bounded(scene: &Scene) -> bool {
    let container = scene.container;
    let own = container.namespace(Namespace::User);
    own.is_some_and(|n| !n.value.is("host")) || container.rootless
}

/// The findings about those added capabilities that are in a list.
pub(super) fn found(scene: &Scene, rule: &'static str, list: &[&str]) -> Vec<Finding> {
    if is_privileged(scene.container) {
        return Vec::new();
    }
    let added = scene.container.cap_add.iter();
    let ordinary = gets_none(scene.container);
    if ordinary && scene.container.no_new_privileges() {
        return Vec::new();
    }
    let listed = added.filter_map(|w| {
        let capability = capabilities::find(&w.value.known()?)?;
        list.contains(&capability.name.as_str()).then_some((w, capability))
    });
    listed
        .map(|(w, capability)| finding(scene, rule, w, capability))
        .collect()
}

fn finding(scene: &Scene, rule: &'static str, added: &Written<Text>, capability: &Capability) -> Finding {
    let container = scene.container;
    let name = capability.name.as_str();
    let verb = if added.certain { "can" } else { "may" };
    let ordinary = gets_none(container);
    let message = match ordinary {
        true => format!(
            "{} may {} ({name}), but only through a set-UID program: it runs as an ordinary user",
            who(container),
            capability.lets
        ),
        false if is_bounded(scene) && capability.host_users => format!(
            "{} adds {name}, which the kernel heeds in no user namespace, rootless podman's among them",
            who(container)
        ),
        false if is_bounded(scene) => format!(
            "{} {verb} {} ({name}), as far as its user namespace goes",
            who(container),
            capability.lets
        ),
        false => format!("{} {verb} {} ({name})", who(container), capability.lets),
    };
    let mut finding = Finding::new(rule, message, Label::new(&added.place, "granted here"));
    if ordinary {
        finding
            .notes
            .push("docker gives added capabilities to root only, so this does not help the program itself".to_owned());
    }
    finding
        .notes
        .extend(note(container, capability).filter(|_| !is_bounded(scene)));
    if let Some(needs) = needs(container)
        && let Some(need) = needs.entry.capabilities.iter().find(|need| need.name == name)
    {
        let verb = if need.optional {
            "asks for it, and can do without"
        } else {
            "needs it"
        };
        let (image, why) = (image(container), &need.why);
        finding
            .notes
            .push(format!("{image} {verb}: {why} ({})", needs.source()));
    }
    if is_bounded(scene) && !capability.host_users {
        finding
            .notes
            .push("in a user namespace, rootless podman's among them, it reaches no further than the user".to_owned());
    }
    if name == "NET_ADMIN"
        && container
            .devices
            .iter()
            .any(|d| d.value.shown().starts_with("/dev/net/tun"))
    {
        finding
            .notes
            .push("together with /dev/net/tun it is what a VPN needs".to_owned());
    }
    finding.helps.extend(narrower(name).map(str::to_owned));
    finding
}

/// True where the engine gives added capabilities to no process that starts: docker, for an ordinary user
/// (podman makes them ambient).
pub(super) fn gets_none(container: &Container) -> bool {
    let user = container.user.as_ref().and_then(|user| user.value.known());
    let ordinary = user.is_some_and(|name| !name.is_empty() && !is_root_name(&name));
    ordinary && matches!(container.engine, Engine::Docker | Engine::Nerdctl)
}

/// What else is to be said of a capability; of the host's namespaces only where the container is in them.
fn note(container: &Container, capability: &Capability) -> Option<String> {
    let shared = match capability.name.as_str() {
        "NET_ADMIN" => container.shares_with_host(Namespace::Network),
        "KILL" | "SYS_PTRACE" => container.shares_with_host(Namespace::Pid),
        "IPC_OWNER" => container.shares_with_host(Namespace::Ipc),
        _ => true,
    };
    capability.note.clone().filter(|_| shared)
}

/// What to write instead, for the reasons that people add it for.
fn narrower(name: &str) -> Option<&'static str> {
    Some(match name {
        "SYS_ADMIN" => {
            "for FUSE: mount on the host, and the directory into the container; for Chromium: a seccomp profile; for perf: PERFMON"
        }
        "SYS_MODULE" => "load the module on the host (`modprobe`, /etc/modules-load.d), and remove this",
        "SYS_RAWIO" => "pass the one device, and run the tool on the host where it can",
        "NET_ADMIN" => {
            "a kernel parameter can be set as a sysctl of the container; for a tunnel, nothing narrower is known"
        }
        "SYS_PTRACE" => "a process may trace its own children without it, since kernel 4.8 and docker 19.03",
        "DAC_READ_SEARCH" => "DAC_OVERRIDE reads the same files and does not open files of the host by their handle",
        "SYS_TIME" => "set the clock on the host",
        "SYS_RESOURCE" => "raise the one limit as a ulimit of the container",
        _ => return None,
    })
}
