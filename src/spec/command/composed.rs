//! `compose exec --privileged` and `compose run --cap-add …`: what a command line gives a service beyond its
//! file.

use crate::container::{Container, Engine, Unseen};
use crate::spec::CommandLine;

/// Options that Compose has and the engine has not, or that say nothing here.
const OWN: [&str; 11] = [
    "-T",
    "--no-TTY",
    "--no-tty",
    "--no-deps",
    "--service-ports",
    "-P",
    "--use-aliases",
    "--build",
    "--quiet-pull",
    "--quiet",
    "--remove-orphans",
];

/// The container that `compose exec` or `compose run` gives privileges of its own; `None` for every other
/// command, and where it gives none: what the service may do its file says.
pub fn entered_container(line: &CommandLine, engine: Option<Engine>) -> Option<Container> {
    let service = super::entered_service(line, engine)?;
    let of_service = |word: &crate::spec::Word| word.place.same(&service.place) && word.text == service.value;
    let at = line.words.iter().position(of_service)?;
    let before = line.words.get(..at)?;
    let command = before
        .iter()
        .rposition(|word| word.text.is("exec") || word.text.is("run"))?;
    let exec = before.get(command)?.text.is("exec");
    let mut open = line.clone();
    open.words = line.words.first().into_iter().cloned().collect();
    let mut skipped = false;
    for word in before.iter().skip(command) {
        let index = word.text.is("--index");
        let own = OWN.iter().any(|own| word.text.is(own)) || word.text.known_prefix().starts_with("--index=");
        let value = std::mem::replace(&mut skipped, index);
        if !(own || index || value) {
            open.words.push(word.clone());
        }
    }
    open.words.extend(line.words.iter().skip(at).cloned());
    let mut container = super::read(&open, engine.unwrap_or(Engine::Docker))?;
    let adds = !container.cap_add.is_empty() || !container.mounts.is_empty() || !container.devices.is_empty();
    let gives = !container.privileged.is_empty() || (!exec && adds);
    if !gives {
        return None;
    }
    container.slot = None;
    container.name = Some(service.clone());
    if !exec {
        container.image = None;
        container.unseen.push(Unseen {
            place: service.place,
            text: service.value.shown(),
            hides: None,
        });
    }
    Some(container)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Tri;
    use crate::spec::command::tests;

    #[test]
    fn what_compose_gives_a_service_beyond_its_file() {
        for (line, expected) in [
            ("docker compose exec --privileged web sh", Some((Tri::Yes, 0, 0))),
            (
                "docker compose -f a.yaml exec -T --index 2 --privileged -u root web sh",
                Some((Tri::Yes, 0, 0)),
            ),
            (
                "docker compose run --cap-add SYS_ADMIN -v /:/host web sh",
                Some((Tri::No, 1, 1)),
            ),
            (
                "docker-compose run --rm --no-deps -T -v /a:/b web",
                Some((Tri::No, 1, 0)),
            ),
            ("podman-compose exec --privileged web sh", Some((Tri::Yes, 0, 0))),
            ("docker compose exec web sh --privileged", None),
            ("docker compose run --rm web sh", None),
            ("docker compose up -d", None),
        ] {
            let found = entered_container(&tests::line(line), Some(Engine::Docker));
            let said = |c: &Container| (c.privileged(), c.mounts.len(), c.cap_add.len());
            assert_eq!(found.as_ref().map(said), expected, "{line}");
            let named = found.is_none_or(|c| c.name.is_some_and(|name| name.value.is("web")) && c.image.is_none());
            assert!(named, "{line}");
        }
    }
}
