//! Is a container's host an SELinux host? Only the text decides, never the machine that runs this.

use crate::container::{Container, Engine};
use crate::front::{Hint, Kind, Reading};
use crate::rules::SelinuxHost;

use super::{Selinux, Settings};

/// The verdict for one container: the user's word, else the strongest evidence in the file.
pub(super) fn host(container: &Container, reading: &Reading, settings: &Settings) -> SelinuxHost {
    let verdict = |on, why: String| SelinuxHost {
        on,
        sure: true,
        asked: false,
        why,
        of_any_reader: reading.is_for_any_host(),
        labelled: reading.selinux_hints.iter().flat_map(|h| h.labelled.clone()).collect(),
    };
    match settings.selinux {
        Selinux::On | Selinux::Off => {
            return SelinuxHost {
                asked: true,
                ..verdict(settings.selinux == Selinux::On, settings.selinux_from.clone())
            };
        }
        Selinux::Auto => {}
    }
    let says = |hint: &Hint| {
        let line = reading.source().position(hint.span.start).line;
        format!("line {line} has {}", hint.what)
    };
    let (against, hints): (Vec<&Hint>, Vec<&Hint>) = reading.selinux_hints.iter().partition(|h| h.is_against());
    // podman is at home on SELinux hosts, and runs on others too
    let other_host = against.first().filter(|_| hints.is_empty());
    if container.engine == Engine::Podman && other_host.is_none() {
        return verdict(true, "the engine is podman".to_owned());
    }
    // a page lists the package managers of every distribution
    let mut speaking = hints
        .iter()
        .filter(|h| reading.kind != Kind::Markdown || !h.is_package_manager());
    if let Some(hint) = speaking.next() {
        // the commands of a page are for several hosts, each for its own
        let own = hints.iter().any(|h| container.body.contains(h.span));
        return SelinuxHost {
            sure: own || reading.kind != Kind::Markdown,
            ..verdict(true, says(hint))
        };
    }
    if let Some(hint) = other_host {
        return SelinuxHost {
            sure: false,
            ..verdict(false, says(hint))
        };
    }
    if container.maybe_podman {
        return SelinuxHost {
            sure: false,
            ..verdict(true, "the engine may be podman".to_owned())
        };
    }
    SelinuxHost {
        sure: false,
        ..verdict(false, "nothing here says that the host uses SELinux".to_owned())
    }
}

/// True when the container has a bind mount that SELinux rules would have looked at, had anything
/// said what its host is.
pub(super) fn undecided(container: &Container, host: &SelinuxHost, settings: &Settings) -> bool {
    !host.on && settings.selinux == Selinux::Auto && container.mounts.iter().any(|m| m.value.is_bind())
}
