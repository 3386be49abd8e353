//! `missing-cap-drop`: the container keeps capabilities that it is known not to need, or drops a few of them.

use crate::fix::Finding;

use super::Scene;
use super::cap_drop::{Case, undropped};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let undropped = undropped(scene).filter(|u| u.case() == Some(Case::Known));
    undropped.iter().map(|u| u.finding("missing-cap-drop")).collect()
}
