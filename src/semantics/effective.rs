//! What a container would have on its engine: capabilities and confinement by SELinux.
//!
//! Sources: moby `daemon/pkg/oci/caps/utils.go`, `daemon/create.go`, `daemon/oci_linux.go`; podman 6.0
//! common `pkg/capabilities`, `pkg/specgen/generate/security_linux.go`; the sets seen on podman 5.8.

use std::collections::BTreeSet;

use crate::container::{Capabilities, Container, Engine, Key, Namespace, SelinuxFacts, Syntax, Text, Tri, Written};
use crate::knowledge::capabilities::{self, Named};

/// The label by which an image or a command narrows podman's capabilities.
const LABEL: &str = "io.containers.capabilities=";

/// Types that SELinux does not hold back (container-selinux 2.250).
pub const UNCONFINED_TYPES: [&str; 4] = ["spc_t", "unconfined_t", "container_runtime_t", "initrc_t"];

/// A set of capability names, in upper case without `CAP_`.
type Names = BTreeSet<&'static str>;

impl Container {
    /// The capability fields of the `inspect` JSON.
    pub fn capabilities(&self) -> Capabilities {
        let shown = |list: &[Written<Text>]| list.iter().map(|w| w.value.shown()).collect();
        let names = |names: Names| names.into_iter().map(str::to_owned).collect();
        Capabilities {
            add: shown(&self.cap_add),
            drop: shown(&self.cap_drop),
            effective: self.effective_capabilities().map(names),
        }
    }

    /// The capabilities that its first process can use. `None` where that cannot be known: something
    /// unreadable or a branch decides, the engine refuses the combination, the engine is unknown and
    /// the engines differ, or it is no launch. An image that sets a user of its own is not seen here.
    pub fn effective_capabilities(&self) -> Option<Names> {
        let granted = self.granted_capabilities()?;
        match self.runs_as_root()? {
            true => Some(granted),
            // podman makes added capabilities ambient, docker's are lost when the program is started
            false if self.engine == Engine::Podman && self.privileged() == Tri::No => {
                let (add, drop) = (names(&self.cap_add)?, names(&self.cap_drop)?);
                let added = if add.contains(&Named::All) {
                    every()
                } else {
                    single(&add)
                };
                Some(without(added, &drop))
            }
            false if self.engine == Engine::Unknown => None,
            false => Some(Names::new()),
        }
    }

    /// The capabilities that the engine grants: the most that any process in it can have. `None` as
    /// for [`Container::effective_capabilities`], the user left out.
    pub fn granted_capabilities(&self) -> Option<Names> {
        if !self.syntax.is_launch() {
            return None;
        }
        match self.privileged() {
            Tri::Yes => return Some(every()),
            Tri::Maybe => return None,
            Tri::No => {}
        }
        if [Key::Privileged, Key::CapAdd, Key::CapDrop]
            .iter()
            .any(|key| self.may_hide(*key))
        {
            return None;
        }
        let (add, drop) = (names(&self.cap_add)?, names(&self.cap_drop)?);
        match self.engine {
            Engine::Docker => Some(docker(&add, &drop)),
            Engine::Podman => self.narrowed(podman(&add, &drop)?),
            Engine::Nerdctl => Some(nerdctl(&add, &drop)),
            Engine::Unknown => {
                let set = podman(&add, &drop)?;
                (set == docker(&add, &drop)).then_some(set)
            }
        }
    }

    /// podman lets a label name the capabilities that are needed, out of those that are granted.
    fn narrowed(&self, granted: Names) -> Option<Names> {
        let label = self
            .labels
            .iter()
            .rev()
            .find(|w| w.value.known_prefix().starts_with(LABEL));
        let Some(label) = label else {
            return Some(granted);
        };
        let known = label.value.known()?;
        if !label.certain {
            return None;
        }
        let words = known.strip_prefix(LABEL).unwrap_or_default();
        let words = words.split(',').filter(|_| !words.is_empty());
        // a word that names nothing is refused; a set that is not all granted is passed over
        let wanted: Vec<Named> = words.map(capabilities::named).collect::<Option<_>>()?;
        let names = single(&wanted);
        let fits = !wanted.contains(&Named::All) && names.is_subset(&granted);
        Some(if fits { names } else { granted })
    }

    /// Whether the first process is root in the container, as far as it is written here.
    fn runs_as_root(&self) -> Option<bool> {
        let Some(user) = &self.user else {
            let keeps = self
                .namespace(Namespace::User)
                .is_some_and(|mode| mode.value.known_prefix().starts_with("keep-id"));
            // podman's keep-id starts the container as the user who calls it
            return Some(!(keeps && self.rootless));
        };
        let known = user.value.known()?;
        if !user.certain {
            return None;
        }
        let name = known.split(':').next().unwrap_or_default();
        Some(name.is_empty() || name == "root" || name.parse::<u32>() == Ok(0))
    }

