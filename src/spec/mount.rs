//! Mounts: `-v` and Compose's short form, `--mount`, `--tmpfs`.

mod fields;
mod secret;
mod volume;

pub use fields::mount_flag;
pub use secret::{Secret, secret};
pub use volume::volume;

use super::Dialect;
use crate::container::{Labelling, Mount, MountForm, MountKind, Refused, Refuser, Text};

/// `--tmpfs TARGET[:OPTIONS]`, and an entry of Compose's `tmpfs`.
pub fn tmpfs(text: &Text, dialect: Dialect) -> Mount {
    if let Some(mount) = too_long(text) {
        return mount;
    }
    let mut mount = Mount::new(MountKind::Tmpfs, text.clone());
    mount.form = MountForm::Tmpfs;
    mount.labelling = Labelling::Impossible("memory takes no label request");
    let (target, options) = match text.split_once(':') {
        Some((target, options)) => (target, options.split(',')),
        None => (text.clone(), Vec::new()),
    };
    mount.read_only = options.iter().any(|o| o.is("ro"));
    mount.options = options;
    if !super::holes::all_hole(text) {
        check_target(&target, dialect, &mut mount);
        mount.target = Some(target);
    }
    mount
}

/// Bytes of one mount that are read; what is longer is no mount that anyone wrote.
const MAX_LENGTH: usize = 32 * 1024;

/// A mount that is too long to be read, as one of which nothing is known.
fn too_long(text: &Text) -> Option<Mount> {
    let length: usize = text.pieces().iter().map(|p| p.text.len()).sum();
    (length > MAX_LENGTH).then(|| {
        let mut mount = fields::unknown(text);
        mount.labelling = Labelling::Impossible("the mount is too long to be read");
        mount
    })
}

/// Says what is wrong with a target: it must be absolute, and docker refuses the root itself. A path
/// of Windows is one that a container of Windows may have.
pub fn check_target(target: &Text, dialect: Dialect, mount: &mut Mount) {
    if mount.error.is_some() || target.leading_hole().is_some() {
        return;
    }
    let start = target.known_prefix();
    let windows = start.contains('\\') || start.chars().nth(1) == Some(':');
    let docker = matches!(dialect, Dialect::Docker | Dialect::Compose);
    // podman's client looks at the targets of `--mount` and `--tmpfs`, its service at all
    let by = match mount.form {
        MountForm::Fields | MountForm::Tmpfs if dialect == Dialect::Podman => Refuser::Client,
        _ => Refuser::Engine,
    };
    let absolute = start.starts_with('/') || (docker && windows);
    if !absolute {
        let refused = match start.is_empty() {
            true => Refused::new(by, "the mount has no target"),
            false => Refused::new(by, format!("the target `{}` is not an absolute path", target.shown())),
        };
        mount.error = Some(refused.at(target));
    } else if target.is("/") && docker {
        mount.error = Some(Refused::new(by, "the target cannot be the root of the container").at(target));
    }
}

#[cfg(test)]
mod tests;
