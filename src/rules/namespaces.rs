//! What the rules about the host's namespaces share.

use crate::container::{Container, Namespace, Syntax, Text, Written};

use super::common::{has_security_option, is_privileged};

/// The setting that shares a namespace with the host, in a container that is not privileged anyway.
pub(super) fn of_host(container: &Container, namespace: Namespace) -> Option<&Written<Text>> {
    if !container.syntax.is_launch() && container.syntax != Syntax::Pod {
        return None;
    }
    let mode = container.namespace(namespace)?;
    let text = mode.value.known()?;
    (text == "host" || text.starts_with("ns:/proc/1/ns/")).then_some(mode)
}

/// False on a branch, and for a pod: its containers share what the pod is told to share with them.
pub(super) fn is_certain(container: &Container, mode: &Written<Text>) -> bool {
    mode.certain && container.syntax != Syntax::Pod
}

/// The note that SELinux goes as well, where a host has it.
pub(super) fn selinux_goes(scene: &super::Scene) -> Option<String> {
    let unlabelled = !has_security_option(scene.container, "label");
    let launch = scene.container.syntax.is_launch();
    (launch && scene.selinux.on && unlabelled && !is_privileged(scene.container))
        .then(|| "it also takes the container out of SELinux, unless a `label=` option is given".to_owned())
}
