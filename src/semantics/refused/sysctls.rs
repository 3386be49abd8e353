//! Kernel parameters: only those that belong to a namespace of the container can be set.

use super::Asked;
use crate::container::{Container, Engine, Key, Namespace, Refused, Refuser};

/// Those of the IPC namespace (docker cli 29.8 `opts/opts.go`, podman 6.0 `pkg/util/utils.go`, runc
/// `libcontainer/configs/validate`).
const IPC: &[&str] = &[
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

/// What is refused in `NAME=VALUE`.
pub(super) fn judge(sysctl: &str, container: &Container, asked: Asked) -> Option<Refused> {
    // what another runtime than runc looks at is not known
    if asked.compose && (container.runtime.is_some() || asked.engine != Engine::Docker) {
        return None;
    }
    let docker = asked.engine == Engine::Docker;
    let (name, valued) = match sysctl.split_once('=') {
        Some((name, _)) => (name, true),
        None => (sysctl, asked.compose),
    };
    // runc takes slashes for dots, and these two where they are the container's own
    let (dotted, lenient) = match asked.compose {
        true => (
            name.replace('/', "."),
            name.starts_with("user.") || name == "kernel.domainname",
        ),
        false => (name.to_owned(), false),
    };
    let shared = |namespace: Namespace| {
        let mode = container.namespace(namespace);
        mode.is_some_and(|mode| mode.certain && mode.value.is("host")) && !container.may_hide(Key::Namespace(namespace))
    };
    let of_ipc = IPC.contains(&dotted.as_str()) || dotted.starts_with("fs.mqueue.");
    if !valued {
        let refused = Refused::new(asked.client(), format!("the parameter `{sysctl}` has no value"));
        return Some(refused.instead(format!("`{sysctl}=1`, with the value that is meant")));
    }
    if !of_ipc && !dotted.starts_with("net.") && !lenient {
        let refused = Refused::new(
            asked.client(),
            format!("`{name}` is a parameter of the whole host, which no container can set"),
        );
        return Some(refused.instead("set it on the host, in `/etc/sysctl.d`"));
    }
    let taken = "the container shares that namespace with the host";
    if dotted.starts_with("net.") && shared(Namespace::Network) {
        return Some(Refused::new(
            Refuser::Engine,
            format!("`{name}` cannot be set where {taken}"),
        ));
    }
    if docker && of_ipc && shared(Namespace::Ipc) {
        return Some(Refused::new(
            Refuser::Engine,
            format!("`{name}` cannot be set where {taken}"),
        ));
    }
    None
}
