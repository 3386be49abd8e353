//! Booleans as the clients read them.

use crate::container::{Switch, Text};

/// A boolean by the rules of Go's `strconv.ParseBool`: `None` for what the engines refuse (`yes`, `on`, nothing).
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// The switch that a value sets; unknown for a hole, refused for a word that the engines refuse.
pub fn switch(text: &Text) -> Switch {
    match text.known().map(|known| boolean(&known)) {
        Some(Some(true)) => Switch::On,
        Some(Some(false)) => Switch::Off,
        Some(None) => Switch::Refused,
        None => Switch::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_languages_are_no_booleans() {
        assert_eq!(boolean("t"), Some(true));
        assert_eq!(boolean("False"), Some(false));
        for word in ["yes", "on", "", "tRUE", "2"] {
            assert_eq!(boolean(word), None, "{word}");
            let text = Text::cooked(word, crate::source::Span::default());
            assert_eq!(switch(&text), Switch::Refused, "{word}");
        }
    }
}
