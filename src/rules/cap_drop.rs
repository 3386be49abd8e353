//! What the three rules about capabilities that nobody drops have in common: which of them a container
//! belongs to, what it has, and what to write.

use crate::container::{Container, Engine, Key, Syntax};
use crate::fix::{Finding, Fix, Label, Refusal};
use crate::knowledge::bases;
use crate::knowledge::capabilities::defaults;
use crate::knowledge::commands;
use crate::knowledge::images::{Required, StartsAs};
use crate::knowledge::needs::{Needs, Trust, needs, required};

use super::Scene;
use super::common::{
    capability_names, drop_all_but, drop_title, engine, error_table, image, is_fragment, is_privileged, is_root_name,
    listed, needs_notes, nothing_known, safety, spelled, who,
};

/// A container that does not drop every capability.
pub(super) struct Undropped<'a> {
    container: &'a Container,
    needs: Option<Needs>,
    /// What it has now.
    has: Vec<String>,
    /// Who it starts as.
    user: StartUser,
}

/// Which rule speaks for a container that does not drop every capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// What to write is known, or the drop is there and only half of one: `missing-cap-drop`.
    Known,
    /// Nothing is known of what it needs: `unknown-needs`, and `undropped-capabilities` for each.
    Unknown,
    /// It loses little by it, or needs what it has: `undropped-capabilities`.
    Minor,
}

/// Who a container starts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartUser {
    /// Root, or nobody knows.
    Root,
    /// An ordinary user, in an image that may hold set-user-ID programs.
    Ordinary,
    /// An ordinary user, in an image without a program that could make it root.
    Confined,
}

/// The container, if it keeps capabilities that its launch could have dropped.
pub(super) fn undropped<'a>(scene: &Scene<'a>) -> Option<Undropped<'a>> {
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
        return None;
    }
    let needs = needs(container);
    let user = start_user(container, needs.as_ref());
    let has = granted(container);
    Some(Undropped {
        container,
        needs,
        has,
        user,
    })
}

impl Undropped<'_> {
    /// Which rule speaks for it; `None` where it has nothing to lose.
    pub(super) fn case(&self) -> Option<Case> {
        let half = !self.container.cap_drop.is_empty();
        let case = match self.user {
            StartUser::Confined => return None,
            _ if half => Case::Known,
            // what is merely missing in an example is for whoever runs it
            _ if self.container.documented => Case::Minor,
            StartUser::Ordinary => Case::Minor,
            StartUser::Root if is_one_off(self.container) => Case::Minor,
            StartUser::Root if self.keeps_the_defaults() => Case::Minor,
            StartUser::Root => match self.known() {
                Some(_) => Case::Known,
                None => Case::Unknown,
            },
        };
        Some(case)
    }

    /// What it needs, where that is more than a guess.
    fn known(&self) -> Option<&Needs> {
        let known = |n: &&Needs| n.trust > Trust::Guess && !n.is_of_another_program();
        self.needs.as_ref().filter(known)
    }

    /// True where it is known to need the default capabilities, or more than those.
    fn keeps_the_defaults(&self) -> bool {
        let needs = self.needs.as_ref();
        needs.is_some_and(|n| n.on_top_of_default) || required(needs) == Required::Yes
    }

    /// True where a fix for it drops every capability.
    pub(super) fn offers_a_drop(&self) -> bool {
        self.case().is_some() && !self.keeps_the_defaults()
    }

    fn wanted(&self) -> Vec<&str> {
        let names = self.needs.iter().flat_map(|needs| needs.names());
        names.filter(|name| self.has.iter().any(|h| h == name)).collect()
    }

    /// The finding about it, under the name of a rule.
    pub(super) fn finding(&self, rule: &'static str) -> Finding {
        let container = self.container;
        let wanted = self.wanted();
        let all = if container.syntax == Syntax::Compose {
            "ALL"
        } else {
            "all"
        };
        let says = spelled(container, Key::CapDrop, all);
        let place = container.written_in.clone().unwrap_or_else(|| container.place());
        let place = Label::new(&place, format!("nothing here says {says}"));
        let mut finding = Finding::new(rule, self.message(&wanted), place);
        finding.missing = Some(Key::CapDrop);
        for dropped in &container.cap_drop {
            finding.related.push(Label::new(&dropped.place, "drops only this one"));
        }
        match &self.needs {
            Some(needs) => finding.notes.extend(needs_notes(container, needs, &wanted)),
            None => finding.notes.push(nothing_known(container)),
        }
        let guessed = |n: &Needs| n.trust == Trust::Guess || n.is_of_another_program();
        if self.needs.as_ref().is_none_or(guessed) {
            finding.helps.extend(commands::needs(&container.command));
            finding.helps.push(error_table());
        }
        if self.needs.as_ref().is_some_and(|n| n.on_top_of_default) {
            finding.refused = Some(Refusal(format!(
                "what {} needs of the default capabilities has not been tried",
                image(container)
            )));
        } else if required(self.needs.as_ref()) != Required::Yes {
            finding.fixes.push(Fix {
                title: drop_title(container, &wanted),
                safety: safety(self.needs.as_ref()),
                changes: drop_all_but(container, &wanted),
            });
        }
        finding
    }

    fn message(&self, wanted: &[&str]) -> String {
        let who = who(self.container);
        let count = self.has.len();
        let known = self.known().filter(|needs| !needs.on_top_of_default);
        match known {
            _ if self.user == StartUser::Ordinary => format!(
                "{who} runs as an ordinary user, but a set-user-ID program, if it has one, could give it up to \
                 {count} capabilities"
            ),
            Some(_) if wanted.is_empty() => format!("{who} needs none of the {count} capabilities that it has"),
            Some(_) => format!("{who} needs only {} of its {count} capabilities", listed(wanted)),
            None => {
                let given = defaults(self.container.engine);
                let kept = given.iter().filter(|c| self.has.iter().any(|h| h == *c)).count();
                let engine = engine(self.container);
                format!("{who} keeps {kept} capabilities that {engine} gives to every container")
            }
        }
    }
}

