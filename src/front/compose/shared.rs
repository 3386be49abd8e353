//! What a service takes over from another one while both run: its mounts by `volumes_from`, its
//! namespaces by `service:NAME`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::container::{
    Container, Engine, Key, Labelling, Mount, Namespace, NamespaceSetting, Place, Syntax, Text, Unseen, Via, ViaKind,
    Written,
};

/// Services that are followed from one at most.
const MAX_STEPS: usize = 60;
/// Mounts of others that are looked at in one file at most, with the steps to them; beyond it, any may hide.
const MAX_TAKEN: usize = 100_000;

/// What one service takes over.
#[derive(Default)]
struct Taken {
    mounts: Vec<Written<Mount>>,
    namespaces: Vec<NamespaceSetting>,
    unseen: Vec<Unseen>,
}

/// Gives every service what it takes over from others of the project.
pub(super) fn take_over(containers: &mut [Container]) {
    let mut names: HashMap<String, usize> = HashMap::new();
    for (i, c) in containers.iter().enumerate() {
        if let Some(name) = c.name.as_ref().filter(|_| c.syntax == Syntax::Compose) {
            names.entry(name.value.shown()).or_insert(i);
        }
    }
    let mut left = MAX_TAKEN;
    let mut found: BTreeMap<usize, Taken> = BTreeMap::new();
    for (i, c) in containers.iter().enumerate() {
        if c.syntax != Syntax::Compose {
            continue;
        }
        let mut taken = Taken::default();
        mounts(i, containers, &names, &mut left, &mut taken);
        for setting in &c.namespaces {
            taken.namespaces.extend(joined(setting, containers, &names));
        }
        found.insert(i, taken);
    }
    for (i, mut taken) in found {
        let Some(c) = containers.get_mut(i) else { continue };
        c.mounts.append(&mut taken.mounts);
        c.namespaces.append(&mut taken.namespaces);
        c.unseen.append(&mut taken.unseen);
    }
}

/// The mounts that `volumes_from` brings: a mount of the service itself at the same place wins.
fn mounts(taker: usize, all: &[Container], names: &HashMap<String, usize>, left: &mut usize, taken: &mut Taken) {
    let Some(c) = all.get(taker) else { return };
    let target = |m: &Written<Mount>| m.value.target.as_ref().map(Text::shown).unwrap_or_default();
    let mut targets: BTreeSet<String> = c.mounts.iter().map(target).collect();
    let mut visited: BTreeSet<usize> = BTreeSet::from([taker]);
    let mut open: Vec<(&Written<Text>, Vec<Via>)> = Vec::new();
    open.extend(c.volumes_from.iter().rev().map(|from| (from, Vec::new())));
    while let Some((from, mut way)) = open.pop() {
        let name = named(&from.value);
        let other = name.as_ref().and_then(|name| names.get(name));
        let (Some(name), Some((index, other))) = (&name, other.and_then(|&i| Some((i, all.get(i)?)))) else {
            // a container that the project does not describe
            taken.unseen.push(hidden(from, way));
            continue;
        };
        if !visited.insert(index) {
            continue;
        }
        if visited.len() > MAX_STEPS {
            taken.unseen.push(hidden(from, way));
            break;
        }
        way.push(step(name, &from.place));
        for mount in &other.mounts {
            if *left == 0 {
                break;
            }
            *left = left.saturating_sub(way.len());
            if !targets.insert(target(mount)) {
                continue;
            }
            let mut mount = mount.clone();
            mount.place.via.splice(0..0, way.iter().cloned());
            // podman-compose does not pass `volumes_from` on
            mount.certain &= c.engine != Engine::Podman;
            if mount.place.file != c.file {
                mount.value.labelling = Labelling::Impossible("the mount is another service's, in another file");
            }
            taken.mounts.push(mount);
        }
        if *left == 0 || other.may_hide(Key::Mount) {
            taken.unseen.push(hidden(from, Vec::new()));
        }
        for from in other.volumes_from.iter().rev().take(*left) {
            *left = left.saturating_sub(way.len());
            open.push((from, way.clone()));
        }
    }
}

/// Mounts inherited through `volumes_from` from a container that is not read.
fn hidden(from: &Written<Text>, way: Vec<Via>) -> Unseen {
    let mut place = from.place.clone();
    place.via.splice(0..0, way);
    Unseen {
        place,
        text: from.value.shown(),
        hides: Some(Key::Mount),
    }
}

