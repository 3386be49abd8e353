//! `allow`: the values that the configuration lets a rule pass over.

use super::Scene;
use super::common::capability_name;
use crate::container::{Mount, Place, Text, Written};
use crate::fix::Finding;
use crate::knowledge::{capabilities, glob};

/// What the values of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Capabilities, in any spelling that the engines take.
    Capabilities,
    /// The host paths of mounts, as they are written.
    Mounts,
    /// Devices of the host.
    Devices,
    /// A namespace's mode: `host`, `container:db`.
    Namespaces,
}

/// The rules that take `allow`, and what they take in it.
const TAKING: &[(&str, Values)] = &[
    ("all-capabilities", Values::Capabilities),
    ("extra-capability", Values::Capabilities),
    ("host-escape-capability", Values::Capabilities),
    ("redundant-capability", Values::Capabilities),
    ("strong-capability", Values::Capabilities),
    ("dev-bind-mount", Values::Mounts),
    ("engine-socket", Values::Mounts),
    ("host-path-chown", Values::Mounts),
    ("host-root-mount", Values::Mounts),
    ("relabel-home", Values::Mounts),
    ("relabel-socket-or-device", Values::Mounts),
    ("relabel-system-path", Values::Mounts),
    ("sensitive-path", Values::Mounts),
    ("shared-propagation", Values::Mounts),
    ("unlabeled-mount", Values::Mounts),
    ("writable-sensitive-path", Values::Mounts),
    ("desktop-socket", Values::Mounts),
    ("home-mount", Values::Mounts),
    ("selinux-blocked-mount", Values::Mounts),
    ("shared-memory-mount", Values::Mounts),
    ("system-bus-socket", Values::Mounts),
    ("writable-kernel-path", Values::Mounts),
    ("device-cgroup-wildcard", Values::Devices),
    ("raw-host-device", Values::Devices),
    ("host-cgroup-namespace", Values::Namespaces),
    ("host-ipc", Values::Namespaces),
    ("host-network", Values::Namespaces),
    ("host-pid", Values::Namespaces),
    ("implicit-label-loss", Values::Namespaces),
    ("joined-namespace", Values::Namespaces),
];

/// What a rule takes in `allow`; `None` for a rule that is about no value.
pub fn values(rule: &str) -> Option<Values> {
    TAKING.iter().find(|(name, _)| *name == rule).map(|(_, values)| *values)
}

/// Why a word cannot be a value of these; `None` where it can.
pub fn wrong(values: Values, word: &str) -> Option<String> {
    if values != Values::Capabilities || word.contains('*') || capabilities::named(word).is_some() {
        return None;
    }
    let name = capability_name(word);
    let known = capabilities::all().iter().map(|c| c.name.as_str());
    let near = known
        .map(|k| (strsim::osa_distance(&name, k), k))
        .filter(|(d, _)| *d <= name.chars().count() / 3)
        .min_by_key(|(d, _)| *d);
    let hint = near.map_or(String::new(), |(_, near)| format!("; did you mean `{near}`?"));
    Some(format!("unknown capability `{word}`{hint}"))
}

/// True where the finding is about a value that the configuration names.
pub(super) fn is_allowed(scene: &Scene, finding: &Finding) -> bool {
    if scene.allowed.is_empty() {
        return false;
    }
    let Some(values) = values(finding.rule) else {
        return false;
    };
    let container = scene.container;
    let here = |place: &Place| (place.file, place.value) == (finding.primary.file, finding.primary.span);
    let texts = |list: &[Written<Text>]| -> Vec<String> {
        let there = list.iter().filter(|w| here(&w.place));
        there.map(|w| w.value.shown()).collect()
    };
    let found: Vec<String> = match values {
        Values::Capabilities => texts(&container.cap_add).iter().map(|c| capability_name(c)).collect(),
        Values::Mounts => {
            let there = container.mounts.iter().filter(|w| here(&w.place));
            let sources = there.filter_map(|w| w.value.source.as_ref().map(Text::shown));
            sources.map(|s| bare(&s).to_owned()).collect()
        }
        Values::Devices => {
            let devices = texts(&container.devices);
            let nodes = devices.iter().filter_map(|d| d.split(':').next());
            let nodes = nodes.map(|d| bare(d).to_owned());
            nodes.chain(texts(&container.device_cgroup_rules)).collect()
        }
        Values::Namespaces => {
            let there = container.namespaces.iter().filter(|n| here(&n.mode.place));
            there.map(|n| n.mode.value.shown()).collect()
        }
    };
    !found.is_empty()
        && found
            .iter()
            .all(|value| scene.allowed.iter().any(|a| fits(values, a, value)))
}

/// True where the configuration lets the rule pass over mounts of this host path.
pub(super) fn is_allowed_mount(scene: &Scene, mount: &Mount) -> bool {
    let source = mount.source.as_ref().map(Text::shown).unwrap_or_default();
    scene.allowed.iter().any(|a| fits(Values::Mounts, a, bare(&source)))
}

fn fits(values: Values, allowed: &str, value: &str) -> bool {
    match values {
        Values::Capabilities => glob::fits(&capability_name(allowed), value),
        _ => glob::fits(bare(allowed), value),
    }
}

/// A path without slashes at its end.
fn bare(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/",
        bare => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_engines_compare_them() {
        assert!(fits(Values::Capabilities, "cap_sys_ptrace", "SYS_PTRACE"));
        assert!(fits(Values::Mounts, "/var/log/", "/var/log"));
        assert!(fits(Values::Devices, "/dev/sd*", "/dev/sda"));
        assert!(!fits(Values::Mounts, "/var", "/var/log"));
        assert_eq!(bare("/"), "/");
    }

    #[test]
    fn a_word_that_is_no_capability_is_told() {
        assert_eq!(
            wrong(Values::Capabilities, "SYS_PTRAC").as_deref(),
            Some("unknown capability `SYS_PTRAC`; did you mean `SYS_PTRACE`?")
        );
        assert_eq!(wrong(Values::Capabilities, "CAP_SYS_PTRACE"), None);
        assert_eq!(wrong(Values::Mounts, "anything"), None);
    }

    #[test]
    fn the_rules_that_take_values_exist_and_are_documented() {
        let document = include_str!("../../docs/configuration.md");
        for (name, _) in TAKING {
            assert!(crate::rules::find(name).is_some(), "{name}");
            assert!(document.contains(&format!("`{name}`")), "{name}");
        }
    }
}
