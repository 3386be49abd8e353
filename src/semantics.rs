//! What an engine makes of a container: the capabilities it ends with, whether it is confined, and the
//! values with which nothing starts.
//!
//! All of it are questions to a [`Container`](crate::container::Container), which itself is plain data.

mod effective;
mod refused;

pub use effective::UNCONFINED_TYPES;
