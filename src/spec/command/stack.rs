//! `docker stack deploy`: which Compose files it deploys.

use crate::container::{Engine, Text, Written};
use crate::spec::CommandLine;

use super::options::{self, Grammar};

/// The files that a command line deploys as a stack, as they are written; none for every other command.
pub fn stack_files(line: &CommandLine, engine: Engine) -> Vec<Written<Text>> {
    let globals = options::read(&line.words, 1, Grammar::Global(engine));
    let Some((at, _)) = super::name(line, &globals).filter(|(_, word)| word == "stack") else {
        return Vec::new();
    };
    let rest = line.words.get(at + 1..).unwrap_or_default();
    let mut words = rest.iter().peekable();
    match words.next().and_then(|word| word.text.known()).as_deref() {
        Some("deploy" | "up") => {}
        _ => return Vec::new(),
    }
    let mut files = Vec::new();
    while let Some(word) = words.next() {
        let written = |text: Text| Written {
            value: text,
            place: word.place.clone(),
            certain: word.certain && line.certain,
        };
        let glued = ["--compose-file=", "-c=", "-c"]
            .into_iter()
            .find_map(|option| word.text.strip_prefix(option));
        if word.text.is("--compose-file") || word.text.is("-c") {
            if let Some(file) = words.next() {
                files.push(written(file.text.clone()));
            }
        } else if let Some(file) = glued {
            files.push(written(file));
        }
    }
    // several may stand in one word, between commas
    let parts = files.into_iter().flat_map(|file| {
        let parts: Vec<Text> = file.value.split(',').into_iter().collect();
        parts.into_iter().map(move |value| Written { value, ..file.clone() })
    });
    parts
        .filter(|file| !file.value.is_empty() && !file.value.is("-"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::command::tests;

    #[test]
    fn the_files_of_a_stack_are_those_behind_its_option() {
        for (line, expected) in [
            ("docker stack deploy -c a.yml s", "a.yml"),
            ("docker --context x stack deploy -ca.yml,b.yml --prune s", "a.yml b.yml"),
            (
                "docker stack up --compose-file=a.yml --compose-file b.yml s",
                "a.yml b.yml",
            ),
            ("docker stack deploy -c - s", ""),
            ("docker stack config -c a.yml", ""),
            ("docker compose -f a.yml up", ""),
            ("docker stack deploy -c", ""),
        ] {
            let files = stack_files(&tests::line(line), Engine::Docker);
            let shown: Vec<String> = files.iter().map(|f| f.value.shown()).collect();
            assert_eq!(shown.join(" "), expected, "{line}");
        }
    }
}
