//! What a change does to the model: the expectation that a rendered fix is held against.

use super::{Container, FileId, Key, Mount, Namespace, NamespaceSetting, Place, Relabel, Switch, Text, Written};
use crate::source::Span;

impl Container {
    /// The place of everything that is written of this container, in no particular order.
    pub fn places(&self) -> Vec<&Place> {
        let mut places = Vec::new();
        let singles = [
            &self.name,
            &self.image,
            &self.entrypoint,
            &self.user,
            &self.runtime,
            &self.shm_size,
            &self.pod,
        ];
        places.extend(singles.into_iter().flatten().map(|w| &w.place));
        let lists = [
            &self.cap_add,
            &self.cap_drop,
            &self.security_opt,
            &self.volumes_from,
            &self.devices,
            &self.device_cgroup_rules,
            &self.gpus,
            &self.group_add,
            &self.sysctls,
            &self.ports,
            &self.environment,
            &self.labels,
        ];
        places.extend(lists.into_iter().flatten().map(|w| &w.place));
        places.extend(
            self.privileged
                .iter()
                .chain(&self.read_only)
                .chain(&self.api_socket)
                .map(|w| &w.place),
        );
        places.extend(self.mounts.iter().map(|w| &w.place));
        places.extend(self.namespaces.iter().map(|s| &s.mode.place));
        places.extend(self.grants.iter().map(|w| &w.place));
        places.extend(self.stack.iter().flat_map(|s| &s.passed_over).map(|w| &w.place));
        if let Some(build) = &self.build {
            let texts = [
                &build.context,
                &build.dockerfile,
                &build.target,
                &build.security,
                &build.network,
            ];
            places.extend(texts.into_iter().flatten().map(|w| &w.place));
            places.extend(build.privileged.iter().map(|w| &w.place));
            places.extend(build.entitlements.iter().map(|w| &w.place));
        }
        places
    }

    /// Forgets what is written at the place.
    pub fn remove(&mut self, place: &Place) {
        // without the last `USER` of a Dockerfile the one before it counts
        let earlier = self.user.as_ref().filter(|user| user.place.same(place));
        let earlier = earlier.and(self.stage.as_mut()).and_then(|s| s.earlier_users.pop());
        let singles = [
            &mut self.name,
            &mut self.image,
            &mut self.entrypoint,
            &mut self.user,
            &mut self.runtime,
            &mut self.pod,
        ];
        for single in singles {
            drop_option(single, place);
        }
        self.user = self.user.take().or(earlier);
        self.grants.retain(|w| !w.place.same(place));
        for list in self.text_lists() {
            list.retain(|w| !w.place.same(place));
        }
        self.privileged.retain(|w| !w.place.same(place));
        self.read_only.retain(|w| !w.place.same(place));
        drop_option(&mut self.api_socket, place);
        self.mounts.retain(|w| !w.place.same(place));
        self.namespaces.retain(|s| !s.mode.place.same(place));
        if let Some(build) = &mut self.build {
            drop_option(&mut build.context, place);
            drop_option(&mut build.dockerfile, place);
            drop_option(&mut build.target, place);
            drop_option(&mut build.security, place);
            drop_option(&mut build.network, place);
            drop_option(&mut build.privileged, place);
            build.entitlements.retain(|w| !w.place.same(place));
        }
    }

    /// Puts another value where one is written. Mounts are re-read by their front, not here.
    pub fn replace(&mut self, place: &Place, text: &str) {
        // what is written in a grant's place is written to take it away
        self.grants.retain(|w| !w.place.same(place));
        let singles = [&mut self.user, &mut self.image, &mut self.name];
        for single in singles.into_iter().flatten().filter(|w| w.place.same(place)) {
            single.value = made(text);
        }
        for list in self.text_lists() {
            for w in list.iter_mut().filter(|w| w.place.same(place)) {
                w.value = made(text);
            }
        }
        for s in self.namespaces.iter_mut().filter(|s| s.mode.place.same(place)) {
            s.mode.value = made(text);
        }
        for w in self
            .privileged
            .iter_mut()
            .chain(&mut self.read_only)
            .filter(|w| w.place.same(place))
        {
            w.value = switch(text);
        }
    }

    /// Gives the mount that is written at the place another label request.
    pub fn relabel(&mut self, place: &Place, relabel: Relabel) {
        for w in self.mounts.iter_mut().filter(|w| w.place.same(place)) {
            w.value.relabel = relabel;
            w.value.relabel_lost = None;
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

    fn text_lists(&mut self) -> [&mut Vec<Written<Text>>; 12] {
        [
            &mut self.cap_add,
            &mut self.cap_drop,
            &mut self.security_opt,
            &mut self.volumes_from,
            &mut self.devices,
            &mut self.device_cgroup_rules,
            &mut self.gpus,
            &mut self.group_add,
            &mut self.sysctls,
            &mut self.ports,
            &mut self.environment,
            &mut self.labels,
        ]
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
