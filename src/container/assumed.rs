//! A container as it would be if whoever launches it gave other values than the text assumes.

use std::borrow::Cow;

use super::{Container, Text};

impl Container {
    /// The container with a hole for every value that may be another: what it needs is then needed
    /// whatever they are.
    pub fn opened(&self) -> Cow<'_, Container> {
        let mut opened = Cow::Borrowed(self);
        if !self.clone().texts_that_matter().iter().any(|text| text.is_assumed()) {
            return opened;
        }
        for text in opened.to_mut().texts_that_matter() {
            *text = text.opened();
        }
        opened
    }

    /// The texts on which it depends what the program does.
    fn texts_that_matter(&mut self) -> Vec<&mut Text> {
        let singles = [
            &mut self.image,
            &mut self.entrypoint,
            &mut self.user,
            &mut self.pod,
            &mut self.runtime,
        ];
        let lists = [
            &mut self.environment,
            &mut self.ports,
            &mut self.devices,
            &mut self.sysctls,
            &mut self.volumes_from,
        ];
        let singles = singles.into_iter().flatten().map(|w| &mut w.value);
        let lists = lists.into_iter().flatten().map(|w| &mut w.value);
        let targets = self.mounts.iter_mut().filter_map(|w| w.value.target.as_mut());
        let modes = self.namespaces.iter_mut().map(|setting| &mut setting.mode.value);
        let words = self.command.iter_mut().chain(&mut self.health);
        singles.chain(lists).chain(targets).chain(modes).chain(words).collect()
    }
}
