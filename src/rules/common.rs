//! What several rules say or decide alike.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::container::{At, Container, Engine, Key, Namespace, Place, Spelling, Syntax, Text, Tri, Written};
use crate::fix::{Change, Safety};
use crate::knowledge::capabilities::defaults;
use crate::knowledge::images::StartsAs;
use crate::knowledge::needs::{Needs, Trust, needs};

use super::Scene;

/// The container as a message begins with it: `` `registry` ``.
pub(super) fn who(container: &Container) -> String {
    match container.called().as_str() {
        "container" if container.syntax == Syntax::Pod => "the pod".to_owned(),
        "container" => "the container".to_owned(),
        called => format!("`{}`", shortened(called)),
    }
}

/// The files of a grant as a message names them: `` `/a` and 2 more ``.
pub(super) fn files(subject: &str) -> String {
    match subject.split_once(" and ") {
        _ if subject.is_empty() => "these files".to_owned(),
        Some((first, rest)) => format!("`{}` and {rest}", shortened(first)),
        None => format!("`{}`", shortened(subject)),
    }
}

/// The image as a note names it.
pub(super) fn image(container: &Container) -> String {
    match (&container.image, &container.build) {
        (Some(image), _) => match image.value.name() {
            Some(name) => format!("`{}`", shortened(&name)),
            None => "the image".to_owned(),
        },
        (None, Some(_)) => "the image that is built here".to_owned(),
        (None, None) => "the image".to_owned(),
    }
}

/// A name of bearable length: texts of the files are not bounded.
pub(super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("")),
        None => line.to_owned(),
    }
}

/// True for a service that says neither an image nor a build: a part of one, which another file
/// completes. What is not written here may be written there.
pub(super) fn is_fragment(container: &Container) -> bool {
    container.syntax == Syntax::Compose && container.image.is_none() && container.build.is_none()
}

/// Where the engine refuses a value of a container: what that would do is not to be told then.
pub(super) struct Refusals<'a> {
    container: &'a Container,
    places: OnceCell<HashSet<At>>,
}

impl<'a> Refusals<'a> {
    /// What is refused of a container, looked for when it is first asked.
    pub(super) fn of(container: &'a Container) -> Refusals<'a> {
        Refusals {
            container,
            places: OnceCell::new(),
        }
    }

    /// True where the value at a place is refused.
    pub(super) fn are_at(&self, place: &Place) -> bool {
        let refused = || self.container.refused();
        let places = || refused().iter().map(|r| r.place.at()).collect();
        self.places.get_or_init(places).contains(&place.at())
    }
}

/// True where the container is privileged, or may be: then `privileged` speaks for it.
pub(super) fn is_privileged(container: &Container) -> bool {
    container.syntax != Syntax::Exec && container.privileged() != Tri::No
}

/// True where root in the container is root on the host too: it starts as root, neither without root on
/// the host nor in a user namespace of its own.
pub(super) fn is_host_root(container: &Container) -> bool {
    let own = container.namespace(Namespace::User);
    if container.rootless || own.is_some_and(|mode| !mode.value.is("host")) {
        return false;
    }
    match &container.user {
        Some(user) => user.value.known().is_none_or(|name| is_root_name(&name)),
        None => needs(container).is_none_or(|needs| needs.entry.starts_as != StartsAs::User),
    }
}

/// True where its programs run as an ordinary user, who has none of the capabilities that docker gives.
pub(super) fn is_ordinary(container: &Container) -> bool {
    match &container.user {
        Some(user) => user.value.known().is_some_and(|name| !is_root_name(&name)),
        None => needs(container).is_some_and(|needs| needs.entry.starts_as == StartsAs::User),
    }
}

/// Whose rights on the host's files the container has, where they are not those of the host's root.
pub(super) fn acts_for(container: &Container) -> Option<&'static str> {
    let own = container.namespace(Namespace::User);
    let apart = container.rootless || own.is_some_and(|mode| !mode.value.is("host"));
    let opens =
        |names: &std::collections::BTreeSet<&str>| names.contains("DAC_OVERRIDE") || names.contains("DAC_READ_SEARCH");
    match (container.rootless, is_host_root(container)) {
        (_, true) => None,
        // podman gives added capabilities to an ordinary user too
        _ if !apart && container.effective_capabilities().as_ref().is_some_and(opens) => None,
        (true, _) => Some("the user who runs it"),
        (false, _) => Some("the user that it runs as"),
    }
}

