//! `--security-opt` and Compose's `security_opt`.

use crate::container::Text;

pub use crate::container::SecurityOption;

/// Takes a security option apart.
pub fn security_option(text: &Text) -> SecurityOption {
    SecurityOption::new(text)
}
