//! What every target does and holds.

use std::sync::Arc;

use privlint::container::{Engine, FileId, PieceKind, Text};
use privlint::engine::{Selinux, Settings};
use privlint::front::{Kind, Reading, Surroundings, read};
use privlint::source::{Source, Span};

/// Reads a text, alone in its tree, and holds what holds of every reading.
#[allow(dead_code)]
pub fn read_and_check(kind: Kind, text: &str) {
    let surroundings = Surroundings {
        engine: Engine::Unknown,
        knowledge: Default::default(),
        projects: &[],
        open: &|_| None,
        list: &|_| Vec::new(),
    };
    check_reading(kind, "input", text, &surroundings);
}

/// Reads a text and holds what holds of every reading: spans lie inside their file and on character
/// boundaries, a head lies in its body, and a literal piece is what stands there.
pub fn check_reading(kind: Kind, path: &str, text: &str, surroundings: &Surroundings) {
    let source = Arc::new(Source::new(path, text));
    let reading = read(kind, &source, surroundings);
    for comment in &reading.comments {
        check(&reading, FileId(0), comment.span);
    }
    for node in &reading.nodes {
        check(&reading, FileId(0), *node);
    }
    for hint in &reading.selinux_hints {
        check(&reading, FileId(0), hint.span);
    }
    for problem in &reading.problems {
        check(&reading, problem.file, problem.span);
    }
    for container in &reading.containers {
        check(&reading, container.file, container.head);
        check(&reading, container.file, container.body);
        for place in container.places() {
            check(&reading, place.file, place.value);
            check(&reading, place.file, place.entry);
        }
        if let Some(user) = &container.user {
            literal(&reading, user.place.file, &user.value);
        }
        if let Some(image) = &container.image {
            literal(&reading, image.place.file, &image.value);
        }
        if let Some(slot) = &container.slot {
            check(
                &reading,
                slot.file,
                Span {
                    start: slot.at,
                    end: slot.at,
                },
            );
        }
    }
}

fn check(reading: &Reading, file: FileId, span: Span) {
    let text = reading.file(file).text();
    assert!(
        text.get(span.range()).is_some(),
        "{span:?} is no text of {} bytes",
        text.len()
    );
}

fn literal(reading: &Reading, file: FileId, text: &Text) {
    for piece in text.pieces().iter().filter(|p| p.kind == PieceKind::Literal) {
        assert_eq!(reading.file(file).slice(piece.span), piece.text);
    }
}

/// Settings for hosts with SELinux, any engine and some rules.
#[allow(dead_code)]
pub fn settings(rules: impl IntoIterator<Item = &'static str>) -> Settings {
    Settings {
        selinux: Selinux::On,
        selinux_from: "--selinux=on".to_owned(),
        engine: Engine::Unknown,
        knowledge: Default::default(),
        rules: rules.into_iter().collect(),
        rules_of_examples: privlint::rules::RULES.iter().map(|r| r.name).collect(),
        is_test: false,
        severity: Default::default(),
        allow_images: Default::default(),
        allow: Default::default(),
        projects: Vec::new(),
        traced: Default::default(),
        require_reason: false,
        no_ignores: false,
        today: "2026-06-30".to_owned(),
    }
}
