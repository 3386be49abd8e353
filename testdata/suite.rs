//! What holds for every page, every example and every source file of the project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::string_slice)]

#[path = "suite/asked.rs"]
mod asked;
#[path = "suite/documents.rs"]
mod documents;
#[path = "suite/evidence.rs"]
mod evidence;
#[path = "suite/fixes.rs"]
mod fixes;
#[path = "suite/growth.rs"]
mod growth;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/hosts.rs"]
mod hosts;
#[path = "suite/kept.rs"]
mod kept;
#[path = "suite/labels.rs"]
mod labels;
#[path = "suite/layers.rs"]
mod layers;
#[path = "suite/layouts.rs"]
mod layouts;
#[path = "suite/meant.rs"]
mod meant;
#[path = "suite/pages.rs"]
mod pages;
#[path = "suite/rewritten.rs"]
mod rewritten;
#[path = "suite/samples.rs"]
mod samples;
#[path = "suite/scripts.rs"]
mod scripts;
#[path = "suite/sweep.rs"]
mod sweep;
#[path = "suite/written_out.rs"]
mod written_out;
