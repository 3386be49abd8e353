//! A Dockerfile inside another document: what was read of its text, moved to where that stands.

use super::Shell;
use crate::container::FileId;
use crate::front::nested::remap::Mover;
use crate::front::script::Fragment;
use crate::source::{Excerpt, Span};

/// Moves everything from the inner text to the outer file.
pub(super) fn move_out(own: &mut Fragment, shell: &mut [Shell], outer: &Excerpt, file: FileId) {
    let mover = Mover { outer, file, gaps: &[] };
    for container in &mut own.containers {
        mover.container(container);
    }
    for problem in &mut own.problems {
        problem.file = file;
        mover.span(&mut problem.span);
    }
    for comment in &mut own.comments {
        mover.span(&mut comment.span);
    }
    for node in &mut own.nodes {
        mover.span(node);
    }
    for hint in &mut own.selinux_hints {
        mover.span(&mut hint.span);
    }
    for piece in shell {
        mover.span(&mut piece.at);
        piece.excerpt = through(&piece.excerpt, outer);
    }
}

/// An excerpt of the inner text as one of the outer file. Bytes stay copied where both steps copy them.
fn through(inner: &Excerpt, outer: &Excerpt) -> Excerpt {
    let mut out = Excerpt::new();
    let mut buffer = [0; 4];
    for (at, c) in inner.text().char_indices() {
        let span = Span::new(at, at + c.len_utf8());
        let place = inner.outer_exact(span).and_then(|middle| outer.outer_exact(middle));
        let text = c.encode_utf8(&mut buffer);
        match place {
            Some(place) => out.copy(text, place.range().start),
            None => out.made(text),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::{Engine, Syntax};
    use crate::front::dockerfile;
    use crate::front::reading::Surroundings;

    /// A Dockerfile indented in YAML: everything stands where the outer file has it.
    #[test]
    fn spans_are_those_of_the_outer_file() {
        let inner = "FROM alpine\nRUN --security=insecure \\\n  # c\n  docker run --privileged x\nUSER app\nRUN chmod 4755 /x\n";
        let mut outer = String::from("dockerfile_inline: |\n");
        let mut excerpt = Excerpt::new();
        for line in inner.split_inclusive('\n') {
            outer.push_str("    ");
            excerpt.copy(line, outer.len());
            outer.push_str(line);
        }
        let open = |_: &std::path::Path| None;
        let surroundings = Surroundings {
            engine: Engine::Unknown,
            projects: &[],
            open: &open,
        };
        let found = dockerfile::read_excerpt(&excerpt, FileId(3), &surroundings);
        let at = |span: Span| outer.get(span.range()).unwrap();
        let image = found.containers.iter().find(|c| c.syntax == Syntax::Image).unwrap();
        assert_eq!(at(image.user.as_ref().unwrap().place.entry), "USER app");
        assert_eq!(at(image.image.as_ref().unwrap().value.span()), "alpine");
        let grant = &image.grants[0].place;
        assert_eq!((at(grant.value), grant.file), ("4755", FileId(3)));
        let step = found.containers.iter().find(|c| c.syntax == Syntax::BuildStep).unwrap();
        let security = step.build.as_ref().unwrap().security.as_ref().unwrap();
        assert_eq!((at(security.place.value), security.place.file), ("insecure", FileId(3)));
        let comments: Vec<&str> = found.comments.iter().map(|c| at(c.span)).collect();
        assert_eq!(comments, ["# c"]);
        let launch = found.containers.iter().find(|c| c.syntax == Syntax::Command).unwrap();
        assert_eq!((at(launch.head), launch.file), ("docker run", FileId(3)));
        assert_eq!(at(launch.privileged[0].place.value), "--privileged");
        assert_eq!(at(launch.via[0].span), "RUN");
    }

    #[test]
    fn shell_is_moved_out_in_two_steps() {
        // the file: `>> a\b\n>> c`, of which the document is `a\b\nc`, of which the shell is `b\nc`
        let mut outer = Excerpt::new();
        outer.copy("a\\b\n", 3);
        outer.copy("c", 10);
        let mut inner = Excerpt::new();
        inner.copy("b\nc", 2);
        inner.made("!");
        let shell = through(&inner, &outer);
        assert_eq!(shell.text(), "b\nc!");
        assert_eq!(shell.outer(Span::new(0, 1)), Some(Span::new(5, 6)));
        assert_eq!(shell.outer_exact(Span::new(2, 3)), Some(Span::new(10, 11)));
        assert_eq!(shell.outer_exact(Span::new(0, 3)), None);
        assert_eq!(shell.outer(Span::new(3, 4)), None);
    }
}
