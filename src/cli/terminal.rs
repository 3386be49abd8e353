//! Standard output and standard error: colours, closed pipes.

use std::io::{ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::ColorWhen;
use crate::output::{Paint, plain, plain_line};

/// Where a run writes.
pub(crate) struct Terminal {
    /// How findings are coloured.
    pub(crate) paint: Paint,
    /// True when standard output is a terminal.
    pub(crate) is_terminal: bool,
    /// How messages are coloured.
    errors: Paint,
    /// True once standard output was closed by its reader.
    closed: bool,
    /// True once something could not be written.
    broken: bool,
}

impl Terminal {
    /// Decides the colours of both streams.
    pub(crate) fn new(when: ColorWhen) -> Terminal {
        let out_is_terminal = std::io::stdout().is_terminal();
        let var = |name: &str| std::env::var(name).unwrap_or_default();
        let colour = |is_terminal| colours(when, &var, is_terminal);
        Terminal {
            paint: Paint {
                colour: colour(out_is_terminal),
                links: out_is_terminal && colour(true) && knows_links(&var),
            },
            is_terminal: out_is_terminal,
            errors: Paint {
                colour: colour(std::io::stderr().is_terminal()),
                links: false,
            },
            closed: false,
            broken: false,
        }
    }

    /// Writes our own words to standard output, in the colours that it takes.
    pub(crate) fn out(&mut self, text: &str) {
        let choice = choice(self.paint.colour);
        self.written(|out| {
            let mut stream = AutoStream::new(out, choice);
            stream.write_all(text.as_bytes())?;
            stream.flush()
        });
    }

    /// Writes bytes of the user's file to standard output, every one of them as it is.
    pub(crate) fn out_bytes(&mut self, bytes: &[u8]) {
        self.written(|mut out| {
            out.write_all(bytes)?;
            out.flush()
        });
    }

    /// Writes what is still to come on standard input to standard output.
    pub(crate) fn pass_on(&mut self) {
        self.written(|mut out| {
            std::io::copy(&mut std::io::stdin().lock(), &mut out)?;
            out.flush()
        });
    }

    /// Once the reader of standard output has gone, nothing is written any more.
    fn written(&mut self, write: impl FnOnce(std::io::StdoutLock<'static>) -> std::io::Result<()>) {
        if self.closed || self.broken {
            return;
        }
        match write(std::io::stdout().lock()) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => {
                self.broken = true;
                self.error(&format!("standard output: {}", crate::discover::reason(&error)));
            }
        }
    }

    /// A line on standard error. Nothing in it speaks to a terminal or to a runner of workflows.
    pub(crate) fn say(&mut self, text: &str) {
        self.say_shown(&plain_line(text));
    }

    /// Lines on standard error that are fit to be shown already.
    pub(crate) fn say_shown(&mut self, text: &str) {
        let mut stream = AutoStream::new(std::io::stderr().lock(), choice(self.errors.colour));
        // nobody is left to be told that nobody reads
        let _ = writeln!(stream, "{text}");
    }

    /// An error on standard error.
    pub(crate) fn error(&mut self, text: &str) {
        use crate::fix::Severity;
        use crate::output::Style;
        let word = self.errors.paint(Style::Severity(Severity::Error), "privlint:");
        self.say_shown(&format!("{word} {}", plain(text)));
    }

    /// The columns of the terminal that standard output is.
    pub(crate) fn width(&self) -> Option<usize> {
        let size = self.is_terminal.then(terminal_size::terminal_size).flatten();
        size.map(|(width, _)| usize::from(width.0))
    }

    /// False once nobody reads standard output, or it cannot be written.
    pub(crate) fn is_open(&self) -> bool {
        !self.closed && !self.broken
    }

    /// The exit code, which is that of a failure where output could not be written.
    pub(crate) fn finish(&self, code: u8) -> u8 {
        if self.broken { super::FAILED } else { code }
    }
}

fn choice(colour: bool) -> ColorChoice {
    if colour {
        ColorChoice::AlwaysAnsi
    } else {
        ColorChoice::Never
    }
}

/// The option, then `NO_COLOR`, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then `CLICOLOR=0` and `TERM=dumb`, then
/// the terminal. `FORCE_COLOR=0` is the wish for none.
fn colours(when: ColorWhen, var: &dyn Fn(&str) -> String, is_terminal: bool) -> bool {
    let forces = |name: &str| !matches!(var(name).as_str(), "" | "0" | "false");
    let refuses = |name: &str| matches!(var(name).as_str(), "0" | "false");
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if !var("NO_COLOR").is_empty() => false,
        ColorWhen::Auto if forces("FORCE_COLOR") || forces("CLICOLOR_FORCE") => true,
        ColorWhen::Auto if refuses("FORCE_COLOR") || refuses("CLICOLOR") => false,
        ColorWhen::Auto => is_terminal && var("TERM") != "dumb",
    }
}

/// Terminals that are known to understand links, and not to show them as rubbish.
fn knows_links(var: &dyn Fn(&str) -> String) -> bool {
    let said = |name: &str| !var(name).is_empty();
    let program = var("TERM_PROGRAM");
    let term = var("TERM");
    matches!(program.as_str(), "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "rio")
        || [
            "KITTY_WINDOW_ID",
            "WT_SESSION",
            "KONSOLE_VERSION",
            "ALACRITTY_WINDOW_ID",
        ]
        .iter()
        .any(|name| said(name))
        || matches!(term.as_str(), "xterm-kitty" | "xterm-ghostty" | "foot" | "alacritty")
        || var("VTE_VERSION").parse::<u32>().is_ok_and(|version| version >= 5000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_what_decides_colours() {
        type Case<'a> = (ColorWhen, &'a [(&'a str, &'a str)], bool, bool);
        let cases: &[Case] = &[
            (ColorWhen::Auto, &[], true, true),
            (ColorWhen::Auto, &[], false, false),
            (ColorWhen::Auto, &[("NO_COLOR", "1")], true, false),
            (ColorWhen::Auto, &[("NO_COLOR", "")], true, true),
            (ColorWhen::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (ColorWhen::Auto, &[("FORCE_COLOR", "1")], false, true),
            (ColorWhen::Auto, &[("FORCE_COLOR", "0")], false, false),
            (ColorWhen::Auto, &[("FORCE_COLOR", "0")], true, false),
            (ColorWhen::Auto, &[("CLICOLOR", "0")], true, false),
            (
                ColorWhen::Auto,
                &[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")],
                false,
                true,
            ),
            (ColorWhen::Auto, &[("CLICOLOR", "1")], false, false),
            (
                ColorWhen::Auto,
                &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")],
                false,
                true,
            ),
            (ColorWhen::Auto, &[("TERM", "dumb")], true, false),
            (ColorWhen::Always, &[("NO_COLOR", "1")], false, true),
            (ColorWhen::Never, &[("FORCE_COLOR", "1")], true, false),
        ];
        for (when, env, is_terminal, expected) in cases {
            let var = |name: &str| {
                let found = env.iter().find(|(n, _)| *n == name);
                found.map_or(String::new(), |(_, v)| (*v).to_owned())
            };
            assert_eq!(colours(*when, &var, *is_terminal), *expected, "{when:?} {env:?}");
        }
    }
}
