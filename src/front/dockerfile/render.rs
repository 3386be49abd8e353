//! Changes of build steps and of the image, as edits of the Dockerfile.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::keyword::Keyword;
use super::lexer::{self, Instruction};
use crate::container::{Container, FileId, Key, Place, Syntax};
use crate::fix::{Change, Edit, Refusal};
use crate::front::reading::Reading;
use crate::source::{Source, Span};

/// The edits that carry out all changes of a build step or an image, or why they cannot be made.
///
/// Commands that stand in a `RUN` or a label are the shell front's.
pub(super) fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    let source = reading.source();
    let instructions = instructions_of(source);
    let edit = |change: &Change| match (container.syntax, change) {
        (Syntax::BuildStep, Change::Remove(place)) => remove_flag(source, &instructions, container, place),
        (Syntax::Image, Change::Remove(place)) if container.grants.iter().any(|w| w.place.same(place)) => {
            remove_sudo(source, &instructions, container, place)
        }
        (Syntax::Image, Change::Remove(place)) => remove_user(source, &instructions, container, place),
        (Syntax::Image, Change::Add(Key::User, name)) => add_user(source, &instructions, container, name),
        (Syntax::BuildStep | Syntax::Image, Change::Replace(place, text)) => {
            replace(source, &instructions, container, place, text)
        }
        _ => Err(refusal("a Dockerfile has no way to say this")),
    };
    changes.iter().map(edit).collect()
}

/// The instructions of a file that was read.
type Read = (Arc<Source>, Rc<Vec<Instruction>>);

thread_local! {
    /// What was read last: the fixes of one file are rendered one after another.
    static LAST: RefCell<Option<Read>> = const { RefCell::new(None) };
}

fn instructions_of(source: &Arc<Source>) -> Rc<Vec<Instruction>> {
    let known = LAST.with_borrow(|last| {
        let (_, instructions) = last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, source))?;
        Some(Rc::clone(instructions))
    });
    known.unwrap_or_else(|| {
        let instructions = Rc::new(lexer::lex(source.text()).instructions);
        LAST.set(Some((Arc::clone(source), Rc::clone(&instructions))));
        instructions
    })
}

fn refusal(why: &str) -> Refusal {
    Refusal(why.to_owned())
}

fn edit(span: Span, text: impl Into<String>) -> Edit {
    Edit {
        file: FileId(0),
        span,
        text: text.into(),
    }
}

/// The instruction that holds a place, if it stands in the container itself.
fn holder<'a>(
    instructions: &'a [Instruction],
    container: &Container,
    place: &Place,
) -> Result<&'a Instruction, Refusal> {
    if place.file != FileId(0) || !container.body.contains(place.entry) {
        return Err(refusal("it is written in a stage that other stages may build on"));
    }
    instructions
        .iter()
        .find(|i| i.span.contains(place.entry))
        .filter(|i| i.span.contains(place.value))
        .ok_or_else(|| refusal("the instruction that says it is not found again"))
}

/// Takes a flag of a `RUN` out with the blanks and continuations before it, so that the words around
/// it stand as they would without it.
fn remove_flag(
    source: &Source,
    instructions: &[Instruction],
    container: &Container,
    place: &Place,
) -> Result<Edit, Refusal> {
    let instruction = holder(instructions, container, place)?;
    let mut before = instruction.head;
    let mut found = false;
    for flag in &instruction.flags {
        let word = instruction.line.outer(&flag.word);
        if word == place.entry {
            found = true;
            break;
        }
        before = word;
    }
    if !found {
        return Err(refusal("it is not a flag of this instruction"));
    }
    let gap = Span {
        start: before.end,
        end: place.entry.start,
    };
    if !source.slice(gap).contains('#') {
        return Ok(edit(gap.to(place.entry), ""));
    }
    // a comment stands between: it stays, and the flag's own line goes
    let line = source.line_of(place.entry.start);
    let whole = source.full_line_span(line);
    let alone = source
        .slice(source.line_span(line))
        .trim()
        .strip_prefix(source.slice(place.entry))
        .is_some_and(|rest| matches!(rest.trim(), "\\" | "`"));
    if alone && source.line_of(place.entry.end) == line {
        Ok(edit(whole, ""))
    } else {
        Err(refusal("a comment stands between the flag and the word before it"))
    }
}

