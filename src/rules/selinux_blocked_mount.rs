//! `selinux-blocked-mount`: a mount that SELinux keeps from the container, and that no label may open.

use crate::container::{Container, Key, Mount, Relabel, Syntax, Written};
use crate::fix::{Finding, Label, Refusal};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::allowed::is_allowed_mount;
use super::common::{has_security_option, is_privileged, selinux_note, spelled, who};
use super::labels::{is_unconfined_by_namespace, kept_away, source_of};

/// Why SELinux keeps a path away, as far as it decides what can be done about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A socket, or a directory of the host's services and their sockets.
    Socket,
    /// Another file system.
    Disk,
    /// A home.
    Home,
    /// Keys in a home.
    Keys,
    /// Below `/tmp`.
    Temporary,
    /// The host's logs.
    Logs,
    /// Other files of the host.
    System,
}

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let pod = container.syntax == Syntax::Pod;
    if !scene.selinux.on
        || !(container.syntax.is_launch() || pod)
        || is_privileged(container)
        || is_unconfined_by_namespace(container)
        || container.selinux().why.is_some()
        // a type of its own may be made for what is mounted
        || has_security_option(container, "label")
    {
        return Vec::new();
    }
    let mut findings: Vec<(Kind, Finding)> = Vec::new();
    for written in kept_away(container) {
        let mount = &written.value;
        // a label that is asked for is another mistake, and an overlay has a label of its own
        let asked = mount.relabel != Relabel::None
            || mount.relabel_span.is_some()
            || mount.may_be_labelled()
            || mount.overlay
            || mount.error.is_some();
        if asked || is_allowed_mount(scene, mount) {
            continue;
        }
        let Some(kind) = kind(mount) else { continue };
        match findings.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, finding)) => finding.related.push(Label::new(&written.place, "nor this")),
            None => findings.push((kind, finding(scene, written, kind))),
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn kind(mount: &Mount) -> Option<Kind> {
    let path = mount.path()?;
    let below = |tree| paths::is_below(path, tree);
    if paths::engine_socket(mount).is_some() {
        return Some(Kind::Socket);
    }
    Some(match paths::of_mount(mount)? {
        // homes of macOS: its containers run in a machine of their own
        _ if below("/Users") => return None,
        HostPath::Socket => Kind::Socket,
        HostPath::Mounted => Kind::Disk,
        HostPath::Refused if below("/media") => Kind::Disk,
        HostPath::HomeSecret => Kind::Keys,
        HostPath::Home | HostPath::HomeShared => Kind::Home,
        HostPath::Temporary => Kind::Temporary,
        _ if below("/var/log") => Kind::Logs,
        _ if below("/run") => Kind::Socket,
        _ => Kind::System,
    })
}

fn finding(scene: &Scene, written: &Written<Mount>, kind: Kind) -> Finding {
    let container = scene.container;
    let mount = &written.value;
    let source = source_of(mount);
    let hidden = |key| container.may_hide(key);
    let sure = scene.selinux.sure && written.certain && !hidden(Key::Privileged) && !hidden(Key::SecurityOpt);
    // somebody may have given a disk a label, and the policy opens some of the host's files
    let verb = match kind {
        Kind::Disk | Kind::System => "may not",
        _ if sure => "does not",
        _ => "may not",
    };
    let is_socket = match paths::engine_socket(mount) {
        Some(socket) => !socket.inside,
        None => paths::of_mount(mount) == Some(HostPath::Socket),
    };
    let deed = match kind {
        Kind::Socket if is_socket => "connect to",
        Kind::Socket => "use",
        _ if mount.read_only => "read",
        _ => "read or write",
    };
    let mut finding = Finding::new(
        "selinux-blocked-mount",
        format!("SELinux {verb} let {} {deed} `{source}`", who(container)),
        Label::new(&written.place, "has no label for containers, and must not be given one"),
    );
    finding.refused = Some(Refusal(match kind {
        Kind::Socket => {
            "a label on the socket does not help: SELinux also checks the process that listens on it".to_owned()
        }
        Kind::Disk => {
            format!("relabelling `{source}` would relabel all of it, and not every file system can store labels")
        }
        _ => format!("with a label for containers, the host's own programs could lose access to `{source}`"),
    }));
    finding.notes.push(selinux_note(scene));
    finding.helps = helps(container, mount, kind);
    finding
}

/// What can be done, the narrowest first.
fn helps(container: &Container, mount: &Mount, kind: Kind) -> Vec<String> {
    let disable = spelled(container, Key::SecurityOpt, "label=disable");
    let first = match kind {
        Kind::Socket => None,
        Kind::Disk => Some(
            "mount the disk on the host with a label that containers may use: the mount option \
             `context=system_u:object_r:container_file_t:s0`; for NFS, `setsebool -P virt_use_nfs 1` is enough"
                .to_owned(),
        ),
        Kind::Home => Some("mount only the directory it needs, with `:z` or `:Z`, instead of the home".to_owned()),
        Kind::Keys => Some("copy the one file it needs, or pass it as a secret".to_owned()),
        Kind::Temporary => Some("use a directory of the project, or a named volume, instead".to_owned()),
        Kind::Logs => {
            let narrow = if mount.read_only {
                "container_logreader_t"
            } else {
                "container_logwriter_t"
            };
            let option = spelled(container, Key::SecurityOpt, &format!("label=type:{narrow}"));
            Some(format!("the policy has a type for the host's logs: {option}"))
        }
        Kind::System => Some("copy what it needs into a directory of its own".to_owned()),
    };
    let last = match kind {
        Kind::Socket => format!("turn SELinux off for this container only, with {disable}"),
        _ => format!("or turn SELinux off for this container only, with {disable}"),
    };
    let own = "or write a policy for it: `udica` makes one from the running container".to_owned();
    first.into_iter().chain([last, own]).collect()
}
