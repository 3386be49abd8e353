//! Which label a refusal asks for: that of the launch's own finding, or why there is none to offer.

use super::super::{Diagnostic, Offer, Report};
use super::{Launch, Solved};
use crate::container::{MountKind, Relabel, Tri};
use crate::evidence::{self, Denial, Remedy, RemedyKind};
use crate::fix::{Finding, Safety};

/// Puts the label that the launch's own finding proposes in the place of the open remedy.
pub(super) fn decide(solved: &mut Solved, denial: &Denial, reports: &[Report]) {
    let Some(at) = solved.advice.remedies.iter().position(|remedy| remedy.open) else {
        return;
    };
    let shared = solved.advice.remedies.get(at).is_some_and(|r| r.shared);
    let decided = match &solved.launch {
        Some(launch) => label_for(launch, denial, shared, reports),
        None => Decided::general(denial, shared),
    };
    solved.advice.notes.extend(decided.note);
    solved.offer = decided.offer;
    match (decided.text, solved.advice.remedies.get_mut(at)) {
        (Some((text, safety)), Some(remedy)) => {
            remedy.text = text;
            remedy.safety = safety;
            remedy.open = false;
        }
        (None, _) => {
            solved.advice.remedies.remove(at);
            // what is left must not be nothing; whether SELinux was it, only its own record tells
            let is_record = denial.kind == evidence::DenialKind::Avc;
            if is_record
                && !solved
                    .advice
                    .remedies
                    .iter()
                    .any(|r| r.kind == RemedyKind::LabelDisable)
            {
                solved.advice.remedies.push(Remedy {
                    kind: RemedyKind::LabelDisable,
                    text: "last, `label=disable` for this container".to_owned(),
                    safety: Safety::Manual,
                    open: false,
                    shared: false,
                });
            }
        }
        _ => {}
    }
}

/// What becomes of an open label.
struct Decided {
    text: Option<(String, Safety)>,
    offer: Option<Offer>,
    note: Option<String>,
}

impl Decided {
    /// What holds where no mount says what the record is of.
    fn general(denial: &Denial, shared: bool) -> Decided {
        if let Some(why) = evidence::keeps_label(denial) {
            return Decided::nothing(format!("no label is offered: {why}"));
        }
        let text = match shared {
            true => "`:z` instead of `:Z` in every launch that mounts it",
            false => "`:Z` behind the mount, or `:z` where several containers use it",
        };
        Decided {
            text: Some((text.to_owned(), Safety::Manual)),
            offer: None,
            note: None,
        }
    }

    fn nothing(note: String) -> Decided {
        Decided {
            text: None,
            offer: None,
            note: Some(note),
        }
    }
}

fn label_for(launch: &Launch, denial: &Denial, shared: bool, reports: &[Report]) -> Decided {
    let Some((report, container)) = reports
        .get(launch.report)
        .and_then(|r| Some((r, r.reading.containers.get(launch.container)?)))
    else {
        return Decided::general(denial, shared);
    };
    let Some(written) = launch.fit.mount.and_then(|m| container.mounts.get(m)) else {
        return Decided::general(denial, shared);
    };
    let of_launch =
        |d: &&Diagnostic| d.container == Some(launch.container) || d.finding.primary.span == written.place.value;
    let diagnostics = || report.diagnostics.iter().filter(of_launch);
    let at_mount = |f: &Finding| f.primary.file == written.place.file && f.primary.span == written.place.value;
    let mount = &written.value;
    let found = diagnostics().find(|d| d.finding.rule != "privileged" && at_mount(&d.finding));
    let found = found.or_else(|| diagnostics().find(|d| d.finding.rule == "privileged"));
    if let Some((diagnostic, offer)) = found.and_then(|d| Some((d, d.fix.as_ref()?))) {
        let label = label_in(offer).unwrap_or(if shared { "z" } else { "Z" });
        let path = mount
            .source
            .as_ref()
            .map(crate::container::Text::shown)
            .unwrap_or_default();
        let note = (container.privileged() != Tri::No && diagnostic.finding.rule == "privileged")
            .then(|| "with `--privileged` SELinux does not confine it: the record is of a launch without".to_owned());
        return Decided {
            text: Some((format!("`:{label}` on the mount of `{path}`"), offer.safety)),
            offer: Some(offer.clone()),
            note,
        };
    }
    if let Some(why) = found.and_then(|d| d.fix_refused.clone()) {
        return Decided::nothing(format!("no label is offered: {why}"));
    }
    match (&mount.kind, mount.relabel) {
        (MountKind::Bind, Relabel::None) => {
            Decided::nothing("no label is offered: the path is not for a container to label".to_owned())
        }
        (_, Relabel::Private) if shared => Decided::general(denial, true),
        (_, Relabel::Private | Relabel::Shared) => Decided::nothing(
            "the mount asks for a label already: the record is of before, or the files came later".to_owned(),
        ),
        _ => Decided::nothing(
            "a volume of the engine has the label of containers: `restorecon -R` gives it back".to_owned(),
        ),
    }
}

/// The label that an offer writes.
fn label_in(offer: &Offer) -> Option<&'static str> {
    let writes = |label: &str| {
        offer.edits.iter().any(|e| {
            e.text.ends_with(label) || e.text.contains(&format!("{label},")) || e.text.contains(&format!("{label} "))
        })
    };
    match (writes("Z") || writes("private"), writes("z") || writes("shared")) {
        (true, _) => Some("Z"),
        (false, true) => Some("z"),
        _ => None,
    }
}
