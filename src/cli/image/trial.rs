//! A script that tries what is proposed for an image, for anyone with docker or podman.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::answer::{Answer, Known};
use super::forms::{Form, Formed, Launch, shell_word};
use crate::container::Engine;
use crate::knowledge::capabilities::defaults;
use crate::knowledge::condition::Condition;
use crate::knowledge::images::{AsUser, Entry, Required, StartsAs};
use crate::knowledge::needs::{Trust, needs};

/// What an image has to be given before it starts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    entries: Vec<String>,
    #[serde(default)]
    env: Vec<String>,
    #[serde(default)]
    command: Vec<String>,
    /// Where that is read.
    #[allow(dead_code)]
    source: String,
}

/// The ways to run it, as the script calls them: the engine, and whether as root.
const MODES: [(&str, Engine, bool); 3] = [
    ("docker", Engine::Docker, false),
    ("podman", Engine::Podman, true),
    ("rootless", Engine::Podman, false),
];

/// The script, from its template.
///
/// # Errors
/// Nothing is proposed that could be tried.
pub(super) fn script(answer: &Answer, known: &Known) -> Result<String, String> {
    if known.needs.privileged != Required::No || known.needs.on_top_of_default {
        return Err("no set of capabilities is proposed for it: there is nothing to try".to_owned());
    }
    let launch = started(&answer.launch, known.found.entry);
    let mut trials = String::new();
    for (mode, engine, rootful) in MODES {
        let launch = Launch {
            engine,
            rootful,
            open: false,
            ..launch.clone()
        };
        trials.push_str(&format!("{mode})\n"));
        for situation in situations(known.found.entry, mode) {
            if let Some(set) = proposed(&situation.launch(&launch)) {
                trials.push_str(&format!("    {}\n", situation.line(&set)));
            }
        }
        trials.push_str("    ;;\n");
    }
    if !trials.contains("trial ") {
        return Err("what it needs is not known in any situation: there is nothing to try".to_owned());
    }
    let ports: Vec<String> = known.found.entry.ports.iter().map(u16::to_string).collect();
    let quoted = |words: &[String]| -> String { words.iter().map(|w| format!(" {}", shell_word(w))).collect() };
    let filled = include_str!("trial.sh")
        .replace("@ENTRY@", &shell_word(&known.found.entry.name))
        .replace("@IMAGE@", &shell_word(&launch.image))
        .replace("@PORTS@", &ports.join(" "))
        .replace("@OPTIONS@", &quoted(&options(&launch)))
        .replace("@COMMAND@", &quoted(&launch.command))
        .replace("@TRIALS@", trials.trim_end());
    Ok(filled)
}

/// The launch with what the image does not start without.
fn started(launch: &Launch, entry: &Entry) -> Launch {
    let text = include_str!("../../../rules/knowledge/starts.yaml");
    let table: Vec<Start> = serde_yaml::from_str(text).unwrap_or_default();
    let mut launch = launch.clone();
    if let Some(start) = table.iter().find(|start| start.entries.contains(&entry.name)) {
        let name = |entry: &String| entry.split('=').next().unwrap_or("").to_owned();
        let given: Vec<String> = launch.environment.iter().map(name).collect();
        launch
            .environment
            .extend(start.env.iter().filter(|e| !given.contains(&name(e))).cloned());
        if launch.command.is_empty() {
            launch.command.clone_from(&start.command);
        }
    }
    launch
}

/// The options that every run has.
fn options(launch: &Launch) -> Vec<String> {
    let with = |flag: &str, values: &[String]| -> Vec<String> {
        values
            .iter()
            .flat_map(|value| [flag.to_owned(), value.clone()])
            .collect()
    };
    let mut words = with("-e", &launch.environment);
    words.extend(with("-p", &launch.ports));
    for mount in &launch.mounts {
        words.extend([Form::mount_flag(mount).to_owned(), mount.clone()]);
    }
    words.extend(launch.user.iter().flat_map(|user| ["--user".to_owned(), user.clone()]));
    words
}

/// The capabilities that are proposed for a launch; `None` where nobody knows.
fn proposed(launch: &Launch) -> Option<BTreeSet<&'static str>> {
    let formed = Formed::of(launch, Form::Run)?;
    let needs = needs(&formed.container)?;
    if needs.trust == Trust::Guess || needs.is_of_another_program() {
        return None;
    }
    let (given, of_docker) = (defaults(launch.engine), defaults(Engine::Docker));
    let names = needs.names().into_iter();
    Some(
        names
            .filter(|name| given.contains(name) || !of_docker.contains(name))
            .collect(),
    )
}

/// What a run meets.
struct Situation {
    name: String,
    kind: &'static str,
    value: String,
}

impl Situation {
    fn new(name: impl Into<String>, kind: &'static str, value: &str) -> Situation {
        Situation {
            name: name.into(),
            kind,
            value: value.to_owned(),
        }
    }

    /// The launch in it.
    fn launch(&self, launch: &Launch) -> Launch {
        let mut launch = launch.clone();
        match self.kind {
            "volume" => launch.mounts.push(format!("data:{}", self.value)),
            "tmpfs" => launch.mounts.push(format!("type=tmpfs,target={}", self.value)),
            "folder" | "user-folder" | "private-folder" => launch.mounts.push(format!("./data:{}", self.value)),
            "variable" => launch.environment.push(self.value.clone()),
            "user" => launch.user = Some(self.value.clone()),
            _ => {}
        }
        launch
    }

    /// Its line of the script.
    fn line(&self, set: &BTreeSet<&str>) -> String {
        let set = set.iter().copied().collect::<Vec<_>>().join(" ");
        let words = [self.name.as_str(), &set, self.kind, &self.value].map(shell_word);
        format!("trial {} \"$@\"", words.join(" "))
    }
}

/// The situations that an entry can meet, as far as a script can make them.
fn situations(entry: &Entry, mode: &str) -> Vec<Situation> {
    let mut all = vec![Situation::new("nothing-mounted", "nothing", "-")];
    for (i, path) in entry.data.iter().enumerate() {
        let name = |name: &str| match i {
            0 => name.to_owned(),
            _ => format!("{name}:{path}"),
        };
        all.push(Situation::new(name("fresh-volume"), "volume", path));
        match mode {
            "rootless" => all.push(Situation::new(name("caller-bind"), "folder", path)),
            _ => {
                all.push(Situation::new(name("root-bind"), "folder", path));
                all.push(Situation::new(name("user-bind"), "user-folder", path));
                all.push(Situation::new(name("private-user-bind"), "private-folder", path));
            }
        }
        all.push(Situation::new(name("tmpfs"), "tmpfs", path));
    }
    let paths = entry.capabilities.iter().map(|need| &need.when);
    let paths = paths.chain(entry.unknown.iter().map(|unknown| &unknown.when));
    for path in paths {
        let situation = match path {
            Condition::Env(name, value) => {
                let value = value.as_deref().unwrap_or("1");
                Situation::new(format!("variable:{name}"), "variable", &format!("{name}={value}"))
            }
            Condition::Mount(path) => Situation::new(format!("mount:{path}"), "folder", path),
            _ => continue,
        };
        if !all.iter().any(|known| known.name == situation.name) {
            all.push(situation);
        }
    }
    if entry.starts_as != StartsAs::User && matches!(entry.as_user, AsUser::Yes | AsUser::Default) {
        all.push(Situation::new("user-override", "user", "1000:1000"));
    }
    all
}
