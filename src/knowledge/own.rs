//! What a project knows of its images itself: `images` in its configuration.

use std::sync::{PoisonError, RwLock};

use super::images::Entry;
use crate::container::Knowledge;

/// The entries of a configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Own {
    /// The configuration, as shown.
    pub file: String,
    /// What it says.
    pub entries: Vec<Entry>,
}

/// What was kept, each of it once and for as long as the process lives: findings name it.
static KEPT: RwLock<Vec<&'static Own>> = RwLock::new(Vec::new());

/// Keeps the entries of a configuration; a container that bears the number is judged by them.
pub fn keep(file: &str, entries: &[Entry]) -> Knowledge {
    if entries.is_empty() {
        return Knowledge::default();
    }
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    let same = kept.iter().position(|own| own.file == file && own.entries == entries);
    let index = same.unwrap_or_else(|| {
        let own = Own {
            file: file.to_owned(),
            entries: entries.to_vec(),
        };
        kept.push(Box::leak(Box::new(own)));
        kept.len() - 1
    });
    Knowledge(Some(index))
}

/// What was kept under a number.
pub fn of(knowledge: Knowledge) -> Option<&'static Own> {
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    kept.get(knowledge.0?).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::needs::{Trust, needs};
    use super::*;
    use crate::container::{Container, Engine, FileId, Place, Syntax, Text, Written};
    use crate::source::Span;

    fn container(image: &str, knowledge: Knowledge) -> Container {
        let span = Span::default();
        let mut c = Container::new(Syntax::Command, Engine::Docker, FileId(0), span, span);
        c.image = Some(Written::new(Text::cooked(image, span), Place::new(span, span)));
        c.around.knowledge = knowledge;
        c
    }

    fn entries(image: &str) -> Vec<Entry> {
        let text = format!(
            "[{{name: app, images: ['{image}'], trust: read, starts-as: user, as-user: default, sources: [here], \
             never: [{{capabilities: [ALL], why: an ordinary user, at: app/Dockerfile}}]}}]"
        );
        serde_yaml::from_str(&text).unwrap()
    }

    #[test]
    fn a_project_knows_its_own_images_and_no_other_project_does() {
        let knowledge = keep(".privlint.yaml", &entries("registry.example.org/team/app"));
        let known = needs(&container("registry.example.org/team/app:1", knowledge)).unwrap();
        assert_eq!((known.names(), known.trust), (Vec::new(), Trust::Sure));
        assert_eq!(known.source(), "`images` in .privlint.yaml, app");
        assert!(needs(&container("registry.example.org/team/app:1", Knowledge::default())).is_none());
        assert_eq!(
            knowledge,
            keep(".privlint.yaml", &entries("registry.example.org/team/app"))
        );
    }

    #[test]
    fn what_a_project_says_comes_before_what_privlint_knows_and_is_told() {
        let knowledge = keep("a/.privlint.yaml", &entries("docker.io/library/postgres"));
        let known = needs(&container("postgres:17", knowledge)).unwrap();
        assert!(known.names().is_empty());
        let told = "the project says so in a/.privlint.yaml, in the place of what privlint knows of `postgres`";
        assert!(known.facts.iter().any(|fact| fact == told), "{:?}", known.facts);
        assert_eq!(
            needs(&container("redis:8", knowledge)).unwrap().source(),
            "`privlint image redis-8`"
        );
    }
}
