//! `label-disabled`: the launch switches SELinux off for the container.

use crate::container::{Container, Text};
use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};
use crate::knowledge::paths;

use super::Scene;
use super::common::{is_privileged, security_option, selinux_note, who};
use super::labels::{Unlabelled, is_kept_away, unlabelled};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(option) = security_option(container, "label", "disable") else {
        return Vec::new();
    };
    if !scene.selinux.on || is_privileged(container) || wants_it(container) {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "label-disabled",
        format!("SELinux does not confine {}", who(container)),
        Label::new(&option.place, "runs as spc_t, which the policy does not restrict"),
    );
    finding.notes.push(selinux_note(scene));
    let open = |mount: &Unlabelled| {
        let mount = &mount.mount.value;
        narrower_for(mount.path(), mount.read_only).is_some()
    };
    let hidden: Vec<Unlabelled> = unlabelled(scene).into_iter().filter(|m| !open(m)).collect();
    let (first, what) = match narrower(container) {
        Some((kind, why)) => {
            let note = format!("{kind} is made for this: {why} (container-selinux, container.te)");
            finding.notes.push(note);
            let change = Change::Replace(option.place.clone(), format!("label=type:{kind}"));
            (change, format!("confine it as {kind}"))
        }
        None => (
            Change::Remove(option.place.clone()),
            "let SELinux confine it".to_owned(),
        ),
    };
    if let Some(why) = hidden.iter().find_map(Unlabelled::obstacle) {
        finding.refused = Some(Refusal(why));
    } else {
        let labels = hidden.iter().filter_map(|m| m.change()).map(|(change, _)| change);
        finding.fixes.push(Fix {
            title: match hidden.len() {
                0 => what,
                1 => format!("label the mount, and {what}"),
                _ => format!("label the mounts, and {what}"),
            },
            safety: Safety::Unsafe,
            changes: std::iter::once(first).chain(labels).collect(),
        });
    }
    for mount in &hidden {
        finding.related.push(Label::new(
            &mount.mount.place,
            "a label would let the container use this",
        ));
    }
    vec![finding]
}

/// True where podman's manual advises it: what is mounted must not be relabelled.
pub(super) fn wants_it(container: &Container) -> bool {
    let mounts = container.mounts.iter().map(|w| &w.value).filter(|m| m.is_bind());
    mounts
        .filter(|m| narrower_for(m.path(), m.read_only).is_none())
        .any(|mount| {
            paths::engine_socket(mount).is_some() || paths::of_mount(mount).is_some_and(|path| is_kept_away(&path))
        })
}

/// A type that the policy has for what the container does, and why.
fn narrower(container: &Container) -> Option<(&'static str, &'static str)> {
    let mounts = container.mounts.iter().map(|w| &w.value).filter(|m| m.is_bind());
    let by_mount = mounts.filter_map(|m| narrower_for(m.path(), m.read_only));
    let by_device = (!container.devices.is_empty())
        .then_some(("container_device_t", "it may use every device that is passed to it"));
    by_mount
        .max_by_key(|(kind, _)| *kind == "container_logwriter_t")
        .or(by_device)
}

fn narrower_for(source: Option<&Text>, read_only: bool) -> Option<(&'static str, &'static str)> {
    if !paths::is_below(source?, "/var/log") {
        return None;
    }
    Some(match read_only {
        true => ("container_logreader_t", "it may read the host's logs"),
        false => ("container_logwriter_t", "it may write the host's logs"),
    })
}
