//! Makefiles: the commands of their recipes, and those of `$(shell …)`.
//!
//! What make fills in is filled in here as far as the file says it; nothing is run.

mod engine;
mod expand;
mod functions;
mod lines;
mod references;
mod statement;
mod values;

use std::collections::HashSet;
use std::sync::Arc;

use super::reading::{Form, Front, Kind, Nested, Problem, Reading, Seam, Surroundings};
use crate::container::{Container, FileId};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Excerpt, Source, Span};
use expand::Expander;
use lines::{Assignment, Makefile};
use statement::Operator;
use values::Values;

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
        let values = Values::new(&file, source.text().len());
        reading.nested = documents(&file, &values);
        if values.is_spent() {
            reading.problems.push(Problem {
                file: FileId(0),
                span: Span::default(),
                message: "the variables of this Makefile stand for more text than is read; some of it is left out"
                    .to_owned(),
                ends_reading: true,
                bound: true,
            });
        }
    }
    reading.comments.clone_from(&file.comments);
    reading
}

/// The scripts of a file: each line of a recipe is a shell of its own, unless the file says otherwise.
fn documents(file: &Makefile, values: &Values) -> Vec<Nested> {
    let mut found = Vec::new();
    for rule in &file.rules {
        if file.one_shell {
            let mut whole = Excerpt::new();
            rule.recipe.iter().for_each(|line| whole.append(&line.text));
            found.extend(script(values, &whole, rule.span, true));
            continue;
        }
        for line in &rule.recipe {
            found.extend(script(values, &line.text, line.span, !line.conditional));
        }
    }
    for line in file.rules.iter().flat_map(|rule| &rule.recipe) {
        found.extend(functions::branches(&line.text, 0).iter().filter_map(|branch| {
            let nested = script(values, branch, whole(branch), false)?;
            // a piece of a command may well be no command
            Some(Nested {
                is_example: true,
                ..nested
            })
        }));
    }
    let plain = |set: &&Assignment| !set.is_recipe;
    for text in recipes(file).chain(file.assignments.iter().filter(plain).map(|set| &set.value)) {
        for command in references::shells(text) {
            found.extend(script(values, &command, whole(&command), true));
        }
    }
    for set in file.assignments.iter().filter(|set| set.operator == Operator::Shell) {
        found.extend(script(values, &set.value, set.span, !set.conditional));
    }
    found.extend(rules_made(file, values));
    found
}

/// The recipes of the rules that `$(eval …)` makes of a `define`, as far as that says them itself.
fn rules_made(file: &Makefile, values: &Values) -> Vec<Nested> {
    let mut names = HashSet::new();
    let all = file.assignments.iter().map(|set| &set.value).chain(recipes(file));
    all.chain(&file.loose)
        .for_each(|text| functions::templates(text, 0, &mut names));
    let made = |set: &&Assignment| set.is_recipe && names.contains(&set.name);
    let template = |set: &Assignment| {
        let mut nested = script(values, &set.value, set.span, false)?;
        nested.shared.push(set.span);
        // its other lines are those of a Makefile
        nested.is_example = true;
        Some(nested)
    };
    file.assignments.iter().filter(made).filter_map(template).collect()
}

/// The lines of all recipes.
fn recipes(file: &Makefile) -> impl Iterator<Item = &Excerpt> {
    file.rules.iter().flat_map(|rule| &rule.recipe).map(|line| &line.text)
}

/// Where a part of a line stands.
fn whole(part: &Excerpt) -> Span {
    part.outer_span_near(Span::new(0, part.text().len()))
}

/// A script as the shell gets it. `None` for one that launches nothing.
fn script(values: &Values, text: &Excerpt, span: Span, certain: bool) -> Option<Nested> {
    let mut expander = Expander::new(values);
    expander.expand(text, &[], 0);
    let (excerpt, open, shared) = expander.finish();
    matters(excerpt.text()).then(|| Nested {
        form: Form::Script,
        certain,
        shared,
        open,
        ..Nested::new(Kind::Shell, excerpt, span, Seam::Make)
    })
}

/// A Makefile launches nothing itself.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("nothing of the Makefile itself is changed".to_owned()))
}

#[cfg(test)]
mod tests;
