//! The container itself: its settings are handed to `docker run`, and are read as that command would read them.

use super::json::{Characters, Kind, Member, Node};
use super::variables::opened;
use crate::container::{Container, Engine, FileId, Place, Syntax, Text, Written};
use crate::source::Span;
use crate::spec::{self, CommandLine, Word};

/// The container of a file. `None` for one that says nothing of it: Compose starts it, or it is a feature
/// that only installs something.
pub(super) fn read(root: &Node) -> Option<Container> {
    let by_compose = root.get("dockerComposeFile").is_some();
    let own = ["image", "build", "dockerFile"]
        .into_iter()
        .find_map(|key| root.get(key));
    let mut words = vec![made("docker", root.span), made("run", root.span)];
    settings(root, &mut words);
    if !by_compose {
        run_arguments(root, &mut words);
    }
    let says_nothing = words.len() == 2;
    if says_nothing && (by_compose || own.is_none()) {
        return None;
    }
    let image = root.get("image").and_then(|image| word("", &image.value));
    let has_image = image.is_some();
    words.push(image.unwrap_or_else(|| made("-", root.span)));
    let line = CommandLine {
        words,
        span: root.span,
        certain: true,
        ..CommandLine::default()
    };
    let mut container = spec::command::read(&line, Engine::Docker)?;
    if !has_image {
        container.image = None;
    }
    container.syntax = Syntax::Devcontainer;
    container.file = FileId(0);
    container.head = own.map_or(
        Span {
            end: root.span.start + 1,
            ..root.span
        },
        |member| member.key_span,
    );
    container.body = root.span;
    container.slot = None;
    if let Some(name) = root.get("name").filter(|_| container.name.is_none()) {
        container.name = name.value.string().map(|text| {
            let place = Place::new(name.value.span, name.entry);
            Written::new(text.text(), place)
        });
    }
    Some(container)
}

/// What the keys of the file say, as options.
fn settings(root: &Node, words: &mut Vec<Word>) {
    for (key, option) in [("privileged", "--privileged="), ("init", "--init=")] {
        if let Some(member) = root.get(key)
            && let Kind::Boolean(on) = member.value.kind
        {
            words.push(made(&format!("{option}{on}"), member.entry));
        }
    }
    for (key, option) in [
        ("capAdd", "--cap-add="),
        ("securityOpt", "--security-opt="),
        ("mounts", "--mount="),
        ("workspaceMount", "--mount="),
        ("containerUser", "--user="),
    ] {
        let Some(member) = root.get(key) else { continue };
        let items = member.value.items().iter().chain([&member.value]);
        words.extend(items.filter_map(|item| word(option, item).or_else(|| mount(item))));
    }
    let variables = root.get("containerEnv").map(|member| member.value.members());
    let variables = variables.unwrap_or_default().iter();
    words.extend(variables.filter_map(|one| word(&format!("--env={}=", one.key), &one.value)));
}

/// `runArgs`, up to a word that is no option: the image comes behind them.
fn run_arguments(root: &Node, words: &mut Vec<Word>) {
    let arguments = root
        .get("runArgs")
        .map(|member| member.value.items())
        .unwrap_or_default();
    words.extend(arguments.iter().filter_map(|item| word("", item)));
}

/// A string as a word behind an option; `None` for an empty one, and for what is no string.
fn word(option: &str, node: &Node) -> Option<Word> {
    let characters: &Characters = node.string()?;
    let mut text = Text::new();
    if !option.is_empty() {
        text = Text::cooked(option, Span::at(node.span.start as usize));
    }
    let value = opened(&characters.text());
    for piece in value.pieces() {
        text.push(piece.text.clone(), piece.span, piece.kind.clone());
    }
    (!value.is_empty()).then(|| Word {
        text,
        ..made("", node.span)
    })
}

/// A mount that is written as an object.
fn mount(node: &Node) -> Option<Word> {
    let mut text = Text::cooked("--mount=", Span::at(node.span.start as usize));
    let mut first = true;
    for Member { key, value, .. } in node.members() {
        let Some(characters) = value.string() else { continue };
        let comma = if first { "" } else { "," };
        text.push(
            format!("{comma}{key}="),
            Span::at(value.span.start as usize),
            crate::container::PieceKind::Cooked,
        );
        for piece in opened(&characters.text()).pieces() {
            text.push(piece.text.clone(), piece.span, piece.kind.clone());
        }
        first = false;
    }
    (!first).then(|| Word {
        text,
        ..made("", node.span)
    })
}

/// A word that is not written as it reads.
fn made(text: &str, span: Span) -> Word {
    Word {
        text: Text::cooked(text, span),
        place: Place::new(span, span),
        certain: true,
        splits: false,
        options: Vec::new(),
    }
}
