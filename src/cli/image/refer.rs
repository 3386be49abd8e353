//! Which image is meant by a word: a reference, or the name of an entry, as findings cite it.

use crate::container::{Knowledge, Text};
use crate::knowledge::image_name::{ImageName, familiar};
use crate::knowledge::images::{self, Entry};
use crate::knowledge::own;
use crate::source::Span;

/// Takes a reference apart.
fn parsed(reference: &str) -> Option<ImageName> {
    ImageName::parse(&Text::cooked(reference, Span::default()))
}

/// Every entry, a project's own first.
pub(super) fn entries(knowledge: Knowledge) -> impl Iterator<Item = &'static Entry> {
    let own = own::of(knowledge).map_or([].as_slice(), |own| own.entries.as_slice());
    own.iter().chain(images::all())
}

/// The image that a word names. An image that is known under just this name comes before an entry.
pub(super) fn image_of(word: &str, knowledge: Knowledge) -> String {
    let image = parsed(word).and_then(|image| images::find(&image, knowledge));
    let entry = images::named(word, knowledge);
    match (image, entry) {
        (Some(found), _) if found.exact => word.to_owned(),
        (_, Some(entry)) => reference(entry, knowledge).unwrap_or_else(|| word.to_owned()),
        _ => word.to_owned(),
    }
}

/// How an image of just this entry is written.
pub(super) fn reference(entry: &Entry, knowledge: Knowledge) -> Option<String> {
    let fits = |reference: &String, alone: bool| {
        let found = parsed(reference).and_then(|image| images::find(&image, knowledge));
        found.is_some_and(|found| {
            let named = |other: &&Entry| other.name == entry.name;
            match alone {
                true => found.entries.iter().all(&named),
                false => found.entries.iter().any(named),
            }
        })
    };
    let written: Vec<String> = entry.images.iter().flat_map(|glob| candidates(entry, glob)).collect();
    let found = written
        .iter()
        .find(|r| fits(r, true))
        .or_else(|| written.iter().find(|r| fits(r, false)));
    found.cloned()
}

/// The ways to write an image of a glob.
fn candidates(entry: &Entry, glob: &str) -> Vec<String> {
    let bare = images::without_tag(glob);
    let tag = glob.strip_prefix(bare).and_then(|rest| rest.strip_prefix(':'));
    let name = familiar(bare).replace('*', "IMAGE");
    let mut tags: Vec<String> = Vec::new();
    match (tag, &entry.versions) {
        (Some(tag), _) => {
            let filled = [tag.replace('*', ""), tag.replace('*', "x")];
            tags.extend(filled.into_iter().map(|tag| tag.trim_matches(['-', '.']).to_owned()));
        }
        (None, Some(versions)) => tags.push(versions.newest_tag()),
        (None, None) => {}
    }
    let tagged = tags.into_iter().map(|tag| format!("{name}:{tag}"));
    let plain = tag.is_none().then(|| name.clone());
    plain.into_iter().chain(tagged).collect()
}

/// `; did you mean …` for a name that is like one that is known.
pub(super) fn meant(word: &str, knowledge: Knowledge) -> Option<String> {
    let name = parsed(word).map_or_else(|| word.to_owned(), |image| familiar(&image.name).to_owned());
    let images = entries(knowledge)
        .flat_map(|entry| &entry.images)
        .map(|glob| familiar(images::without_tag(glob)));
    let known = entries(knowledge)
        .map(|entry| entry.name.as_str())
        .chain(images.filter(|i| !i.contains('*')));
    let near = crate::rules::closest(&name, known)?;
    Some(format!("; did you mean `{near}`?"))
}
