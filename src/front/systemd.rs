//! What units of systemd and Quadlets have in common: sections with `Key=value` lines, words in quotes,
//! and what is only filled in at the start: `%h`, `${NAME}`.

mod expand;
mod lines;
mod manager;
mod split;

pub(super) use expand::{Environment, Start, expand, is_gap, parts, specifier};
pub(super) use lines::{Assignment, Style, TOO_LONG, Unit};
pub(super) use manager::{Folder, is_template, is_users};
pub(super) use split::{Chunk, Quoting, Word, split};
