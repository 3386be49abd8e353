//! Command lines: from words to a container.
//!
//! `docker run`, `create`, `exec`, `build`, `service create`, `podman pod create`, `podman kube play` and
//! their longer spellings, as docker, podman and nerdctl read them.

mod builders;
mod composed;
mod containerd;
mod copied;
mod entered;
mod fill;
mod folder;
mod options;
mod role;
mod scale;
mod stack;
mod templates;

pub use composed::entered_container;
pub use containerd::containerd_container;
pub use copied::{Use, use_of};
pub use entered::entered_service;
pub use folder::leads_to;
pub use scale::{Scaled, scaled};
pub use stack::stack_files;

use crate::container::{Container, Engine, Place, Slot, Starts, Syntax, Via, ViaKind};
use crate::knowledge::flags::Command;
use crate::source::Span;

use super::{CommandLine, Turns, Word};
use options::{Grammar, Options};

/// The container that a command line launches or acts on; `None` for every other command, and for one
/// that only prints its help.
///
/// The first word is the engine's, whatever it says; `engine` tells whose grammar is meant. For an
/// unknown engine the options of all of them are known.
pub fn read(line: &CommandLine, engine: Engine) -> Option<Container> {
    let line = &*templates::filled(line);
    let (command, globals, last) = subcommand(line, engine)?;
    let options = options::read(&line.words, last + 1, Grammar::Command(command, engine));
    if options.help {
        return None;
    }
    let said_nothing = options.settings.is_empty() && options.unseen.is_empty() && options.operands.is_empty();
    let needs_words = !matches!(command, Command::PodCreate | Command::Bake | Command::Builder);
    if said_nothing && needs_words {
        return None;
    }
    let mut container = Container::new(syntax(command), engine, line.file, head(line, last), line.span);
    container.via = line.via.clone();
    container.written_in = written_in(line);
    container.certain = line.certain;
    container.maybe_podman = line.maybe_podman && engine != Engine::Nerdctl;
    container.rootless = engine == Engine::Podman && !line.as_root;
    container.slot = slot(line, last, command, &options);
    fill::operands(&mut container, line, &options, command);
    let moved = line.moved || globals.settings.iter().any(folder::elsewhere);
    container.stays = line.background || command != Command::Run;
    let settings = globals.settings.into_iter().chain(options.settings);
    fill::settings(&mut container, settings, engine, command);
    container.unseen.extend(options.unseen);
    container.starts = starts(line.turns, &container);
    folder::place(&mut container, &line.folder, moved);
    Some(container)
}

/// How many containers a command starts that is run so often.
fn starts(turns: Turns, container: &Container) -> Starts {
    match turns {
        _ if container.replicas > 1 => Starts::Many,
        Turns::Once => Starts::Once,
        Turns::Together => Starts::Many,
        Turns::InTurn if container.stays => Starts::Many,
        Turns::InTurn | Turns::Unknown => Starts::Unknown,
    }
}

fn syntax(command: Command) -> Syntax {
    match command {
        Command::Run | Command::Create => Syntax::Command,
        Command::Exec => Syntax::Exec,
        Command::PodCreate => Syntax::Pod,
        Command::KubePlay => Syntax::Kube,
        Command::Build | Command::Bake | Command::Builder => Syntax::Build,
        Command::ServiceCreate => Syntax::Service,
    }
}

/// The command, the options before it, and the index of its last word.
fn subcommand(line: &CommandLine, engine: Engine) -> Option<(Command, Options, usize)> {
    let mut globals = options::read(&line.words, 1, Grammar::Global(engine));
    let first = name(line, &globals)?;
    let podman = matches!(engine, Engine::Podman | Engine::Unknown);
    let docker = matches!(engine, Engine::Docker | Engine::Unknown);
    let group: &[(&str, Command)] = match first.1.as_str() {
        "run" => return Some((Command::Run, globals, first.0)),
        "create" => return Some((Command::Create, globals, first.0)),
        "exec" => return Some((Command::Exec, globals, first.0)),
        "build" => return Some((Command::Build, globals, first.0)),
        "container" => &[
            ("run", Command::Run),
            ("create", Command::Create),
            ("exec", Command::Exec),
        ],
        "image" | "builder" => &[("build", Command::Build)],
        "bake" if docker => return Some((Command::Bake, globals, first.0)),
        "buildx" => &[
            ("build", Command::Build),
            ("b", Command::Build),
            ("bake", Command::Bake),
            ("f", Command::Bake),
            ("create", Command::Builder),
        ],
        "pod" if podman => &[("create", Command::PodCreate)],
        "kube" if podman => &[("play", Command::KubePlay)],
        "play" if podman => &[("kube", Command::KubePlay)],
        "service" if docker => &[("create", Command::ServiceCreate)],
        _ => return None,
    };
    let between = options::read(&line.words, first.0 + 1, Grammar::Global(engine));
    let second = name(line, &between)?;
    let command = group.iter().find(|(word, _)| *word == second.1)?.1;
    globals.settings.extend(between.settings);
    Some((command, globals, second.0))
}

/// The word that names a command, with its index.
fn name(line: &CommandLine, options: &Options) -> Option<(usize, String)> {
    if options.help || options.stuck {
        return None;
    }
    let at = *options.operands.first()?;
    let word = line.words.get(at)?.text.known()?;
    Some((at, word.into_owned()))
}

/// Where a word stands in the command itself: in place, or where the variable is used that holds it.
fn here(place: &Place, line: &CommandLine) -> Option<Span> {
    let within = |span: Span| line.span.contains(span);
    if place.via.is_empty() && place.file == line.file && within(place.value) {
        return Some(place.value);
    }
    let step = place.via.iter().find(|via| via.file == line.file && within(via.span))?;
    Some(step.span)
}

/// Where the word behind the engine's is written, if one variable holds both.
fn written_in(line: &CommandLine) -> Option<Place> {
    let (engine, next) = (line.words.first()?, line.words.get(1)?);
    // the engine's word stands where the variable is used
    let from_there = |via: &Via| via.kind == ViaKind::Variable && via.span == engine.place.value;
    let held = next.place.file == line.file && next.place.via.first().is_some_and(from_there);
    held.then(|| next.place.clone())
}

/// From the engine's word to the last word of the subcommand.
fn head(line: &CommandLine, last: usize) -> Span {
    let spot = |at: usize| line.words.get(at).and_then(|word| here(&word.place, line));
    match (spot(0), spot(last)) {
        (Some(from), Some(to)) if from.start <= to.start => from.to(to),
        (Some(from), _) => from,
        (None, Some(to)) => to,
        (None, None) => line.span,
    }
}

/// Where one more option would be written: before the first word that is none, or (for commands that
/// need no such word) after the subcommand.
fn slot(line: &CommandLine, last: usize, command: Command, options: &Options) -> Option<Slot> {
    let in_place =
        |word: &Word| word.place.via.is_empty() && word.place.file == line.file && line.span.contains(word.place.value);
    if let Some(word) = options.end.and_then(|at| line.words.get(at)) {
        return in_place(word).then(|| Slot {
            file: line.file,
            at: word.place.value.start,
            before: String::new(),
            after: " ".to_owned(),
        });
    }
    let word = line.words.get(last)?;
    (in_place(word) && matches!(command, Command::PodCreate | Command::KubePlay | Command::Build)).then(|| Slot {
        file: line.file,
        at: word.place.value.end,
        before: " ".to_owned(),
        after: String::new(),
    })
}

#[cfg(test)]
mod tests;
