//! Variables that the files of a tree only ever set to the switches of a terminal: `USE_TTY=-t`, and `-it` on
//! some path. A script that another one runs, or sources, has them from there.

use std::collections::HashMap;

use crate::container::Container;
use crate::front::Reading;

/// What is set to a variable that is named for a terminal: whether it was nothing but its switches so far.
pub(super) type Terminals = HashMap<String, bool>;

const SWITCHES: [&str; 9] = [
    "",
    "-t",
    "-i",
    "-it",
    "-ti",
    "--tty",
    "--interactive",
    "-i -t",
    "--interactive --tty",
];

/// Notes what a text sets.
pub(super) fn note(text: &str, found: &mut Terminals) {
    if !text.contains("TTY") && !text.contains("INTERACTIVE") {
        return;
    }
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['=', ':']) {
            let (before, after) = rest.split_at(at);
            let name_from = before
                .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map_or(0, |i| i + 1);
            let name = before.get(name_from..).unwrap_or("");
            // `${NAME:-…}`, `[ $NAME = x ]` and `NAME+=x` set nothing, or more than one value
            let read = before.get(..name_from).unwrap_or("").ends_with(['$', '{']);
            rest = after.get(1..).unwrap_or("");
            if is_named(name) && !read {
                let set = SWITCHES.contains(&value(rest));
                found
                    .entry(name.to_owned())
                    .and_modify(|only| *only &= set)
                    .or_insert(set);
            }
        }
    }
}

fn is_named(name: &str) -> bool {
    name.split('_').any(|part| matches!(part, "TTY" | "INTERACTIVE"))
}

/// What stands behind the `=`, without its quotes.
fn value(text: &str) -> &str {
    let text = text.trim_start();
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text.get(1..).and_then(|rest| rest.split(quote).next()).unwrap_or("$"),
        _ => {
            let end = text
                .find(|c: char| c.is_whitespace() || ";&|)".contains(c))
                .unwrap_or(text.len());
            text.get(..end).unwrap_or("")
        }
    }
}

/// The variable that a text is, where it is named for a terminal.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
        .unwrap_or(name);
    is_named(name).then_some(name)
}

/// True for a launch of which such a variable hides something.
pub(super) fn hides(container: &Container) -> bool {
    container.unseen.iter().any(|unseen| variable(&unseen.text).is_some())
}

/// Takes away what only switches of a terminal hide.
pub(super) fn settle(reading: &mut Reading, known: &Terminals) {
    for container in &mut reading.containers {
        container.unseen.retain(|unseen| {
            let only = variable(&unseen.text).and_then(|name| known.get(name)).copied();
            only != Some(true)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_a_terminal_is_known_by_all_that_is_set_to_it() {
        for (text, only) in [
            ("USE_TTY=\"-t\"\ntest -t 1 && USE_TTY=\"-it\"\n", Some(true)),
            ("export TTY=-i; docker run $TTY x\nTTY=\n", Some(true)),
            (
                "DOCKER_INTERACTIVE='-i -t'\nif [ $DOCKER_INTERACTIVE ]; then :; fi\n",
                Some(true),
            ),
            ("echo ${TTY:-x}\n[ \"${TTY}\" = y ]\n", None),
            ("TTY=-t\nTTY=\"--privileged -t\"\n", Some(false)),
            ("TTY=-t\nenv:\n  TTY: --rm\n", Some(false)),
            ("TTY=$1\n", Some(false)),
            ("PRETTY=-t\n", None),
        ] {
            let mut found = Terminals::new();
            note(text, &mut found);
            assert_eq!(found.values().copied().next(), only, "{text}");
        }
    }

    #[test]
    fn only_a_whole_variable_is_settled() {
        assert_eq!(variable("${USE_TTY}"), Some("USE_TTY"));
        assert_eq!(variable("$TTY"), Some("TTY"));
        for text in ["$OPTS", "$TTY_x$Y", "x$TTY", "${TTY:-x}", "TTY"] {
            assert_eq!(variable(text).filter(|name| !name.contains('$')), None, "{text}");
        }
    }
}
