//! One container for each place: what several calls of a function make of one command is put together.

use crate::container::{Container, Engine, Hole, Mount, NamespaceSetting, Text, Unseen, Via, Written};
use crate::source::{Source, Span};

/// Puts containers that stand at one place together. They come in order of their places.
pub(super) fn one_a_place(containers: Vec<Container>, source: Option<&Source>) -> Vec<Container> {
    let mut out: Vec<Container> = Vec::new();
    for container in containers {
        match out.last_mut() {
            Some(last)
                if last.file == container.file && last.head == container.head && last.syntax == container.syntax =>
            {
                join(last, container, source);
            }
            _ => out.push(container),
        }
    }
    out
}

/// What only one of the two says is said on some path only; where they say different things of one
/// thing, it is not known.
pub(super) fn join(a: &mut Container, b: Container, source: Option<&Source>) {
    if a.engine != b.engine {
        // which of the two runs it is decided when it runs
        a.maybe_podman |= a.engine == Engine::Podman || b.engine == Engine::Podman;
        a.engine = Engine::Unknown;
    }
    a.rootless &= b.rootless;
    a.certain |= b.certain;
    a.removed_on_exit &= b.removed_on_exit;
    a.maybe_podman |= b.maybe_podman;
    a.starts = a.starts.max(b.starts);
    a.stays |= b.stays;
    a.init |= b.init;
    a.terminal |= b.terminal;
    a.open_environment |= b.open_environment;
    if a.health != b.health {
        a.health.extend(b.health);
    }
    let (body, file) = (a.body, a.file);
    let either = |a: &mut Option<Written<Text>>, b: Option<Written<Text>>| {
        either(a, b, source, |v| v.file == file && body.contains(v.span))
    };
    either(&mut a.name, b.name);
    either(&mut a.image, b.image);
    either(&mut a.entrypoint, b.entrypoint);
    either(&mut a.user, b.user);
    either(&mut a.runtime, b.runtime);
    either(&mut a.shm_size, b.shm_size);
    either(&mut a.pod, b.pod);
    command(&mut a.command, &b.command);
    lists(&mut a.privileged, b.privileged);
    lists(&mut a.cap_add, b.cap_add);
    lists(&mut a.cap_drop, b.cap_drop);
    lists(&mut a.security_opt, b.security_opt);
    let mounts = same_paths(&mut a.mounts, b.mounts);
    lists(&mut a.mounts, mounts);
    lists(&mut a.volumes_from, b.volumes_from);
    lists(&mut a.devices, b.devices);
    lists(&mut a.device_cgroup_rules, b.device_cgroup_rules);
    lists(&mut a.gpus, b.gpus);
    lists(&mut a.read_only, b.read_only);
    lists(&mut a.group_add, b.group_add);
    lists(&mut a.sysctls, b.sysctls);
    lists(&mut a.ports, b.ports);
    lists(&mut a.environment, b.environment);
    lists(&mut a.labels, b.labels);
    namespaces(&mut a.namespaces, b.namespaces);
    for unseen in b.unseen {
        let known = |u: &Unseen| u.place == unseen.place && u.hides == unseen.hides;
        if !a.unseen.iter().any(known) {
            a.unseen.push(unseen);
        }
    }
    if let (Some(to), Some(from)) = (&mut a.build, b.build) {
        either(&mut to.context, from.context);
        either(&mut to.dockerfile, from.dockerfile);
        either(&mut to.network, from.network);
        lists(&mut to.entitlements, from.entitlements);
    }
}

/// The mounts of another reading, those of one text alike: where it leads to two places, nobody knows which.
fn same_paths(a: &mut [Written<Mount>], mut b: Vec<Written<Mount>>) -> Vec<Written<Mount>> {
    for other in &mut b {
        let same = |w: &&mut Written<Mount>| {
            w.place.same(&other.place) && w.value.text == other.value.text && w.value.leads_to != other.value.leads_to
        };
        if let Some(one) = a.iter_mut().find(same) {
            let unknown = Text::hole("…", Span::default(), Hole::Other);
            one.value.leads_to = Some(unknown.clone());
            other.value.leads_to = Some(unknown);
        }
    }
    b
}

