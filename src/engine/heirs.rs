//! Which services of a file extend which: what is added to one comes to its heirs as well.

use std::collections::{BTreeMap, BTreeSet};

use crate::container::{FileId, ViaKind};
use crate::front::Reading;

/// Who extends whom in one reading, by the indexes of the containers.
#[derive(Debug, Default)]
pub(super) struct Heirs {
    /// Every service that a service takes something over from, near or far.
    bases: BTreeMap<usize, BTreeSet<usize>>,
    /// The same from the other side.
    heirs: BTreeMap<usize, BTreeSet<usize>>,
}

impl Heirs {
    /// Looks where the values of each service stand that came by `extends`.
    pub(super) fn of(reading: &Reading) -> Heirs {
        let mut heirs = Heirs::default();
        if !reading.has_services() {
            return heirs;
        }
        let services = reading.containers.iter().enumerate();
        let services = services.filter(|(_, c)| c.syntax.is_service());
        let by_start: BTreeMap<(FileId, u32), usize> =
            services.clone().map(|(i, c)| ((c.file, c.body.start), i)).collect();
        for (i, container) in services {
            for place in container.places() {
                if !place.via.iter().any(|step| step.kind == ViaKind::Extends) {
                    continue;
                }
                let before = by_start.range(..=(place.file, place.value.start)).next_back();
                let Some((_, &base)) = before.filter(|((file, _), _)| *file == place.file) else {
                    continue;
                };
                let body = reading.containers.get(base).map(|c| c.body);
                if base != i && body.is_some_and(|body| body.contains(place.value)) {
                    heirs.bases.entry(i).or_default().insert(base);
                    heirs.heirs.entry(base).or_default().insert(i);
                }
            }
        }
        heirs
    }

    /// The services that one takes something over from.
    pub(super) fn bases(&self, heir: usize) -> impl Iterator<Item = usize> {
        self.bases.get(&heir).into_iter().flatten().copied()
    }

    /// The services that take something over from one.
    pub(super) fn heirs(&self, base: usize) -> impl Iterator<Item = usize> {
        self.heirs.get(&base).into_iter().flatten().copied()
    }
}
