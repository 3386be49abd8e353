//! Changes of a container to edits of the command that launches it.

mod reads;

use std::borrow::Cow;
use std::ops::Range;

use crate::container::{Container, FileId, Key, Place, ViaKind};
use crate::fix::{Change, Edit, Refusal};
use crate::front::mount_options;
use crate::front::reading::Reading;
use crate::source::{Source, Span};

type Outcome<T> = Result<T, Refusal>;

fn refuse<T>(why: &str) -> Outcome<T> {
    Err(Refusal(why.to_owned()))
}

/// The edits that carry out all changes of one command, or why they cannot be made.
///
/// # Errors
/// Refused where the text to be changed is not written out, or where the change would leave a
/// command that means something else.
pub(super) fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    let head = reading.file(container.file).slice(container.head);
    if head
        .split_whitespace()
        .next()
        .is_some_and(|program| program.rsplit('/').next() == Some("ctr"))
    {
        return refuse("`ctr` has options of its own");
    }
    let mut removals: Vec<&Place> = Vec::new();
    let mut additions = Vec::new();
    let mut edits = Vec::new();
    for change in changes {
        if let Some(place) = change.place() {
            reads::of_launches_only(reading, place)?;
            if several(container, place) {
                return refuse("it is not the same in every call or turn that comes here");
            }
        }
        match change {
            Change::Remove(place) => {
                if !removals.iter().any(|p| p.file == place.file && p.entry == place.entry) {
                    removals.push(place);
                }
            }
            Change::Add(key, value) => {
                let option = option(*key, value)?;
                if !additions.contains(&option) {
                    additions.push(option);
                }
            }
            Change::Replace(place, text) => edits.push(replace(reading, place, text)?),
            Change::Relabel(place, relabel) => {
                edits.extend(mount_options::relabel(reading, container, place, *relabel)?)
            }
            Change::ReadOnly(place) => edits.push(mount_options::read_only(reading, container, place)?),
        }
    }
    for place in &removals {
        removable(reading, place)?;
        reads::as_they_are(reading, place)?;
    }
    on_every_path(container, changes)?;
    // what is added is written in the place of what goes, if that stands in the command itself
    let swapped = if additions.is_empty() {
        None
    } else {
        removals
            .iter()
            .position(|p| p.via.is_empty() && p.file == container.file && stands_alone(reading, p))
    };
    if let Some(at) = swapped {
        let place = removals.remove(at);
        let source = reading.file(place.file);
        let text = additions.join(&between(source, place.entry));
        edits.push(edit(place.file, place.entry, text));
    } else if !additions.is_empty() {
        edits.push(insertion(reading, container, &additions)?);
    }
    for (file, entry) in joined(reading, &removals) {
        let range = removal(reading.file(file), entry);
        edits.push(edit(file, Span::new(range.start, range.end), String::new()));
    }
    edits.sort();
    edits.dedup();
    Ok(edits)
}

fn edit(file: FileId, span: Span, text: String) -> Edit {
    Edit { file, span, text }
}

/// How an option is spelled.
fn option(key: Key, value: &str) -> Outcome<String> {
    let Some(name) = key.spelling().and_then(|spelling| spelling.flag) else {
        return refuse("this cannot be said by an option of the command");
    };
    let switch = matches!(key, Key::Privileged | Key::ReadOnly);
    Ok(match value {
        "" | "true" if switch => name.to_owned(),
        _ => format!("{name}={}", quoted(value)),
    })
}

/// A value as a word of a command, quoted where the shell would read it otherwise.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    // an `=` is special to the crate, and would quote every `label=disable`
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    match shell_words::quote(value) {
        // braces, `!` and the like mean something to bash, and nothing to the standard that the crate follows
        Cow::Borrowed(bare) => format!("'{bare}'"),
        Cow::Owned(quoted) => quoted,
    }
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && quoted(value) == value
}

