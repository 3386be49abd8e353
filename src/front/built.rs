//! Services whose image is built in the same tree: what their Dockerfile says of it.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Reading, Surroundings, dockerfile};
use crate::container::{Build, BuiltImage, Container, Syntax, Text};
use crate::source::{Source, shown_path};

/// Looks up the Dockerfile of each service that builds one, and notes what its final stage says.
pub(super) fn attach(reading: &mut Reading, surroundings: &Surroundings) {
    let paths: Vec<Option<PathBuf>> = reading.containers.iter().map(|c| dockerfile_of(c, reading)).collect();
    let mut known: Vec<(PathBuf, Option<BuiltImage>)> = Vec::new();
    for (container, path) in reading.containers.iter_mut().zip(paths) {
        let Some(path) = path else { continue };
        if !known.iter().any(|(p, _)| *p == path) {
            if known.len() >= MOST {
                return;
            }
            known.push((path.clone(), read(&path, surroundings)));
        }
        let found = known.iter().find(|(p, _)| *p == path);
        container.built = found.and_then(|(_, built)| built.clone()).map(Box::new);
    }
}

/// Dockerfiles that one file may lead to.
const MOST: usize = 64;

/// The Dockerfile that a service builds: `None` where it is not written, not a path of the tree, or
/// only one of its stages is built.
fn dockerfile_of(container: &Container, reading: &Reading) -> Option<PathBuf> {
    let build: &Build = container.build.as_ref()?;
    if container.syntax != Syntax::Compose || build.target.is_some() {
        return None;
    }
    let context = build.context.as_ref()?;
    let folder = reading.file(context.place.file).path.parent().unwrap_or(Path::new(""));
    let at = context.value.known()?;
    if at.contains("://") || at.starts_with("git@") {
        return None;
    }
    let name = match &build.dockerfile {
        Some(name) => name.value.known()?.into_owned(),
        None => "Dockerfile".to_owned(),
    };
    Some(plain(&folder.join(&*at).join(name)))
}

/// The path without `.` and, where that can be told from the text, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn read(path: &Path, surroundings: &Surroundings) -> Option<BuiltImage> {
    let text = (surroundings.open)(path)?;
    let reading = dockerfile::read(&Arc::new(Source::new(path, text)), surroundings);
    let image = reading.containers.into_iter().find(|c| c.syntax == Syntax::Image)?;
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
    use super::*;
    use crate::container::Engine;
    use crate::front::{self, Kind};

    #[test]
    fn a_service_knows_its_dockerfile() {
        let compose = "services:\n  a:\n    build: ./web\n  b:\n    build: {context: web, target: dev}\n  c:\n    build:\n      context: .\n      dockerfile: web/../other/Containerfile\n";
        let open = |path: &Path| match path.to_str() {
            Some("deploy/web/Dockerfile") => Some("FROM nginx:1\nEXPOSE 8080\nUSER 101\n".to_owned()),
            Some("deploy/other/Containerfile") => Some("FROM scratch\n".to_owned()),
            _ => None,
        };
        let surroundings = Surroundings {
            engine: Engine::Unknown,
            project: &[],
            open: &open,
        };
        let source = Arc::new(Source::new("deploy/compose.yaml", compose));
        let reading = front::read(Kind::Compose, &source, &surroundings);
        let built: Vec<Option<&BuiltImage>> = reading.containers.iter().map(|c| c.built.as_deref()).collect();
        let [Some(a), None, Some(c)] = built.as_slice() else {
            unreachable!("{built:?}")
        };
        assert_eq!(a.dockerfile, "deploy/web/Dockerfile");
        assert!(a.base.as_ref().is_some_and(|b| b.is("nginx:1")) && a.user.as_ref().is_some_and(|u| u.is("101")));
        assert_eq!(a.ports.len(), 1);
        assert!(c.base.as_ref().is_some_and(|b| b.is("scratch")));
    }
}
