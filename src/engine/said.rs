//! What is said of a finding besides the rule's own words: that a default is judged, or a stack.

use std::collections::HashMap;

use crate::container::{Container, FileId, Syntax, Via, ViaKind};
use crate::fix::Finding;
use crate::source::Span;

/// Says of findings that what is judged is the default of a variable: whoever runs it may set another value.
pub(super) fn say_defaults(findings: &mut [Finding], container: &Container) {
    if findings.is_empty() {
        return;
    }
    let mut ways: HashMap<(FileId, Span), Vec<&Via>> = HashMap::new();
    for place in container.places() {
        if !place.via.is_empty() {
            ways.entry((place.file, place.value)).or_default().extend(&place.via);
        }
    }
    for finding in findings {
        let way = ways.get(&(finding.primary.file, finding.primary.span));
        say_default(finding, container, way.map_or(&[], Vec::as_slice));
    }
}

fn say_default(finding: &mut Finding, container: &Container, way: &[&Via]) {
    let mut steps = way.iter();
    if let Some(step) = steps.clone().find(|v| v.kind == ViaKind::Service) {
        finding
            .notes
            .push(format!("`{}` has it through `{}`", container.called(), step.name));
    }
    // a variable of a script in the file is the script's own
    if let Some(step) = steps.find(|v| v.kind == ViaKind::Variable && container.syntax != Syntax::Command) {
        finding.notes.push(format!(
            "this is what `{}` gives unless the variable is set otherwise",
            step.name
        ));
    }
}

/// Says of a key that `docker stack deploy` ignores it, where the file may be a stack.
pub(super) fn say_stack(finding: &mut Finding, container: &Container) {
    let Some(stack) = container.stack.as_ref().filter(|stack| !stack.sure) else {
        return;
    };
    let primary = (finding.primary.file, finding.primary.span);
    let mut passed_over = stack.passed_over.iter();
    if let Some(written) = passed_over.find(|w| (w.place.file, w.place.value) == primary) {
        finding.notes.push(format!(
            "`docker stack deploy` ignores `{}`; {} says that this file may be a stack",
            written.value, stack.why
        ));
    }
}
