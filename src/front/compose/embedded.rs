//! Documents inside a Compose file: shell in commands, Dockerfiles in `dockerfile_inline`.

use std::collections::HashSet;

use super::value::{Body, Value};
use crate::container::{FileId, Hole, PieceKind, Text};
use crate::front::reading::{Kind, Nested, Seam};
use crate::source::{Excerpt, Span};

const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "zsh", "ksh"];
/// Without one of these in it, a script launches nothing.
const ENGINES: [&str; 3] = ["docker", "podman", "nerdctl"];

/// The documents that stand in services of the file itself.
pub(super) fn find(services: &Value) -> Vec<Nested> {
    let mut found = Vec::new();
    let mut seen: HashSet<Span> = HashSet::new();
    for (_, service) in services.entries() {
        let mut scripts: Vec<Text> = Vec::new();
        let (entrypoint, command) = (service.get("entrypoint"), service.get("command"));
        scripts.extend(entrypoint.zip(command).and_then(|(e, c)| split_script(e, c)));
        let mut calls = vec![[entrypoint, command]];
        calls.extend(hooks(service).into_iter().map(|hook| [None, Some(hook)]));
        let test = service.get("healthcheck").and_then(|health| health.get("test"));
        match test.map(|test| (test, test.items().first().and_then(Value::text))) {
            Some((test, Some(kind))) if kind.is("CMD") => calls.push([None, Some(test)]),
            Some((test, Some(kind))) if kind.is("CMD-SHELL") && test.file == FileId(0) => {
                scripts.extend(test.items().get(1).and_then(Value::text).cloned());
            }
            Some((test, None)) if test.file == FileId(0) => scripts.extend(test.text().cloned()),
            _ => {}
        }
        for [entrypoint, command] in calls {
            scripts.extend(entrypoint.and_then(script_of));
            scripts.extend(command.and_then(script_of));
            if let Some((span, excerpt)) = launch(entrypoint, command)
                && seen.insert(span)
            {
                let whole = command.map_or(span, |command| span.to(command.span).to(span));
                found.push(Nested::new(Kind::Shell, excerpt, whole, Seam::Yaml));
            }
        }
        for text in scripts {
            let mentions = ENGINES.iter().any(|e| text.shown().contains(e));
            if mentions && seen.insert(text.span()) {
                let script = with_environment(service, &text);
                found.push(Nested::new(Kind::Shell, script, text.span(), Seam::Yaml));
            }
        }
        let inline = service.get("build").and_then(|b| b.get("dockerfile_inline"));
        if let Some(text) = inline.filter(|v| v.file == FileId(0)).and_then(Value::text)
            && seen.insert(text.span())
        {
            found.push(Nested::new(Kind::Dockerfile, excerpt(text), text.span(), Seam::Yaml));
        }
    }
    found
}

/// The commands that Compose runs in the service's container beside its own.
fn hooks(service: &Value) -> Vec<&Value> {
    let keys = ["post_start", "pre_stop", "pre_start"].into_iter();
    let hooks = keys.filter_map(|key| service.get(key)).flat_map(Value::items);
    let watch = service.get("develop").and_then(|develop| develop.get("watch"));
    let watched = watch.map(Value::items).unwrap_or_default().iter();
    let execs = watched.filter_map(|watch| watch.get("exec"));
    hooks.chain(execs).filter_map(|hook| hook.get("command")).collect()
}

/// A script with the variables of its service's `environment` that it uses set before it. What Compose
/// fills in itself (`$X`) is not the shell's; `$$X` is.
fn with_environment(service: &Value, text: &Text) -> Excerpt {
    let mut out = Excerpt::new();
    let shown = text.shown();
    let variables = crate::shell::variables_in(&shown);
    if variables.is_empty() {
        return excerpt(text);
    }
    let by_compose = |name: &str| {
        let hole = |kind: &PieceKind| matches!(kind, PieceKind::Hole(Hole::Variable(n)) if n == name);
        text.pieces().iter().any(|piece| hole(&piece.kind))
    };
    let items = service.get("environment").map(Value::items).unwrap_or_default();
    for item in items.iter().filter(|item| item.file == FileId(0)) {
        let Some((name, value)) = item.text().and_then(|text| text.split_once('=')) else {
            continue;
        };
        let name = name.shown();
        let used = variables.contains(name.as_str());
        let literal = value.pieces().iter().all(|piece| piece.kind == PieceKind::Literal);
        let plain =
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !value.shown().contains(['\'', '\n']);
        if used && literal && plain && !by_compose(&name) {
            out.made(&format!("{name}='"));
            copy(&value, &mut out);
            out.made("'\n");
        }
    }
    out.append(&excerpt(text));
    out
}

/// What stands byte for byte in the file is copied; variables stay as they are written.
fn excerpt(text: &Text) -> Excerpt {
    let mut excerpt = Excerpt::new();
    for piece in text.pieces() {
        match piece.kind {
            PieceKind::Literal => excerpt.copy(&piece.text, piece.span.start as usize),
            _ => excerpt.made(&piece.text),
        }
    }
    excerpt
}

