//! What `buildx create` lets the builds of a builder ask for, and `buildx bake` those of a file.

use crate::container::{Build, Container, Reach, Text, Unseen, Written};
use crate::knowledge::flags::Command;
use crate::source::Span;

use super::options::Setting;

/// buildkitd's option that lets a build ask for more than its sandbox.
const ALLOW: &str = "--allow-insecure-entitlement";

/// How many builds a command speaks of.
pub(super) fn reach(command: Command) -> Reach {
    match command {
        Command::Bake => Reach::Several,
        Command::Builder => Reach::Builder,
        _ => Reach::One,
    }
}

/// Takes what `--buildkitd-flags` allows: options of another program in one word, which buildx splits as a
/// shell does.
pub(super) fn daemon_flags(container: &mut Container, setting: &Setting) {
    let Some(flags) = &setting.value else { return };
    let words: Vec<Text> = flags.split(' ').into_iter().filter(|word| !word.is_empty()).collect();
    let build = container.build.get_or_insert_with(Build::default);
    let alone = words
        .iter()
        .filter(|word| word.known_prefix().starts_with("--"))
        .count()
        == 1;
    for (at, word) in words.iter().enumerate() {
        let value = match word.strip_prefix(ALLOW) {
            Some(rest) if rest.is_empty() => words.get(at + 1).cloned(),
            Some(rest) => rest.strip_prefix("="),
            None => None,
        };
        let Some(value) = value else { continue };
        let mut place = setting.place.clone();
        place.value = value.span();
        if !alone {
            place.entry = entry(&words, at, &value);
        }
        build.entitlements.push(Written {
            value,
            place,
            certain: setting.certain,
        });
    }
    if words.iter().any(Text::has_hole) {
        container.unseen.push(Unseen {
            place: setting.place.clone(),
            text: flags.shown(),
            hides: None,
        });
    }
}

/// What would be removed of several options: this one, with the blank that parts it from its neighbour.
fn entry(words: &[Text], at: usize, value: &Text) -> Span {
    let start = words.get(at).map_or(value.span().start, |word| word.span().start);
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    let behind = words.iter().find(|word| word.span().start > value.span().end);
    match (before, behind) {
        (Some(before), _) => Span {
            start: before.span().end,
            end: value.span().end,
        },
        (None, Some(behind)) => Span {
            start,
            end: behind.span().start,
        },
        (None, None) => Span {
            start,
            end: value.span().end,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Engine;
    use crate::spec::command::{read, tests};

    fn allowed(line: &str) -> Option<(Vec<String>, Vec<String>, Reach, bool)> {
        let build = read(&tests::line(line), Engine::Docker)?;
        let unseen = !build.unseen.is_empty();
        let build = build.build?;
        let gone = |w: &Written<Text>| line.get(w.place.entry.range()).unwrap_or_default().to_owned();
        Some((
            build.entitlements.iter().map(|w| w.value.shown()).collect(),
            build.entitlements.iter().map(gone).collect(),
            build.reach,
            unseen,
        ))
    }

    #[test]
    fn what_a_builder_is_made_to_allow() {
        const A: &str = "--allow-insecure-entitlement";
        let said = |line: &str, values: &[&str], gone: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let expected = (owned(values), owned(gone), Reach::Builder, false);
            assert_eq!(allowed(line), Some(expected), "{line}");
        };
        let option = format!("--buildkitd-flags '{A} security.insecure'");
        said(
            &format!("docker buildx create --use {option} --name b"),
            &["security.insecure"],
            &[&option],
        );
        let option = format!("--buildkitd-flags={A}=security.insecure");
        said(
            &format!("docker buildx create {option} ctx"),
            &["security.insecure"],
            &[&option],
        );
        said(
            &format!("docker buildx create --buildkitd-flags '--debug {A} security.insecure {A}=network.host'"),
            &["security.insecure", "network.host"],
            &[&format!(" {A} security.insecure"), &format!(" {A}=network.host")],
        );
        said(
            &format!("docker buildx create --buildkitd-flags \"{A} device --debug\""),
            &["device"],
            &[&format!("{A} device ")],
        );
    }

    #[test]
    fn builders_that_allow_nothing_or_what_nobody_knows() {
        for line in [
            "docker buildx create --use --name b",
            "docker buildx create --buildkitd-flags --debug",
            "docker buildx bake",
            "docker buildx bake web --push",
            "docker buildx create --driver-opt network=host",
        ] {
            assert!(
                allowed(line).is_some_and(|(values, .., unseen)| values.is_empty() && !unseen),
                "{line}"
            );
        }
        for line in [
            "docker buildx create --buildkitd-flags $FLAGS",
            "docker buildx create --buildkitd-flags \"--debug $FLAGS\"",
            "docker buildx create $OPTS --name b",
        ] {
            assert!(
                allowed(line).is_some_and(|(values, .., unseen)| values.is_empty() && unseen),
                "{line}"
            );
        }
    }

    #[test]
    fn what_the_builds_of_a_file_are_allowed() {
        for (line, values) in [
            (
                "docker buildx bake --allow security.insecure web db",
                vec!["security.insecure"],
            ),
            (
                "docker buildx bake -f bake.hcl web --allow=network.host --allow fs.read=/x",
                vec!["network.host", "fs.read=/x"],
            ),
            ("docker bake --allow=device", vec!["device"]),
            ("docker buildx --builder b f --allow ssh", vec!["ssh"]),
        ] {
            let found = allowed(line).map(|(values, _, reach, _)| (values, reach));
            let values = values.into_iter().map(str::to_owned).collect();
            assert_eq!(found, Some((values, Reach::Several)), "{line}");
        }
    }
}
