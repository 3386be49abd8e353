//! Linted text as it may be shown: nothing in it speaks to a terminal or hides from a reader.

use std::borrow::Cow;

/// The character that is shown for one that must not reach a terminal; `None` for one that may.
pub(crate) fn shown_instead(c: char) -> Option<char> {
    let code = u32::from(c);
    match c {
        '\t' => None,
        // control pictures: ␀ to ␟, and ␡
        '\0'..='\u{1f}' => char::from_u32(0x2400 + code),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls
        '\u{80}'..='\u{9f}' => Some(char::REPLACEMENT_CHARACTER),
        // marks that change the direction of text
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(char::REPLACEMENT_CHARACTER)
        }
        // characters without a width, line separators, tags
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => Some(char::REPLACEMENT_CHARACTER),
        _ => None,
    }
}

/// A text of one line with every hostile character replaced; line ends become pictures too.
///
/// A runner of workflows obeys `##[…]` wherever it stands in a line: its bracket is shown as another.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(COMMAND) && text.chars().all(|c| shown_instead(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut marks = Marks::default();
    Cow::Owned(text.chars().map(|c| marks.shown(c)).collect())
}

/// A whole line that begins with linted text: what a runner would take for `::command::` begins with
/// another character.
pub fn plain_line(text: &str) -> Cow<'_, str> {
    let shown = plain(text);
    match shown.trim_start().starts_with("::") {
        true => Cow::Owned(shown.replacen("::", "\u{2237}", 1)),
        false => shown,
    }
}

/// A path at the beginning of a line: `./` before one that a runner would obey.
pub(crate) fn plain_path(path: &str) -> Cow<'_, str> {
    let shown = plain(path);
    match shown.trim_start().starts_with("::") {
        true => Cow::Owned(format!("./{shown}")),
        false => shown,
    }
}

/// What makes a runner obey, wherever it stands in a line.
pub(crate) const COMMAND: &str = "##[";

/// Shows a text a character at a time, with a memory for the marks before it.
#[derive(Default)]
pub(crate) struct Marks(u8);

impl Marks {
    /// The character that is shown for the next one.
    pub(crate) fn shown(&mut self, c: char) -> char {
        let after_marks = self.0 >= 2;
        self.0 = if c == '#' { self.0.saturating_add(1) } else { 0 };
        match c {
            '[' if after_marks => '\u{27e6}',
            c => shown_instead(c).unwrap_or(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_is_left() {
        let shown = plain("a\u{1b}[2Jb\u{202e}c\u{9b}d\u{200b}\r\n\te\u{feff}");
        assert_eq!(
            shown,
            "a\u{241b}[2Jb\u{fffd}c\u{fffd}d\u{fffd}\u{240d}\u{240a}\te\u{fffd}"
        );
        assert_eq!(plain("a ##[error]b #[c]"), "a ##\u{27e6}error]b #[c]");
        assert_eq!(plain_line("  ::error::x::"), "  \u{2237}error::x::");
        assert_eq!(plain_path(" ::error::x"), "./ ::error::x");
        assert!(matches!(plain_line("a::b"), Cow::Borrowed(_)));
        assert!(matches!(plain("caf\u{e9} \u{1f980}"), Cow::Borrowed(_)));
    }
}
