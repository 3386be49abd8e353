//! Finding what is known of an image: a project's own knowledge comes before privlint's.

use super::super::image_name::{ImageName, Tag, fits_image};
use super::super::own::{self, Own};
use super::{Entry, Slot, TABLE};
use crate::container::Knowledge;

/// The entries that fit an image.
#[derive(Clone, Debug)]
pub struct Match {
    /// The first of them.
    pub entry: &'static Entry,
    /// All of them: more than one where the tag does not tell which version it is.
    pub entries: Vec<&'static Entry>,
    /// False for a family, or an image of the same name elsewhere.
    pub exact: bool,
    /// The configuration that says it, where privlint itself does not.
    pub own: Option<&'static Own>,
}

impl Match {
    fn of(entries: Vec<&'static Entry>, exact: bool, own: Option<&'static Own>) -> Option<Match> {
        Some(Match {
            entry: entries.first()?,
            entries,
            exact,
            own,
        })
    }
}

/// The entry of a name.
pub fn named(name: &str, knowledge: Knowledge) -> Option<&'static Entry> {
    let own = own::of(knowledge).map_or([].as_slice(), |own| own.entries.as_slice());
    let known = || TABLE.iter().find(|slot| slot.name == name)?.entry();
    own.iter().find(|entry| entry.name == name).or_else(known)
}

/// Where what an entry says can be read, as a note cites it.
pub fn cited(name: &str, own: Option<&Own>) -> String {
    match own {
        Some(own) => format!("`images` in {}, {name}", own.file),
        None => format!("`privlint image {name}`"),
    }
}

/// The entries that fit an image best: those of its name that its tag does not rule out. What the project
/// says of just this image comes first, then what privlint knows of it, then families in the same order.
pub fn find(image: &ImageName, knowledge: Knowledge) -> Option<Match> {
    let own = own::of(knowledge);
    let theirs = own.map_or([].as_slice(), |own| own.entries.as_slice());
    best(named_in(theirs, image), image)
        .and_then(|entries| Match::of(entries, true, own))
        .or_else(|| Match::of(fitting(image)?, true, None))
        .or_else(|| {
            Match::of(
                vec![theirs.iter().find(|e| e.fallback && e.names(image, false))?],
                false,
                own,
            )
        })
        .or_else(|| Match::of(vec![family(image)?], false, None))
        .or_else(|| Match::of(same_name_elsewhere(image)?, false, None))
}

/// The first family that fits.
fn family(image: &ImageName) -> Option<&'static Entry> {
    let fits = |slot: &&Slot| slot.fallback && any_fits(slot.images, image, false);
    TABLE.iter().find(fits)?.entry()
}

impl Entry {
    fn names(&self, image: &ImageName, any_tag: bool) -> bool {
        any_fits(&self.images, image, any_tag)
    }
}

/// True where one of the globs fits the image, or its name where any tag may be its own.
fn any_fits<T: AsRef<str>>(globs: &[T], image: &ImageName, any_tag: bool) -> bool {
    globs.iter().map(AsRef::as_ref).any(|glob| match any_tag {
        true => fits_image(without_tag(glob), image),
        false => fits_image(glob, image),
    })
}

/// The entries of a project's own that name the image.
fn named_in(table: &'static [Entry], image: &ImageName) -> Vec<&'static Entry> {
    let any_tag = image.tag == Tag::Unknown;
    let named = table
        .iter()
        .filter(|entry| !entry.fallback && entry.names(image, any_tag));
    named.collect()
}

/// The entries of just this name and a tag that may be the image's; `None` where there is none.
fn fitting(image: &ImageName) -> Option<Vec<&'static Entry>> {
    let any_tag = image.tag == Tag::Unknown;
    let named = |slot: &&Slot| !slot.fallback && any_fits(slot.images, image, any_tag);
    best(TABLE.iter().filter(named).filter_map(Slot::entry).collect(), image)
}

/// Of the entries that name an image, those that do so best and may be of its version.
fn best(named: Vec<&'static Entry>, image: &ImageName) -> Option<Vec<&'static Entry>> {
    let any_tag = image.tag == Tag::Unknown;
    // one that names the tag, or the name without a star, knows better
    let best = named.iter().map(|e| specificity(e, image)).max()?;
    let best = named.iter().filter(|e| any_tag || specificity(e, image) == best);
    let may_be: Vec<&'static Entry> = best
        .filter(|e| e.versions.as_ref().is_none_or(|v| v.may_hold(&image.tag)))
        .copied()
        .collect();
    (!may_be.is_empty()).then_some(may_be)
}

/// How exactly an entry names the image: a tag glob counts more than none.
fn specificity(entry: &Entry, image: &ImageName) -> (bool, bool) {
    let best = entry.images.iter().filter(|g| fits_image(g, image));
    best.map(|g| (!g.contains('*') || without_tag(g) != *g, without_tag(g) != *g))
        .max()
        .unwrap_or_default()
}

/// A pattern without its tag.
pub fn without_tag(pattern: &str) -> &str {
    let slash = pattern.rfind('/').map_or(0, |i| i + 1);
    let colon = pattern.get(slash..).and_then(|last| last.find(':'));
    colon.and_then(|at| pattern.get(..slash + at)).unwrap_or(pattern)
}

/// An image of docker's library that is kept under another address: `registry.example/mirror/postgres`.
fn same_name_elsewhere(image: &ImageName) -> Option<Vec<&'static Entry>> {
    let last = image.name.rsplit('/').next()?;
    let moved = ImageName {
        name: format!("docker.io/library/{last}"),
        tag: image.tag.clone(),
    };
    fitting(&moved).filter(|entries| entries.iter().all(|e| !e.needs_program))
}
