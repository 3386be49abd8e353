//! `unmasked-system-paths`: the kernel's settings under `/proc` and `/sys` are open.

use std::cell::LazyCell;

use crate::container::Text;
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::glob;

use super::Scene;
use super::common::{Refusals, is_host_root, shortened, who};

/// True for a path of `unmask=` that takes the protection from `/proc/sys` (podman takes globs).
fn opens_core_pattern(path: &str) -> bool {
    path.eq_ignore_ascii_case("all") || glob::fits_path(path.trim_end_matches('/'), "/proc/sys")
}

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let refused = Refusals::of(container);
    let as_root = LazyCell::new(|| is_host_root(container));
    let mut findings = Vec::new();
    for (said, option) in container.security_options() {
        let value = said.value.as_ref().map(Text::shown).unwrap_or_default();
        let what = match said.key.shown().as_str() {
            "systempaths" if value == "unconfined" => "kernel settings under /proc and /sys".to_owned(),
            "unmask" if value.eq_ignore_ascii_case("all") => "kernel settings under /proc and /sys".to_owned(),
            "unmask" if !value.is_empty() => format!("`{}`", shortened(&value)),
            _ => continue,
        };
        if refused.are_at(&option.place) {
            continue;
        }
        let message = format!(
            "{} can reach {what}, which the engine hides from every container",
            who(container)
        );
        let mut finding = Finding::new(
            "unmasked-system-paths",
            message,
            Label::new(&option.place, "not hidden"),
        );
        let every = said.key.is("systempaths");
        if (every || value.split(':').any(opens_core_pattern)) && *as_root {
            finding.notes.push(
                "as root it can write there: /proc/sys/kernel/core_pattern, for one, names a program that the host runs"
                    .to_owned(),
            );
        }
        finding.helps.push(
            "one kernel parameter can be set as a sysctl of the container; engines inside a container do need this"
                .to_owned(),
        );
        finding.fixes.push(Fix {
            title: "hide them again".to_owned(),
            safety: Safety::Unsafe,
            changes: vec![Change::Remove(option.place.clone())],
        });
        findings.push(finding);
    }
    findings
}
