//! `world-writable-path`: files of the image that every account in it may write to.

use crate::container::{Grant, GrantKind, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::files;

/// Other places that one finding shows, and the most that one fix changes.
const MOST_PLACES: usize = 8;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let open = |w: &&Written<Grant>| matches!(w.value.kind, GrantKind::WorldWritable { .. });
    let found: Vec<&Written<Grant>> = scene.container.grants.iter().filter(open).collect();
    let Some((first, rest)) = found.split_first() else {
        return Vec::new();
    };
    let accounts = ["/etc/passwd", "/etc/group", "/etc/shadow"];
    let names = |w: &&&Written<Grant>| accounts.contains(&w.value.subject.as_str());
    let message = match found.iter().find(names) {
        Some(file) => format!(
            "every process in the container can make itself root, by writing to `{}`",
            file.value.subject
        ),
        None => format!(
            "every process in the container can change {}",
            files(&first.value.subject)
        ),
    };
    let label = Label::new(&first.place, "lets everyone write");
    let mut finding = Finding::new("world-writable-path", message, label);
    let related = rest.iter().take(MOST_PLACES - 1);
    finding
        .related
        .extend(related.map(|w| Label::new(&w.place, format!("and {}", files(&w.value.subject)))));
    finding.helps.push(
        "give the files to the account that writes to them: `chown -R app: DIR`, or `COPY --chown=app`; where the \
         account is only known at run time, to its group: `chgrp -R 0 DIR && chmod -R g=u DIR`"
            .to_owned(),
    );
    let without = |w: &&Written<Grant>| match &w.value.kind {
        GrantKind::WorldWritable { without: Some(mode) } => Some(Change::Replace(w.place.clone(), mode.clone())),
        _ => None,
    };
    let changes: Option<Vec<Change>> = found.iter().map(without).collect();
    if let Some(changes) = changes.filter(|changes| changes.len() <= MOST_PLACES) {
        finding.fixes.push(Fix {
            title: "let only the owner and the group write".to_owned(),
            safety: Safety::Unsafe,
            changes,
        });
    }
    vec![finding]
}
