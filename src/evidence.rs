//! What a host has recorded of a container: refusals in its logs, and listings of what the container
//! has. Read from whatever text people paste, told apart by its content.
//!
//! [`Log::read`] reads one log as a stream; [`fit`] says how far a refusal speaks of a launch;
//! [`advice`] says what a refusal means and what can be written, the narrowest first.

mod advice;
mod fields;
mod fit;
mod gather;
mod journal;
mod json;
mod label;
mod listing;
mod record;
mod report;
mod stream;
mod symptom;
mod trace;

pub(crate) use advice::boolean;
pub use advice::{Advice, Remedy, RemedyKind, advice};
pub(crate) use fit::is_named;
pub use fit::{Fit, fit};
pub use gather::Log;
pub use label::keeps_label;
pub use listing::{Listed, Observation, ObservationKind};
pub use record::{Context, Denial, DenialKind};
pub use symptom::{Means, Symptom, symptoms};
pub use trace::Trace;
