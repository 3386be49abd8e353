//! The stages of a file, and the image that each builds on.

use std::collections::BTreeMap;
use std::ops::Range;

use super::expand::{Expander, Scope};
use super::keyword::Keyword;
use super::lexer::Instruction;
use super::words;
use crate::container::{Place, Text, Written};

/// A stage: a `FROM` and what follows it.
pub(super) struct Stage<'a> {
    /// The `FROM`.
    pub(super) from: &'a Instruction,
    /// The instructions up to the next `FROM`.
    pub(super) rest: &'a [Instruction],
    /// The word after `AS`.
    pub(super) name: Option<Range<usize>>,
    /// The reference after `FROM`, with defaults of `ARG` in place.
    pub(super) image: Written<Text>,
    /// The stage that the reference names, if it names an earlier one.
    pub(super) parent: Option<usize>,
    /// True for an image of Windows, whose shell is another.
    pub(super) windows: bool,
}

/// The stages of a file, in order, and what the `ARG`s before the first `FROM` say.
pub(super) fn stages<'a>(instructions: &'a [Instruction], expander: &mut Expander) -> (Vec<Stage<'a>>, Scope) {
    let is_from = |i: &Instruction| i.keyword == Keyword::From && !i.onbuild;
    let first = instructions.iter().position(is_from).unwrap_or(instructions.len());
    let (before, mut rest) = instructions.split_at(first);
    let mut global = Scope::default();
    for arg in before.iter().filter(|i| i.keyword == Keyword::Arg && !i.onbuild) {
        declare(arg, expander, &mut global, |_| None);
    }
    let mut stages: Vec<Stage> = Vec::new();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    while let Some((from, after)) = rest.split_first() {
        let end = after.iter().position(is_from).unwrap_or(after.len());
        let (body, next) = after.split_at(end);
        rest = next;
        let stage = stage(from, body, expander, &global, &names, &stages);
        if let Some(name) = &stage.name {
            names.insert(from.line.part(name).to_lowercase(), stages.len());
        }
        stages.push(stage);
    }
    (stages, global)
}

fn stage<'a>(
    from: &'a Instruction,
    rest: &'a [Instruction],
    expander: &mut Expander,
    global: &Scope,
    names: &BTreeMap<String, usize>,
    earlier: &[Stage],
) -> Stage<'a> {
    let line = &from.line;
    let (parts, _) = words::split(line.text(), &from.args, expander.escape());
    let range = parts.first().cloned().unwrap_or(from.args.clone());
    let expanded = expander.expand(line, &range, global);
    let text = expanded.text(line);
    let name = match (parts.get(1), parts.get(2)) {
        (Some(word), Some(name)) if line.part(word).eq_ignore_ascii_case("as") => Some(name.clone()),
        _ => None,
    };
    let parent = text.known().and_then(|image| names.get(&image.to_lowercase()).copied());
    let windows = match parent.and_then(|p| earlier.get(p)) {
        Some(parent) => parent.windows,
        None => is_windows(&text.shown()) || from.flags.iter().any(|f| line.part(&f.word).contains("=windows")),
    };
    let mut place = Place::new(line.outer(&range), from.span);
    place.via = expanded.via(line);
    Stage {
        from,
        rest,
        name,
        image: Written::new(text, place),
        parent,
        windows,
    }
}

/// The stage that a build asks for by name, or by its number from 0. Of stages that bear one name
/// the last counts.
pub(super) fn named(stages: &[Stage], target: &str) -> Option<usize> {
    let bears = |stage: &Stage| {
        let name = stage.name.as_ref().map(|name| stage.from.line.part(name));
        name.is_some_and(|name| name.eq_ignore_ascii_case(target))
    };
    let number = || target.parse().ok().filter(|n| *n < stages.len());
    stages.iter().rposition(bears).or_else(number)
}

/// The stages from the outermost base to a stage, as indices.
pub(super) fn chain(stages: &[Stage], last: usize) -> Vec<usize> {
    let mut chain = vec![last];
    let mut at = last;
    // a parent always stands before its child, so this ends
    while let Some(parent) = stages.get(at).and_then(|s| s.parent) {
        chain.push(parent);
        at = parent;
    }
    chain.reverse();
    chain
}

fn is_windows(image: &str) -> bool {
    let image = image.to_lowercase();
    [
        "nanoserver",
        "servercore",
        "mcr.microsoft.com/windows",
        "windowsservercore",
    ]
    .iter()
    .any(|part| image.contains(part))
}

/// Carries out an `ARG`: a name with its default, or a name whose value `outside` may know.
pub(super) fn declare(
    arg: &Instruction,
    expander: &mut Expander,
    scope: &mut Scope,
    outside: impl Fn(&str) -> Option<String>,
) {
    let line = &arg.line;
    for word in words::split(line.text(), &arg.args, expander.escape()).0 {
        let part = line.part(&word);
        match part.split_once('=') {
            Some((name, _)) => {
                let value = match expander.given.get(name) {
                    Some(given) => given.clone(),
                    None => expander.value(line, &(word.start + name.len() + 1..word.end), scope),
                };
                scope.set_arg(name.to_owned(), value);
            }
            None => {
                let given = expander.given.get(part).cloned();
                let inherited = given.unwrap_or_else(|| outside(part).or_else(|| scope.get(part).map(str::to_owned)));
                scope.set_arg(part.to_owned(), inherited);
            }
        }
    }
}
