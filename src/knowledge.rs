//! Facts about engines, capabilities and images, compiled in from `rules/knowledge`.

pub mod flags;
