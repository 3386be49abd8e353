//! What holds for every page, every example and every source file of the project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::string_slice)]

#[path = "suite/layers.rs"]
mod layers;
