//! What a reader gets to see.

pub mod rulebook;