/// True where calls or turns give different values at one place.
fn several(container: &Container, place: &Place) -> bool {
    let differ = |uncertain: &mut dyn Iterator<Item = bool>| {
        let found: Vec<bool> = uncertain.collect();
        found.len() > 1 && found.contains(&true)
    };
    let texts = [
        &container.security_opt,
        &container.cap_add,
        &container.cap_drop,
        &container.devices,
        &container.device_cgroup_rules,
        &container.sysctls,
    ];
    let switches = [&container.privileged, &container.read_only];
    let here = |at: &Place| at.same(place);
    let mut lists = texts.into_iter();
    lists.any(|list| differ(&mut list.iter().filter(|w| here(&w.place)).map(|w| !w.certain)))
        || switches
            .into_iter()
            .any(|list| differ(&mut list.iter().filter(|w| here(&w.place)).map(|w| !w.certain)))
        || differ(&mut container.mounts.iter().filter(|w| here(&w.place)).map(|w| !w.certain))
        || differ(
            &mut container
                .namespaces
                .iter()
                .filter(|s| here(&s.mode.place))
                .map(|s| !s.mode.certain),
        )
}

/// Refuses to take `--privileged` away where only another path drops capabilities, and nothing is added.
fn on_every_path(container: &Container, changes: &[Change]) -> Outcome<()> {
    let removed = |place: &Place| {
        let mut all = changes.iter();
        all.any(|c| matches!(c, Change::Remove(p) if p.same(place)))
    };
    let adds = changes.iter().any(|c| matches!(c, Change::Add(Key::CapDrop, _)));
    let goes = container.privileged.iter().any(|w| removed(&w.place));
    let drops_somewhere = container.cap_drop.iter().any(|w| !w.certain);
    let drops_always = container
        .cap_drop
        .iter()
        .any(|w| w.certain && w.value.known().is_some_and(|v| v.eq_ignore_ascii_case("all")));
    if goes && !adds && drops_somewhere && !drops_always {
        return refuse("only some path drops capabilities, so that others would keep the default ones");
    }
    Ok(())
}

/// Refuses where taking the entry out would leave something broken.
fn removable(reading: &Reading, place: &Place) -> Outcome<()> {
    let source = reading.file(place.file);
    let raw = source.slice(place.entry);
    if raw.is_empty() {
        return refuse("the place where it is written is not known to the byte");
    }
    if unbalanced(raw) {
        return refuse("it stands within quotes that other words share");
    }
    let bare = raw.trim_start_matches(['"', '\'']);
    let inside = raw.starts_with(',') || raw.ends_with(',');
    let before = char_before(source, place.entry.start);
    let in_cluster = before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    if !bare.starts_with('-') && !inside && !in_cluster {
        return refuse("the option and its value are not written side by side");
    }
    let head = source.text().get(..place.entry.start as usize).unwrap_or("");
    if head.trim_end_matches(['"', '\'']).ends_with("]=") {
        return refuse("it is an element of its own, which would be left empty");
    }
    for step in &place.via {
        let used = reading.file(step.file);
        let quoted_use = char_before(used, step.span.start) == Some('"');
        let parameter = step.name.starts_with(|c: char| c.is_ascii_digit());
        match step.kind {
            ViaKind::Variable if parameter => {
                return refuse("it is an argument that a function takes by its position");
            }
            ViaKind::Variable if quoted_use && step.name != "@" => {
                return refuse("it comes through a quoted expansion, which would leave an empty word");
            }
            ViaKind::Loop => return refuse("it is a word that a loop runs over"),
            _ => {}
        }
    }
    Ok(())
}

/// True when quotes open in the text that do not close in it.
fn unbalanced(raw: &str) -> bool {
    let mut open: Option<char> = None;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some('\''), '\'') | (Some('"'), '"') => open = None,
            (Some('\''), _) => {}
            (_, '\\') if matches!(chars.next(), Some('"' | '\'')) => return true,
            (None, '"' | '\'') => open = Some(c),
            _ => {}
        }
    }
    open.is_some()
}

