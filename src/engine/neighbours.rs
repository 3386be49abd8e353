//! What else mounts the same host paths: the other containers of the file, and of the other files of
//! its tree.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::container::{Base, Container, Syntax};
use crate::front::{self, Kind, Reading};
use crate::rules::NeighbourMount;

use super::host_path::{HostPath, Root, folder_of, paths_of, whole};
use super::mount_use::{MountUse, in_turn, is_passing, strayed};

/// The neighbours of one container.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The mounts of others over the same host paths.
    pub(super) list: Vec<NeighbourMount>,
    /// Its mounts of which not every neighbour was looked for.
    pub(super) unsearched: Vec<usize>,
}

/// For each container of the reading, the mounts of others over the same host paths. `whole_tree` is
/// false where some file of the tree was not read for them.
pub(super) fn neighbours(reading: &Reading, own: &Uses, tree: &Uses, whole_tree: bool) -> Vec<Found> {
    let mut found = vec![Found::default(); reading.containers.len()];
    let whole_file = !reading.problems.iter().any(|p| p.ends_reading);
    let path = whole(&reading.source().path);
    let here_folder = folder_of(&reading.source().path);
    let variants = variants(own, tree, &path);
    let documented = reading.kind == Kind::Markdown;
    for (i, container) in reading.containers.iter().enumerate() {
        let home = whole(&reading.file(container.file).path);
        for (m, w) in container.mounts.iter().enumerate() {
            if !w.value.is_bind() || !container.syntax.is_launch() {
                continue;
            }
            let heres = paths_of(&w.value, &here_folder, container);
            let open = matches!(w.value.base, Base::Open(_));
            let keys: Vec<_> = heres.iter().map(keys).collect();
            let ways = || heres.iter().zip(&keys).enumerate();
            let mut looked_at = (0, 0);
            let own = ways().flat_map(|(nth, (here, keys))| own.near(keys).map(move |u| (nth, here, u)));
            let own = own.take(LOOKED_AT).inspect(|_| looked_at.0 += 1);
            let others = ways().flat_map(|(nth, (here, keys))| tree.near(keys).map(move |u| (nth, here, u)));
            let others = others.filter(|(_, _, u)| *u.whole != *path);
            let others = others.take(LOOKED_AT).inspect(|_| looked_at.1 += 1);
            let near = own.map(|u| (u, true)).chain(others.map(|u| (u, false)));
            let meeting = near.filter_map(|((nth, here, u), same)| {
                // two that are both run from somewhere else say nothing of each other
                let meeting = meets(here, u, same, &path).filter(|_| !(open && u.guess))?;
                let apart = !same && (u.strayed || strayed(&w.value, container));
                let guess = nth > 0 || u.guess || apart;
                Some((u, same, if guess { Meeting::Perhaps } else { meeting }))
            });
            let mut kept = 0;
            let mut met = HashSet::new();
            for (other, same_file, meeting) in meeting {
                if !met.insert((&other.whole, other.index, other.label.span)) {
                    continue;
                }
                if (same_file && other.index == i) || same_container(container, other, same_file, &path) {
                    continue;
                }
                // the launch itself, as a file that includes or sources this one, or lays over it, reads it
                let named = container.name.is_some() && other.named && container.called() == other.called;
                let written = other.label.span == w.place.value && !same_file;
                if (named || written) && *home == *other.home {
                    continue;
                }
                let pod = container.pod.as_ref().map(|p| p.value.shown());
                let neighbour = NeighbourMount {
                    mount: m,
                    container: other.called.clone(),
                    other: other.mount.clone(),
                    place: same_file.then(|| other.label.clone()),
                    at: format!("{}:{}", other.file, other.line),
                    same_pod: pod.is_some() && pod == other.pod,
                    confined: other.confined,
                    in_turn: in_turn((container, i), is_passing(container, reading.kind), other, same_file),
                    perhaps: meeting == Meeting::Perhaps,
                    varying: !w.certain && other.varying,
                    far: meeting != Meeting::Near || variants.contains(&other.whole),
                    documented: documented || front::by_name(Path::new(&*other.whole)) == Some(Kind::Markdown),
                    comes_first: same_file && other.index < i,
                };
                // the first few say all that a reader needs, if one of them counts
                let list = &mut found[i].list;
                if kept < MOST {
                    list.push(neighbour);
                    kept += 1;
                } else if neighbour.takes_away() {
                    if let Some(last) = list.last_mut().filter(|last| !last.takes_away()) {
                        *last = neighbour;
                    }
                    break;
                }
            }
            let bounded = looked_at.0 >= LOOKED_AT || looked_at.1 >= LOOKED_AT || !whole_tree || !whole_file;
            if bounded {
                found[i].unsearched.push(m);
            }
        }
    }
    found
}

