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
        if !(own || index || std::mem::replace(&mut skipped, index)) {
            open.words.push(word.clone());
        }
    }
    open.words.extend(line.words.iter().skip(at).cloned());
    let mut container = super::read(&open, engine.unwrap_or(Engine::Docker))?;
    let gives = !container.privileged.is_empty()
        || !exec && !(container.cap_add.is_empty() && container.mounts.is_empty() && container.devices.is_empty());
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