fn char_before(source: &Source, at: u32) -> Option<char> {
    source.text().get(..at as usize).and_then(|t| t.chars().next_back())
}

fn char_after(source: &Source, at: u32) -> Option<char> {
    source.text().get(at as usize..).and_then(|t| t.chars().next())
}

/// True when blanks or line ends stand on both sides: a word of its own.
fn stands_alone(reading: &Reading, place: &Place) -> bool {
    let source = reading.file(place.file);
    let edge = |c: Option<char>| matches!(c, None | Some(' ' | '\t' | '\n' | '\r'));
    let rest = source.text().get(place.entry.end as usize..).unwrap_or("");
    let continued = rest.starts_with("\\\n") || rest.starts_with("\\\r\n");
    edge(char_before(source, place.entry.start)) && (continued || edge(char_after(source, place.entry.end)))
}

/// What stands between options that are written in one place: a blank, or, where the place has a
/// line of its own, the way to the next line.
fn between(source: &Source, entry: Span) -> String {
    let line = source.line_span(source.line_of(entry.start));
    let indent = source.slice(Span {
        start: line.start,
        end: entry.start.max(line.start),
    });
    let rest = source.slice(Span {
        start: entry.end,
        end: source.line_span(source.line_of(entry.end)).end.max(entry.end),
    });
    let own_line = indent.chars().all(|c| c == ' ' || c == '\t') && !indent.is_empty();
    if own_line && is_continuation(rest) {
        format!(" {}{}{indent}", rest.trim(), source.line_ending().as_str())
    } else {
        " ".to_owned()
    }
}

/// True for a backslash at the end of a line; a script in a heredoc that expands has it twice.
fn is_continuation(rest: &str) -> bool {
    matches!(rest.trim_matches([' ', '\t', '\r', '\n']), "\\" | "\\\\")
}

/// The entries that go, those that stand side by side as one.
fn joined(reading: &Reading, removals: &[&Place]) -> Vec<(FileId, Span)> {
    let mut entries: Vec<(FileId, Span)> = removals.iter().map(|p| (p.file, p.entry)).collect();
    entries.sort();
    let mut out: Vec<(FileId, Span)> = Vec::new();
    for (file, entry) in entries {
        let source = reading.file(file);
        match out.last_mut() {
            Some((last, span)) if *last == file && side_by_side(source, *span, entry) => *span = span.to(entry),
            _ => out.push((file, entry)),
        }
    }
    out.into_iter()
        .map(|(file, entry)| (file, whole_list(reading.file(file), entry)))
        .collect()
}

fn side_by_side(source: &Source, a: Span, b: Span) -> bool {
    b.start <= a.end || {
        let between = source.slice(Span {
            start: a.end,
            end: b.start,
        });
        between.chars().all(|c| c == ' ' || c == '\t')
    }
}

/// Elements of a list such as `A,B`: with all of them goes the option, with the first the comma after.
fn whole_list(source: &Source, entry: Span) -> Span {
    let raw = source.slice(entry);
    let before = char_before(source, entry.start);
    let after = char_after(source, entry.end);
    let listed = raw.contains(',') && !raw.starts_with(['-', ',', '"', '\'']);
    if !listed || raw.contains([' ', '=', ':']) || !matches!(before, Some('=' | ' ' | '\t')) {
        return entry;
    }
    if after == Some(',') && !raw.ends_with(',') {
        return Span {
            start: entry.start,
            end: entry.end + 1,
        };
    }
    if raw.ends_with(',') || !matches!(after, None | Some(' ' | '\t' | '\n' | '\r')) {
        return entry;
    }
    let head = source.text().get(..entry.start as usize).unwrap_or("");
    let trimmed = head.trim_end_matches([' ', '\t']);
    let word = trimmed.rfind([' ', '\t', '\n']).map_or(0, |at| at + 1);
    let option = trimmed.get(word..).unwrap_or("");
    if option.starts_with('-') && (option.ends_with('=') || trimmed.len() < head.len()) {
        return Span::new(word, entry.end as usize);
    }
    entry
}

