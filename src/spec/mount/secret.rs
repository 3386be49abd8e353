//! podman's `--secret NAME[,OPTION]…`: a file of the container, or a variable
//! (docs/source/markdown/options/secret.md).

use crate::container::{Labelling, Mount, MountKind, PieceKind, Text};
use crate::source::Span;

/// What a secret becomes in the container.
pub enum Secret {
    /// A file, perhaps of another owner.
    File(Box<Mount>),
    /// A variable, by its name.
    Variable(Text),
}

/// Reads `NAME[,type=mount|env][,target=TARGET][,uid=UID][,gid=GID][,mode=MODE]`.
pub fn secret(text: &Text) -> Secret {
    let mut fields = text.split(',').into_iter();
    let name = fields.next().unwrap_or_else(|| text.clone());
    let mut options = Vec::new();
    let (mut target, mut variable) = (None, false);
    for field in fields {
        match field.split_once('=') {
            Some((key, value)) if key.is("target") => target = Some(value),
            Some((key, value)) if key.is("type") => variable = value.is("env"),
            _ => options.push(field),
        }
    }
    if variable {
        return Secret::Variable(target.unwrap_or(name));
    }
    let mut mount = Mount::new(MountKind::Other("secret".to_owned()), text.clone());
    mount.labelling = Labelling::Impossible("podman labels its secrets itself");
    mount.options = options;
    mount.target = Some(match target {
        Some(target) if target.known_prefix().starts_with('/') => target,
        target => below_secrets(target.unwrap_or(name)),
    });
    Secret::File(Box::new(mount))
}

/// The place of a secret that names no folder.
fn below_secrets(name: Text) -> Text {
    let mut path = Text::new();
    path.push(
        "/run/secrets/".to_owned(),
        Span::at(name.span().start as usize),
        PieceKind::Cooked,
    );
    path.append(name);
    path
}