    /// The entry that drops every capability.
    pub fn drops_all(&self) -> Option<&Written<Text>> {
        all_entry(&self.cap_drop)
    }

    /// The entry that adds every capability.
    pub fn adds_all(&self) -> Option<&Written<Text>> {
        all_entry(&self.cap_add)
    }

    /// Whether SELinux would confine it on an SELinux host, and if not, by which setting.
    pub fn selinux(&self) -> SelinuxFacts {
        let why = self.unconfined_by();
        SelinuxFacts {
            confined: why.is_none(),
            why,
        }
    }

    fn unconfined_by(&self) -> Option<String> {
        let nerdctl = self.engine == Engine::Nerdctl;
        let mut labelled = false;
        for (option, _) in self.security_options().filter(|(option, _)| option.key.is("label")) {
            let Some(value) = &option.value else { continue };
            if nerdctl && option.separator == Some(':') {
                continue;
            }
            if value.is("disable") {
                return Some("label=disable".to_owned());
            }
            let kind = UNCONFINED_TYPES.iter().find(|kind| value.is(&format!("type:{kind}")));
            if let Some(kind) = kind {
                return Some(format!("label=type:{kind}"));
            }
            // docker looks for `label=` only before it disables; podman leaves `nested` out
            labelled |= match self.engine {
                Engine::Podman => !value.is("nested"),
                _ => option.separator == Some('='),
            };
        }
        // nerdctl gives a privileged container no label at all, whatever is asked
        if (labelled && !nerdctl) || !self.syntax.is_launch() {
            return None;
        }
        let compose = self.syntax == Syntax::Compose;
        if self.privileged() != Tri::No {
            return Some(if compose { "privileged: true" } else { "--privileged" }.to_owned());
        }
        if nerdctl {
            return None;
        }
        [Namespace::Pid, Namespace::Ipc].into_iter().find_map(|namespace| {
            let word = if namespace == Namespace::Pid { "pid" } else { "ipc" };
            self.namespace(namespace).filter(|mode| mode.value.is("host"))?;
            Some(if compose {
                format!("{word}: host")
            } else {
                format!("--{word}=host")
            })
        })
    }
}

fn every() -> Names {
    capabilities::all().iter().map(|c| c.name.as_str()).collect()
}

/// What the entries name; `None` when one is on a branch, is not wholly known, or is refused.
fn names(list: &[Written<Text>]) -> Option<Vec<Named>> {
    list.iter()
        .map(|w| capabilities::named(&w.value.known().filter(|_| w.certain)?))
        .collect()
}

fn all_entry(list: &[Written<Text>]) -> Option<&Written<Text>> {
    list.iter()
        .find(|w| w.value.known().is_some_and(|word| word.eq_ignore_ascii_case("all")))
}

/// True when the list names this one.
fn holds(list: &[Named], name: &str) -> bool {
    list.iter()
        .any(|named| matches!(named, Named::One(c) if c.name == name))
}

/// The list without the word for all.
fn single(list: &[Named]) -> Names {
    let one = |named: &Named| match named {
        Named::One(capability) => Some(capability.name.as_str()),
        Named::All => None,
    };
    list.iter().filter_map(one).collect()
}

fn without(set: Names, drop: &[Named]) -> Names {
    set.into_iter().filter(|name| !holds(drop, name)).collect()
}

/// docker: the added one wins over what is dropped.
fn docker(add: &[Named], drop: &[Named]) -> Names {
    if add.contains(&Named::All) {
        return without(every(), drop);
    }
    let mut set = match drop.contains(&Named::All) {
        true => Names::new(),
        false => without(capabilities::defaults(Engine::Docker), drop),
    };
    set.extend(single(add));
    set
}

/// podman refuses what is both added and dropped.
fn podman(add: &[Named], drop: &[Named]) -> Option<Names> {
    let (adds_all, drops_all) = (add.contains(&Named::All), drop.contains(&Named::All));
    match (adds_all, drops_all) {
        (true, true) => None,
        (true, false) => Some(without(every(), drop)),
        (false, true) => Some(single(add)),
        (false, false) => {
            if single(add).iter().any(|name| holds(drop, name)) {
                return None;
            }
            let mut set = without(capabilities::defaults(Engine::Podman), drop);
            set.extend(single(add));
            Some(set)
        }
    }
}

/// nerdctl (2.x `pkg/cmd/container/run_security_linux.go`): what is dropped wins, but not with the word for all.
fn nerdctl(add: &[Named], drop: &[Named]) -> Names {
    let drops_all = drop.contains(&Named::All);
    let mut set = match drops_all {
        true => Names::new(),
        false => capabilities::defaults(Engine::Nerdctl),
    };
    match add.contains(&Named::All) {
        true => set = every(),
        false => set.extend(single(add)),
    }
    if drops_all { set } else { without(set, drop) }
}

#[cfg(test)]
mod tests;