/// The Compose files that are other variants of this one: a service of the same name mounts the same
/// path. Nobody runs both at once.
fn variants(own: &Uses, tree: &Uses, path: &str) -> HashSet<Arc<str>> {
    let mut found = HashSet::new();
    for one in own.list.iter().filter(|one| one.named && one.syntax == Syntax::Compose) {
        let Some(key) = keys(&one.path).pop() else { continue };
        let there = tree.at.get(&key).into_iter().flatten().take(LOOKED_AT);
        for other in there.filter_map(|&i| tree.list.get(i)) {
            let same = other.named && other.syntax == Syntax::Compose && other.called == one.called;
            if same && *other.whole != *path {
                found.insert(Arc::clone(&other.whole));
            }
        }
    }
    found
}

/// Neighbours kept for one mount.
const MOST: usize = 8;

/// Mounts that are compared with one mount at most.
const LOOKED_AT: usize = 256;

/// Mounts by path, so that those that meet are found without looking at all.
#[derive(Debug, Default)]
pub(super) struct Uses {
    list: Vec<MountUse>,
    /// By the path itself.
    at: HashMap<String, Vec<usize>>,
    /// By each path above it.
    below: HashMap<String, Vec<usize>>,
    /// Those below a folder that is not known.
    somewhere: Vec<usize>,
}

impl Uses {
    pub(super) fn of(list: Vec<MountUse>) -> Uses {
        let mut uses = Uses::default();
        for (i, one) in list.iter().enumerate() {
            if one.path.root == Root::Somewhere {
                uses.somewhere.push(i);
                continue;
            }
            let mut keys = keys(&one.path);
            let Some(own) = keys.pop() else { continue };
            uses.at.entry(own).or_default().push(i);
            for key in keys {
                let below = uses.below.entry(key).or_default();
                if below.len() < LOOKED_AT {
                    below.push(i);
                }
            }
        }
        uses.list = list;
        uses
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// True where a project that includes this file reads one of its mounts as another path.
    pub(super) fn lead_elsewhere(&self, tree: &Uses) -> bool {
        let Some(own) = self.list.first() else { return false };
        let included = tree.list.iter().filter(|u| u.home == own.whole && u.whole != own.whole);
        included.into_iter().any(|there| {
            let same = |here: &&MountUse| here.called == there.called && here.label.span == there.label.span;
            self.list.iter().find(same).is_some_and(|here| here.path != there.path)
        })
    }

    /// The mounts at, above and below a path, given its keys.
    fn near<'a>(&'a self, keys: &'a [String]) -> impl Iterator<Item = &'a MountUse> {
        let below = keys.last().and_then(|own| self.below.get(own));
        // the path itself before those above it
        let at = keys.iter().rev().filter_map(|key| self.at.get(key));
        let somewhere = std::iter::once(&self.somewhere);
        at.chain(below)
            .chain(somewhere)
            .flatten()
            .filter_map(|&i| self.list.get(i))
    }
}

/// A path and those above it, the highest first.
fn keys(path: &HostPath) -> Vec<String> {
    let mut key = match &path.root {
        Root::Slash | Root::Tree => "/".to_owned(),
        Root::Home => "~".to_owned(),
        Root::Somewhere => "?".to_owned(),
        Root::Variable(name) => format!("${name}"),
    };
    let mut keys = vec![key.clone()];
    for part in path.parts.iter().take(64) {
        key.push('/');
        key.push_str(part);
        keys.push(key.clone());
    }
    keys
}

/// How two mounts meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meeting {
    /// One path, or one above the other among the files of one folder.
    Near,
    /// One lies above the other in the tree, and they stand in different folders.
    Far,
    /// They do if one of the two is run from another folder.
    Perhaps,
}

/// How the other mount meets a path, if it is the same, or lies above or below it.
fn meets(here: &HostPath, other: &MountUse, same_file: bool, path: &str) -> Option<Meeting> {
    let there = &other.path;
    if there.root == Root::Somewhere {
        return may_lead_to(other, here).then_some(Meeting::Perhaps);
    }
    if here.root != there.root || (!same_file && matches!(here.root, Root::Variable(_))) {
        return None;
    }
    if here.parts == there.parts {
        return Some(Meeting::Near);
    }
    let near = Path::new(path).parent() == Path::new(&*other.whole).parent();
    let shorter = here.parts.len().min(there.parts.len());
    // The root of the host, or a whole home, lies above everything: that says nothing of sharing.
    let trivial = shorter == 0 && here.root != Root::Tree;
    let nested = !trivial && here.parts.iter().zip(&there.parts).all(|(x, y)| x == y);
    match (nested, near, here.root == Root::Tree) {
        (true, true, _) => Some(Meeting::Near),
        (true, false, true) => Some(Meeting::Far),
        _ => None,
    }
}

/// True where a path below some folder, which a script of a folder above went to, may be, hold or lie in
/// this one.
fn may_lead_to(other: &MountUse, here: &HostPath) -> bool {
    let script = folder_of(Path::new(&*other.whole));
    let below = |from: usize| here.parts.iter().skip(from).zip(&other.path.parts).all(|(x, y)| x == y);
    here.root == Root::Tree && here.parts.starts_with(&script) && (script.len()..here.parts.len()).any(below)
}