/// The bytes that go with an entry: the blank before or after it, or the line that it leaves empty.
fn removal(source: &Source, entry: Span) -> Range<usize> {
    let text = source.text();
    let (start, end) = (entry.start as usize, entry.end as usize);
    let raw = source.slice(entry);
    if raw.starts_with(',') || raw.ends_with(',') {
        return start..end;
    }
    let first = source.full_line_span(source.line_of(entry.start));
    let last = source.full_line_span(source.line_of(entry.end));
    let before = text.get(first.start as usize..start).unwrap_or("x");
    let after = text.get(end..last.end as usize).unwrap_or("x");
    let alone_before = before.trim_matches([' ', '\t']).is_empty();
    let continued = is_continuation(after);
    let above = text.get(..first.start as usize).unwrap_or("");
    let above_line = above.trim_end_matches(['\n', '\r']);
    let follows_continuation = above_line.ends_with('\\') && above_line.len() < above.len();
    if alone_before && continued {
        return first.start as usize..last.end as usize;
    }
    if alone_before && after.trim().is_empty() {
        if follows_continuation {
            // the last line of a command: the continuation before it goes too
            let kept = above_line.trim_end_matches('\\').trim_end_matches([' ', '\t']);
            return kept.len()..end + (after.len() - after.trim_start_matches([' ', '\t']).len());
        }
        if !before.is_empty() {
            return first.start as usize..last.end as usize;
        }
        return start..end;
    }
    let blanks_after = after.len() - after.trim_start_matches([' ', '\t']).len();
    let blanks_before = before.len() - before.trim_end_matches([' ', '\t']).len();
    if alone_before || blanks_before == 0 {
        let opens = before.is_empty() || alone_before || before.ends_with(['"', '\'', '(', '=', '`']);
        return if opens { start..end + blanks_after } else { start..end };
    }
    start - blanks_before..end
}

/// The additions at the command's slot.
fn insertion(reading: &Reading, container: &Container, additions: &[String]) -> Outcome<Edit> {
    let Some(slot) = &container.slot else {
        return refuse("the command leaves no place where one more option could be written");
    };
    let source = reading.file(slot.file);
    if source.text().get(slot.at as usize..).is_none() {
        return refuse("the place for one more option is not known to the byte");
    }
    if embedded(container) && !additions.iter().all(|a| is_plain(a)) {
        return refuse("the command stands in a string, where the option would have to be quoted again");
    }
    let joined: String = additions
        .iter()
        .map(|a| format!("{}{a}{}", slot.before, slot.after))
        .collect();
    Ok(edit(slot.file, Span::at(slot.at as usize), joined))
}

fn embedded(container: &Container) -> bool {
    container.via.iter().any(|v| v.kind == ViaKind::Embedded)
}

/// Another value in the place of the one written.
fn replace(reading: &Reading, place: &Place, text: &str) -> Outcome<Edit> {
    let source = reading.file(place.file);
    let raw = source.slice(place.value);
    if raw.is_empty() {
        return refuse("the place where it is written is not known to the byte");
    }
    if raw.contains(['$', '`']) {
        return refuse("the value is only known when it runs");
    }
    let inside = raw.contains('\\') || unbalanced(raw);
    if inside {
        return refuse("the value is written with escapes or within quotes that other words share");
    }
    if is_plain(text) {
        let quotes = raw.len() > 1 && raw.starts_with(['"', '\'']) && raw.chars().next() == raw.chars().next_back();
        if quotes {
            let inner = Span {
                start: place.value.start + 1,
                end: place.value.end - 1,
            };
            return Ok(edit(place.file, inner, text.to_owned()));
        }
        return Ok(edit(place.file, place.value, text.to_owned()));
    }
    if !place.via.is_empty() || raw.contains(['"', '\'']) {
        return refuse("the new value would have to be quoted within quotes");
    }
    Ok(edit(place.file, place.value, quoted(text)))
}

#[cfg(test)]
mod tests;
