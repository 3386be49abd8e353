//! `unknown-needs`: the container drops no capability, and nothing is known of what its image needs. The
//! engine makes one finding of those of a project.

use crate::fix::Finding;

use super::Scene;
use super::cap_drop::{Case, undropped};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let undropped = undropped(scene).filter(|u| u.case() == Some(Case::Unknown));
    let finding = undropped.map(|u| {
        let mut finding = u.finding("unknown-needs");
        // the trial of each is `undropped-capabilities`'s to offer
        finding.fixes.clear();
        finding.refused = None;
        finding
    });
    finding.into_iter().collect()
}
