//! `all-capabilities`: every capability is added.

use crate::container::Key;
use crate::fix::{Change, Finding, Fix, Label};
use crate::knowledge::images::Required;
use crate::knowledge::needs::{Needs, Trust, needs, required};

use super::Scene;
use super::common::{
    capability_names, drop_all_but, error_table, image, is_privileged, listed, needs_notes, safety_without_privilege,
    who,
};

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
    let except = if dropped.is_empty() {
        String::new()
    } else {
        format!(" but {}", listed(&dropped))
    };
    let verb = if all.certain { "has" } else { "may have" };
    let mut finding = Finding::new(
        "all-capabilities",
        format!(
            "{} {verb} every capability{except}: it can load kernel modules and read any file of the host",
            who(container)
        ),
        Label::new(&all.place, "all of them, those of later kernels too"),
    );
    if container.rootless {
        finding.notes.push(
            "podman without sudo is assumed to be rootless: all of this is then limited to what the calling user may do"
                .to_owned(),
        );
    }
    finding.notes.push(
        "the host's disks stay closed, because the device list does not depend on capabilities; the files on them do not: \
         DAC_READ_SEARCH opens any file of a mounted file system by its handle"
            .to_owned(),
    );
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
    if let Some(needs) = known
        && required(Some(needs)) == Required::No
        && container.drops_all().is_none()
    {
        finding.fixes.push(fix(scene, needs, all.place.clone()));
    }
    vec![finding]
}

fn fix(scene: &Scene, needs: &Needs, place: crate::container::Place) -> Fix {
    let wanted = needs.names();
    let mut changes = vec![Change::Remove(place)];
    changes.extend(drop_all_but(scene.container, &wanted));
    changes.sort_by_key(|c| matches!(c, Change::Add(Key::CapAdd, _)));
    Fix {
        title: match wanted.as_slice() {
            [] => "drop every capability".to_owned(),
            names => format!("drop every capability but {}", listed(names)),
        },
        safety: safety_without_privilege(Some(needs)),
        changes,
    }
}
