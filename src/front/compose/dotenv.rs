//! The lines of an `.env` file, as compose-go reads them (`dotenv/parser.go`; seen on Compose 2.40).

/// A value that is given to a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) value: Written,
}

/// How a value is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Bare or in double quotes: its variables are filled in.
    Bare(String),
    /// In single quotes.
    Raw(String),
}

/// The assignments of a file, in order: `NAME=value` or `NAME: value`, with `export` before it or not.
/// A value in quotes may go over lines. What comes after a quote that never ends is not read.
pub(super) fn assignments(text: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let end = line.find(['=', ':']);
        let (name, value) = match end.and_then(|end| rest.split_at_checked(end)) {
            Some((name, value)) if !line.starts_with('#') => (name, value),
            _ => {
                rest = after;
                continue;
            }
        };
        let name = name.trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        // blanks before the value, but not the end of an empty one
        let value = value.get(1..).unwrap_or("").trim_start_matches([' ', '\t']);
        let (value, after) = match quoted(value) {
            Some(quoted) => quoted,
            None if value.starts_with(['"', '\'']) => return found,
            None => bare(value),
        };
        if is_name(name) {
            let name = name.to_owned();
            found.push(Assignment { name, value });
        }
        rest = after;
    }
}

/// The bytes of the name of a variable that a text begins with.
pub(super) fn name_len(text: &str) -> usize {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !first {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && name_len(text) == text.len()
}

/// A value up to the end of its line, or to a comment behind a blank.
fn bare(text: &str) -> (Written, &str) {
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    let value = match line.split_once(" #") {
        Some((value, _)) => value,
        None if line.starts_with('#') => "",
        None => line,
    };
    (Written::Bare(value.trim_end().to_owned()), after)
}

/// A value in quotes and what comes after it; `None` where there is none, or it never ends.
fn quoted(text: &str) -> Option<(Written, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => {
                let after = text.get(at + 1..).unwrap_or("");
                let value = match quote {
                    '"' => Written::Bare(value),
                    _ => Written::Raw(value),
                };
                return Some((value, after));
            }
            '\\' => match chars.next() {
                Some((_, next)) if next == quote => value.push(quote),
                Some((_, next)) if quote == '"' => match escaped(next) {
                    Some(text) => value.push_str(text),
                    None => value.extend(['\\', next]),
                },
                Some((_, next)) => value.extend(['\\', next]),
                None => return None,
            },
            c => value.push(c),
        }
    }
    None
}

/// What a letter behind a backslash stands for between double quotes.
fn escaped(letter: char) -> Option<&'static str> {
    Some(match letter {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'f' => "\u{c}",
        'v' => "\u{b}",
        '\\' => "\\",
        '$' => "$$",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_compose_reads_them() {
        let bare = |name: &str, value: &str| Assignment {
            name: name.to_owned(),
            value: Written::Bare(value.to_owned()),
        };
        let raw = |name: &str, value: &str| Assignment {
            name: name.to_owned(),
            value: Written::Raw(value.to_owned()),
        };
        for (text, expected) in [
            ("A=1\nB = two words # c\n", vec![bare("A", "1"), bare("B", "two words")]),
            ("# A=1\nexport B=\nC: x\r\n", vec![bare("B", ""), bare("C", "x")]),
            ("A=\"x # y\" # z\nB='$A'", vec![bare("A", "x # y"), raw("B", "$A")]),
            (
                "A=\"one\nB=in\ntwo\"\nC=3",
                vec![bare("A", "one\nB=in\ntwo"), bare("C", "3")],
            ),
            (r#"A="a\"b\n\$c\q""#, vec![bare("A", "a\"b\n$$c\\q")]),
            (r"A='a\n\''", vec![raw("A", r"a\n'")]),
            ("A\nB=#c\nC=a#b\n", vec![bare("B", ""), bare("C", "a#b")]),
            ("A=1\nB=\"never ends\nC=2\n", vec![bare("A", "1")]),
            ("A B=1\nC=é\n=x\n", vec![bare("C", "é")]),
        ] {
            assert_eq!(assignments(text), expected, "{text}");
        }
    }
}
