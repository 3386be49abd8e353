//! How dangerous a container is: by the gravest finding about its privileges.

use crate::engine::Report;
use crate::fix::Severity;
use crate::rules;

/// How dangerous a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Danger {
    /// Nothing is found.
    None,
    /// Only notes, or a drop of capabilities that is missing.
    Low,
    /// Warnings: it may do more than an ordinary container.
    Medium,
    /// Errors: it may get at the host.
    High,
}

impl Danger {
    /// The word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Danger::None => "-",
            Danger::Low => "low",
            Danger::Medium => "medium",
            Danger::High => "high",
        }
    }
}

/// The danger of each container of a report, in their order.
pub(super) fn of(report: &Report) -> Vec<Danger> {
    let mut all = vec![Danger::None; report.reading.containers.len()];
    let told = report.diagnostics.iter().filter(|d| d.of_project.is_none());
    for diagnostic in told.chain(&report.unknown_needs) {
        let Some(danger) = of_finding(diagnostic.finding.rule, diagnostic.severity) else {
            continue;
        };
        for &i in diagnostic.container.iter().chain(&diagnostic.also) {
            if let Some(known) = all.get_mut(i) {
                *known = danger.max(*known);
            }
        }
    }
    all
}

/// Weaknesses, by their numbers in the CWE list, through which a container gets at more than its own:
/// needless privilege, what belongs to others, protection that is off.
const PRIVILEGE: &[u32] = &[250, 269, 272, 522, 552, 668, 693];

/// The danger that a finding tells of; `None` for one about a mistake, or about what keeps the container
/// from its files.
fn of_finding(rule: &str, severity: Severity) -> Option<Danger> {
    let page = rules::find(rule)?.read_page()?;
    let is_privilege = page.front.cwe.iter().any(|cwe| PRIVILEGE.contains(cwe));
    match (severity, rule) {
        _ if !is_privilege && !matches!(rule, "writable-sensitive-path" | "home-mount") => None,
        (_, "missing-cap-drop" | "unknown-needs") | (Severity::Note, _) => Some(Danger::Low),
        (Severity::Warning, _) => Some(Danger::Medium),
        (Severity::Error, _) => Some(Danger::High),
    }
}
