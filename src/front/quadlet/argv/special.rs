//! Keys that are more than one option with one value.

use super::super::keys::Key;
use std::collections::BTreeMap;

use super::{Maker, is_true, unquoted};
use crate::container::PieceKind;
use crate::front::systemd::{Assignment, Chunk, Quoting, split};
use crate::source::Span;

impl Maker<'_> {
    pub(super) fn special(&mut self, key: &'static Key) {
        match key.name {
            "Network" => self.list(key.name).iter().for_each(|line| self.network(line)),
            "Volume" => self.list(key.name).iter().for_each(|line| self.volume(line)),
            "Mount" => self
                .list(key.name)
                .iter()
                .for_each(|line| self.arguments(line, key.option)),
            "AddDevice" => self.list(key.name).iter().for_each(|line| self.devices(line)),
            "User" => self.user(),
            "RemapUsers" => self.remap(),
            "VolatileTmp" => {
                let on = |line: Option<Assignment>| line.is_some_and(|line| is_true(unquoted(line.value.text()).0));
                if on(self.any("VolatileTmp")) && !on(self.any("ReadOnly")) {
                    self.own("--tmpfs=/tmp:rw,size=512M,mode=1777");
                }
            }
            "Pod" => {
                if let Some(line) = self.last("Pod") {
                    let name = self.family.resource(unquoted(line.value.text()).0);
                    self.made(&line, &format!("--pod={name}"));
                }
            }
            _ => {}
        }
    }

    /// Both the user and the group make one option.
    fn user(&mut self) {
        let Some(line) = self.last("User") else { return };
        self.single(&line, "--user=");
        if let (Some(group), Some(word)) = (self.last("Group"), self.words.last_mut()) {
            word.text.push(
                ":".to_owned(),
                Span::at(word.text.span().end as usize),
                PieceKind::Cooked,
            );
            let group = unquoted(group.value.text()).0.to_owned();
            word.text
                .push(group, Span::at(word.text.span().end as usize), PieceKind::Cooked);
        }
    }

    /// The older keys of user namespaces, where none of the newer ones stands.
    fn remap(&mut self) {
        let newer = ["UserNS", "SubUIDMap", "SubGIDMap"];
        let maps = ["UIDMap", "GIDMap"];
        if newer.iter().any(|key| self.last(key).is_some()) || maps.iter().any(|key| !self.list(key).is_empty()) {
            return;
        }
        let Some(line) = self.any("RemapUsers") else { return };
        let mapped = |key| -> Vec<String> {
            let lines = self.unit.list(self.section.name(), key);
            let words = lines
                .iter()
                .filter_map(|line| split(line.value.text(), Quoting::Words).ok());
            words.flatten().map(|word| word.text()).collect()
        };
        let (uids, gids) = (mapped("RemapUid"), mapped("RemapGid"));
        let (kind, uid, gid) = match line.value.text() {
            "manual" => {
                for (option, list) in [("--uidmap", uids), ("--gidmap", gids)] {
                    list.iter().for_each(|map| self.made(&line, &format!("{option}={map}")));
                }
                return;
            }
            "auto" => ("auto", "uidmapping", "gidmapping"),
            "keep-id" => ("keep-id", "uid", "gid"),
            _ => return,
        };
        let mut options: Vec<String> = uids.iter().map(|map| format!("{uid}={map}")).collect();
        options.extend(gids.iter().map(|map| format!("{gid}={map}")));
        if let Some(size) = self.last("RemapUidSize").filter(|_| kind == "auto") {
            options.push(format!("size={}", size.value.text()));
        }
        let colon = if options.is_empty() { "" } else { ":" };
        self.made(&line, &format!("--userns={kind}{colon}{}", options.join(",")));
    }

    fn network(&mut self, line: &Assignment) {
        let value = line.value.text();
        let (name, rest) = value.split_once(':').map_or((value, ""), |(name, rest)| (name, rest));
        let known = match name.rsplit_once('.') {
            Some((_, "network")) => self.family.resource(name),
            Some((_, "container")) => format!("container:{}", self.family.resource(name)),
            _ => return self.each(line, "--network="),
        };
        let colon = if rest.is_empty() { "" } else { ":" };
        self.made(line, &format!("--network={known}{colon}{rest}"));
    }

    /// The name of a `.volume` gives way to the name of the volume.
    fn volume(&mut self, line: &Assignment) {
        let value = line.value.text();
        let Some((source, _)) = value.split_once(':').filter(|(source, _)| source.ends_with(".volume")) else {
            return self.each(line, "--volume=");
        };
        let mut chunks = vec![Chunk {
            text: self.family.resource(source),
            range: 0..source.len(),
            literal: false,
        }];
        let rest = source.len()..value.len();
        chunks.push(Chunk {
            text: value.get(rest.clone()).unwrap_or("").to_owned(),
            range: rest,
            literal: true,
        });
        self.chunks(line, "--volume=", &chunks, line.span);
    }

    /// `-` before a device: skip it if the host has no such device.
    fn devices(&mut self, line: &Assignment) {
        for word in split(line.value.text(), Quoting::Words).unwrap_or_default() {
            let from = self.words.len();
            let mut chunks = word.chunks.clone();
            let maybe = chunks.first().is_some_and(|chunk| chunk.text.starts_with('-'));
            if let Some(first) = chunks.first_mut().filter(|_| maybe) {
                first.text.remove(0);
                first.range.start += 1;
            }
            self.chunks(line, "--device=", &chunks, line.outer(word.range.start, word.range.end));
            self.words.iter_mut().skip(from).for_each(|word| word.certain &= !maybe);
        }
    }

    pub(super) fn image(&mut self, line: &Assignment) {
        let (name, _) = unquoted(line.value.text());
        match self.family.image(name) {
            Some(known) => self.made(line, &known),
            None => self.single(line, ""),
        }
    }

    /// `NAME=value` words, of which the last of a name counts.
    pub(super) fn pairs(&mut self, key: &'static Key) {
        let mut found = BTreeMap::new();
        let lines = self.list(key.name);
        for line in &lines {
            for word in split(line.value.text(), Quoting::Arguments).unwrap_or_default() {
                let text = word.text();
                let name = text.split_once('=').map_or(text.as_str(), |(name, _)| name).to_owned();
                found.insert(name, (line, word));
            }
        }
        for (line, word) in found.into_values() {
            self.chunks(
                line,
                key.option,
                &word.chunks,
                line.outer(word.range.start, word.range.end),
            );
        }
    }
}
