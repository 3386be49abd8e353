//! `missing-cap-drop`: the container keeps the engine's default capabilities.

use crate::container::{Container, Engine, Key, Syntax};
use crate::fix::{Finding, Fix, Label, Refusal};
use crate::knowledge::capabilities::defaults;
use crate::knowledge::images::{Required, StartsAs};
use crate::knowledge::needs::{Needs, Trust, needs, required};

use super::Scene;
use super::common::{
    capability_names, drop_all_but, engine, error_table, image, is_fragment, is_privileged, is_root_name, listed,
    needs_notes, nothing_known, safety, spelled, who,
};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let sayable = container.syntax.is_launch() && container.can_say(Key::CapDrop);
    if !sayable
        || container.may_hide(Key::CapDrop)
        || is_privileged(container)
        || container.drops_all().is_some()
        || container.adds_all().is_some()
        || is_fragment(container)
        || container.cap_drop.iter().any(|w| w.value.has_hole())
    {
        return Vec::new();
    }
    let needs = needs(container);
    let has = granted(container);
    let wanted: Vec<&str> = match &needs {
        Some(needs) => needs
            .names()
            .into_iter()
            .filter(|n| has.iter().any(|h| h == n))
            .collect(),
        None => Vec::new(),
    };
    let says = spelled(
        container,
        Key::CapDrop,
        if container.syntax == Syntax::Compose {
            "ALL"
        } else {
            "all"
        },
    );
    let place = Label::new(&container.place(), format!("nothing here says {says}"));
    let mut finding = Finding::new(
        "missing-cap-drop",
        message(container, needs.as_ref(), &has, &wanted),
        place,
    );
    finding.missing = Some(Key::CapDrop);
    for dropped in &container.cap_drop {
        finding.related.push(Label::new(&dropped.place, "drops only this one"));
    }
    match &needs {
        Some(needs) => finding.notes.extend(needs_notes(container, needs, &wanted)),
        None => {
            finding.notes.push(nothing_known(container));
        }
    }
    if needs
        .as_ref()
        .is_none_or(|n| n.trust == Trust::Guess || n.is_of_another_program())
    {
        finding.helps.push(error_table());
    }
    if needs.as_ref().is_some_and(|n| n.on_top_of_default) {
        finding.refused = Some(Refusal(format!(
            "what {} needs of the default capabilities has not been tried",
            image(container)
        )));
    } else if required(needs.as_ref()) != Required::Yes {
        finding.fixes.push(Fix {
            title: title(&wanted),
            safety: safety(needs.as_ref()),
            changes: drop_all_but(container, &wanted),
        });
    }
    vec![finding]
}

/// What the container has now: the default capabilities, less what is dropped, with what is added.
fn granted(container: &Container) -> Vec<String> {
    if let Some(granted) = container.granted_capabilities() {
        return granted.into_iter().map(str::to_owned).collect();
    }
    let dropped = capability_names(&container.cap_drop);
    // of engines that differ, the one that grants more: what is not granted cannot be taken away
    let engine = match container.engine {
        Engine::Unknown => Engine::Docker,
        known => known,
    };
    let default = defaults(engine).into_iter().map(str::to_owned);
    let mut has: Vec<String> = default.filter(|c| !dropped.contains(c)).collect();
    has.extend(capability_names(&container.cap_add));
    has.sort();
    has.dedup();
    has
}

fn message(container: &Container, needs: Option<&Needs>, has: &[String], wanted: &[&str]) -> String {
    let who = who(container);
    let known = needs.filter(|n| n.trust > Trust::Guess && !n.is_of_another_program());
    let count = has.len();
    match known {
        _ if starts_as_ordinary_user(container, known) => {
            format!("{who} can regain {count} capabilities through a set-user-id program")
        }
        Some(known) if !known.on_top_of_default && wanted.is_empty() => {
            format!("{who} keeps {count} capabilities of root and uses none")
        }
        Some(known) if !known.on_top_of_default => {
            let uses = listed(wanted);
            format!("{who} keeps {count} capabilities of root and uses only {uses}")
        }
        _ => {
            let given = defaults(container.engine);
            let kept = given.iter().filter(|c| has.iter().any(|h| h == *c)).count();
            let engine = engine(container);
            format!("{who} keeps {kept} capabilities that {engine} gives to every container")
        }
    }
}

/// True where the program never is root: by the launch's word, or by the image's.
fn starts_as_ordinary_user(container: &Container, known: Option<&Needs>) -> bool {
    match container.user.as_ref().map(|u| u.value.known()) {
        None => known.is_some_and(|n| n.entry.starts_as == StartsAs::User),
        Some(None) => false,
        Some(Some(user)) => !is_root_name(&user),
    }
}

fn title(wanted: &[&str]) -> String {
    match wanted {
        [] => "drop every capability".to_owned(),
        names => format!("drop every capability but {}", listed(names)),
    }
}
