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
    if container.engine == Engine::Podman {
        return verdict(true, "the engine is podman".to_owned());
    }
    // a page lists the package managers of every distribution
    let speaks = |hint: &&Hint| reading.kind != Kind::Markdown || !hint.is_package_manager();
    if let Some(hint) = reading.selinux_hints.iter().find(speaks) {
        let line = reading.source().position(hint.span.start).line;
        return verdict(true, format!("line {line} has {}", hint.what));
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
