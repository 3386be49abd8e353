//! Commands in templates: what `{{ … }}` and `{% … %}` stand for is filled in before a shell sees it.

use std::borrow::Cow;

use crate::container::{Hole, Text};
use crate::source::Span;
use crate::spec::{CommandLine, Word};

/// Words that one placeholder has at most.
const MOST: usize = 40;

/// The command line with one word for each placeholder: a hole where a value is filled in, nothing where
/// `{% … %}` only decides what is.
pub(super) fn filled(line: &CommandLine) -> Cow<'_, CommandLine> {
    let marked = |word: &Word| opens(&word.text.shown()).is_some();
    if !line.words.iter().any(marked) {
        return Cow::Borrowed(line);
    }
    let mut words = Vec::new();
    let mut depth = 0usize;
    let mut rest = line.words.as_slice();
    while let Some(word) = rest.first() {
        let text = word.text.shown();
        let found = opens(&text).and_then(|(at, close)| Some((at, close, last_word(rest, close)?)));
        let Some((at, close, inner)) = found else {
            let certain = word.certain && depth == 0;
            words.push(Word {
                certain,
                ..word.clone()
            });
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        let own = rest.get(..=inner).unwrap_or_default();
        if close == "#}" {
            // a comment
        } else if close == "%}" {
            match own.get(1).map(|word| word.text.shown()).as_deref() {
                Some(end) if end.starts_with("end") => depth = depth.saturating_sub(1),
                Some("if" | "for") => depth += 1,
                _ => {}
            }
        } else {
            words.push(Word {
                certain: word.certain && depth == 0,
                ..joined(word, own, at, close)
            });
        }
        rest = rest.get(inner + 1..).unwrap_or_default();
    }
    Cow::Owned(CommandLine { words, ..line.clone() })
}

/// The index of the word that a placeholder ends in which the first word opens, and those that follow without
/// a blank: `{{ a }}:{{ b }}`.
fn last_word(words: &[Word], close: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let ahead = words.iter().enumerate().take(MOST).skip(from);
        let (at, text) = ahead
            .map(|(at, word)| (at, word.text.shown()))
            .find(|(_, text)| text.contains(close))?;
        let tail = text.rsplit(close).next().unwrap_or("");
        if opens(tail).is_none() {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Where a placeholder opens in a text, and what closes it. `${{` is the expansion of a workflow.
fn opens(text: &str) -> Option<(usize, &'static str)> {
    [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .into_iter()
        .find_map(|(open, close)| {
            let at = text.find(open)?;
            let plain = !text.get(..at).is_some_and(|before| before.ends_with('$'));
            plain.then_some((at, close))
        })
}

/// One word of those that a placeholder takes: what stands before and behind it is known.
fn joined(first: &Word, own: &[Word], at: usize, close: &str) -> Word {
    let last = own.last().unwrap_or(first);
    let (head, tail) = (first.text.shown(), last.text.shown());
    let end = tail.rfind(close).map_or(tail.len(), |end| end + close.len());
    let all: Vec<String> = own.iter().map(|word| word.text.shown()).collect();
    let all = all.join(" ");
    let (before, behind) = (head.get(..at).unwrap_or(""), tail.get(end..).unwrap_or(""));
    let written = all.get(at..all.len() - behind.len()).unwrap_or("").to_owned();
    let alone = written.matches("{{").count() == 1;
    let span = Span {
        start: first.place.value.start,
        end: last.place.value.end,
    };
    let mut text = Text::cooked(before, span);
    text.append(Text::hole(written, span, Hole::Other));
    text.append(Text::cooked(behind, span));
    let mut place = first.place.clone();
    (place.value, place.entry) = (span, span);
    Word {
        text,
        place,
        certain: own.iter().all(|word| word.certain),
        splits: alone && before.is_empty() && behind.is_empty() && own.len() > 1,
        options: Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::container::{Engine, Tri};
    use crate::spec::command::{read, tests};

    #[test]
    fn what_a_template_fills_in_is_a_hole() {
        for (text, image, unseen) in [
            ("docker run --privileged {{ options }} img", "img", 1),
            (
                "docker run --privileged -v {{ a }}:/b img:{{ tag }}",
                "img:{{ tag }}",
                0,
            ),
            (
                "docker run --privileged -e A='{{ b }}' '{{ registry }}/img' sh",
                "{{ registry }}/img",
                0,
            ),
            ("docker run --privileged {% if a %} --init {% endif %} img", "img", 0),
            ("docker run {# if not why #} --privileged {#x#} img", "img", 0),
            ("docker run --privileged --name={{ n }} {{ image }}", "{{ image }}", 0),
            (
                "docker run --privileged {{ a }}/{{ b }}:{{ c }} x",
                "{{ a }}/{{ b }}:{{ c }}",
                0,
            ),
        ] {
            let c = read(&tests::line(text), Engine::Docker).unwrap();
            assert_eq!(c.image.unwrap().value.shown(), image, "{text}");
            assert_eq!((c.unseen.len(), c.command.len() < 2), (unseen, true), "{text}");
            assert!(c.privileged.iter().all(|p| p.certain), "{text}");
        }
        let text = "docker run {% if a %} --privileged {% endif %} --init img {% for x in y %} z {% endfor %}";
        let c = read(&tests::line(text), Engine::Docker).unwrap();
        assert_eq!((c.privileged(), c.command.len()), (Tri::Maybe, 1));
    }
}
