//! What an entry has to say before anything may rest on it.

use super::super::capabilities;
use super::{Entry, Required, StartsAs};
use crate::container::Engine;

/// What is wrong about an entry whose keys are all of their kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The word that it stands at.
    pub word: String,
    /// What is wrong, in lower case without a full stop.
    pub what: String,
    /// True where the word was meant to name a capability.
    pub is_capability: bool,
}

impl Wrong {
    fn at(word: &str, what: String) -> Wrong {
        Wrong {
            word: word.to_owned(),
            what,
            is_capability: false,
        }
    }
}

impl Entry {
    /// The first thing that is wrong about it.
    pub fn wrong(&self) -> Option<Wrong> {
        let name = &self.name;
        if self.images.is_empty() || self.sources.iter().all(|source| source.trim().is_empty()) {
            return Some(Wrong::at(name, format!("`{name}` names no image, or no source")));
        }
        let is_host = |host: &str| host.contains(['.', ':']) || host == "localhost";
        let whole = |image: &&String| image.split_once('/').is_some_and(|(host, _)| is_host(host));
        if let Some(image) = self.images.iter().find(|image| !whole(image)) {
            let what = format!("`{image}` is no full name of an image, as `registry.example.org/team/app` is");
            return Some(Wrong::at(image, what));
        }
        if self.privileged.required != Required::No && self.privileged.why.is_none() {
            return Some(Wrong::at(name, format!("`{name}` does not say why it is privileged")));
        }
        self.unknown_capability().or_else(|| self.without_reason())
    }

    /// A word that names no capability.
    fn unknown_capability(&self) -> Option<Wrong> {
        let used = self.capabilities.iter().map(|need| &need.name);
        let never = self.never.iter().flat_map(|never| &never.capabilities);
        let mut words = used.chain(&self.file_capabilities).chain(never);
        let known = |word: &str| word == "ALL" || capabilities::all().iter().any(|c| c.name == word);
        let word = words.find(|word| !known(word))?;
        Some(Wrong {
            word: word.clone(),
            what: format!("unknown capability `{word}`"),
            is_capability: true,
        })
    }

    /// A capability that a safe fix would take away without a reason.
    fn without_reason(&self) -> Option<Wrong> {
        let name = &self.name;
        if !self.trust.is_enough() || self.needs_program {
            return None;
        }
        let wrong = |what: String| Some(Wrong::at(name, what));
        if self.fallback || self.on_top_of_default {
            return wrong(format!("`{name}` is not of one image: no such trust can be put in it"));
        }
        let whole = self.never.iter().any(|never| never.capabilities == ["ALL"]);
        if whole && self.starts_as != StartsAs::User {
            return wrong(format!(
                "`{name}`: ALL under `never` is of images that start as an ordinary user"
            ));
        }
        if let Some(never) = self
            .never
            .iter()
            .find(|n| n.why.trim().is_empty() || n.at.trim().is_empty())
        {
            let listed = never.capabilities.join(", ");
            return wrong(format!(
                "`{name}` does not say why it never uses {listed}, or where that is read"
            ));
        }
        for capability in capabilities::defaults(Engine::Docker) {
            let used = self.capabilities.iter().any(|need| need.name == capability);
            let carried = self.file_capabilities.iter().any(|c| c == capability);
            let never = self
                .never
                .iter()
                .filter(|n| n.capabilities.iter().any(|c| c == capability));
            match never.count() {
                0 if !used && !carried && !whole => {
                    return wrong(format!("`{name}` does not say why it never uses {capability}"));
                }
                1.. if used => {
                    return wrong(format!(
                        "`{name}` says that it uses {capability}, and that it never does"
                    ));
                }
                2.. => return wrong(format!("`{name}` says twice why it never uses {capability}")),
                _ => {}
            }
        }
        None
    }
}