/// True for a command whose container does one thing and is gone, without a way to it from outside or
/// into the host: `run --rm` in the foreground, or `create` for a `cp`.
fn is_one_off(container: &Container) -> bool {
    let reaches_host = container.mounts.iter().any(|w| w.value.is_bind())
        || !container.devices.is_empty()
        || !container.gpus.is_empty()
        || !container.volumes_from.is_empty();
    let runs_once = container.removed_on_exit && !container.stays && container.ports.is_empty();
    container.syntax == Syntax::Command && (container.around.only_copied || runs_once && !reaches_host)
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

/// Who the program starts as, by the launch's word, the Dockerfile's, or the image's.
fn start_user(container: &Container, needs: Option<&Needs>) -> StartUser {
    let built = container.built.as_deref();
    let image = match built {
        Some(built) => built.base.as_ref(),
        None => container
            .image
            .as_ref()
            .map(|w| &w.value)
            .filter(|_| container.build.is_none()),
    };
    let known = needs.filter(|n| n.trust > Trust::Guess && !n.is_of_another_program());
    let said = container
        .user
        .as_ref()
        .map(|w| &w.value)
        .or(built.and_then(|b| b.user.as_ref()));
    let ordinary = match said.map(|user| user.known()) {
        None => {
            known.is_some_and(|n| n.entry.starts_as == StartsAs::User)
                || image
                    .and_then(|image| bases::find(image, container.around.knowledge))
                    .is_some_and(|base| base.user != bases::User::Root)
        }
        Some(None) => false,
        Some(Some(user)) => !is_root_name(&user),
    };
    // what a Dockerfile adds to a base may hold anything
    let holds_none = image.is_some_and(bases::has_no_set_user_id) && (built.is_none() || is_scratch(image));
    match (ordinary, holds_none) {
        (false, _) => StartUser::Root,
        (true, false) => StartUser::Ordinary,
        (true, true) => StartUser::Confined,
    }
}

fn is_scratch(image: Option<&crate::container::Text>) -> bool {
    image.is_some_and(|image| image.is("scratch"))
}
