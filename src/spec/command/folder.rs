//! Where the relative paths of a command line lead.

use crate::container::{Container, Hole, Mount, PieceKind, Text};
use crate::source::Span;

use super::options::Setting;

/// True for an option by which the engine is one on another machine, or may be.
pub(super) fn elsewhere(setting: &Setting) -> bool {
    matches!(
        setting.flag.canonical(),
        "remote" | "connection" | "url" | "host" | "context"
    )
}

/// Says of each host path where it leads, given the folder that the script is in; `moved` where the
/// engine runs elsewhere.
pub(super) fn place(container: &mut Container, folder: &Text, moved: bool) {
    for written in &mut container.mounts {
        let mount = &mut written.value;
        if mount.is_bind() {
            mount.leads_to = leads_to(mount, folder, moved);
        }
    }
}

/// Where the host path of a mount leads, seen from a folder; `None` where it says that itself.
pub fn leads_to(mount: &Mount, folder: &Text, moved: bool) -> Option<Text> {
    let source = mount.source.as_ref()?;
    let first = source.pieces().first()?;
    let callers = matches!(folder.leading_hole(), Some(Hole::WorkingDirectory)) && folder.pieces().len() == 1;
    let (relative, skip) = match &first.kind {
        PieceKind::Hole(Hole::WorkingDirectory) => (false, 1),
        PieceKind::Hole(_) => return None,
        _ => {
            let text = &first.text;
            if !(text.starts_with('.') || text.contains('/')) || text.starts_with(['/', '~']) || text.contains('\\') {
                return None;
            }
            (true, 0)
        }
    };
    let mut to = match moved {
        true => Text::hole("…", Span::default(), Hole::Other),
        // `$PWD/x` says itself where it leads
        false if callers && !relative => return None,
        false => folder.clone(),
    };
    if relative {
        to.append(Text::cooked("/", Span::default()));
    }
    for piece in source.pieces().iter().skip(skip) {
        to.push(piece.text.clone(), piece.span, piece.kind.clone());
    }
    Some(to)
}
