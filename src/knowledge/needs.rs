//! What one container needs, by what is known of its image and by how it is launched.

use crate::container::{Container, Key, Knowledge, Syntax, Tri};

use super::condition::Condition;
use super::image_name::{ImageName, Tag};
use super::images::{self, AsUser, Entry, Required, StartsAs};
use super::own::Own;
use super::programs;
use super::verdict::Verdict;
use super::versions::Versions;
use replaced::{PROGRAM_FOLDERS, mounted_over, replaced_script, worked_in};

/// How far a set of needs can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Nobody tried, or what is known may not hold for this launch.
    Guess,
    /// Worked out from sources, or not decided in every point.
    Likely,
    /// Run so, or read line by line, and it holds for this launch.
    Sure,
}

/// What a container needs.
#[derive(Clone, Debug)]
pub struct Needs {
    /// What is known of its image; of its versions, the first that it may be.
    pub entry: &'static Entry,
    /// The capabilities that it uses, with the reason for each.
    pub capabilities: Vec<(&'static str, &'static str)>,
    /// How far these are all that it needs.
    pub trust: Trust,
    /// Why they are not to be relied on more, in lower case without a full stop.
    pub doubt: Option<String>,
    /// True where dropping every capability may take more than is known to be needed: the
    /// capabilities are meant on top of the engine's default ones.
    pub on_top_of_default: bool,
    /// True where it uses nothing of what `--privileged` gives but the capabilities.
    pub needs_no_privilege: bool,
    /// Whether it has to run privileged.
    pub privileged: Required,
    /// Facts that a reader should know, in lower case without a full stop.
    pub facts: Vec<String>,
    /// The trace that it is known from: `capable.log:3`.
    pub traced: Option<String>,
    /// The configuration that says it, where privlint itself does not.
    pub own: Option<&'static Own>,
}

impl Needs {
    /// The names of the capabilities.
    pub fn names(&self) -> Vec<&'static str> {
        self.capabilities.iter().map(|(name, _)| *name).collect()
    }

    /// True where the launch starts another program than the image's own.
    pub fn is_of_another_program(&self) -> bool {
        self.doubt.as_deref() == Some(OWN_COMMAND)
    }

    /// Where it is known from, as a note cites it.
    pub fn source(&self) -> String {
        match &self.traced {
            Some(at) => at.clone(),
            None => images::cited(&self.entry.name, self.own),
        }
    }
}

/// The doubt about a launch whose first word is no program of the image that is known.
const OWN_COMMAND: &str = "it runs a command of its own";

/// What a container needs; `None` where nothing is known of its image and no trace tells.
pub fn needs(container: &Container) -> Option<Needs> {
    assumed::whatever_is_given(container)
}

/// What a container needs whose every known value is sure.
fn needs_as_written(container: &Container) -> Option<Needs> {
    match &container.around.traced {
        None => of_image(container),
        Some(traced) => traced::with_trace(of_image(container), traced, container),
    }
}

/// What is known by the image alone.
fn of_image(container: &Container) -> Option<Needs> {
    let image = image_of(container)?;
    let found = applying(container, images::find(&image, container.around.knowledge)?);
    let user = user(container, &found);
    let mut needs = Needs {
        entry: found.entry,
        capabilities: Vec::new(),
        trust: Trust::Sure,
        doubt: None,
        on_top_of_default: found.entries.iter().any(|e| e.on_top_of_default),
        needs_no_privilege: found.entries.iter().all(|e| uses_no_privilege(e, &image)),
        privileged: found
            .entries
            .iter()
            .map(|e| e.privileged.required)
            .max()
            .unwrap_or_default(),
        facts: Vec::new(),
        traced: None,
        own: found.own,
    };
    needs.facts.extend(instead_of(&image, found.own));
    for entry in &found.entries {
        if user != User::Ordinary {
            add_used(container, entry, &image, &mut needs);
        }
        for need in entry.capabilities.iter().filter(|need| need.carried) {
            add(&mut needs, &need.name, &need.why);
        }
        for name in &entry.file_capabilities {
            let why = "its program carries it as a file capability and cannot be executed without it";
            add(&mut needs, name, why);
        }
    }
    needs.capabilities.sort_unstable();
    needs.facts.dedup();
    let mut doubts = Doubts {
        trust: Trust::Sure,
        why: None,
    };
    for entry in &found.entries {
        doubts.of_entry(container, entry, user);
        for path in &entry.unknown {
            if path.when.verdict(container, entry, &image) == Verdict::Counts {
                doubts.weaken(Trust::Likely, path.why.clone());
            }
        }
    }
    if image.tag == Tag::Unknown && of_some_versions(&found) {
        doubts.weaken(Trust::Likely, "its version is not known, and of some nothing is");
    }
    doubts.of_launch(container, &found);
    needs.trust = doubts.trust;
    needs.doubt = doubts.why;
    Some(needs)
}

