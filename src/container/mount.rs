//! A mount as the engine would make it.

use super::refusal::Refused;
use super::text::{Hole, PieceKind, Text};
use crate::source::Span;

/// What is mounted. The names are those of the `inspect` JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A named or anonymous volume.
    Volume,
    /// Memory.
    Tmpfs,
    /// The engine's other words: `image`, `npipe`, `cluster`, `glob`, `devpts`, …
    Other(String),
}

impl MountKind {
    /// The engine's word.
    pub fn as_str(&self) -> &str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Volume => "volume",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Other(word) => word,
        }
    }
}

/// What the engine is asked to do with the SELinux label of a mount's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relabel {
    /// Leave it.
    None,
    /// `z`: a label that every container may use.
    Shared,
    /// `Z`: a label for this container alone.
    Private,
}

/// How a label request is written in the form that this mount has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labelling {
    /// As an option after the target: `:Z`, or `,Z` after other options.
    Suffix,
    /// As a field of podman's `--mount`: `relabel=private`.
    Field,
    /// As Compose's `bind.selinux`.
    Key,
    /// The form has no way to ask for one; the text says why, in lower case without a full stop.
    Impossible(&'static str),
}

/// The folder in which a relative host path begins, as far as the tree of the file shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The folder of the file.
    Beside,
    /// The folder so many levels above that one: the path is there, and is not beside the file.
    Above(usize),
    /// The folder of the file or any of so many levels above it: a command that is run from
    /// wherever the caller is, and a path that is nowhere yet.
    Open(usize),
    /// The file is used from a folder that is not known: a unit; a template, or the data of a test, where
    /// the path is nowhere yet.
    Nowhere,
}

/// How a command says a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountForm {
    /// `-v`, and Compose's short form.
    Volume,
    /// `--mount`.
    Fields,
    /// `--tmpfs`.
    Tmpfs,
    /// Any other way.
    Other,
}

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// How it is said.
    pub form: MountForm,
    /// The host path or the volume's name; `None` for an anonymous volume or a tmpfs.
    pub source: Option<Text>,
    /// Where the host path leads, seen from the folder that the launch is made in, where the source
    /// itself does not say it: after `cd`, through a symbolic link.
    pub leads_to: Option<Text>,
    /// True where that is known to be below the root of the tree that the file stands in.
    pub in_tree: bool,
    /// Where the host path begins, where it is relative.
    pub base: Base,
    /// Where it appears in the container.
    pub target: Option<Text>,
    /// The options, one entry each, as written.
    pub options: Vec<Text>,
    /// Options that the reader of this form passes over without a word.
    pub passed_over: Vec<Text>,
    /// True for `ro` and its other spellings.
    pub read_only: bool,
    /// The label request that takes effect.
    pub relabel: Relabel,
    /// The bytes of the label request: `z`, `relabel=private`, the value of `selinux`.
    pub relabel_span: Option<Span>,
    /// A label request that is written but lost on the way, and why.
    pub relabel_lost: Option<&'static str>,
    /// How a label request would be written here.
    pub labelling: Labelling,
    /// podman's `O`: an overlay over the source, which is not relabelled.
    pub overlay: bool,
    /// podman's `U`: the source is given to the container's user.
    pub chown: bool,
    /// `shared`, `rslave` and so on, where written.
    pub propagation: Option<String>,
    /// What is refused in it.
    pub error: Option<Refused>,
    /// The whole as written.
    pub text: Text,
}

impl Mount {
    /// A mount of a kind with nothing else said.
    pub fn new(kind: MountKind, text: Text) -> Mount {
        Mount {
            kind,
            form: MountForm::Other,
            source: None,
            leads_to: None,
            in_tree: false,
            base: Base::Beside,
            target: None,
            options: Vec::new(),
            passed_over: Vec::new(),
            read_only: false,
            relabel: Relabel::None,
            relabel_span: None,
            relabel_lost: None,
            labelling: Labelling::Impossible("this kind of mount takes no label"),
            overlay: false,
            chown: false,
            propagation: None,
            error: None,
            text,
        }
    }

