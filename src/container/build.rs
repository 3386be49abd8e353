//! What a build asks for, and the image that it makes.

use super::{Switch, Text, Written};

/// What a build or one of its steps asks for beyond the sandbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// The build context, where it is written.
    pub context: Option<Written<Text>>,
    /// The Dockerfile, where it is named.
    pub dockerfile: Option<Written<Text>>,
    /// The text of a Dockerfile that is written in the build itself: `build.dockerfile_inline`.
    pub inline: Option<Text>,
    /// Arguments of the build, `NAME=value`, or `NAME` for one that the environment sets.
    pub args: Vec<Written<Text>>,
    /// The stage that is built, where it is not the last.
    pub target: Option<Written<Text>>,
    /// `RUN --security=…`.
    pub security: Option<Written<Text>>,
    /// `RUN --network=…`, `build.network`.
    pub network: Option<Written<Text>>,
    /// `build.privileged`.
    pub privileged: Option<Written<Switch>>,
    /// `build.entitlements`, `--allow`, what a builder is made to allow.
    pub entitlements: Vec<Written<Text>>,
    /// How many builds all of this is said of.
    pub reach: Reach,
}

/// How many builds something is said of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// One.
    #[default]
    One,
    /// All that a file describes: `buildx bake`.
    Several,
    /// All that a builder will ever make: `buildx create`. Each still has to ask for it.
    Builder,
}

/// What the final stage of a Dockerfile says of the image that is built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BuiltImage {
    /// The Dockerfile, as a reader would write its path.
    pub dockerfile: String,
    /// The image that its stages begin from, outermost.
    pub base: Option<Text>,
    /// The last `USER`; `None` where the base image decides.
    pub user: Option<Text>,
    /// `ENTRYPOINT`, its first word.
    pub entrypoint: Option<Text>,
    /// `CMD`.
    pub command: Vec<Text>,
    /// `EXPOSE`.
    pub ports: Vec<Text>,
    /// `LABEL`, `key=value`.
    pub labels: Vec<Text>,
}
