//! The way of a host path: where it begins, and the names on it.

use crate::container::{Hole, PieceKind, Text};

/// Stands for a name that is not known.
const UNKNOWN_NAME: &str = "\u{0}";

/// Where a path begins, and the names on its way, without `.` and with `..` resolved.
pub(super) struct Route {
    pub(super) root: Root,
    pub(super) names: Vec<String>,
}

/// Where a path begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// At `/`.
    Slash,
    /// In the folder of the file, or where the command runs.
    Project,
    /// In a folder that holds that one.
    Above,
    /// In a home.
    Home,
    /// Nobody can say.
    Unknown,
}

/// Follows a path from its beginning. `/var/run` is `/run`, as on every current system.
pub(super) fn route(source: &Text) -> Route {
    let mut text = String::new();
    let mut root = None;
    for piece in source.pieces() {
        match &piece.kind {
            PieceKind::Hole(hole) if text.is_empty() && root.is_none() => root = Some(root_of(hole, &mut text)),
            PieceKind::Hole(_) => text.push_str(UNKNOWN_NAME),
            _ => text.push_str(&piece.text),
        }
    }
    let root = root.unwrap_or_else(|| match text.split('/').next() {
        Some("") if !text.is_empty() => Root::Slash,
        Some("~") => Root::Home,
        Some(user) if user.starts_with('~') => Root::Home,
        _ if text.is_empty() || is_windows(&text) => Root::Unknown,
        _ => Root::Project,
    });
    // what directly follows a hole that stands for a directory belongs to its name: `$PWD-data`
    let starts_inside = root != Root::Slash && root != Root::Home && source.leading_hole().is_some();
    let mut route = Route {
        root,
        names: Vec::new(),
    };
    if starts_inside && !text.is_empty() && !text.starts_with('/') {
        route.root = if route.root == Root::Project {
            Root::Above
        } else {
            route.root
        };
    }
    for name in text.split('/') {
        match name {
            "" | "." => {}
            "~" if route.names.is_empty() && route.root == Root::Home => {}
            user if user.starts_with('~') && route.names.is_empty() && route.root == Root::Home => {}
            ".." => {
                if route.names.pop().is_none() && route.root != Root::Slash {
                    route.root = if route.root == Root::Unknown {
                        Root::Unknown
                    } else {
                        Root::Above
                    };
                }
            }
            name => route.names.push(name.to_owned()),
        }
    }
    if route.root == Root::Slash && route.names.starts_with(&["var".to_owned(), "run".to_owned()]) {
        route.names.remove(0);
    }
    route
}

/// Where a hole leads, as far as its name says; a known beginning goes to `text`.
fn root_of(hole: &Hole, text: &mut String) -> Root {
    match hole {
        Hole::WorkingDirectory | Hole::ScriptDirectory => Root::Project,
        Hole::Home => Root::Home,
        Hole::Variable(name) => match name.as_str() {
            "XDG_RUNTIME_DIR" => {
                text.push_str("/run/user/");
                text.push_str(UNKNOWN_NAME);
                Root::Slash
            }
            "HOME" => Root::Home,
            "PWD" => Root::Project,
            _ => Root::Unknown,
        },
        Hole::Other => Root::Unknown,
    }
}

fn is_windows(text: &str) -> bool {
    text.contains('\\') || text.chars().nth(1) == Some(':')
}
