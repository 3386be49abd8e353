//! privlint says, for every container a repository launches, what it is allowed to do, what of that
//! it does not need, and what to write instead.
//!
//! The layers, each using only those before it (a test holds this): [`source`]; [`container`],
//! [`spec`], [`fix`], [`knowledge`], [`semantics`] and [`evidence`]; [`shell`]; [`front`]; [`rules`]; [`engine`]; [`output`];
//! then the outside: [`config`], [`discover`] and [`cli`].

pub mod cli;
pub mod config;
pub mod container;
pub mod discover;
pub mod engine;
pub mod evidence;
pub mod fix;
pub mod front;
pub mod knowledge;
pub mod output;
pub mod rules;
pub mod semantics;
pub mod shell;
pub mod source;
pub mod spec;
