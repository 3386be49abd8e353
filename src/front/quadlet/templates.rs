//! Units that a template makes: which of their lines only some values of it bring.

/// Words that begin what only some values bring, or bring more than once.
const BLOCKS: [&str; 10] = [
    "if", "unless", "for", "range", "each", "while", "with", "block", "define", "macro",
];

/// How a template marks what is its own: Jinja, Go and Handlebars, ERB.
const MARKS: [(&str, &str); 3] = [("{%", "%}"), ("{{", "}}"), ("<%", "%>")];

/// True for a text that a template may make.
pub(super) fn has_marks(text: &str) -> bool {
    next_mark(text).is_some()
}

/// True where a text ends within a block of a template: `{% if uid %}` without its `{% endif %}`.
pub(super) fn ends_in_block(text: &str) -> bool {
    let mut depth = 0usize;
    let mut rest = text;
    while let Some((at, close)) = next_mark(rest) {
        let Some(inside) = rest.get(at + 2..) else { break };
        let end = inside.find(close).unwrap_or(inside.len());
        let tag = inside.get(..end).unwrap_or("");
        let tag = tag.trim_start_matches(|c: char| c.is_whitespace() || "-~+=".contains(c));
        let closes = tag.starts_with('/') || tag.starts_with("end");
        let word = tag.trim_start_matches('#').split_whitespace().next().unwrap_or("");
        match word {
            _ if closes => depth = depth.saturating_sub(1),
            word if BLOCKS.contains(&word) || word.ends_with(".each") => depth += 1,
            _ => {}
        }
        rest = inside.get(end..).unwrap_or("");
    }
    depth > 0
}

/// The first mark of a text, and what closes it.
fn next_mark(text: &str) -> Option<(usize, &'static str)> {
    let found = MARKS
        .iter()
        .filter_map(|(open, close)| Some((text.find(open)?, *close)));
    found.min_by_key(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_goes_to_its_end() {
        for (text, inside) in [
            ("Image=x\n", false),
            ("Image={{ image }}\n", false),
            ("{% if uid is defined -%}\nUserNS=keep-id\n", true),
            ("{% if uid is defined -%}\nUserNS=keep-id\n{%- endif %}\n", false),
            ("{%- for v in volumes %}\nVolume={{ v }}\n", true),
            ("{% for v in w %}{% if v %}a{% endif %}\n", true),
            ("{{- if .Values.x }}\nUser=1\n", true),
            ("{{- if .Values.x }}\nUser=1\n{{- end }}\n", false),
            ("{{#if x}}\nUser=1\n", true),
            ("{{#if x}}\nUser=1\n{{/if}}\n", false),
            ("<% if x %>\nUser=1\n", true),
            ("<% if x %>\nUser=1\n<% end %>\n", false),
            ("{% if a", true),
        ] {
            assert_eq!(ends_in_block(text), inside, "{text}");
        }
    }
}
