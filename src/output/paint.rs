//! Colours, in one place.

use anstyle::{AnsiColor, Effects, Style as Ansi};

use crate::fix::Severity;

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The word for a severity with the rule's name.
    Severity(Severity),
    /// A message.
    Strong,
    /// Line numbers, borders, arrows.
    Frame,
    /// What explains.
    Secondary,
    /// The word `help`.
    Help,
    /// A line that goes.
    Removed,
    /// A line that comes.
    Added,
    /// Less important words.
    Faint,
}

/// Whether text is coloured, and whether names are links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// True to colour.
    pub colour: bool,
    /// True to make rule names links to their pages, for terminals that know how.
    pub links: bool,
}

impl Style {
    pub(crate) fn ansi(self) -> Ansi {
        let bright = |colour: AnsiColor| Ansi::new().fg_color(Some(colour.into())).effects(Effects::BOLD);
        match self {
            Style::Severity(Severity::Error) => bright(AnsiColor::BrightRed),
            Style::Severity(Severity::Warning) => bright(AnsiColor::BrightYellow),
            Style::Severity(Severity::Note) => bright(AnsiColor::BrightGreen),
            Style::Strong => Ansi::new().effects(Effects::BOLD),
            Style::Frame | Style::Secondary => bright(AnsiColor::BrightBlue),
            Style::Help => bright(AnsiColor::BrightCyan),
            Style::Removed => Ansi::new().fg_color(Some(AnsiColor::BrightRed.into())),
            Style::Added => Ansi::new().fg_color(Some(AnsiColor::BrightGreen.into())),
            Style::Faint => Ansi::new().effects(Effects::DIMMED),
        }
    }
}

impl Paint {
    /// The text in the style's colour.
    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let ansi = style.ansi();
        format!("{}{text}{}", ansi.render(), ansi.render_reset())
    }

    /// The text as a link to an address (OSC 8).
    pub fn link(self, text: &str, address: &str) -> String {
        if self.links {
            format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
        } else {
            text.to_owned()
        }
    }
}
