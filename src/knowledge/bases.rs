//! The user that an image starts as, for images that others are built on.

use std::sync::LazyLock;

use serde::Deserialize;

use super::glob;
use super::image_name::{ImageName, Tag, familiar, fits_image};
use super::images::{self, StartsAs, without_tag};
use crate::container::{Knowledge, Text};

/// An entry of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Full names as globs, each with an optional tag glob.
    images: Vec<String>,
    /// Names that fit one of those, but of which nothing is said.
    #[serde(default)]
    except: Vec<String>,
    /// `root`, or the account.
    user: String,
    /// Why none of its programs makes an ordinary user root, where that is so.
    #[serde(default, rename = "no-set-user-id")]
    no_set_user_id: Option<String>,
    /// Where this comes from.
    sources: Vec<String>,
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/bases.json"))).unwrap_or_default());

/// Who an image starts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// Root.
    Root,
    /// An ordinary user, by name or number where that is known.
    Ordinary(Option<String>),
}

/// What is known of a base image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its full name.
    pub name: String,
    /// Who it starts as.
    pub user: User,
    /// True where its own entrypoint starts as root and becomes another user by itself.
    pub hands_off: bool,
    /// Where that is known from, as a note cites it.
    pub source: String,
    /// What that rests on.
    pub sources: &'static [String],
}

/// What is known of the image of a reference; `None` where nothing is, or where it depends on a tag
/// that is not known.
pub fn find(reference: &Text, knowledge: Knowledge) -> Option<Base> {
    let image = ImageName::parse(reference)?;
    // what a project says of its own images comes first
    if images::find(&image, knowledge).is_some_and(|found| found.exact && found.own.is_some()) {
        return of_service(image, knowledge);
    }
    let named = |entry: &&Entry| {
        entry
            .images
            .iter()
            .any(|pattern| glob::fits(without_tag(pattern), &image.name))
    };
    let named: Vec<&'static Entry> = TABLE.iter().filter(named).collect();
    if named.is_empty() {
        return of_service(image, knowledge);
    }
    if named
        .iter()
        .any(|e| e.except.iter().any(|pattern| glob::fits(pattern, &image.name)))
    {
        return None;
    }
    let users_differ = named.windows(2).any(|pair| match pair {
        [a, b] => a.user != b.user,
        _ => false,
    });
    if image.tag == Tag::Unknown && users_differ {
        return None;
    }
    let fits = |entry: &&&'static Entry| entry.images.iter().any(|pattern| fits_image(pattern, &image));
    let entry = named.iter().find(fits)?;
    Some(Base {
        user: match entry.user.as_str() {
            "root" => User::Root,
            account => User::Ordinary(Some(account.to_owned())),
        },
        hands_off: false,
        source: format!("`privlint image {}`", familiar(&image.name)),
        sources: &entry.sources,
        name: image.name,
    })
}

/// True for an image in which no program can make an ordinary user root.
pub fn has_no_set_user_id(reference: &Text) -> bool {
    let Some(image) = ImageName::parse(reference) else {
        return false;
    };
    let mut table = TABLE.iter().filter(|entry| entry.no_set_user_id.is_some());
    table.any(|entry| {
        let fits = |pattern: &String| glob::fits(without_tag(pattern), &image.name);
        entry.images.iter().any(fits) && !entry.except.iter().any(|pattern| glob::fits(pattern, &image.name))
    })
}

/// What the table of services says of an image, where it says it of just this one.
fn of_service(image: ImageName, knowledge: Knowledge) -> Option<Base> {
    let found = images::find(&image, knowledge).filter(|found| found.exact)?;
    let entry = found.entry;
    // what its versions differ in is not known of it
    if found.entries.iter().any(|e| e.starts_as != entry.starts_as) {
        return None;
    }
    let user = match entry.starts_as {
        StartsAs::Root => User::Root,
        StartsAs::User => User::Ordinary(None),
        StartsAs::Varies => return None,
    };
    // whoever needs SETUID when it starts as root becomes somebody else
    let becomes_another = |e: &&images::Entry| e.capabilities.iter().any(|need| need.name == "SETUID");
    let hands_off = user == User::Root && found.entries.iter().all(becomes_another);
    Some(Base {
        user,
        hands_off,
        source: images::cited(&entry.name, found.own),
        sources: &entry.sources,
        name: image.name,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Hole;
    use crate::source::Span;

    fn user(reference: &str) -> Option<User> {
        find(&Text::cooked(reference, Span::default()), Knowledge::default()).map(|base| base.user)
    }

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let read: Result<Vec<Entry>, _> = serde_yaml::from_str(include_str!("../../rules/knowledge/bases.yaml"));
        let entries = read.unwrap();
        assert!(entries.len() > 10);
        for entry in &entries {
            assert!(
                !entry.sources.is_empty() && !entry.user.is_empty(),
                "{:?}",
                entry.images
            );
            for image in &entry.images {
                let registry = image.split('/').next().unwrap();
                assert!(registry.contains('.'), "{image}: images are named in full");
            }
        }
    }

    #[test]
    fn users_of_bases() {
        let named = |name: &str| Some(User::Ordinary(Some(name.to_owned())));
        for (reference, wanted) in [
            ("scratch", Some(User::Root)),
            ("alpine:3.20", Some(User::Root)),
            ("docker.io/library/node:22-slim", Some(User::Root)),
            ("python@sha256:00", Some(User::Root)),
            ("gcr.io/distroless/static-debian12", Some(User::Root)),
            ("gcr.io/distroless/static-debian12:debug", Some(User::Root)),
            ("gcr.io/distroless/static:nonroot", named("65532")),
            ("gcr.io/distroless/base:debug-nonroot-amd64", named("65532")),
            ("gcr.io/distroless/static@sha256:00", None),
            ("cgr.dev/chainguard/python:latest-dev", named("65532")),
            ("cgr.dev/chainguard/wolfi-base", None),
            ("odoo:18", named("odoo")),
            ("prom/prometheus", named("nobody")),
            ("opensearchproject/opensearch:2", Some(User::Ordinary(None))),
            ("postgres:17", Some(User::Root)),
            ("registry.example/team/base", None),
            ("registry.example/mirror/debian", None),
        ] {
            assert_eq!(user(reference), wanted, "{reference}");
        }
        let mut tag = Text::cooked("gcr.io/distroless/static:", Span::default());
        tag.append(Text::hole("$TAG", Span::default(), Hole::Other));
        assert_eq!(find(&tag, Knowledge::default()), None);
    }

    #[test]
    fn services_that_become_another_user_by_themselves() {
        let of = |reference: &str| {
            find(&Text::cooked(reference, Span::default()), Knowledge::default())
                .unwrap()
                .hands_off
        };
        assert!(of("postgres:17"));
        assert!(of("redis:7"));
        assert!(!of("registry:2"));
        assert!(!of("debian"));
    }
}
