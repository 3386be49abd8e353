//! A container as it would be if whoever launches it gave other values than the text assumes.

use std::borrow::Cow;

use super::visit::Field;
use super::{Container, Text, Written};

impl Container {
    /// The container with a hole for every value that may be another: what it needs is then needed
    /// whatever they are.
    pub fn opened(&self) -> Cow<'_, Container> {
        let mut opened = Cow::Borrowed(self);
        if !self.is_assumed() {
            return opened;
        }
        for text in opened.to_mut().texts_that_matter() {
            *text = text.opened();
        }
        opened
    }

    /// True where something that is said of it may be another value.
    fn is_assumed(&self) -> bool {
        let list = |list: &[Written<Text>]| list.iter().any(|w| w.value.is_assumed());
        let fields = self.fields();
        fields.iter().any(|(_, field)| match field {
            Field::Text(text) => text.as_ref().is_some_and(|w| w.value.is_assumed()),
            Field::Texts(texts) => list(texts),
            Field::Words(words) => words.iter().any(Text::is_assumed),
            Field::Namespaces(settings) => settings.iter().any(|s| s.mode.value.is_assumed()),
            Field::Mounts(mounts) => mounts
                .iter()
                .any(|w| w.value.target.as_ref().is_some_and(Text::is_assumed)),
            _ => false,
        })
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
