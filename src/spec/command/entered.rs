//! `compose exec` and `compose run`: which service a command line runs something of its own in.

use crate::container::{Engine, Text, Written};
use crate::spec::CommandLine;

use super::options::{self, Grammar};

/// Options of Compose itself that take the next word.
const GLOBALS: &[&str] = &[
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--ansi",
    "--parallel",
    "--progress",
    "-c",
    "--context",
];

/// Options of `exec` and `run` that take the next word.
const OWN: &[&str] = &[
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-e",
    "--env",
    "--index",
    "--entrypoint",
    "--name",
    "-v",
    "--volume",
    "-p",
    "--publish",
    "-l",
    "--label",
    "--env-from-file",
    "--cap-add",
    "--cap-drop",
    "--pull",
];

/// The service that the command line runs a command in, as it is written; `None` for every other
/// command. `engine` is the one whose grammar the words before `compose` have.
pub fn entered_service(line: &CommandLine, engine: Option<Engine>) -> Option<Written<Text>> {
    let command = compose_command(line, engine)?.command;
    let word = line.words.get(command)?.text.known()?;
    if !matches!(word.as_ref(), "exec" | "run") {
        return None;
    }
    let service = line.words.get(operand(line, command + 1, OWN)?)?;
    Some(Written {
        value: service.text.clone(),
        place: service.place.clone(),
        certain: service.certain && line.certain,
    })
}

/// Where a command line of Compose says what to do.
pub(super) struct ComposeCommand {
    /// The index of the first word behind `compose`.
    pub(super) options: usize,
    /// The index of the word that says it: `up`, `run`.
    pub(super) command: usize,
}

/// Where a command line of Compose says what to do; `None` for every other command.
pub(super) fn compose_command(line: &CommandLine, engine: Option<Engine>) -> Option<ComposeCommand> {
    let program = line.words.first()?.text.known()?.into_owned();
    let options = match program.rsplit('/').next()? {
        "docker-compose" | "podman-compose" => 1,
        _ => {
            let globals = options::read(&line.words, 1, Grammar::Global(engine?));
            super::name(line, &globals).filter(|(_, word)| word == "compose")?.0 + 1
        }
    };
    let command = operand(line, options, GLOBALS)?;
    Some(ComposeCommand { options, command })
}

/// The index of the first word from `from` on that is neither an option nor the value of one.
fn operand(line: &CommandLine, from: usize, with_value: &[&str]) -> Option<usize> {
    let mut at = from;
    loop {
        // of `--project-name=$X` the option is known, and that is enough
        let text = line.words.get(at)?.text.shown();
        match text.len() > 1 && text.starts_with('-') {
            true => at += if with_value.contains(&text.as_str()) { 2 } else { 1 },
            false => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::command::tests;

    #[test]
    fn the_service_is_the_first_word_behind_the_options() {
        for (line, expected) in [
            ("docker compose exec db psql", Some("db")),
            (
                "docker compose -f a.yaml --profile x exec -T -u postgres db psql",
                Some("db"),
            ),
            ("docker --context c compose run --rm -e A=b web migrate", Some("web")),
            ("docker-compose exec -T db sh", Some("db")),
            ("/usr/local/bin/podman-compose run web sh", Some("web")),
            ("docker compose up -d", None),
            ("docker compose exec", None),
            ("docker exec db sh", None),
        ] {
            let service = entered_service(&tests::line(line), Some(Engine::Docker));
            assert_eq!(service.map(|s| s.value.shown()).as_deref(), expected, "{line}");
        }
    }
}
