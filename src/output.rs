//! What a reader gets to see: one file a format. Output sees reports, never a tree.

mod annotations;
mod base;
mod concise;
mod fold;
mod full;
mod json;
mod line_hash;
mod machine;
mod markdown;
mod paint;
mod patch;
mod plain;
pub mod rulebook;
mod sarif;
mod summary;
mod window;
mod xml;

pub use annotations::github;
pub use base::Base;
pub(crate) use base::bytes as path_bytes;
pub use concise::concise;
pub use full::full;
pub use json::{check as json, finding_values, pretty, range as json_range};
pub use line_hash::line_hashes;
pub use machine::{gitlab, rdjson};
pub(crate) use markdown::cell as markdown_cell;
pub use markdown::markdown;
pub use paint::{Paint, Style};
pub use patch::{Hunk, hunks};
pub(crate) use plain::{COMMAND, plain_path};
pub use plain::{plain, plain_line};
pub use sarif::{Absent, Compared, RESULTS_CAP, sarif};
pub use summary::Summary;
pub use xml::{checkstyle, junit};
