//! The mounts of one container, held against each other once for all rules: each against each costs the
//! square of their number.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::container::{At, Container, Place};
use crate::knowledge::paths;

use super::{NeighbourMount, Scene};

/// What is known of the mounts of one container together, once it was asked for.
#[derive(Debug, Default)]
pub struct Mounts {
    at: OnceCell<HashMap<At, Vec<usize>>>,
    nested: OnceCell<Vec<bool>>,
    engine_socket: OnceCell<bool>,
}

impl Scene<'_> {
    /// The mounts that are written at a place, by index and in order: a loop makes several of one.
    pub(super) fn mounts_at(&self, place: &Place) -> &[usize] {
        let by_place = self.mounts.at.get_or_init(|| by_place(self.container));
        by_place.get(&place.at()).map_or(&[], Vec::as_slice)
    }

    /// True where another host path of the container lies above or below that of this bind mount.
    pub(super) fn is_nested(&self, index: usize) -> bool {
        let nested = self.mounts.nested.get_or_init(|| nested(self.container));
        nested.get(index).copied().unwrap_or(false)
    }

    /// True for a container that is given the socket of an engine, and may start others.
    pub(super) fn has_engine_socket(&self) -> bool {
        let socket = || {
            self.container
                .mounts
                .iter()
                .any(|w| paths::engine_socket(&w.value).is_some())
        };
        *self.mounts.engine_socket.get_or_init(socket)
    }

    /// What else mounts the host path of a mount.
    pub(super) fn neighbours_of(&self, index: usize) -> impl Iterator<Item = &NeighbourMount> + Clone {
        let first = self.neighbours.partition_point(|n| n.mount < index);
        let from = self.neighbours.get(first..).unwrap_or(&[]);
        from.iter().take_while(move |n| n.mount == index)
    }
}

fn by_place(container: &Container) -> HashMap<At, Vec<usize>> {
    let mut places: HashMap<At, Vec<usize>> = HashMap::new();
    for (i, mount) in container.mounts.iter().enumerate() {
        places.entry(mount.place.at()).or_default().push(i);
    }
    places
}

fn nested(container: &Container) -> Vec<bool> {
    let binds = container
        .mounts
        .iter()
        .map(|w| w.value.path().filter(|_| w.value.is_bind()));
    paths::nested(&binds.collect::<Vec<_>>())
}