/// The image whose start-up this is: the one that is named, or the one that a Dockerfile begins from.
/// A name beside a build is only what the result is called.
fn image_of(container: &Container) -> Option<ImageName> {
    let reference = match (container.built.as_deref(), &container.build) {
        (Some(built), _) if built.base.is_some() => built.base.as_ref()?,
        (_, Some(_)) => return None,
        _ => &container.image.as_ref()?.value,
    };
    ImageName::parse(reference)
}

/// True where the entries leave out some version of the image.
fn of_some_versions(found: &images::Match) -> bool {
    let ranges: Option<Vec<&Versions>> = found.entries.iter().map(|e| e.versions.as_ref()).collect();
    ranges.is_some_and(|ranges| Versions::leave_a_gap(ranges.into_iter()))
}

/// What is known of the image, as it holds where the launch is privileged.
fn applying(container: &Container, mut found: images::Match) -> images::Match {
    let own = container
        .command
        .first()
        .is_none_or(|word| word.known_prefix().starts_with("dockerd"));
    if container.privileged() != Tri::No && own {
        for entry in &mut found.entries {
            let instead = entry
                .privileged_as
                .as_deref()
                .and_then(|name| images::named(name, container.around.knowledge));
            *entry = instead.unwrap_or(entry);
        }
        found.entry = found.entries.first().unwrap_or(&found.entry);
    }
    found
}

/// That the project's word stands in the place of what privlint knows.
fn instead_of(image: &ImageName, own: Option<&'static Own>) -> Option<String> {
    let known = images::find(image, Knowledge::default()).filter(|found| found.exact)?;
    Some(format!(
        "the project says so in {}, in the place of what privlint knows of `{}`",
        own?.file, known.entry.name
    ))
}

/// True where the entry says that nothing but its capabilities comes from `--privileged`.
fn uses_no_privilege(entry: &Entry, image: &ImageName) -> bool {
    let of_this = entry.privileged.unused_in.as_ref();
    entry.privileged.unused.is_some()
        && of_this.is_none_or(|versions| versions.holds_all(&image.tag))
        && !entry.capabilities.iter().any(|need| need.optional)
}

/// Adds what the entry uses on the paths that the launch does not rule out.
///
/// The init of an engine stays root, hands signals on to a program of another user, and ends without
/// it where it may not (seen with docker-init and catatonit: the stop is a kill).
fn add_used(container: &Container, entry: &'static Entry, image: &ImageName, needs: &mut Needs) {
    for need in entry.capabilities.iter().filter(|need| !need.optional) {
        match need.when.verdict(container, entry, image) {
            Verdict::Counts => {
                add(needs, &need.name, &need.why);
                if need.when == Condition::OthersFiles && need.name == "DAC_OVERRIDE" {
                    let fact = "DAC_OVERRIDE can be dropped too if root owns everything that is mounted";
                    needs.facts.push(fact.to_owned());
                }
            }
            Verdict::RuledOut(Some(why)) => needs.facts.push(format!("{} {why}", need.name)),
            Verdict::RuledOut(None) => {}
        }
    }
    let becomes_another = entry.capabilities.iter().any(|c| c.name == "SETUID");
    if container.init && becomes_another {
        add(
            needs,
            "KILL",
            "the engine's init is root, and passes signals on to a program of another user",
        );
    }
}

fn add(needs: &mut Needs, name: &'static str, why: &'static str) {
    if !needs.names().contains(&name) {
        needs.capabilities.push((name, why));
    }
    let about = format!("{name} is not needed");
    needs.facts.retain(|fact| !fact.starts_with(&about));
}

/// Who the container starts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    /// The image's own start, which may become another user later.
    Own,
    /// Root, or perhaps root, where the image would start as somebody else.
    MadeRoot,
    /// An ordinary user, by the launch's word.
    Ordinary,
}

fn user(container: &Container, found: &images::Match) -> User {
    let built = container.built.as_deref().and_then(|b| b.user.as_ref());
    let Some(user) = container.user.as_ref().map(|w| &w.value).or(built) else {
        return User::Own;
    };
    let all_root = found.entries.iter().all(|e| e.starts_as == StartsAs::Root);
    let may_be_root = user.known().is_none_or(|name| {
        let name = name.split(':').next().unwrap_or("");
        name == "root" || name.trim_start_matches('+').chars().all(|c| c == '0')
    });
    match (may_be_root, all_root) {
        (false, _) => User::Ordinary,
        (true, true) => User::Own,
        (true, false) => User::MadeRoot,
    }
}