/// A command that is itself an engine's, or a string in which a shell is given a script that quotes hold
/// with escapes: as shell would have it. The quotes and blanks between the words of a list stand nowhere
/// in the file.
fn launch(entrypoint: Option<&Value>, command: Option<&Value>) -> Option<(Span, Excerpt)> {
    let parts: Vec<&Value> = [entrypoint, command].into_iter().flatten().collect();
    let first = parts.first()?;
    if parts.iter().any(|part| part.file != FileId(0)) || !begins_launch(first) {
        return None;
    }
    let mut out = Excerpt::new();
    for part in &parts {
        match &part.body {
            // as Compose splits it, a shell does: nothing else is special in it
            Body::Scalar(text) if is_only_words(&text.shown()) => out.append(&excerpt(text)),
            Body::List(items) => {
                let named = items.first().and_then(Value::text).is_some_and(|word| word.is("CMD"));
                let words = items.iter().skip(usize::from(named)).filter_map(Value::text);
                words.for_each(|word| quote(word, &mut out));
            }
            _ => return None,
        }
        out.made(" ");
    }
    Some((first.span, out))
}

/// True for a command that begins with the name of an engine, and for a string that begins with that of a
/// shell and is not read otherwise.
fn begins_launch(first: &Value) -> bool {
    match &first.body {
        Body::Scalar(text) => {
            let shown = text.shown();
            let mut words = shown.split_whitespace();
            let word = words.next().unwrap_or("");
            let shell = is_shell(&Text::cooked(word, Span::default())) && quoted_script(text).is_none();
            is_engine(word) || (shell && words.any(|word| word.starts_with('-') && word.ends_with('c')))
        }
        Body::List(items) => {
            let words = items.iter().filter_map(|item| item.text()?.known());
            let mut words = words.skip_while(|word| word == "CMD");
            words.next().is_some_and(|word| is_engine(&word))
        }
        _ => false,
    }
}

/// True for a string in which a shell finds words and quotes alone.
fn is_only_words(shown: &str) -> bool {
    let mut quote = None;
    let mut chars = shown.trim_end().chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\\') => {}
            (_, '\\') => drop(chars.next()),
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (Some('"'), '`') | (None, ';' | '|' | '&' | '<' | '>' | '(' | ')' | '`' | '\n' | '#') => return false,
            _ => {}
        }
    }
    quote.is_none()
}

/// Appends a word of a list, behind a blank and in the quotes that it needs.
fn quote(word: &Text, out: &mut Excerpt) {
    out.made(" ");
    let literal = word.pieces().iter().all(|p| p.kind == PieceKind::Literal);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/:.,@+%".contains(c);
    match (literal, word.shown()) {
        (true, shown) if !shown.is_empty() && shown.chars().all(plain) => copy(word, out),
        (_, shown) if word.has_hole() => out.made(&format!("\"{}\"", shown.replace(['"', '`', '\\'], ""))),
        (true, shown) if !shown.contains('\'') => {
            out.made("'");
            copy(word, out);
            out.made("'");
        }
        (_, shown) => out.made(&format!("'{}'", shown.replace('\'', r"'\''"))),
    }
}

fn copy(text: &Text, out: &mut Excerpt) {
    for piece in text.pieces() {
        out.copy(&piece.text, piece.span.start as usize);
    }
}

fn is_engine(word: &str) -> bool {
    ENGINES.contains(&word.rsplit('/').next().unwrap_or(word))
}

fn is_shell(word: &Text) -> bool {
    let known = word.known();
    let name = known.as_deref().map(|w| w.rsplit('/').next().unwrap_or(w));
    name.is_some_and(|n| SHELLS.contains(&n))
}

fn is_script_flag(word: &Text) -> bool {
    let flag = |w: &str| w.starts_with('-') && !w.starts_with("--") && w.ends_with('c') && w.len() <= 5;
    word.known().is_some_and(|w| flag(&w))
}

/// The script of a command that is `sh -c SCRIPT`, as a list or as a string.
fn script_of(command: &Value) -> Option<Text> {
    if command.file != FileId(0) {
        return None;
    }
    match &command.body {
        Body::List(items) => {
            let texts: Vec<&Text> = items.iter().filter_map(Value::text).collect();
            let found = texts
                .windows(3)
                .find(|w| matches!(w, [s, f, _] if is_shell(s) && is_script_flag(f)))?;
            found.get(2).map(|t| (*t).clone())
        }
        Body::Scalar(text) => quoted_script(text),
        _ => None,
    }
}

/// The script where the entrypoint ends with `sh -c` and the command is a list that begins with it.
fn split_script(entrypoint: &Value, command: &Value) -> Option<Text> {
    let words: Vec<&Text> = entrypoint.items().iter().filter_map(Value::text).collect();
    match words.as_slice() {
        [.., shell, flag] if command.file == FileId(0) && is_shell(shell) && is_script_flag(flag) => {
            command.items().first()?.text().cloned()
        }
        _ => None,
    }
}

