//! `undropped-capabilities`: the container keeps capabilities, and what to write is a trial, or it hardly
//! matters.

use crate::fix::Finding;

use super::Scene;
use super::cap_drop::{Case, undropped};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let others = |case: Option<Case>| matches!(case, Some(Case::Unknown | Case::Minor));
    let undropped = undropped(scene).filter(|u| others(u.case()));
    undropped.iter().map(|u| u.finding("undropped-capabilities")).collect()
}
