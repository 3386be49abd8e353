//! `misplaced-relabel-suffix`: a label request that the engine reads as something else.

use crate::container::{Mount, Relabel};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for written in &container.mounts {
        let Some(read_as) = misplaced(&written.value) else {
            continue;
        };
        let message = match read_as {
            ReadAs::Target(target) => format!(
                "{} asks for no label: the engine takes `{}` for the path in the container",
                who(container),
                shortened(&target)
            ),
            ReadAs::Field => format!(
                "{} does not start: the label option is in a field of its own",
                who(container)
            ),
        };
        let mut finding = Finding::new(
            "misplaced-relabel-suffix",
            message,
            Label::new(
                &written.place,
                "`z` and `Z` are options: they follow the target, separated by commas",
            ),
        );
        finding
            .helps
            .push("write `SOURCE:TARGET:Z`, and `SOURCE:TARGET:ro,Z` with another option".to_owned());
        findings.push(finding);
    }
    findings
}

/// What the engine takes the letter for.
pub(super) enum ReadAs {
    /// The path in the container, or the end of it.
    Target(String),
    /// A field too many.
    Field,
}

/// What the engine reads in the place of a label request, in a mount that asks for none in its eyes.
pub(super) fn misplaced(mount: &Mount) -> Option<ReadAs> {
    let letter = |word: &str| word == "z" || word == "Z";
    if mount.relabel != Relabel::None {
        return None;
    }
    let target = mount.target.as_ref()?.known()?;
    let cut = target.rsplit([',', ':']).next().is_some_and(letter);
    if cut {
        return Some(ReadAs::Target(target.into_owned()));
    }
    let text = mount.text.known()?;
    let fields: Vec<&str> = text.split(':').skip(2).collect();
    let is_mount_flag = text.contains("type=") || text.contains("source=") || text.contains("src=");
    let asked = fields.iter().any(|field| field.split(',').any(letter));
    (fields.len() > 1 && asked && !is_mount_flag).then_some(ReadAs::Field)
}
