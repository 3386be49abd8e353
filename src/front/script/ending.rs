//! Commands that end before their image, because a line of theirs is not continued.

use crate::container::{Container, FileId, Hole, Key, Place, Syntax, Text, Unseen};
use crate::source::{Source, Span};
use crate::spec::{CommandLine, Word};

use super::super::reading::Problem;

/// What the line after a command looks like, whose image is missing.
struct Cut {
    /// That line, without the blanks around it.
    next: Span,
    message: &'static str,
}

/// Where a launch has no image and the next line looks like the rest of it: says so, and that the launch is
/// not seen to its end.
pub(super) fn mark(container: &mut Container, source: &Source) -> Option<Problem> {
    let root = container.mounts.iter().any(|m| m.value.kind.as_str() == "rootfs");
    let whole = container.image.is_some() || root || !container.unseen.is_empty() || !container.via.is_empty();
    if whole || container.syntax != Syntax::Command || container.file != FileId(0) {
        return None;
    }
    let cut = cut(source, container.body)?;
    container.unseen.push(Unseen {
        place: place(cut.next),
        text: source.slice(cut.next).to_owned(),
        hides: None,
    });
    Some(problem(source, container.body, cut.message))
}

/// A launch of which nothing but the subcommand stands on its line: `docker run \`, and a comment after it.
pub(super) fn bare(line: &CommandLine, source: &Source) -> Option<(CommandLine, Problem)> {
    let last = line.words.last().filter(|_| line.words.len() > 1)?;
    if !(last.text.is("run") || last.text.is("create")) || line.file != FileId(0) || !line.via.is_empty() {
        return None;
    }
    let cut = cut(source, line.span)?;
    let mut open = line.clone();
    open.words.push(Word {
        text: Text::hole(format!("{} …", source.slice(cut.next)), cut.next, Hole::Other),
        place: place(cut.next),
        certain: true,
        splits: true,
        options: Vec::new(),
    });
    Some((open, problem(source, line.span, cut.message)))
}

fn place(span: Span) -> Place {
    Place {
        file: FileId(0),
        value: span,
        entry: span,
        via: Vec::new(),
    }
}

fn problem(source: &Source, body: Span, message: &str) -> Problem {
    let last = source.slice(body).trim_end_matches(['\\', ' ', '\t', '\r']);
    let word = last.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
    let start = body.start as usize;
    Problem {
        file: FileId(0),
        span: Span::new(start + word, start + last.len()),
        message: message.to_owned(),
        ends_reading: false,
        bound: false,
    }
}

fn cut(source: &Source, body: Span) -> Option<Cut> {
    let text = source.text();
    let end = source.full_line_span(source.line_of(body.end)).end as usize;
    let behind = text.get(body.end as usize..end)?;
    // a comment ends the command, with a backslash in it or without
    let comment = behind.trim_start_matches([' ', '\t']).starts_with('#');
    let backslash = !comment && (behind.contains('\\') || source.slice(body).trim_end().ends_with('\\'));
    if !comment && !behind.trim_matches([' ', '\t', '\r', '\n', '\\']).is_empty() {
        return None;
    }
    let mut at = end;
    let line = loop {
        let line = text.get(at..)?.split_inclusive('\n').next()?;
        let passed_over = line.trim_start().starts_with('#') || (backslash && line.trim().is_empty());
        if !passed_over {
            break line;
        }
        at += line.len();
    };
    let start = at + line.len() - line.trim_start().len();
    let next = Span::new(start, start + line.trim().len());
    let mut letters = line.trim().chars();
    let option = letters.next() == Some('-') && letters.next().is_some_and(|c| c == '-' || c.is_ascii_alphabetic());
    let first = source.line_of(body.start);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = source.slice(source.line_span(first));
    let several = first < source.line_of(body.end);
    let deeper = (several || backslash) && !line.trim().is_empty() && indent(line) > indent(own);
    let message = match (option, deeper, backslash) {
        (true, _, false) => "this command ends here, without an image; the next line looks like its options",
        (true, _, true) | (_, true, true) => {
            "this command ends here, without an image: its last backslash does not continue the line"
        }
        (_, true, false) => "this command ends here, without an image; the next line looks like the rest of it",
        _ => return None,
    };
    Some(Cut { next, message })
}

/// True for a launch whose privilege may stand in what is cut off.
pub(super) fn may_be_privileged(container: &Container) -> bool {
    container
        .unseen
        .iter()
        .any(|u| u.hides.is_none() && u.text.contains("--privileged"))
}

/// What is cut off says it may be privileged.
pub(super) fn hide_privilege(container: &mut Container) {
    if may_be_privileged(container)
        && let Some(unseen) = container.unseen.iter().find(|u| u.hides.is_none()).cloned()
    {
        container.unseen.push(Unseen {
            hides: Some(Key::Privileged),
            ..unseen
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use crate::container::Tri;
    use crate::front::{Kind, Reading, Surroundings, read};
    use crate::source::Source;

    fn reading(text: &str) -> Reading {
        let surroundings = Surroundings::none();
        read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings)
    }

    #[test]
    fn a_command_that_its_line_does_not_continue_is_said_to_end() {
        for (text, words, privileged) in [
            (
                "docker run -d --name x\n  -v /a:/b --privileged i\n",
                "looks like its options",
                Tri::Maybe,
            ),
            (
                "docker run -d\n--privileged \\\n  i\n",
                "looks like its options",
                Tri::Maybe,
            ),
            (
                "docker run -d \\\n  --init\n  i\n",
                "looks like the rest of it",
                Tri::No,
            ),
            (
                "docker run --privileged \\ \n  i\n",
                "does not continue the line",
                Tri::Yes,
            ),
            (
                "docker run \\\n  # why\n  --privileged i\n",
                "does not continue the line",
                Tri::Maybe,
            ),
            (
                "docker run -d \\\n  --init \\\n\n  --privileged i\n",
                "does not continue the line",
                Tri::Maybe,
            ),
            (
                "podman run --rm # why \\\n  --cap-add ALL i\n",
                "looks like its options",
                Tri::No,
            ),
            (
                "f() {\n  podman create -t\n    -v /a:/b i\n}\n",
                "looks like its options",
                Tri::No,
            ),
        ] {
            let reading = reading(text);
            let problem = reading.problems.first().unwrap();
            assert!(
                problem.message.contains(words) && !problem.bound,
                "{text}: {}",
                problem.message
            );
            let container = reading.containers.first().unwrap();
            assert!(container.image.is_none() && !container.unseen.is_empty(), "{text}");
            assert_eq!(container.privileged(), privileged, "{text}");
        }
    }

    #[test]
    fn a_command_that_is_whole_is_not_said_to_end() {
        for text in [
            "docker run -d i\n  -v /a:/b\n",
            "docker run -d $OPTS\n  -v /a:/b\n",
            "docker run -d \\\n  i\n\nls\n",
            "docker run -d \\\n\nls -l\n",
            "docker run -d i # why \\\n  -v /a:/b\n",
            "podman run --rootfs /x\n  -v\n",
            "docker run -d\nls -l\n",
            "docker run --help\n  -v\n",
            "docker run \"$@\"\n  --more\n",
        ] {
            assert!(
                reading(text).problems.is_empty(),
                "{text}: {:?}",
                reading(text).problems
            );
        }
    }
}
