//! References to images: their full names and tags, and the globs that tables and configurations name them by.

use super::glob;
use crate::container::Text;

/// An image reference, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
    /// The full name: `docker.io/library/registry`.
    pub name: String,
    /// The tag.
    pub tag: Tag,
}

/// The tag of an image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// None: the newest.
    Latest,
    /// A tag.
    Known(String),
    /// One that is only known when it runs, or only a digest.
    Unknown,
}

impl ImageName {
    /// Takes a reference apart; `None` where the name itself is not known, or is no name of a registry's image.
    pub fn parse(reference: &Text) -> Option<ImageName> {
        let known = reference.known_prefix();
        let cut = reference.has_hole();
        let (named, digest) = match known.split_once('@') {
            Some((named, _)) => (named.to_owned(), true),
            None => (known, false),
        };
        let named = named.trim_start_matches("docker://");
        let slash = named.rfind('/').map_or(0, |i| i + 1);
        let (name, tag) = match named.get(slash..)?.split_once(':') {
            Some((last, tag)) => {
                let name = format!("{}{last}", named.get(..slash)?);
                let known = !cut && !tag.is_empty();
                (
                    name,
                    if known {
                        Tag::Known(tag.to_owned())
                    } else {
                        Tag::Unknown
                    },
                )
            }
            // the hole may be part of the name
            None if cut && !digest => return None,
            None => (named.to_owned(), if digest { Tag::Unknown } else { Tag::Latest }),
        };
        if name.is_empty() || name.starts_with(['/', '.', '-']) || name.contains(char::is_whitespace) {
            return None;
        }
        Some(ImageName {
            name: full_name(&name),
            tag,
        })
    }
}

/// The name with its registry, as the engines complete it.
fn full_name(name: &str) -> String {
    match name.split_once('/') {
        None => format!("docker.io/library/{name}"),
        Some(("docker.io" | "index.docker.io", rest)) if !rest.contains('/') => format!("docker.io/library/{rest}"),
        Some(("index.docker.io", rest)) => format!("docker.io/{rest}"),
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => name.to_owned(),
        Some(_) => format!("docker.io/{name}"),
    }
}

/// A full name as people write it: `postgres` for `docker.io/library/postgres`.
pub fn familiar(name: &str) -> &str {
    let of_docker = name.strip_prefix("docker.io/").unwrap_or(name);
    of_docker.strip_prefix("library/").unwrap_or(of_docker)
}

/// True where the glob, a full name with an optional tag glob, fits the image.
pub fn fits_image(pattern: &str, image: &ImageName) -> bool {
    // most differ before a star or a tag could say otherwise
    let mut both = pattern.bytes().zip(image.name.bytes());
    if both
        .find(|(wanted, there)| wanted != there)
        .is_some_and(|(wanted, _)| !matches!(wanted, b'*' | b':'))
    {
        return false;
    }
    let slash = pattern.rfind('/').map_or(0, |i| i + 1);
    let colon = pattern.get(slash..).and_then(|last| last.find(':')).map(|i| i + slash);
    let (name, tag) = match colon.and_then(|at| pattern.split_at_checked(at)) {
        Some((name, tag)) => (name, tag.strip_prefix(':')),
        None => (pattern, None),
    };
    if !glob::fits(name, &image.name) {
        return false;
    }
    match (tag, &image.tag) {
        (None, _) => true,
        (Some(tag), Tag::Known(known)) => glob::fits(tag, known),
        (Some(tag), Tag::Latest) => glob::fits(tag, "latest"),
        (Some(_), Tag::Unknown) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Hole;
    use crate::source::Span;

    fn image(reference: &str) -> Option<ImageName> {
        ImageName::parse(&Text::cooked(reference, Span::default()))
    }

    #[test]
    fn references_are_completed_as_the_engines_do() {
        for (reference, name, tag) in [
            ("registry", "docker.io/library/registry", Tag::Latest),
            ("registry:2", "docker.io/library/registry", Tag::Known("2".into())),
            (
                "docker.io/registry:2",
                "docker.io/library/registry",
                Tag::Known("2".into()),
            ),
            ("grafana/grafana", "docker.io/grafana/grafana", Tag::Latest),
            ("localhost:5000/web", "localhost:5000/web", Tag::Latest),
            ("ghcr.io/a/b:1@sha256:00", "ghcr.io/a/b", Tag::Known("1".into())),
            ("redis@sha256:00", "docker.io/library/redis", Tag::Unknown),
        ] {
            assert_eq!(
                image(reference).unwrap(),
                ImageName { name: name.into(), tag },
                "{reference}"
            );
        }
        let mut text = Text::cooked("postgres:", Span::default());
        text.append(Text::hole("$TAG", Span::default(), Hole::Variable("TAG".into())));
        assert_eq!(ImageName::parse(&text).unwrap().tag, Tag::Unknown);
        let mut text = Text::cooked("post", Span::default());
        text.append(Text::hole("$X", Span::default(), Hole::Other));
        assert_eq!(ImageName::parse(&text), None);
        assert_eq!(image("./dir"), None);
    }
}
