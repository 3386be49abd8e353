//! The built binary, run as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::string_slice,
    unreachable_pub
)]

#[path = "cli/action.rs"]
mod action;
#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/basics.rs"]
mod basics;
#[path = "cli/cap_drop.rs"]
mod cap_drop;
#[path = "cli/compose.rs"]
mod compose;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/documents.rs"]
mod documents;
#[path = "cli/evidence.rs"]
mod evidence;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/fixing.rs"]
mod fixing;
#[path = "cli/folders.rs"]
mod folders;
#[path = "cli/ignoring.rs"]
mod ignoring;
#[path = "cli/image.rs"]
mod image;
#[path = "cli/kinds.rs"]
mod kinds;
#[path = "cli/look.rs"]
mod look;
#[path = "cli/manners.rs"]
mod manners;
#[path = "new_rule.rs"]
#[allow(dead_code)]
mod new_rule;
#[path = "cli/own_names.rs"]
mod own_names;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/trust.rs"]
mod trust;