/// True when the other launch is this container again: another branch of a script, another variant
/// of a Compose file in the same folder, the service in another project of its file.
fn same_container(container: &Container, other: &MountUse, same_file: bool, path: &str) -> bool {
    let names = container.name.is_some() && other.named && container.called() == other.called;
    let same_folder = Path::new(path).parent() == Path::new(&*other.whole).parent();
    match (container.syntax, other.syntax) {
        // within one file, two of a name are of two Compose files that a script writes out
        (Syntax::Compose, Syntax::Compose) => names && same_folder,
        (Syntax::Command, Syntax::Command) if same_file && !names => {
            // The same image, named in neither, and only on some path: a branch chose the engine or the
            // options. Two that are both certain to run are two.
            let image = container.image.as_ref().map(|w| w.value.shown());
            let unnamed = container.name.is_none() && !other.named;
            let branch = !container.certain || !other.certain;
            unnamed && branch && image.is_some_and(|image| image == other.called)
        }
        _ => names,
    }
}

#[cfg(test)]
mod tests {
    use super::super::mount_use::mount_uses;
    use super::*;
    use crate::front::{Kind, read};
    use crate::source::Source;

    fn uses(path: &str, source: &str) -> Vec<MountUse> {
        let text = format!(
            "services:\n  {}:\n    image: x\n    volumes:\n      - {source}:/x\n",
            path.len()
        );
        let surroundings = crate::front::Surroundings::none();
        mount_uses(&read(Kind::Compose, &Arc::new(Source::new(path, text)), &surroundings))
    }

    #[test]
    fn relative_paths_of_a_compose_file_that_a_script_writes_are_its_own() {
        let service = |name: &str, source: &str| format!("  {name}:\n    volumes: ['{source}:/x']\n    image: x\n");
        let file =
            |name: &str, services: &[String]| format!("cat > {name} <<EOF\nservices:\n{}EOF\n", services.concat());
        let text = [
            "docker run -v ./d:/d -v /srv:/s x\n".to_owned(),
            file(
                "compose.yaml",
                &[service("a", "./d"), service("b", "./d/e"), service("c", "/srv")],
            ),
            file("b.compose.yaml", &[service("e", "./d")]),
            file("c.compose.yaml", &[service("c", "/srv")]),
        ];
        let surroundings = crate::front::Surroundings::none();
        let source = Arc::new(Source::new("run.sh", text.concat()));
        let reading = read(Kind::Shell, &source, &surroundings);
        let own = Uses::of(mount_uses(&reading));
        let near = neighbours(&reading, &own, &Uses::default(), true);
        let named = |i: usize| -> Vec<&str> { near[i].list.iter().map(|n| n.container.as_str()).collect() };
        let found: Vec<(String, Vec<&str>)> = (0..near.len())
            .map(|i| (reading.containers[i].called(), named(i)))
            .collect();
        let expected: [(&str, &[&str]); 6] = [
            ("x", &["c", "c"]),
            ("a", &["b"]),
            ("b", &["a"]),
            // the other one is this service in another file
            ("c", &["x"]),
            ("e", &[]),
            ("c", &["x"]),
        ];
        let expected: Vec<(String, Vec<&str>)> = expected.iter().map(|(n, o)| ((*n).to_owned(), o.to_vec())).collect();
        assert_eq!(found, expected);
    }

    fn meet(a: (&str, &str), b: (&str, &str)) -> bool {
        let (one, other) = (uses(a.0, a.1), uses(b.0, b.1));
        one.iter()
            .zip(&other)
            .any(|(x, y)| meets(&x.path, y, a.0 == b.0, &x.whole) == Some(Meeting::Near))
    }

    #[test]
    fn a_file_is_the_same_however_it_is_named() {
        let here = std::env::current_dir().unwrap_or_default();
        assert_eq!(whole(Path::new("./a/../c.yaml")), whole(&here.join("c.yaml")));
        assert_ne!(whole(Path::new("a/c.yaml")), whole(Path::new("c.yaml")));
    }

    #[test]
    fn paths_meet_when_one_is_or_holds_the_other() {
        let in_one = |a, b| meet(("c.yaml", a), ("c.yaml", b));
        assert!(in_one("./data", "./data/x/../y"));
        assert!(in_one(".", "./data"));
        assert!(!in_one("./data", "./database"));
        assert!(!in_one("./data", "/data"));
        assert!(!in_one("/", "/etc"));
    }

    #[test]
    fn files_of_other_folders_meet_in_the_same_path_only() {
        assert!(meet(("deploy/c.yaml", "./data"), ("c.yaml", "./deploy/data")));
        assert!(meet(("a/c.yaml", "../data"), ("b/c.yaml", "../data")));
        assert!(!meet(("deploy/c.yaml", "./data"), ("c.yaml", ".")));
    }
}
