//! Needs of a launch some of whose values are defaults: whoever launches it may give others.

use std::borrow::Cow;

use crate::container::Container;

use super::{Needs, Trust, needs_as_written};

/// What a container needs whatever is given: a value that may be another proves nothing.
pub(super) fn whatever_is_given(container: &Container) -> Option<Needs> {
    let opened = match container.opened() {
        Cow::Borrowed(same) => return needs_as_written(same),
        Cow::Owned(opened) => opened,
    };
    if let Some(needs) = needs_as_written(&opened) {
        return Some(needs);
    }
    // what the image most likely is helps a reader
    let mut assumed = opened;
    assumed.image.clone_from(&container.image);
    let mut needs = needs_as_written(&assumed)?;
    if needs.trust > Trust::Likely {
        needs.trust = Trust::Likely;
        needs.doubt = Some("its image is a default, and another may be given".to_owned());
    }
    Some(needs)
}
