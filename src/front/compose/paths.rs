//! Paths of other files of a project, as they would be written in the file that is read.

use std::path::{Component, Path, PathBuf};

use super::Project;
use crate::container::{FileId, Text};
use crate::source::Span;

/// A path that is written in a file: relative paths begin in that file's folder, or in its project's.
pub(super) fn rebased(project: &Project, file: FileId, path: &Text) -> Text {
    let (Some(here), Some(there)) = (project.bases.first(), project.bases.get(usize::from(file.0))) else {
        return path.clone();
    };
    let start = path.known_prefix();
    let absolute = start.is_empty() || start.starts_with(['/', '~', '\\']) || start.contains(':');
    if here == there || absolute || start.starts_with("git@") {
        return path.clone();
    }
    let Some(mut way) = way(here, there) else {
        return path.clone();
    };
    let mut rest = path.clone();
    loop {
        if let Some(after) = rest.strip_prefix("./") {
            rest = after;
        } else if let (Some(after), Some(Component::Normal(_))) =
            (rest.strip_prefix("../"), way.components().next_back())
        {
            way.pop();
            rest = after;
        } else {
            break;
        }
    }
    if rest.is(".") {
        rest = Text::new();
    }
    let mut begin = crate::source::shown_path(&way);
    if begin.is_empty() {
        begin.push('.');
    } else if !begin.starts_with("..") {
        begin.insert_str(0, "./");
    }
    if !rest.is_empty() {
        begin.push('/');
    }
    let mut out = Text::cooked(begin, Span::at(path.span().start as usize));
    out.append(rest);
    out
}

/// The way from one folder to another; `None` where it leads out of what is known.
pub(super) fn way(from: &Path, to: &Path) -> Option<PathBuf> {
    if from.is_absolute() != to.is_absolute() {
        return None;
    }
    let (mut from, mut to) = (from.components().peekable(), to.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let mut way = PathBuf::new();
    for part in from {
        if !matches!(part, Component::Normal(_)) {
            return None;
        }
        way.push("..");
    }
    way.extend(to);
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_seen_from_the_file_that_is_read() {
        for (here, there, path, seen) in [
            ("", "d", "./w", "./d/w"),
            ("", "d", "../u", "./u"),
            ("", "d", "..", "./d/.."),
            ("", "d", ".", "./d"),
            ("", "d", "/abs", "/abs"),
            ("", "d", "~/x", "~/x"),
            ("p", "", "./w", "../w"),
            ("p/a", "p/b", "w/x", "../b/w/x"),
            ("p", "p", "./w", "./w"),
            ("..", "d", "./w", "./w"),
        ] {
            let root = crate::front::compose::project::nothing(FileId(0));
            let project = Project {
                sources: Vec::new(),
                bases: vec![here.into(), there.into()],
                root,
            };
            let text = Text::literal(path, Span::new(3, 3 + path.len()));
            assert_eq!(rebased(&project, FileId(1), &text).shown(), seen, "{path} in {there}");
        }
    }
}