/// The service of `NAME[:MODE]`; `None` for a container that is not of the project. Compose drops the
/// mode: what is mounted for reading and writing there is so here (seen on 2.40).
fn named(from: &Text) -> Option<String> {
    let known = from.known()?;
    if known.starts_with("container:") {
        return None;
    }
    let name = known.split_once(':').map_or(known.as_ref(), |(name, _)| name);
    Some(name.to_owned())
}

/// The host's namespace that a service has because the one that it joins has it.
fn joined(setting: &NamespaceSetting, all: &[Container], names: &HashMap<String, usize>) -> Option<NamespaceSetting> {
    let namespace: Namespace = setting.namespace;
    let mut at = &setting.mode;
    let mut way: Vec<Via> = Vec::new();
    while let Some(name) = at.value.known()?.strip_prefix("service:") {
        way.push(step(name, &at.place));
        if way.len() > MAX_STEPS {
            return None;
        }
        at = all.get(*names.get(name)?)?.namespace(namespace)?;
    }
    if way.is_empty() || !at.value.is("host") {
        return None;
    }
    let mut mode = at.clone();
    mode.place.via.splice(0..0, way);
    Some(NamespaceSetting { namespace, mode })
}

fn step(name: &str, place: &Place) -> Via {
    Via {
        kind: ViaKind::Service,
        name: name.to_owned(),
        span: place.value,
        file: place.file,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::reading;
    use crate::container::{Key, Namespace, ViaKind};

    #[test]
    fn mounts_of_other_services_come_with_the_way() {
        let text = "services:
  a: {image: x, volumes_from: [\"b:ro\", \"container:q\"], volumes: [\"./own:/o\"]}
  b: {image: x, volumes_from: [c, a], volumes: [\"/:/host\", \"./b:/o\"]}
  c: {image: x, volumes: [\"/var/run/docker.sock:/s\"]}
";
        let reading = reading(text);
        let a = &reading.containers[0];
        let sources: Vec<String> = a
            .mounts
            .iter()
            .map(|m| m.value.source.as_ref().unwrap().shown())
            .collect();
        assert_eq!(sources, ["./own", "/", "/var/run/docker.sock"]);
        // Compose drops the mode
        assert!(!a.mounts[1].value.read_only && !a.mounts[2].value.read_only);
        // the mounts of a container that is not described here
        let unseen: Vec<&str> = a.unseen.iter().map(|u| u.text.as_str()).collect();
        assert_eq!(unseen, ["container:q"]);
        assert!(a.may_hide(Key::Mount) && !a.may_hide(Key::CapDrop));
        // who takes over from it does not see them either
        assert_eq!(reading.containers[1].unseen[0].place.via[0].name, "a");
        let way: Vec<&str> = a.mounts[2].place.via.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(way, ["b", "c"]);
        assert_eq!(reading.source().slice(a.mounts[1].place.via[0].span), "\"b:ro\"");
        assert!(a.mounts[1].place.same(&reading.containers[1].mounts[0].place));
    }

    #[test]
    fn many_mounts_taken_over_by_many_end_soon() {
        let mounts: Vec<String> = (0..1_000).map(|i| format!("'/a{i}:/a{i}'")).collect();
        let takers: String = (0..1_000)
            .map(|i| format!("  s{i}: {{image: x, volumes_from: [b]}}\n"))
            .collect();
        let text = format!(
            "services:\n  b: {{image: x, volumes: [{}]}}\n{takers}",
            mounts.join(", ")
        );
        let reading = reading(&text);
        let last = reading.containers.last().unwrap();
        assert!(last.mounts.is_empty() && last.may_hide(Key::Mount));
        assert!(reading.containers[50].mounts.len() == 1_000);
    }

    #[test]
    fn a_namespace_of_the_host_is_joined_through_others() {
        let text = "services:
  a: {image: x, pid: \"service:b\", ipc: \"service:b\", network_mode: \"service:a\"}
  b: {image: x, pid: \"service:c\", ipc: private}
  c: {image: x, pid: host}
";
        let reading = reading(text);
        let a = &reading.containers[0];
        let pid = a.namespace(Namespace::Pid).unwrap();
        assert!(pid.value.is("host") && pid.place.via.iter().all(|v| v.kind == ViaKind::Service));
        assert!(a.namespace(Namespace::Ipc).unwrap().value.is("service:b"));
        assert!(a.namespace(Namespace::Network).unwrap().value.is("service:a"));
    }
}
