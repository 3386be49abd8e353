//! What a trace of the container itself adds to what is known of its image.

use std::sync::LazyLock;

use super::super::images::{self, Entry, Required};
use super::{Needs, Trust};
use crate::container::{Container, Traced};

/// Why a capability counts that a trace has seen.
const SEEN: &str = "the trace saw it asked for";

/// The entry of an image that nothing but a trace is known of.
static UNKNOWN: LazyLock<Option<Entry>> = LazyLock::new(|| {
    let text = "{name: trace, images: [], trust: inferred, starts-as: varies, as-user: partial, sources: [trace]}";
    serde_yaml::from_str(text).ok()
});

/// The needs with what a trace saw.
///
/// A trace of two whole lives is as good as an entrypoint that was read, for this launch: what it saw is
/// enough, together with what is known of the image. It says nothing of what people run in the container,
/// nor of options that cannot be read. Any other trace is told, and proves nothing.
pub(super) fn with_trace(known: Option<Needs>, traced: &Traced, container: &Container) -> Option<Needs> {
    let open = container.around.worked_in.is_some() || container.terminal || !container.unseen.is_empty();
    let enough = traced.whole && !open;
    let mut needs = match known {
        Some(known) => known,
        None if enough => of_trace_alone(UNKNOWN.as_ref()?),
        None => return None,
    };
    if !enough {
        let seen = match traced.used.as_slice() {
            [] => "no capability".to_owned(),
            names => names.join(", "),
        };
        let fact = format!(
            "a trace saw it use {seen} ({}; {}), which proves nothing of what it did not see",
            traced.covers, traced.at
        );
        needs.facts.push(fact);
        return Some(needs);
    }
    if needs.trust < Trust::Sure {
        // what is only guessed of the image is worth less than what was seen
        needs
            .capabilities
            .retain(|(name, _)| needs.entry.file_capabilities.iter().any(|n| n == name));
        needs.trust = Trust::Sure;
        needs.traced = Some(traced.at.clone());
        needs.doubt = Some(format!("a trace saw no more over {}", traced.covers));
        needs.on_top_of_default = false;
    }
    for name in &traced.used {
        if !needs.names().contains(name) {
            needs.capabilities.push((name, SEEN));
        }
    }
    needs.capabilities.sort_unstable();
    Some(needs)
}

fn of_trace_alone(entry: &'static images::Entry) -> Needs {
    Needs {
        entry,
        capabilities: Vec::new(),
        trust: Trust::Guess,
        doubt: None,
        on_top_of_default: false,
        needs_no_privilege: false,
        privileged: Required::No,
        facts: Vec::new(),
        traced: None,
        own: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::needs;
    use super::*;
    use crate::container::{Engine, FileId, Place, Syntax, Text, Written};
    use crate::source::Span;

    fn container(image: &str, whole: bool) -> Container {
        let span = Span::default();
        let mut c = Container::new(Syntax::Command, Engine::Docker, FileId(0), span, span);
        c.image = Some(Written::new(Text::cooked(image, span), Place::new(span, span)));
        c.around.traced = Some(Traced {
            container: "app".into(),
            used: vec!["CHOWN"],
            whole,
            covers: "2 lives".into(),
            at: "trace.log:1".into(),
        });
        c
    }

    #[test]
    fn only_a_whole_trace_makes_an_unknown_image_known() {
        let known = needs(&container("example.org/app", true)).unwrap();
        assert_eq!((known.names(), known.trust), (vec!["CHOWN"], Trust::Sure));
        assert!(needs(&container("example.org/app", false)).is_none());
        let mut worked_in = container("example.org/app", true);
        worked_in.around.worked_in = Some("`exec` runs in it".into());
        assert!(needs(&worked_in).is_none());
    }

    #[test]
    fn a_trace_takes_nothing_from_what_was_read() {
        let known = needs(&container("postgres:16", true)).unwrap();
        assert!(known.names().contains(&"SETUID") && known.names().contains(&"CHOWN"));
    }
}
