//! What a trace saw a container use.

/// What a trace saw a container use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// The container, as the trace names it.
    pub container: String,
    /// The capabilities that it asked for, in order of their names.
    pub used: Vec<&'static str>,
    /// True where it covers two lives, the first on its data as they are created and a later one, each up to
    /// the stop.
    pub whole: bool,
    /// What it covers, in words: `2 lives, each up to its stop`.
    pub covers: String,
    /// Where the trace stands: `capable.log:3`.
    pub at: String,
}
