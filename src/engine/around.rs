//! What other texts do to a container: commands that run in it, and files that are given away.

use std::sync::Arc;

use crate::container::{Container, Namespace, Syntax, Text, Traced};
use crate::front::Reading;
use crate::knowledge::needs::{Trust, needs};
use crate::rules;

use super::host_path::{folder_of, whole};
use super::neighbours::Found;

/// A command that runs in a container which is there already.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// What it calls the container or service; `None` where that is only known when it runs.
    target: Option<String>,
    /// True where Compose runs it, in a service.
    by_service: bool,
    /// The folder of its file, from the root of the file system.
    folder: Vec<String>,
    /// Its file, from the root of the file system.
    file: Arc<str>,
    /// Where it stands, as a note names it: `deploy.sh:12`.
    at: String,
}

/// The commands of a reading that run in containers which are there already.
pub(super) fn entries(reading: &Reading) -> Vec<Entry> {
    let source = reading.source();
    let folder = folder_of(&source.path);
    let file: Arc<str> = whole(&source.path).into();
    let entry = |target: Option<&Text>, by_service: bool, at: u32| Entry {
        target: target.and_then(|t| t.known().map(|t| t.into_owned())),
        by_service,
        folder: folder.clone(),
        file: Arc::clone(&file),
        at: format!("{}:{}", source.shown_path(), source.line_of(at)),
    };
    let execs = reading.containers.iter().filter(|c| c.syntax == Syntax::Exec);
    let execs = execs.map(|c| entry(c.name.as_ref().map(|w| &w.value), false, c.head.start));
    let composed = reading.entered.iter();
    let composed = composed.map(|w| entry(Some(&w.value), true, w.place.value.start));
    execs.chain(composed).collect()
}

/// Notes of each container what a trace saw it use.
pub(super) fn note_traces(reading: &mut Reading, traces: &[Traced]) {
    for container in reading.containers.iter_mut().filter(|c| c.syntax.is_launch()) {
        let mut own = traces.iter().find(|t| is_named(container, &t.container)).cloned();
        if let Some(traced) = own.as_mut().filter(|_| !has_own_processes(container)) {
            traced.whole = false;
            traced
                .covers
                .push_str(", which passes over processes that have the host's numbers");
        }
        container.around.traced = own;
    }
}

/// Notes of the commands that run in a container which the same file starts, whether the engine's socket in
/// it can be the host's.
pub(super) fn note_sockets(reading: &mut Reading) {
    let containers = &reading.containers;
    let enters = |c: &Container| c.syntax == Syntax::Exec;
    let without: Vec<bool> = containers
        .iter()
        .map(|exec| {
            let name = exec
                .name
                .as_ref()
                .filter(|_| enters(exec))
                .and_then(|n| n.value.known());
            let Some(name) = name else { return false };
            let launches = || containers.iter().filter(|c| c.syntax.is_launch() && is_named(c, &name));
            launches().next().is_some() && !launches().any(rules::may_bring_socket)
        })
        .collect();
    let noted = reading.containers.iter_mut().zip(without);
    noted.for_each(|(container, without)| container.around.without_socket = without);
}

/// True for just this name. A name that only ends alike may be that of another project's container, and
/// what is proven of that is proven of nothing else.
fn is_named(container: &Container, name: &str) -> bool {
    let own = [&container.name, &container.container_name];
    own.into_iter().flatten().any(|w| w.value.is(name))
}

/// True for a container in a namespace of processes that is its own.
fn has_own_processes(container: &Container) -> bool {
    let mode = container.namespace(Namespace::Pid);
    mode.is_none_or(|mode| mode.value.is("private") || mode.value.is(""))
}

/// Fills in what is done to each container that a program of its own is known of.
pub(super) fn fill(reading: &mut Reading, tree: &[Entry], neighbours: &[Found]) {
    let own = entries(reading);
    let path: Arc<str> = whole(&reading.source().path).into();
    let folder = folder_of(&reading.source().path);
    let dev = folder.iter().any(|part| part == ".devcontainer");
    let gives_away = gives_files_away(reading.source().text());
    for (i, container) in reading.containers.iter_mut().enumerate() {
        if !container.syntax.is_launch() {
            continue;
        }
        let near = neighbours.get(i);
        let around = &mut container.around;
        if around.worked_in.is_none() && dev {
            around.worked_in = Some("it is part of a dev container, in which people work".to_owned());
        }
        if around.given_away.is_none() {
            around.given_away = match gives_away {
                true => Some("`podman unshare chown` gives files away".to_owned()),
                false => written_by_another(container.rootless, near),
            };
        }
        if container.around.worked_in.is_none() {
            let others = tree.iter().filter(|e| e.file != path);
            let found = own.iter().chain(others).find(|e| runs_in(e, container, &path, &folder));
            container.around.worked_in = found.map(|e| match e.by_service {
                true => format!("Compose runs a command of its own in it ({})", e.at),
                false => format!("`exec` runs a command of its own in it ({})", e.at),
            });
        }
    }
}

/// True where the command may run in the container.
fn runs_in(entry: &Entry, container: &Container, path: &Arc<str>, folder: &[String]) -> bool {
    let here = entry.file == *path;
    let named = |name: &str| {
        container
            .name
            .as_ref()
            .is_some_and(|n| n.value.known().is_none_or(|n| n == name))
    };
    // a project and the scripts above and below it
    let near = entry.folder.starts_with(folder) || folder.starts_with(&entry.folder);
    match (&entry.target, container.syntax) {
        // the script gives it a container that it started: which, nothing tells
        (None, Syntax::Compose) => entry.by_service && near,
        (None, _) => here,
        (Some(target), Syntax::Compose) => {
            let service = container.name.as_ref().and_then(|n| n.value.known());
            let alias = container.container_name.as_ref().and_then(|n| n.value.known());
            let instance = |service: &str| {
                let parts: Vec<&str> = target.split(['-', '_']).collect();
                parts.len() > 2 && parts.get(parts.len() - 2) == Some(&service)
            };
            near && (service.as_deref().is_some_and(|s| s == target || instance(s)) || alias.as_deref() == Some(target))
        }
        (Some(target), _) => !entry.by_service && named(target) && (here || near),
    }
}

/// True where a text gives files to users that only exist in containers.
fn gives_files_away(text: &str) -> bool {
    text.contains("unshare") && text.contains("chown")
}

/// Another container that writes where this one reads may leave files of a user of its own.
fn written_by_another(rootless: bool, near: Option<&Found>) -> Option<String> {
    let near = near.filter(|_| rootless)?;
    if !near.unsearched.is_empty() {
        return Some("not every file was looked at for who else writes there".to_owned());
    }
    let writer = near.list.iter().find(|n| !n.other.read_only)?;
    Some(format!("`{}` writes there too ({})", writer.container, writer.at))
}

/// True where the needs of a container are known so well that what others do to it counts: only then
/// the tree is looked at for its sake.
pub(super) fn matters(reading: &Reading) -> bool {
    let sure = |c: &Container| needs(c).is_some_and(|n| n.trust == Trust::Sure);
    reading.containers.iter().any(|c| c.syntax.is_launch() && sure(c))
}
