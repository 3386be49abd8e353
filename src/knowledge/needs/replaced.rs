//! What a launch puts in the place of an image's own programs.

use super::super::images::{self, Entry};
use super::super::programs;
use crate::container::Container;

/// Where images keep their programs, and what the inits of many of them run as root.
pub(super) const PROGRAM_FOLDERS: &[&str] = &[
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/container",
    "/custom-cont-init.d",
    "/custom-services.d",
    "/etc/cont-finish.d",
    "/etc/cont-init.d",
    "/etc/fix-attrs.d",
    "/etc/ld.so.preload",
    "/etc/my_init.d",
    "/etc/s6",
    "/etc/s6-overlay",
    "/etc/service",
    "/etc/services.d",
    "/etc/supervisor",
    "/etc/supervisord.conf",
    "/run/s6",
    "/package",
];

/// The target of a mount that lies at, above or below one of the paths.
pub(super) fn mounted_over<S: AsRef<str>>(container: &Container, paths: &[S]) -> Option<String> {
    let targets = container.mounts.iter().filter_map(|w| w.value.target.as_ref()?.known());
    let under = |path: &str, above: &str| {
        let rest = path.strip_prefix(above.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let meets = |target: &str| {
        paths
            .iter()
            .any(|p| under(target, p.as_ref()) || under(p.as_ref(), target))
    };
    targets.map(|t| t.into_owned()).find(|target| meets(target))
}

/// The target of a mount that replaces or adds a script of the image's start: `/entrypoint.sh`, one of its
/// programs, or any script where the image keeps no data.
pub(super) fn replaced_script(container: &Container, found: &images::Match) -> Option<String> {
    let targets = container.mounts.iter().filter_map(|w| w.value.target.as_ref()?.known());
    let script = |target: &String| {
        let name = target.rsplit('/').next().unwrap_or("");
        let is_script = name.ends_with(".sh") || name.ends_with(".envsh") || name.contains("entrypoint");
        let is_data = |e: &&'static Entry| e.data.iter().any(|data| target.starts_with(data.as_str()));
        is_script && !found.entries.iter().any(is_data)
    };
    let programs = found.entries.iter().flat_map(|e| &e.programs);
    let programs: Vec<&String> = programs
        .filter(|p| p.starts_with('/') && !p.contains('.') || p.ends_with(".sh"))
        .collect();
    mounted_over(container, &programs).or_else(|| targets.map(|t| t.into_owned()).find(script))
}

/// Why more than its own program is run in it, if so.
pub(super) fn worked_in(container: &Container) -> Option<String> {
    if let Some(why) = &container.around.worked_in {
        return Some(why.clone());
    }
    if let Some(word) = programs::keeps_open(&container.command) {
        return Some(format!(
            "`{word}` only keeps it running, and what is done in it is not written here"
        ));
    }
    container
        .terminal
        .then(|| "it has a terminal, and what is typed there is not written here".to_owned())
}