/// Why the host is taken for an SELinux host.
pub(super) fn selinux_note(scene: &Scene) -> String {
    if scene.selinux.asked {
        return format!("checked for SELinux because of `{}`", scene.selinux.why);
    }
    format!(
        "assumed to be an SELinux host because {} (use `--selinux=off` if it is not)",
        scene.selinux.why
    )
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// How a key and a value would be written, for help texts.
pub(super) fn spelled(container: &Container, key: Key, value: &str) -> String {
    if container.syntax == Syntax::Quadlet {
        return format!("`{}`", key.unit_line(value));
    }
    let spelling = key.spelling();
    let flag = spelling.and_then(|s| s.flag).unwrap_or_default();
    match spelling.filter(|_| container.syntax.is_service()) {
        Some(Spelling { key, is_list: true, .. }) => format!("`{key}: [{value}]`"),
        Some(Spelling { key, .. }) => format!("`{key}: {value}`"),
        None => format!("`{flag}={value}`"),
    }
}

/// The safety of a change that rests on what is known of an image.
pub(super) fn safety(needs: Option<&Needs>) -> Safety {
    match needs {
        Some(needs) if needs.trust == Trust::Sure && !needs.on_top_of_default => Safety::Safe,
        _ => Safety::Unsafe,
    }
}

/// The safety of taking every privilege away, and not only capabilities: safe where it is known that
/// the image uses none of the rest.
pub(super) fn safety_without_privilege(needs: Option<&Needs>) -> Safety {
    match needs {
        Some(needs) if needs.needs_no_privilege => safety(Some(needs)),
        _ => Safety::Unsafe,
    }
}

/// That nothing is known of its image, or that it names none.
pub(super) fn nothing_known(container: &Container) -> String {
    match names_no_image(container) {
        true => "the command names no image, so the engine refuses it: is a backslash missing at the end of a line?"
            .to_owned(),
        false => format!("nothing is known about what {} needs", image(container)),
    }
}

/// True for a command that ends before its image.
fn names_no_image(container: &Container) -> bool {
    let root = container.mounts.iter().any(|w| w.value.kind.as_str() == "rootfs");
    container.syntax == Syntax::Command && container.image.is_none() && !root && container.unseen.is_empty()
}

/// What is known of the container's needs, as notes.
pub(super) fn needs_notes(container: &Container, needs: &Needs, wanted: &[&str]) -> Vec<String> {
    let image = image(container);
    let source = needs.source();
    let doubt = needs.doubt.as_deref().unwrap_or(needs.entry.trust.as_words());
    if needs.trust == Trust::Guess {
        return vec![format!("what {image} needs here is not known: {doubt} ({source})")];
    }
    // what every container is given is not told of one
    let given = defaults(container.engine);
    let told = |name: &&&str| !needs.on_top_of_default || !given.contains(**name);
    let wanted: &[&str] = &wanted.iter().filter(told).copied().collect::<Vec<_>>();
    let what = match (wanted, needs.on_top_of_default) {
        ([], false) => "no capability".to_owned(),
        ([], true) => "only the default capabilities".to_owned(),
        (names, false) => format!("at most {}", listed(names)),
        (names, true) => format!("at most {} in addition to the default capabilities", listed(names)),
    };
    let mut notes = vec![if needs.is_of_another_program() {
        format!(
            "the usual program of {image} needs {what}; here it runs another command, about which nothing is known ({source})"
        )
    } else {
        format!("launched like this, {image} needs {what} ({doubt}; {source})")
    }];
    let reasons = needs.capabilities.iter().filter(|(name, _)| wanted.contains(name));
    notes.extend(reasons.map(|(name, why)| format!("{name}: {why}")));
    notes.extend(needs.facts.iter().cloned());
    notes
}

/// Why the image is given parts of the host, where that is known.
pub(super) fn host_note(container: &Container) -> Option<String> {
    let needs = needs(container)?;
    let why = needs.entry.host.as_ref()?;
    Some(format!("{} asks for it {why} ({})", image(container), needs.source()))
}

/// Drops every capability and adds back those that are wanted.
pub(super) fn drop_all_but(container: &Container, wanted: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    if container.drops_all().is_none() {
        changes.push(Change::Add(Key::CapDrop, "all".to_owned()));
    }
    let written: Vec<String> = capability_names(&container.cap_add);
    let missing = wanted.iter().filter(|name| !written.iter().any(|w| w == *name));
    changes.extend(missing.map(|name| Change::Add(Key::CapAdd, (*name).to_owned())));
    changes
}

/// What dropping every capability but those that are wanted comes to: those that the launch adds itself stay.
pub(super) fn drop_title(container: &Container, wanted: &[&str]) -> String {
    let mut names: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let written = capability_names(&container.cap_add)
        .into_iter()
        .filter(|name| name != "ALL");
    for name in written {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => "drop every capability".to_owned(),
        names => format!("drop every capability but {}", listed(names)),
    }
}

/// Which error names which capability: advice for an image of which nothing is known.
pub(super) fn error_table() -> String {
    "if the container then fails, the error says what to add back: for `chown`, CHOWN; for `setgroups` or `gosu`, SETUID and \
     SETGID; for `Permission denied` as root, DAC_OVERRIDE; for `bind`, NET_BIND_SERVICE"
        .to_owned()
}

/// The engine as a sentence names it.
pub(super) fn engine(container: &Container) -> &'static str {
    match container.engine {
        Engine::Unknown => "the engine",
        known => known.as_str(),
    }
}

/// Capability names as the engine compares them: upper case, without `CAP_`.
pub(super) fn capability_names(list: &[Written<Text>]) -> Vec<String> {
    list.iter().map(|w| capability_name(&w.value.shown())).collect()
}

/// One capability's name as the engine compares it.
pub(super) fn capability_name(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map(str::to_owned).unwrap_or(upper)
}

/// The security option of a key and value.
pub(super) fn security_option<'a>(container: &'a Container, key: &str, value: &str) -> Option<&'a Written<Text>> {
    let mut options = container.security_options();
    options.find(|(option, _)| option.says(key, value)).map(|(_, w)| w)
}

/// True where any security option has the key.
pub(super) fn has_security_option(container: &Container, key: &str) -> bool {
    container.security_options().any(|(option, _)| option.key.is(key))
}

/// The security option of the key that is set to one of the words.
pub(super) fn security_option_of<'a>(container: &'a Container, key: &str, words: &[&str]) -> Option<&'a Written<Text>> {
    words.iter().find_map(|word| security_option(container, key, word))
}

/// True for the names and numbers of root: `root`, `0`, `0:0`, `+0`, `00`, and nothing at all.
pub(super) fn is_root_name(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or("");
    name == "root" || name.trim_start_matches('+').chars().all(|c| c == '0')
}
