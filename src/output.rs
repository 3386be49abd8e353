//! What a reader gets to see: one file a format. Output sees reports, never a tree.

mod concise;
mod full;
mod json;
mod paint;
mod patch;
mod plain;
pub mod rulebook;
mod summary;
mod window;

pub use concise::{concise, concise_line};
pub use full::full;
pub use json::{check as json, finding_values, range as json_range};
pub use paint::{Paint, Style};
pub use patch::{Hunk, hunks};
pub use plain::plain;
pub use summary::Summary;