/// The script in `sh -c 'SCRIPT'`, where its quotes hold no escape.
fn quoted_script(text: &Text) -> Option<Text> {
    let shown = text.shown();
    let body = shown.trim_end();
    let (shell, rest) = body.trim_start().split_once(char::is_whitespace)?;
    let (flag, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    if !is_shell(&Text::cooked(shell, Span::default())) || !is_script_flag(&Text::cooked(flag, Span::default())) {
        return None;
    }
    let rest = rest.trim_start();
    let inner = ['\'', '"']
        .into_iter()
        .find_map(|q| rest.strip_prefix(q)?.strip_suffix(q).filter(|i| !i.contains(q)))?;
    if inner.contains('\\') && rest.starts_with('"') {
        return None;
    }
    let end = body.len() - 1;
    Some(part(text, end - inner.len(), end))
}

/// The part of a text between two bytes of how it is shown.
fn part(text: &Text, from: usize, to: usize) -> Text {
    let mut out = Text::new();
    let mut at = 0;
    for piece in text.pieces() {
        let len = piece.text.len();
        let (start, end) = (from.max(at), to.min(at + len));
        if start < end
            && let Some(body) = piece.text.get(start - at..end - at)
        {
            let span = match piece.kind {
                PieceKind::Literal => {
                    let first = piece.span.start as usize + (start - at);
                    Span::new(first, first + body.len())
                }
                _ => piece.span,
            };
            out.push(body.to_owned(), span, piece.kind.clone());
        }
        at += len;
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::reading;
    use crate::container::{Syntax, Tri};

    #[test]
    fn scripts_in_commands_are_read_where_they_stand() {
        for command in [
            "[sh, -c, \"podman run --privileged y\"]",
            "/bin/bash -ec 'cd x && podman run --privileged y'",
            "[\"bash\", \"-c\", 'for x in $$Y; do podman run --privileged y; done']",
            ">\n      sh -c \"podman run\n      --privileged y\"\n",
            "\n      - sh\n      - -c\n      - |\n        set -e\n        podman run --privileged \\\n          y\n",
        ] {
            let text = format!("services:\n  a:\n    image: x\n    command: {command}\n");
            let reading = reading(&text);
            let inner = reading.containers.iter().find(|c| c.syntax == Syntax::Command).unwrap();
            assert_eq!(inner.privileged(), Tri::Yes);
            assert_eq!(
                reading.source().slice(inner.privileged[0].place.value),
                "--privileged",
                "{command}"
            );
        }
        for (command, count) in [
            ("docker run --privileged c", 1),
            ("[/usr/bin/podman, run, --privileged, \"c d\", \"it's\"]", 1),
            ("[docker, run, \"--privileged\", $X]", 1),
            ("docker run --privileged c; x", 0),
            ("[docker-entrypoint.sh, run, --privileged, c]", 0),
        ] {
            let reading = reading(&format!("services:\n  a:\n    image: x\n    command: {command}\n"));
            let inner: Vec<_> = reading
                .containers
                .iter()
                .filter(|c| c.syntax == Syntax::Command)
                .collect();
            assert_eq!(inner.len(), count, "{command}");
            for c in inner {
                assert_eq!(reading.source().slice(c.privileged[0].place.value), "--privileged");
            }
        }
        for service in [
            "{image: x, entrypoint: docker run --privileged, command: [y]}",
            "{image: x, entrypoint: docker run, command: --privileged y}",
            "{image: x, command: 'sh -c \"docker run --privileged y && echo \\\"ok\\\"\"'}",
            "{image: x, healthcheck: {test: docker run --privileged y}}",
            "{image: x, healthcheck: {test: [CMD-SHELL, 'docker run --privileged y || exit 1']}}",
            "{image: x, healthcheck: {test: [CMD, docker, run, --privileged, y]}}",
            "{image: x, post_start: [{command: docker run --privileged y}]}",
            "{image: x, develop: {watch: [{action: sync, exec: {command: docker run --privileged y}}]}}",
        ] {
            let reading = reading(&format!("services: {{a: {service}}}\n"));
            let inner = reading.containers.iter().find(|c| c.syntax == Syntax::Command);
            let inner = inner.unwrap_or_else(|| panic!("{service}"));
            assert!(inner.image.as_ref().unwrap().value.is("y"), "{service}");
            let place = inner.privileged[0].place.value;
            assert_eq!(reading.source().slice(place), "--privileged", "{service}");
        }
        let echo = reading("services: {a: {image: x, command: [echo, \"podman run y\"]}}\n");
        assert_eq!(echo.containers.len(), 1);
    }

    #[test]
    fn a_dockerfile_inside_a_build_is_read_where_it_stands() {
        let text = "services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM x\n        RUN --security=insecure y\n";
        let reading = reading(text);
        let step = reading
            .containers
            .iter()
            .find(|c| c.syntax == Syntax::BuildStep)
            .unwrap();
        assert!(reading.source().slice(step.body).starts_with("RUN --security=insecure"));
    }
}