/// What speaks against relying on an entry; the gravest is kept.
struct Doubts {
    trust: Trust,
    why: Option<String>,
}

impl Doubts {
    fn weaken(&mut self, to: Trust, why: impl Into<String>) {
        if to < self.trust {
            self.trust = to;
            self.why = Some(why.into());
        }
    }

    /// How well the entry is known, and whether it is about what is started here.
    fn of_entry(&mut self, container: &Container, entry: &Entry, user: User) {
        match entry.trust {
            trust if trust.is_enough() => {}
            images::Evidence::Inferred => self.weaken(Trust::Guess, entry.trust.as_words()),
            trust => self.weaken(Trust::Likely, trust.as_words()),
        }
        if let Some(why) = &entry.uncertain {
            self.weaken(Trust::Likely, why.clone());
        }
        if entry.needs_program {
            self.of_command(container, entry, Trust::Guess);
        } else if user != User::Ordinary && entry.starts_as != StartsAs::User {
            self.of_command(container, entry, Trust::Likely);
        }
        if let Some(path) = mounted_over(container, &entry.runs) {
            self.weaken(
                Trust::Likely,
                format!("its entrypoint runs as root what is mounted at `{path}`"),
            );
        }
        match user {
            User::MadeRoot => self.weaken(Trust::Guess, "the image is meant to run as an ordinary user"),
            User::Ordinary if !matches!(entry.as_user, AsUser::Yes | AsUser::Default) => {
                self.weaken(Trust::Likely, "the image is not made to start as an ordinary user");
            }
            _ => {}
        }
    }

    /// A command of its own may need anything.
    fn of_command(&mut self, container: &Container, entry: &Entry, to: Trust) {
        let first = container.command.first();
        match first {
            None if entry.needs_program => match (&container.built, container.syntax) {
                (Some(built), _) => self.weaken(to, format!("it depends on the command in `{}`", built.dockerfile)),
                (None, Syntax::Workflow) => self.weaken(to, "it depends on the steps of the job"),
                (None, _) => self.weaken(to, "it starts a shell, and depends on what is typed there"),
            },
            None => {}
            Some(word) => {
                let program = word.known().is_some_and(|w| {
                    (!entry.needs_program && w.starts_with('-')) || entry.programs.iter().any(|p| *p == w)
                });
                if !program && !programs::needs_nothing(container, &container.command) {
                    self.weaken(to, OWN_COMMAND);
                }
            }
        }
        if container.may_hide(Key::Command) && !container.unseen.iter().any(|u| u.hides.is_none()) {
            self.weaken(Trust::Likely, "its command cannot be read");
        }
    }

    /// What of the launch the entry may not hold for.
    fn of_launch(&mut self, container: &Container, found: &images::Match) {
        if let Some(built) = &container.built {
            let why = format!(
                "its image is built from `{}`, whose steps may need more",
                built.dockerfile
            );
            self.weaken(Trust::Likely, why);
        }
        let of_image = container.built.as_deref().and_then(|b| b.entrypoint.as_ref());
        if let Some(entrypoint) = container.entrypoint.as_ref().map(|w| &w.value).or(of_image) {
            let own = |e: &&'static Entry| entrypoint.known().is_some_and(|w| e.programs.iter().any(|p| *p == w));
            if !found.entries.iter().all(own) {
                self.weaken(Trust::Guess, "its entrypoint is replaced");
            }
        }
        if let Some(unseen) = container.unseen.iter().find(|u| u.hides.is_none()) {
            self.weaken(Trust::Likely, format!("`{}` may say more", unseen.text));
        }
        if let Some(path) = mounted_over(container, PROGRAM_FOLDERS).or_else(|| replaced_script(container, found)) {
            self.weaken(Trust::Likely, format!("a program of its own is mounted at `{path}`"));
        }
        if let Some(why) = worked_in(container) {
            self.weaken(Trust::Likely, why);
        }
        if let Some(text) = programs::unknown_check(&container.health) {
            self.weaken(
                Trust::Likely,
                format!("its health check runs `{text}`, which may need more"),
            );
        }
        if !found.exact {
            let family = found.entries.iter().any(|e| e.fallback);
            let why = match family {
                true => "only its family is known",
                false => "it may not be the image of that name",
            };
            self.weaken(Trust::Guess, why);
        }
    }
}

/// Whether an image has to run privileged.
pub fn required(needs: Option<&Needs>) -> Required {
    needs.map_or(Required::No, |n| n.privileged)
}

mod assumed;
mod replaced;
mod traced;

#[cfg(test)]
mod situations;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trials;
