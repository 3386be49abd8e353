//! What a change does to the model: the expectation that a rendered fix is held against.

use super::visit::FieldMut;
use super::{Container, FileId, Key, Mount, Namespace, NamespaceSetting, Place, Relabel, Switch, Text, Written};
use crate::source::Span;

impl Container {
    /// Forgets what is written at the place.
    pub fn remove(&mut self, place: &Place) {
        // without the last `USER` of a Dockerfile the one before it counts
        let earlier = self.user.as_ref().filter(|user| user.place.same(place));
        let earlier = earlier.and(self.stage.as_mut()).and_then(|s| s.earlier_users.pop());
        for field in self.fields_mut() {
            match field {
                FieldMut::Text(text) => drop_option(text, place),
                FieldMut::Texts(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::Switches(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::Switch(switch) => drop_option(switch, place),
                FieldMut::Mounts(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::Namespaces(list) => list.retain(|s| !s.mode.place.same(place)),
                FieldMut::Grants(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::Lost(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::PassedOver(list) => list.retain(|w| !w.place.same(place)),
                FieldMut::Words(_) | FieldMut::Inline(_) | FieldMut::Options(_) | FieldMut::Stage(_) => {}
            }
        }
        self.user = self.user.take().or(earlier);
    }

    /// Puts another value where one is written. Mounts are re-read by their front, not here.
    pub fn replace(&mut self, place: &Place, text: &str) {
        // text written over a grant is there to remove it
        self.grants.retain(|w| !w.place.same(place));
        for field in self.fields_mut() {
            match field {
                FieldMut::Text(Some(w)) if w.place.same(place) => w.value = made(text),
                FieldMut::Texts(list) => {
                    let there = list.iter_mut().filter(|w| w.place.same(place));
                    there.for_each(|w| w.value = made(text));
                }
                FieldMut::Namespaces(list) => {
                    let there = list.iter_mut().filter(|s| s.mode.place.same(place));
                    there.for_each(|s| s.mode.value = made(text));
                }
                FieldMut::Switches(list) => {
                    let there = list.iter_mut().filter(|w| w.place.same(place));
                    there.for_each(|w| w.value = switch(text));
                }
                _ => {}
            }
        }
    }

    /// Gives the mount that is written at the place another label request.
    pub fn relabel(&mut self, place: &Place, relabel: Relabel) {
        for w in self.mounts.iter_mut().filter(|w| w.place.same(place)) {
            w.value.relabel = relabel;
            w.value.relabel_lost = None;
        }
    }

    /// Lets the container only read what is mounted at the place.
    pub fn close(&mut self, place: &Place) {
        for w in self.mounts.iter_mut().filter(|w| w.place.same(place)) {
            w.value.read_only = true;
        }
    }

    /// Says one more thing, as if it were written after all others. Keys that no fix adds are left alone.
    pub fn add(&mut self, key: Key, value: &str) {
        let place = Place {
            file: FileId(u16::MAX),
            value: Span::default(),
            entry: Span::default(),
            via: Vec::new(),
        };
        let text = Written::new(made(value), place.clone());
        match key {
            Key::Privileged => self.privileged.push(Written::new(switch(value), place)),
            Key::ReadOnly => self.read_only.push(Written::new(switch(value), place)),
            Key::CapAdd => self.cap_add.push(text),
            Key::CapDrop => self.cap_drop.push(text),
            Key::SecurityOpt => self.security_opt.push(text),
            Key::Device => self.devices.push(text),
            Key::DeviceCgroupRule => self.device_cgroup_rules.push(text),
            Key::Sysctl => self.sysctls.push(text),
            Key::User => self.user = Some(text),
            Key::ShmSize => self.shm_size = Some(text),
            Key::Namespace(namespace) => self.namespaces.push(NamespaceSetting { namespace, mode: text }),
            Key::Mount | Key::Image | Key::Name | Key::Command | Key::Other => {}
        }
    }

    /// The mount that is written at a place.
    pub fn mount_at(&self, place: &Place) -> Option<&Written<Mount>> {
        self.mounts.iter().find(|w| w.place.same(place))
    }

    /// True when the namespace is the host's.
    pub fn shares_with_host(&self, namespace: Namespace) -> bool {
        self.namespace(namespace).is_some_and(|mode| mode.value.is("host"))
    }
}

fn made(text: &str) -> Text {
    Text::cooked(text, Span::default())
}

fn switch(text: &str) -> Switch {
    if text == "false" { Switch::Off } else { Switch::On }
}

fn drop_option<T>(slot: &mut Option<Written<T>>, place: &Place) {
    if slot.as_ref().is_some_and(|w| w.place.same(place)) {
        *slot = None;
    }
}
