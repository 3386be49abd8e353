//! The configuration file, and the settings that it and the command line make for each file.
//!
//! `.privlint.yaml` or `privlint.yaml` is found from each input file upward: the nearest wins,
//! nothing is merged, and the search ends at the repository root. There is no user-level file, so
//! that a gate is the same for everyone.

mod file;
mod find;
mod mistake;
mod schema;
mod selector;
mod settings;
mod silence;
mod word;

pub use file::{EngineWord, FailOn, File, Ignores, RuleOptions};
pub use find::{Config, Loader, NAMES};
pub use mistake::{Mistake, did_you_mean};
pub use schema::schema;
pub use selector::{Selector, select};
pub use settings::{Asked, settings};
