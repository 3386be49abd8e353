//! What in a script speaks for an SELinux host.

use crate::container::{Container, FileId, Relabel, ViaKind};
use crate::front::reading::{Hint, PACKAGE_MANAGERS, PACKAGE_MANAGERS_WITHOUT};
use crate::source::Span;
use crate::spec::CommandLine;

/// A program that only makes sense on such a host, or a package manager that tells of the host.
pub(super) fn of_command(line: &CommandLine) -> Option<Hint> {
    let word = line.words.first()?;
    let program = word.text.known()?;
    let name = program.rsplit('/').next().unwrap_or(&program);
    // a package manager may run in a container: by what is handed to one, or in another root
    let packages = PACKAGE_MANAGERS.contains(&name) || PACKAGE_MANAGERS_WITHOUT.contains(&name);
    let inside = line.moved || line.via.iter().any(|via| via.kind == ViaKind::Embedded);
    (crate::shell::REPORTED.contains(&name) && !(packages && inside)).then(|| Hint {
        span: word.place.value,
        what: format!("`{name}`"),
        labelled: labelled(line),
    })
}

/// Types that containers may use the files of.
const FOR_CONTAINERS: [&str; 3] = ["container_file_t", "svirt_sandbox_file_t", "container_ro_file_t"];

/// The paths that `chcon -t container_file_t` or `semanage fcontext` labels for containers.
fn labelled(line: &CommandLine) -> Vec<String> {
    let words: Vec<String> = line.words.iter().skip(1).map(|w| w.text.shown()).collect();
    if !words.iter().any(|w| FOR_CONTAINERS.iter().any(|kind| w.contains(kind))) {
        return Vec::new();
    }
    let is_path = |word: &&String| !word.starts_with('-') && word.contains(['/', '$', '.']);
    let path = |word: &String| word.trim_end_matches("(/.*)?").trim_end_matches('/').to_owned();
    words.iter().filter(is_path).map(path).collect()
}

/// Labels that a launch asks for.
pub(super) fn of_container(container: &Container, file: FileId) -> Vec<Hint> {
    let mut hints = Vec::new();
    for mount in &container.mounts {
        if mount.place.file == file
            && let Some(span) = mount.value.relabel_span
        {
            let what = match mount.value.relabel {
                Relabel::Shared => "`z` on a mount",
                _ => "`Z` on a mount",
            };
            hints.push(hint(span, what));
        }
    }
    for option in &container.security_opt {
        let text = option.value.known_prefix();
        if option.place.file == file && (text.starts_with("label=") || text.starts_with("label:")) {
            hints.push(hint(option.place.value, &format!("`{}`", option.value.shown())));
        }
    }
    hints
}

fn hint(span: Span, what: &str) -> Hint {
    Hint {
        span,
        what: what.to_owned(),
        labelled: Vec::new(),
    }
}
