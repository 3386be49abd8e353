//! Stand-in, replaced by the real one.

use super::{Capabilities, Container, SelinuxFacts, Text};

impl Container {
    /// Capability fields.
    pub fn capabilities(&self) -> Capabilities {
        let shown = |list: &[super::Written<Text>]| list.iter().map(|w| w.value.shown()).collect();
        Capabilities {
            add: shown(&self.cap_add),
            drop: shown(&self.cap_drop),
            effective: None,
        }
    }
    /// Confinement.
    pub fn selinux(&self) -> SelinuxFacts {
        SelinuxFacts {
            confined: true,
            why: None,
        }
    }
    /// nnp
    pub fn no_new_privileges(&self) -> bool {
        false
    }
}
