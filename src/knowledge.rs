//! Facts about the world that the texts do not say: engines, capabilities, images, paths. Each comes
//! from a file under `rules/knowledge/`, which names its sources.

pub mod bases;
pub mod capabilities;
pub mod commands;
pub mod condition;
pub mod flags;
pub mod glob;
pub mod image_name;
pub mod images;
pub mod needs;
pub mod own;
pub mod paths;
pub mod programs;
mod route;
pub mod sockets;
pub mod standing;
pub mod trials;
pub mod verdict;
mod versions;