/// Takes the `sudo` out that stands before a command, with the blanks after it.
fn remove_sudo(
    source: &Source,
    instructions: &[Instruction],
    container: &Container,
    place: &Place,
) -> Result<Edit, Refusal> {
    let instruction = holder(instructions, container, place)?;
    let word = source.slice(place.entry);
    if instruction.keyword != Keyword::Run || word.trim_end_matches([' ', '\t']) != "sudo" {
        return Err(refusal(
            "only a `sudo` that stands before its command on one line can be taken out",
        ));
    }
    Ok(edit(place.entry, ""))
}

/// Takes a `USER` out with its lines.
fn remove_user(
    source: &Source,
    instructions: &[Instruction],
    container: &Container,
    place: &Place,
) -> Result<Edit, Refusal> {
    let instruction = holder(instructions, container, place)?;
    if instruction.keyword != Keyword::User || instruction.onbuild {
        return Err(refusal("only a USER of the stage itself can be taken out"));
    }
    let inside = Span {
        start: instruction.head.end,
        end: instruction.span.end,
    };
    if source.slice(inside).contains(['\n', '#']) {
        return Err(refusal("the instruction spans lines"));
    }
    let last = source.full_line_span(source.line_of(instruction.span.end));
    let first = source.full_line_span(source.line_of(instruction.span.start));
    let start = first.start.max(u32::try_from(source.bom_len()).unwrap_or(0));
    Ok(edit(
        Span {
            start,
            end: last.end.max(start),
        },
        "",
    ))
}

/// Writes `USER name` before what the image starts, above the comments of that instruction.
fn add_user(source: &Source, instructions: &[Instruction], container: &Container, name: &str) -> Result<Edit, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '$' | '{' | '}');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(refusal("the name is not one that USER takes"));
    }
    let ending = source.line_ending().as_str();
    let stage: Vec<&Instruction> = instructions
        .iter()
        .filter(|i| container.body.contains(i.span))
        .collect();
    let Some(start) = where_it_starts(&stage) else {
        // nothing is started here: the last line of the stage
        let end = container.body.end;
        let line = source.full_line_span(source.line_of(end));
        let closed = source.slice(line).ends_with(['\n', '\r']);
        return Ok(if closed && line.end > end {
            edit(Span::at(line.end as usize), format!("USER {name}{ending}"))
        } else {
            edit(
                Span::at(source.text().len().min(line.end as usize)),
                format!("{ending}USER {name}"),
            )
        });
    };
    let mut line = source.line_of(start.span.start);
    while line > 1 && source.slice(source.line_span(line - 1)).trim_start().starts_with('#') {
        line -= 1;
    }
    let at = source.line_span(line).range().start.max(source.bom_len());
    let indent = source.indent_of(source.line_of(start.span.start));
    Ok(edit(Span::at(at), format!("{indent}USER {name}{ending}")))
}

/// The first of the `CMD` and `ENTRYPOINT` in force behind which nothing stands that the user would
/// change, or that would change the user.
fn where_it_starts<'a>(stage: &[&'a Instruction]) -> Option<&'a Instruction> {
    let last = |keyword| stage.iter().rposition(|i| i.keyword == keyword && !i.onbuild);
    let (command, entrypoint) = (last(Keyword::Cmd), last(Keyword::Entrypoint));
    let settled = |at: &usize| {
        let rest = stage.get(*at..).unwrap_or_default();
        !rest.iter().any(|i| matches!(i.keyword, Keyword::Run | Keyword::User))
    };
    let index = command.into_iter().chain(entrypoint).filter(settled).min()?;
    stage.get(index).copied()
}

/// Writes another value where one stands in place.
fn replace(
    source: &Source,
    instructions: &[Instruction],
    container: &Container,
    place: &Place,
    text: &str,
) -> Result<Edit, Refusal> {
    let instruction = holder(instructions, container, place)?;
    if !place.via.is_empty() || source.slice(place.value).contains(['\n', '$']) {
        return Err(refusal("the value comes through a variable"));
    }
    let is_flag = matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add);
    let is_user = instruction.keyword == Keyword::User && !instruction.onbuild;
    if !(is_flag || is_user) || text.contains(char::is_whitespace) {
        return Err(refusal("only a flag, a mode or a user can be written anew"));
    }
    Ok(edit(place.value, text))
}
