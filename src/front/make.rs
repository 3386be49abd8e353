//! Makefiles: the commands of their recipes, and those of `$(shell …)`.
//!
//! What make fills in is filled in here as far as the file says it; nothing is run.

mod expand;
mod lines;
mod statement;

use std::sync::Arc;

use super::reading::{Form, Front, Kind, Nested, Open, Reading, Seam, Surroundings};
use crate::container::Container;
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Excerpt, Source, Span};
use expand::Expander;
use lines::Makefile;

/// The row of the table of fronts.
pub(super) const FRONT: Front = Front {
    kind: Kind::Make,
    word: "make",
    noun: "a Makefile",
    by_name: is_makefile,
    // a text is one where its name says so
    looks_like: |_| false,
    may_matter: matters,
    read,
    read_in_place: None,
    render,
};

/// `Makefile`, `GNUmakefile`, `Makefile.dev`, `docker.mk`.
fn is_makefile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((lower.as_str(), ""));
    let plain = |word: &str| matches!(word, "makefile" | "gnumakefile");
    // what other programs make Makefiles of, and what is about one
    let other = [
        "in", "am", "md", "txt", "bak", "orig", "rej", "py", "pl", "win", "vc", "msc",
    ];
    plain(&lower)
        || (plain(stem) && !other.contains(&ending))
        || (!stem.is_empty() && matches!(ending, "mk" | "mak" | "make"))
}

/// Words without one of which a text launches nothing: engines, and what variables that hold one are called.
const WORDS: [&str; 8] = [
    "docker",
    "podman",
    "nerdctl",
    "container",
    "engine",
    "runtime",
    "oci",
    "privlint",
];

/// True unless nothing in the text could be a launch.
fn matters(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let holds = |word: &&str| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some();
    WORDS.iter().any(holds)
}

/// Reads a Makefile.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Make, Arc::clone(source));
    let file = lines::read(source.text(), source.bom_len());
    for rule in &file.rules {
        reading.nodes.push(rule.span);
        reading.nodes.extend(rule.recipe.iter().map(|line| line.span));
    }
    if file.has_posix_shell {
        reading.nested = documents(&file);
    }
    reading.comments.clone_from(&file.comments);
    reading
}

/// The scripts of a file: each line of a recipe is a shell of its own, unless the file says otherwise.
fn documents(file: &Makefile) -> Vec<Nested> {
    let mut found = Vec::new();
    for rule in &file.rules {
        if file.one_shell {
            let mut whole = Excerpt::new();
            rule.recipe.iter().for_each(|line| whole.append(&line.text));
            found.extend(script(file, &whole, rule.span, true));
            continue;
        }
        for line in &rule.recipe {
            found.extend(script(file, &line.text, line.span, !line.conditional));
        }
    }
    let recipes = file.rules.iter().flat_map(|rule| &rule.recipe).map(|line| &line.text);
    let values = file
        .assignments
        .iter()
        .filter(|set| !set.is_recipe)
        .map(|set| &set.value);
    for text in recipes.chain(values) {
        for command in expand::shells(text) {
            let span = command.outer_span_near(Span::new(0, command.text().len()));
            found.extend(script(file, &command, span, true));
        }
    }
    found
}

/// A script as the shell gets it. `None` for one that launches nothing.
fn script(file: &Makefile, text: &Excerpt, span: Span, certain: bool) -> Option<Nested> {
    let mut expander = Expander::new(file);
    expander.expand(text, &[], 0);
    let (excerpt, gaps, shared) = expander.finish();
    matters(excerpt.text()).then(|| Nested {
        form: Form::Script,
        certain,
        shared,
        open: Open {
            gaps,
            ..Open::default()
        },
        ..Nested::new(Kind::Shell, excerpt, span, Seam::Make)
    })
}

/// A Makefile launches nothing itself.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("nothing of the Makefile itself is changed".to_owned()))
}

#[cfg(test)]
mod tests;