    /// Why the label of a mount in the long form may be lost: before 5.1 Compose took a bind that says nothing of
    /// `create_host_path` for `false`, and handed it over in a form without a label (seen on 2.40).
    pub const LOST_BY_OLD_COMPOSE: &'static str = "Compose before 5.1 loses the label unless create_host_path is true";

    /// The label request that takes effect with the current Compose too.
    pub fn relabel_today(&self) -> Relabel {
        match self.relabel_lost {
            Some(Mount::LOST_BY_OLD_COMPOSE) if self.options.iter().any(|o| o.is("z")) => Relabel::Shared,
            Some(Mount::LOST_BY_OLD_COMPOSE) => Relabel::Private,
            _ => self.relabel,
        }
    }

    /// True where the text ends in something that is only known when it runs, which may ask for a
    /// label: `/b$Z`, `/b:ro$Z`. What also stands in the source is no more than a path.
    pub fn may_be_labelled(&self) -> bool {
        if self.relabel != Relabel::None {
            return false;
        }
        if self.options.iter().any(Text::has_hole) {
            return true;
        }
        let Some(last) = self.target.as_ref().and_then(|t| t.pieces().last()) else {
            return false;
        };
        let in_source = || {
            let pieces = self.source.as_ref().map_or(&[][..], Text::pieces);
            pieces.iter().any(|p| p.kind == last.kind && p.text == last.text)
        };
        match &last.kind {
            PieceKind::Hole(Hole::Variable(name)) => {
                !matches!(name.as_str(), "USER" | "LOGNAME" | "HOSTNAME" | "UID" | "EUID") && !in_source()
            }
            PieceKind::Hole(Hole::Other) => !in_source(),
            _ => false,
        }
    }

    /// The host path: where it leads, else as it is written.
    pub fn path(&self) -> Option<&Text> {
        self.leads_to.as_ref().or(self.source.as_ref())
    }

    /// Notes where a path leads that takes detours, as the engine has it: `/.`, `/etc/../srv`, `//etc`.
    pub fn tidy(&mut self) {
        let Some(path) = self.path().filter(|_| self.is_bind()) else {
            return;
        };
        let (Some(written), span) = (path.known(), path.span()) else {
            return;
        };
        if let Some(clean) = without_detours(&written) {
            self.leads_to = Some(Text::cooked(clean, span));
        }
    }

    /// Says that nobody knows the folder in which the launch is made.
    pub fn leave_folder(&mut self) {
        let Some(path) = self
            .path()
            .filter(|p| p.leading_hole() == Some(&Hole::WorkingDirectory))
        else {
            return;
        };
        let mut to = Text::hole("…", Span::default(), Hole::Other);
        for piece in path.pieces().iter().skip(1) {
            to.push(piece.text.clone(), piece.span, piece.kind.clone());
        }
        self.leads_to = Some(to);
    }

    /// True for a path of the host.
    pub fn is_bind(&self) -> bool {
        self.kind == MountKind::Bind
    }
}

/// An absolute path without `.`, `..` and empty names; `None` for one that has none of these, and for one
/// that is not absolute. The root of a process of the host is that of the host.
fn without_detours(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    if let ["proc", "1" | "self" | "thread-self", "root", ..] = names.as_slice() {
        names.drain(..3);
    }
    let clean = format!("/{}", names.join("/"));
    (path.trim_end_matches('/') != clean.trim_end_matches('/')).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::without_detours;

    #[test]
    fn paths_lead_where_the_engine_says() {
        for (path, clean) in [
            ("/.", Some("/")),
            ("//", None),
            ("/etc/../", Some("/")),
            ("//etc", Some("/etc")),
            ("/./etc/.", Some("/etc")),
            ("/../root/../etc//shadow", Some("/etc/shadow")),
            ("/proc/1/root", Some("/")),
            ("/proc/self/root/etc", Some("/etc")),
            ("/proc/2/root", None),
            ("/etc/", None),
            ("./etc/..", None),
            ("etc//x", None),
        ] {
            assert_eq!(without_detours(path).as_deref(), clean, "{path}");
        }
    }
}
