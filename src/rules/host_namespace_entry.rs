//! `host-namespace-entry`: the container's command leaves the container for the host.

use crate::container::{Container, Namespace, Syntax, Text};
use crate::fix::{Finding, Label};
use crate::knowledge::programs;

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let words = words(container);
    let entered = programs::run_by(&words)
        .into_iter()
        .find_map(|command| enters(container, &command));
    let Some(command) = entered else { return Vec::new() };
    let who = match container.syntax {
        Syntax::Exec => "this command".to_owned(),
        _ => who(container),
    };
    let mut finding = Finding::new(
        "host-namespace-entry",
        format!(
            "{who} leaves the container and works on the host: `{}`",
            shortened(&command)
        ),
        Label::new(&container.place(), "what it runs, it runs outside the container"),
    );
    finding
        .notes
        .push("nothing about the image or the other options limits what runs there".to_owned());
    finding.helps.push(
        "run the command on the host itself; in a cluster, on the node's own service manager or through the tool that \
         sets up the nodes"
            .to_owned(),
    );
    vec![finding]
}

/// What the container runs.
pub(super) fn words(container: &Container) -> Vec<Text> {
    let entrypoint = container.entrypoint.iter().map(|w| w.value.clone());
    entrypoint.chain(container.command.iter().cloned()).collect()
}

/// The beginning of a command by which it leaves the container.
fn enters(container: &Container, command: &[String]) -> Option<String> {
    let (program, rest) = command.split_first()?;
    let host_processes = container.shares_with_host(Namespace::Pid) || container.syntax == Syntax::Exec;
    let said = || command.iter().take(4).cloned().collect::<Vec<_>>().join(" ");
    let enters = match program.as_str() {
        "nsenter" => {
            let first = |pair: &[String]| matches!(pair, [flag, one] if matches!(flag.as_str(), "-t" | "--target") && one == "1");
            let glued = |word: &String| matches!(word.as_str(), "-t1" | "--target=1");
            let by_process = rest.windows(2).any(first) || rest.iter().any(glued);
            // the host's `/proc`, mounted somewhere
            by_process && host_processes
                || rest
                    .iter()
                    .any(|w| w.contains("/proc/1/ns/") && !w.contains("=/proc/1/ns/"))
        }
        "chroot" => rest
            .iter()
            .find(|w| !w.starts_with('-'))
            .is_some_and(|root| is_root_of_host(container, root)),
        _ => false,
    };
    enters.then(said)
}

/// True for a path of the container at which the whole host is mounted.
fn is_root_of_host(container: &Container, path: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    container.mounts.iter().map(|w| &w.value).any(|mount| {
        let root = mount.is_bind() && mount.path().is_some_and(|path| path.is("/"));
        root && mount
            .target
            .as_ref()
            .is_some_and(|target| bare(&target.shown()) == bare(path))
    })
}
