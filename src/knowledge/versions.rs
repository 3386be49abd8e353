//! Versions of an image: what a tag says of them, and the ranges that facts hold for.

use serde::Deserialize;

use super::image_name::Tag;

/// A version, as far as three numbers tell it.
type Version = [u32; 3];

/// A range of versions: `<8.0.2`, `>=8.0.2`, `>=2 <3`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Versions {
    /// The first version in it.
    from: Version,
    /// The first version behind it.
    until: Option<Version>,
}

impl TryFrom<String> for Versions {
    type Error = String;

    fn try_from(text: String) -> Result<Versions, String> {
        let mut range = Versions {
            from: [0; 3],
            until: None,
        };
        for bound in text.split_whitespace() {
            let parsed = |number: &str| version(number, 0).ok_or_else(|| format!("`{number}` is no version"));
            match (bound.strip_prefix(">="), bound.strip_prefix('<')) {
                (Some(number), _) => range.from = parsed(number)?,
                (None, Some(number)) => range.until = Some(parsed(number)?),
                _ => return Err(format!("`{bound}` is neither `>=VERSION` nor `<VERSION`")),
            }
        }
        let holds_some = range.until.is_none_or(|until| range.from < until);
        match holds_some && (range.until.is_some() || range.from != [0; 3]) {
            true => Ok(range),
            false => Err(format!("no version, or every version, is in `{text}`")),
        }
    }
}

impl Versions {
    /// A tag of the first version in it.
    #[cfg(test)]
    pub(crate) fn first_tag(&self) -> String {
        self.from.map(|part| part.to_string()).join(".")
    }

    /// A tag of a version in it: the first where it has no end, else the last that can be told from the end.
    pub fn newest_tag(&self) -> String {
        let number = |parts: &[u32]| parts.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        match self.until {
            None => number(&self.from),
            Some([major, 0, 0]) => number(&[major.saturating_sub(1)]),
            Some([major, minor, 0]) => number(&[major, minor.saturating_sub(1)]),
            Some([major, minor, patch]) => number(&[major, minor, patch.saturating_sub(1)]),
        }
    }

    /// Whether the image of a tag may be of a version in the range. A tag names every version that
    /// it was or may become: `8` the whole of 8, `latest` and `alpine` any.
    pub fn may_hold(&self, tag: &Tag) -> bool {
        let Tag::Known(tag) = tag else { return true };
        let number = number_of(tag);
        match (version(number, 0), version(number, u32::MAX)) {
            (Some(oldest), Some(newest)) => self.from <= newest && self.until.is_none_or(|until| oldest < until),
            _ => true,
        }
    }
}

impl Versions {
    /// Whether every version that the tag names is in the range.
    pub fn holds_all(&self, tag: &Tag) -> bool {
        let Tag::Known(tag) = tag else { return false };
        let number = number_of(tag);
        match (version(number, 0), version(number, u32::MAX)) {
            (Some(oldest), Some(newest)) => self.from <= oldest && self.until.is_none_or(|until| newest < until),
            _ => false,
        }
    }

    /// Whether some version is in none of the ranges.
    pub fn leave_a_gap<'a>(ranges: impl Iterator<Item = &'a Versions>) -> bool {
        let mut ranges: Vec<&Versions> = ranges.collect();
        ranges.sort_unstable_by_key(|range| range.from);
        let mut reached = [0; 3];
        for range in ranges {
            match range.until {
                _ if range.from > reached => return true,
                Some(until) => reached = reached.max(until),
                None => return false,
            }
        }
        true
    }
}

/// Words before the version of a tag that say how or for what it was built.
const BUILDS: [&str; 12] = [
    "amd64",
    "arm32v7",
    "arm64v8",
    "beta",
    "dev",
    "develop",
    "development",
    "nightly",
    "release",
    "testing",
    "unstable",
    "version",
];

/// The version of a tag: `8.0` of `8.0-alpine`, `3.0.4` of `version-3.0.4`. What stands behind the name of a base is
/// the version of that.
fn number_of(tag: &str) -> &str {
    let mut parts = tag.split(['-', '_', '+']);
    let first = parts.next().unwrap_or("");
    let behind = parts.next().filter(|_| BUILDS.contains(&first));
    behind.unwrap_or(first).trim_start_matches('v')
}

/// The numbers of a version, with `rest` for those that are not said; `None` where it is none.
fn version(text: &str, rest: u32) -> Option<Version> {
    let mut parts = [rest; 3];
    // a fourth number counts builds
    for (i, part) in text.split('.').take(3).enumerate() {
        let number = part.parse().ok()?;
        if let Some(slot) = parts.get_mut(i) {
            *slot = number;
        }
    }
    Some(parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn range(text: &str) -> Result<Versions, String> {
        Versions::try_from(text.to_owned())
    }

    #[test]
    fn a_tag_may_be_any_version_that_it_does_not_rule_out() {
        let (old, new) = (range("<8.0.2").unwrap(), range(">=8.0.2").unwrap());
        let fits = |tag: &str| {
            let tag = Tag::Known(tag.to_owned());
            (old.may_hold(&tag), new.may_hold(&tag))
        };
        for (tag, expected) in [
            ("7", (true, false)),
            ("version-7.1.4.20230101120000", (true, false)),
            ("nightly-9.1", (false, true)),
            ("alpine-3.16", (true, true)),
            ("7.4.1-alpine", (true, false)),
            ("8.0.1", (true, false)),
            ("8", (true, true)),
            ("8.0", (true, true)),
            ("8.0.2", (false, true)),
            ("v8.2-bookworm", (false, true)),
            ("alpine", (true, true)),
            ("latest", (true, true)),
            ("bookworm", (true, true)),
        ] {
            assert_eq!(fits(tag), expected, "{tag}");
        }
        assert!(old.may_hold(&Tag::Latest) && new.may_hold(&Tag::Unknown));
        let two = range(">=2 <3").unwrap();
        let holds = |tag: &str| two.may_hold(&Tag::Known(tag.to_owned()));
        assert!(holds("2.7-alpine") && !holds("1.8") && !holds("3.0"));
    }

    #[test]
    fn a_range_that_says_nothing_is_refused() {
        for text in ["2.x", "rootimage", "", ">=3 <2", ">=0", "8"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
