//! What helps to set privlint up: a configuration file, completions, the manual page.

use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use super::terminal::Terminal;
use super::{CLEAN, FAILED};
use crate::config::NAMES;

/// The configuration file that `privlint init` writes: it says what holds without one.
const INIT: &str = include_str!("init.yaml");

/// Writes a commented configuration file.
pub(crate) fn init(terminal: &mut Terminal) -> u8 {
    if let Some(there) = NAMES.iter().find(|name| Path::new(name).symlink_metadata().is_ok()) {
        terminal.error(&format!("{there} is already there"));
        return FAILED;
    }
    let [name, ..] = NAMES;
    match super::write::create(Path::new(name), INIT) {
        Ok(()) => {
            terminal.say(&format!("privlint: {name} is written"));
            CLEAN
        }
        Err(why) => {
            terminal.error(&format!("{name}: {why}"));
            FAILED
        }
    }
}

/// Writes the manual page.
pub(crate) fn man(terminal: &mut Terminal) -> u8 {
    let mut bytes = Vec::new();
    let page = clap_mangen::Man::new(Cli::command());
    if page.render(&mut bytes).is_err() {
        return FAILED;
    }
    terminal.out_bytes(&bytes);
    CLEAN
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::config::File;

    #[test]
    fn the_written_configuration_says_what_holds_without_one_and_every_line_of_it_is_right() {
        assert_eq!(File::parse(super::INIT, "c").unwrap(), File::default());
        let uncommented: String = super::INIT
            .lines()
            .filter(|line| !line.starts_with("# ") || line.starts_with("#  "))
            .map(|line| format!("{}\n", line.trim_start_matches('#')))
            .collect();
        let file = File::parse(&uncommented, "c").map_err(|e| e.to_string()).unwrap();
        assert!(
            file.baseline.is_some() && file.ignores.require_reason && !file.rules.is_empty(),
            "{uncommented}"
        );
    }
}