fn lists<T: PartialEq>(a: &mut Vec<Written<T>>, b: Vec<Written<T>>) {
    for written in a.iter_mut() {
        let other = b
            .iter()
            .find(|o| o.value == written.value && o.place.same(&written.place));
        written.certain &= other.is_some_and(|o| o.certain);
    }
    for mut written in b {
        if !a
            .iter()
            .any(|o| o.value == written.value && o.place.same(&written.place))
        {
            written.certain = false;
            a.push(written);
        }
    }
}

fn namespaces(a: &mut Vec<NamespaceSetting>, b: Vec<NamespaceSetting>) {
    let same = |x: &NamespaceSetting, y: &NamespaceSetting| {
        x.namespace == y.namespace && x.mode.value == y.mode.value && x.mode.place.same(&y.mode.place)
    };
    for setting in a.iter_mut() {
        setting.mode.certain &= b.iter().any(|o| same(o, setting) && o.mode.certain);
    }
    for mut setting in b {
        if !a.iter().any(|o| same(o, &setting)) {
            setting.mode.certain = false;
            a.push(setting);
        }
    }
}

fn either(
    a: &mut Option<Written<Text>>,
    b: Option<Written<Text>>,
    source: Option<&Source>,
    here: impl Fn(&Via) -> bool,
) {
    match (a.as_mut(), b) {
        (Some(x), Some(y)) if x.value == y.value => x.certain &= y.certain,
        (Some(x), Some(_)) => {
            // where the command uses what each caller gives
            let step = x.place.via.iter().find(|via| here(via)).or(x.place.via.last());
            let used = step.map_or(x.place.value, |via| via.span);
            let written = source.map_or_else(String::new, |s| s.slice(used).trim_matches('"').to_owned());
            let name = written.trim_matches(['"', '$', '{', '}']).to_owned();
            x.value = Text::hole(written, used, Hole::Variable(name));
            x.place.value = used;
            x.place.entry = used;
            x.place.via.clear();
        }
        (Some(x), None) => x.certain = false,
        (None, Some(mut y)) => {
            y.certain = false;
            *a = Some(y);
        }
        (None, None) => {}
    }
}

fn command(a: &mut Vec<Text>, b: &[Text]) {
    let shared = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    if shared < a.len().max(b.len()) {
        a.truncate(shared);
        a.push(Text::hole("…", Span::default(), Hole::Other));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use crate::container::{Engine, Tri};
    use crate::front::{Kind, Reading, Surroundings, read};
    use crate::source::Source;

    fn reading(text: &str) -> Reading {
        let surroundings = Surroundings::none();
        read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings)
    }

    #[test]
    fn a_command_that_begins_in_a_variable_stands_where_it_is_used() {
        let text = "R='podman run --rm'\n$R --privileged a\n$R b\nfor v in ./a:/a ./b:/b; do $R -v $v c; done\n";
        let reading = reading(text);
        let images = reading
            .containers
            .iter()
            .map(|c| c.image.as_ref().unwrap().value.shown());
        assert_eq!(images.collect::<Vec<_>>(), ["a", "b", "c"]);
        let mounts = &reading.containers.last().unwrap().mounts;
        assert_eq!(
            mounts.iter().map(|m| m.value.text.shown()).collect::<Vec<_>>(),
            ["./a:/a", "./b:/b"]
        );
    }

    #[test]
    fn an_engine_that_is_chosen_when_it_runs_is_none_of_them() {
        for text in [
            "if a; then E='podman --remote'; else E=docker; fi\n$E run i\n",
            "if a; then E=docker; else E=podman; fi\nc=\"$E run i\"\n$c sh\n",
        ] {
            let reading = reading(text);
            let container = reading.containers.first().unwrap();
            assert_eq!(
                (container.engine, container.maybe_podman),
                (Engine::Unknown, true),
                "{text}"
            );
        }
    }

    #[test]
    fn calls_that_differ_make_one_container_of_what_may_be() {
        let text = "f() { podman run \"$@\"; }\nf --privileged -v /a:/b img\nf -v /c:/d other sh\n";
        let reading = reading(text);
        assert_eq!(reading.containers.len(), 1);
        let container = reading.containers.first().unwrap();
        assert_eq!(container.privileged(), Tri::Maybe);
        let mounts: Vec<(String, bool)> = container
            .mounts
            .iter()
            .map(|m| (m.value.text.shown(), m.certain))
            .collect();
        assert_eq!(mounts, [("/a:/b".to_owned(), false), ("/c:/d".to_owned(), false)]);
        assert_eq!(container.image.as_ref().unwrap().value.shown(), "$@");
    }
}
