//! `privlint image`: what an image needs, path by path, and what to write.

mod answer;
mod args;
mod forms;
mod json;
mod list;
mod page;
mod refer;
mod text;
mod trial;

pub(super) use args::ImageArgs;

use self::answer::Answer;
use self::args::ImageFormat;
use self::forms::Launch;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::{Config, EngineWord, Loader, Mistake};
use crate::container::{Engine, Knowledge};
use crate::output::pretty;
use std::path::Path;

pub use page::pages;

/// Answers; gives the exit code.
pub(super) fn run(args: &ImageArgs, terminal: &mut Terminal) -> u8 {
    let answered = knowledge(args)
        .map_err(|mistake| mistake.to_string())
        .and_then(|knowledge| answer(args, knowledge, terminal));
    match answered {
        Ok(code) => code,
        Err(why) => {
            terminal.error(&why);
            FAILED
        }
    }
}

fn answer(args: &ImageArgs, knowledge: Knowledge, terminal: &mut Terminal) -> Result<u8, String> {
    let Some(name) = &args.name else {
        if args.launches() || args.rootful {
            return Err("a launch is of an image: give its name".to_owned());
        }
        return list::list(args, knowledge, terminal);
    };
    let launch = launch(args, name, knowledge)?;
    let answer = Answer::of(launch)?;
    let Some(known) = &answer.known else {
        return Ok(of_unknown(args, &answer, knowledge, terminal));
    };
    if args.trial {
        terminal.out(&trial::script(&answer, known)?);
        return Ok(CLEAN);
    }
    terminal.out(&match args.format {
        ImageFormat::Text => text::written(&answer, known, terminal.paint),
        ImageFormat::Json => pretty(&json::written(&answer)),
        ImageFormat::Markdown => page::written(&answer, known),
    });
    Ok(CLEAN)
}

/// What the configuration of the folder says of images.
fn knowledge(args: &ImageArgs) -> Result<Knowledge, Mistake> {
    let config = match &args.config {
        Some(path) => return Config::read(path).map(|config| config.knowledge),
        None if args.isolated => return Ok(Knowledge::default()),
        None => Loader::new().for_file(Path::new("./image"))?,
    };
    Ok(config.knowledge)
}

/// The launch that is asked about.
fn launch(args: &ImageArgs, name: &str, knowledge: Knowledge) -> Result<Launch, String> {
    let given = [&args.mount, &args.env, &args.publish, &args.command];
    let mut words = given
        .into_iter()
        .flatten()
        .chain(&args.user)
        .map(String::as_str)
        .chain([name]);
    if words.any(|word| word.chars().any(char::is_control)) {
        return Err("the launch holds a control character".to_owned());
    }
    if args.user.as_ref().is_some_and(String::is_empty) {
        return Err("--user names nobody".to_owned());
    }
    if let Some(bad) = args.env.iter().find(|entry| entry.starts_with('=') || entry.is_empty()) {
        return Err(format!("`{bad}` names no variable"));
    }
    let engine = match args.engine {
        Some(EngineWord::Podman) => Engine::Podman,
        _ => Engine::Docker,
    };
    if args.rootful && engine != Engine::Podman {
        return Err("--rootful is about podman: give --engine podman".to_owned());
    }
    Ok(Launch {
        image: refer::image_of(name, knowledge),
        mounts: args.mount.clone(),
        user: args.user.clone(),
        environment: args.env.clone(),
        ports: args.publish.clone(),
        command: args.command.clone(),
        engine,
        rootful: args.rootful,
        open: !args.launches(),
        knowledge,
    })
}

/// What is said of an image of which nothing is known but perhaps its user.
fn of_unknown(args: &ImageArgs, answer: &Answer, knowledge: Knowledge, terminal: &mut Terminal) -> u8 {
    let image = &answer.launch.image;
    let nothing = format!("nothing is known of what `{image}` needs");
    let hint = refer::meant(image, knowledge);
    if args.format == ImageFormat::Json {
        terminal.out(&pretty(&json::written(answer)));
    }
    match (&answer.base, &hint) {
        (Some(base), _) if args.format != ImageFormat::Json && !args.trial => {
            terminal.out(&text::of_base(image, base));
            CLEAN
        }
        (Some(_), _) if !args.trial => CLEAN,
        _ => {
            terminal.error(&format!("{nothing}{}", hint.unwrap_or_default()));
            FAILED
        }
    }
}

#[cfg(test)]
mod tests;
