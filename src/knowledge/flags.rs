//! The options of the engines' commands: which take a value, which repeat, which split at commas.
//!
//! Source: `rules/knowledge/run-flags.json`, which `build.rs` makes data of, read from the clients themselves (docker 20.10 to 29.8,
//! podman 4.3 to 6.0, podman-remote, nerdctl 2).

use crate::container::Engine;

/// A command whose options are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// `run`, `container run`.
    Run,
    /// `create`, `container create`.
    Create,
    /// `exec`, `container exec`.
    Exec,
    /// `podman pod create`.
    PodCreate,
    /// `podman kube play`.
    KubePlay,
    /// `build`, `image build`, `buildx build`: the classic builder's options and those of buildx.
    Build,
    /// `buildx bake`: what a file describes is built.
    Bake,
    /// `buildx create`: a builder.
    Builder,
    /// `docker service create`.
    ServiceCreate,
}

impl Command {
    /// The name in the data file.
    pub fn as_str(self) -> &'static str {
        match self {
            Command::Run => "run",
            Command::Create => "create",
            Command::Exec => "exec",
            Command::PodCreate => "pod create",
            Command::KubePlay => "kube play",
            Command::Build => "build",
            Command::Bake => "buildx bake",
            Command::Builder => "buildx create",
            Command::ServiceCreate => "service create",
        }
    }

    /// True when options may stand after the first word that is none.
    pub fn interspersed(self) -> bool {
        matches!(
            self,
            Command::KubePlay | Command::Build | Command::Bake | Command::Builder
        )
    }
}

/// How an option takes its value, and what a repetition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// On or off; never takes the next word.
    Switch,
    /// A value; the last one wins.
    Value,
    /// A value; every one counts.
    List,
    /// A value that is split at commas as CSV; every element counts.
    Csv,
    /// A value only after `=`.
    Optional,
}

impl Takes {
    /// True when the option takes the next word where no value is attached.
    pub fn next_word(self) -> bool {
        matches!(self, Takes::Value | Takes::List | Takes::Csv)
    }
}

/// An option of a command.
#[derive(Debug, PartialEq, Eq)]
pub struct Flag {
    /// The long name, without dashes.
    pub name: &'static str,
    /// The letter.
    pub short: Option<char>,
    /// The name that the engine takes it for: `net` is `network`.
    pub alias_of: Option<&'static str>,
    docker: Option<Takes>,
    podman: Option<Takes>,
    nerdctl: Option<Takes>,
}

impl Flag {
    /// How the option is read by an engine; `None` where it has no such option. For an unknown engine
    /// it is read as any of them would, split at commas where any of them splits.
    pub fn takes(&self, engine: Engine) -> Option<Takes> {
        match engine {
            Engine::Docker => self.docker,
            Engine::Podman => self.podman,
            Engine::Nerdctl => self.nerdctl,
            Engine::Unknown => {
                let all = [self.docker, self.podman, self.nerdctl];
                let csv = all.iter().flatten().copied().find(|t| *t == Takes::Csv);
                csv.or(self.docker).or(self.podman).or(self.nerdctl)
            }
        }
    }

    /// The name that the engine knows the option by.
    pub fn canonical(&self) -> &str {
        match self.alias_of {
            Some(name) => name,
            // docker and nerdctl have `--net` as an option of its own with the same effect
            None if self.name == "net" => "network",
            None => self.name,
        }
    }
}

// `COMMANDS`: the options of each command, by its name
include!(concat!(env!("OUT_DIR"), "/flags.rs"));

fn find(table: &str, engine: Engine, wanted: impl Fn(&Flag) -> bool) -> Option<(&'static Flag, Takes)> {
    let (_, flags) = COMMANDS.iter().find(|(name, _)| *name == table)?;
    let mut wanted = flags.iter().filter(|flag| wanted(flag));
    wanted.find_map(|flag| Some((flag, flag.takes(engine)?)))
}

/// The option of a command by its long name, exactly; podman's and nerdctl's options that may stand
/// before or after the subcommand are among them.
pub fn long(command: Command, engine: Engine, name: &str) -> Option<(&'static Flag, Takes)> {
    let named = |flag: &Flag| flag.name == name;
    find(command.as_str(), engine, named).or_else(|| find("persistent", engine, named))
}

/// The option of a command by its letter.
pub fn short(command: Command, engine: Engine, letter: char) -> Option<(&'static Flag, Takes)> {
    let lettered = |flag: &Flag| flag.short == Some(letter);
    find(command.as_str(), engine, lettered).or_else(|| find("persistent", engine, lettered))
}

/// An option that stands before the subcommand, by its long name.
pub fn global_long(engine: Engine, name: &str) -> Option<(&'static Flag, Takes)> {
    let named = |flag: &Flag| flag.name == name;
    find("global", engine, named).or_else(|| find("persistent", engine, named))
}

/// An option that stands before the subcommand, by its letter.
pub fn global_short(engine: Engine, letter: char) -> Option<(&'static Flag, Takes)> {
    let lettered = |flag: &Flag| flag.short == Some(letter);
    find("global", engine, lettered).or_else(|| find("persistent", engine, lettered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_read_and_says_what_the_clients_say() {
        assert!(COMMANDS.len() >= 9);
        let takes = |engine, name| long(Command::Run, engine, name).map(|(_, takes)| takes);
        assert_eq!(takes(Engine::Docker, "cap-add"), Some(Takes::List));
        assert_eq!(takes(Engine::Podman, "cap-add"), Some(Takes::Csv));
        assert_eq!(takes(Engine::Nerdctl, "device"), Some(Takes::Csv));
        assert_eq!(takes(Engine::Podman, "device"), Some(Takes::List));
        assert_eq!(takes(Engine::Docker, "privileged"), Some(Takes::Switch));
        assert_eq!(takes(Engine::Podman, "link"), None);
        assert_eq!(takes(Engine::Podman, "log-level"), Some(Takes::Value));
        assert_eq!(takes(Engine::Docker, "log-level"), None);
        assert_eq!(takes(Engine::Unknown, "use-api-socket"), Some(Takes::Switch));
    }

    #[test]
    fn aliases_lead_to_the_name_of_the_engine() {
        let net = |engine| long(Command::Run, engine, "net").map(|(flag, _)| flag.canonical());
        assert_eq!(net(Engine::Docker), Some("network"));
        assert_eq!(net(Engine::Podman), Some("network"));
    }

    #[test]
    fn no_option_is_a_switch_to_one_engine_and_takes_a_word_of_another() {
        for (command, flags) in COMMANDS {
            for flag in flags {
                let next: Vec<bool> = [flag.docker, flag.podman, flag.nerdctl]
                    .into_iter()
                    .flatten()
                    .map(Takes::next_word)
                    .collect();
                assert!(
                    next.windows(2).all(|pair| pair[0] == pair[1]),
                    "{command} {}",
                    flag.name
                );
            }
        }
    }
}
