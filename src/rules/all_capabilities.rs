//! `all-capabilities`: every capability is added.

use crate::container::Key;
use crate::fix::{Change, Finding, Fix, Label};
use crate::knowledge::images::Required;
use crate::knowledge::needs::{Needs, Trust, needs, required};

use super::Scene;
use super::common::{
    capability_names, drop_all_but, drop_title, error_table, image, is_privileged, listed, needs_notes,
    safety_without_privilege, who,
};
use super::host_escape_capability::{gets_none, is_bounded};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // beside `--privileged` it changes nothing, and goes with it
    if is_privileged(container) {
        return Vec::new();
    }
    let Some(all) = container.adds_all() else {
        return Vec::new();
    };
    let dropped: Vec<String> = capability_names(&container.cap_drop)
        .into_iter()
        .filter(|c| c != "ALL")
        .collect();
    let ordinary = gets_none(container);
    if ordinary && container.no_new_privileges() {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "all-capabilities",
        message(scene, &dropped, all.certain),
        Label::new(&all.place, "all of them, those of later kernels too"),
    );
    if ordinary {
        finding
            .notes
            .push("docker gives added capabilities to root only, so this does not help the program itself".to_owned());
    }
    if container.rootless {
        finding.notes.push(
            "podman without sudo is assumed to be rootless: all of this is then limited to what the calling user may do"
                .to_owned(),
        );
    }
    if !is_bounded(scene) && !ordinary && !dropped.iter().any(|name| name == "DAC_READ_SEARCH") {
        finding.notes.push(
            "the host's disks stay out of reach, since devices are granted separately, but their files do not: \
             DAC_READ_SEARCH opens any file of a mounted file system by its handle"
                .to_owned(),
        );
    }
    let needs = needs(container);
    match &needs {
        Some(needs) => finding.notes.extend(needs_notes(container, needs, &needs.names())),
        None => {
            finding
                .notes
                .push(format!("nothing is known about what {} needs", image(container)));
            finding.helps.push(format!("add only what it uses; {}", error_table()));
        }
    }
    let known = needs
        .as_ref()
        .filter(|n| n.trust > Trust::Guess && !n.on_top_of_default);
    match known {
        Some(needs) if required(Some(needs)) == Required::No && container.drops_all().is_none() => {
            finding.fixes.push(fix(scene, needs, all.place.clone()));
        }
        _ if finding.helps.is_empty() => {
            finding.helps.push(format!("add only what it uses; {}", error_table()));
        }
        _ => {}
    }
    vec![finding]
}

/// The worst that root with every capability can do, by the capability that it takes.
const DEEDS: &[(&str, &str)] = &[
    ("SYS_MODULE", "load kernel modules"),
    ("DAC_READ_SEARCH", "read any file of the host"),
    ("SYS_ADMIN", "mount file systems"),
    ("SYS_RAWIO", "talk to hardware ports"),
    ("SYS_BOOT", "restart the host"),
    ("SYS_TIME", "set the host's clock"),
];

/// What the container has, and what it can do with what is not dropped.
fn message(scene: &Scene, dropped: &[String], certain: bool) -> String {
    let who = who(scene.container);
    let except = match dropped {
        [] => String::new(),
        dropped => format!(" but {}", listed(dropped)),
    };
    let verb = if certain { "has" } else { "may have" };
    if gets_none(scene.container) {
        return format!(
            "{who} may use every capability{except}, but only through a set-UID program: it runs as an ordinary user"
        );
    }
    if is_bounded(scene) {
        return format!("{who} {verb} every capability{except}, as far as its user namespace goes");
    }
    let held = DEEDS.iter().filter(|(name, _)| !dropped.iter().any(|d| d == name));
    let deeds: Vec<&str> = held.map(|(_, deed)| *deed).take(2).collect();
    match deeds.as_slice() {
        [] => format!("{who} {verb} every capability{except}"),
        deeds => format!("{who} {verb} every capability{except}: it can {}", listed(deeds)),
    }
}

fn fix(scene: &Scene, needs: &Needs, place: crate::container::Place) -> Fix {
    let wanted = needs.names();
    let mut changes = vec![Change::Remove(place)];
    changes.extend(drop_all_but(scene.container, &wanted));
    changes.sort_by_key(|c| matches!(c, Change::Add(Key::CapAdd, _)));
    Fix {
        title: drop_title(scene.container, &wanted),
        safety: safety_without_privilege(Some(needs)),
        changes,
    }
}
