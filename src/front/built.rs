//! Services whose image is built in the same tree: what their Dockerfile says of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::dockerfile;
use super::reading::{Reading, Surroundings};
use crate::container::{Build, BuiltImage, Container, Syntax, Text};
use crate::source::{Source, normal_path, shown_path};

/// Looks up the Dockerfile of each service that builds one, and notes what the stage that is built says.
pub(super) fn attach(reading: &mut Reading, surroundings: &Surroundings) {
    let asked: Vec<Option<Asked>> = reading.containers.iter().map(|c| asked(c, reading)).collect();
    let mut known: Vec<(Asked, Option<BuiltImage>)> = Vec::new();
    for (container, asked) in reading.containers.iter_mut().zip(asked) {
        let Some(asked) = asked else { continue };
        if !known.iter().any(|(known, _)| *known == asked) {
            if known.len() >= MOST {
                return;
            }
            let built = read(&asked, surroundings);
            known.push((asked.clone(), built));
        }
        let found = known.iter().find(|(known, _)| *known == asked);
        container.built = found.and_then(|(_, built)| built.clone()).map(Box::new);
    }
}

/// Dockerfiles that one file may lead to.
const MOST: usize = 64;

/// What a service builds.
#[derive(Clone, PartialEq)]
struct Asked {
    /// The Dockerfile, or the file that it is written in.
    path: PathBuf,
    /// The text of one that is written in the service.
    inline: Option<String>,
    target: Option<String>,
    args: Vec<(String, Option<String>)>,
}

/// What a service builds: `None` where it is not written, or not a path of the tree.
fn asked(container: &Container, reading: &Reading) -> Option<Asked> {
    let build: &Build = container.build.as_ref()?;
    if container.syntax != Syntax::Compose {
        return None;
    }
    let target = match &build.target {
        Some(target) => Some(target.value.known()?.into_owned()),
        None => None,
    };
    let args = build.args.iter().filter_map(|arg| match arg.value.split_once('=') {
        Some((name, value)) => Some((name.known()?.into_owned(), value.known().map(Cow::into_owned))),
        None => Some((arg.value.known()?.into_owned(), None)),
    });
    let args = args.collect();
    if let Some(inline) = &build.inline {
        return Some(Asked {
            path: reading.file(container.file).path.clone(),
            inline: Some(inline.known()?.into_owned()),
            target,
            args,
        });
    }
    let context = build.context.as_ref()?;
    let folder = reading.source().path.parent().unwrap_or(Path::new(""));
    let at = context.value.known()?;
    if at.contains("://") || at.starts_with("git@") {
        return None;
    }
    let name = match &build.dockerfile {
        Some(name) => name.value.known()?.into_owned(),
        None => "Dockerfile".to_owned(),
    };
    Some(Asked {
        path: normal_path(&folder.join(&*at).join(name)),
        inline: None,
        target,
        args,
    })
}

fn read(asked: &Asked, surroundings: &Surroundings) -> Option<BuiltImage> {
    let path = &asked.path;
    let text = match &asked.inline {
        Some(text) => text.clone(),
        None => (surroundings.open)(path)?,
    };
    let source = Source::new(path, text);
    let args = asked.args.iter().cloned().collect();
    let image = dockerfile::image_of(&source, asked.target.as_deref(), args, surroundings)?;
    let texts = |list: Vec<crate::container::Written<Text>>| list.into_iter().map(|w| w.value).collect();
    Some(BuiltImage {
        dockerfile: shown_path(path),
        base: image.image.map(|w| w.value),
        user: image.user.map(|w| w.value),
        entrypoint: image.entrypoint.map(|w| w.value),
        command: image.command,
        ports: texts(image.ports),
        labels: texts(image.labels),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    use crate::front::{self, Kind};

    #[test]
    fn a_service_knows_its_dockerfile() {
        let compose = "services:\n  a:\n    build: ./web\n  b:\n    build: {context: web, target: dev}\n  c:\n    build:\n      context: .\n      dockerfile: web/../other/Containerfile\n  d:\n    build:\n      context: web\n      args: {B: \"u:1\", C}\n      dockerfile_inline: |\n        ARG B=x\n        FROM $$B\n        USER 5\n";
        let open = |path: &Path| match path.to_str() {
            Some("deploy/web/Dockerfile") => {
                Some("FROM go:1 AS Dev\nUSER 7\nFROM nginx:1\nEXPOSE 8080\nUSER 101\n".to_owned())
            }
            Some("deploy/other/Containerfile") => Some("FROM scratch\n".to_owned()),
            _ => None,
        };
        let surroundings = Surroundings {
            open: &open,
            ..Surroundings::none()
        };
        let source = Arc::new(Source::new("deploy/compose.yaml", compose));
        let reading = front::read(Kind::Compose, &source, &surroundings);
        let built: Vec<Option<&BuiltImage>> = reading.containers.iter().map(|c| c.built.as_deref()).collect();
        let [Some(a), Some(b), Some(c), Some(d), None] = built.as_slice() else {
            unreachable!("{built:?}")
        };
        assert_eq!(a.dockerfile, "deploy/web/Dockerfile");
        assert!(a.base.as_ref().is_some_and(|b| b.is("nginx:1")) && a.user.as_ref().is_some_and(|u| u.is("101")));
        assert_eq!(a.ports.len(), 1);
        assert!(b.base.as_ref().is_some_and(|b| b.is("go:1")) && b.user.as_ref().is_some_and(|u| u.is("7")));
        assert_eq!(d.dockerfile, "deploy/compose.yaml");
        assert!(d.base.as_ref().is_some_and(|b| b.is("u:1")) && d.user.as_ref().is_some_and(|u| u.is("5")));
        assert!(c.base.as_ref().is_some_and(|b| b.is("scratch")));
    }
}
