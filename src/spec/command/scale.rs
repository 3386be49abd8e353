//! Commands that start several containers of a service: `docker compose up --scale web=3`,
//! `docker service update --replicas 3 app_web`; or may: `docker compose run web`, beside the one that is up.

use crate::container::{Engine, Starts};
use crate::spec::CommandLine;

use super::entered::{compose_command, entered_service};

/// What a command says of how many containers a service has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The service; `None` for every one of the project. Of a stack's service it holds the stack's name: `app_web`.
    pub service: Option<String>,
    /// How often it is started.
    pub starts: Starts,
}

/// What a command line says of how many containers services have.
pub fn scaled(line: &CommandLine, engine: Option<Engine>) -> Vec<Scaled> {
    let many = several_of(line).into_iter().map(|service| Scaled {
        service: Some(service),
        starts: Starts::Many,
    });
    many.chain(perhaps(line, engine)).collect()
}

/// A command that may start a service once more: `compose run`, or a project whose name the caller chooses.
fn perhaps(line: &CommandLine, engine: Option<Engine>) -> Option<Scaled> {
    let at = compose_command(line, engine)?;
    let word = line.words.get(at.command)?.text.known()?.into_owned();
    let before = line.words.get(at.options..at.command)?;
    let named = before.windows(2).any(|pair| {
        let option = pair[0].text.known();
        option.is_some_and(|o| matches!(o.as_ref(), "-p" | "--project-name")) && pair[1].text.has_hole()
    });
    let glued = before
        .iter()
        .any(|word| word.text.has_hole() && word.text.shown().starts_with("--project-name="));
    let service = match word.as_str() {
        "up" | "create" | "start" if named || glued => None,
        "run" => Some(entered_service(line, engine)?.value.known()?.into_owned()),
        _ => return None,
    };
    Some(Scaled {
        service,
        starts: Starts::Unknown,
    })
}

/// The services that a command line asks for several containers of; of a stack's service the name holds
/// the stack's: `app_web`.
fn several_of(line: &CommandLine) -> Vec<String> {
    let text = |at: usize| line.words.get(at).map(|w| w.text.shown()).unwrap_or_default();
    let program = text(0);
    let base = program.rsplit('/').next().unwrap_or(&program);
    let words: Vec<String> = (1..line.words.len()).map(text).collect();
    let names = |word: &str| words.iter().position(|w| w == word);
    let composes = base.ends_with("-compose") || names("compose").is_some();
    let scales = names("scale").filter(|&at| composes || at.checked_sub(1).is_some_and(|at| words[at] == "service"));
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let given = match word.strip_prefix("--scale") {
            Some("") if composes => {
                at += 1;
                words.get(at).map(String::as_str)
            }
            Some(glued) if composes => glued.strip_prefix('='),
            _ if scales.is_some_and(|scale| at > scale) => Some(word.as_str()),
            _ => None,
        };
        found.extend(given.and_then(several).map(str::to_owned));
        at += 1;
    }
    found.extend(updated(&words));
    found
}

/// The service that `service update --replicas` gives several containers: its name stands last or first.
fn updated(words: &[String]) -> Option<String> {
    let update = words.windows(2).position(|pair| pair == ["service", "update"])?;
    let rest = words.get(update + 2..)?;
    let option = rest.iter().position(|word| word.starts_with("--replicas"))?;
    let count = match rest.get(option)?.strip_prefix("--replicas")? {
        "" => rest.get(option + 1)?,
        glued => glued.strip_prefix('=')?,
    };
    let mut names = [rest.last()?, rest.first()?]
        .into_iter()
        .filter(|name| !name.starts_with('-'));
    let name = names.find(|name| *name != count)?;
    (!matches!(count, "0" | "1")).then(|| name.clone())
}

/// The service of `web=3`, where it is not told to have one container or none.
fn several(given: &str) -> Option<&str> {
    let (name, count) = given.split_once('=')?;
    (!matches!(count, "0" | "1") && !name.starts_with('-')).then_some(name)
}
