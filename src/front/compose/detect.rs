//! Is a YAML text a Compose file?

use crate::front::yaml::{Kind, NodeId, Tree};

/// Keys of a service that hardly stand in anything else that has a `services:`.
const TELLING: &[&str] = &[
    "image",
    "build",
    "extends",
    "container_name",
    "network_mode",
    "cap_add",
    "cap_drop",
    "privileged",
    "volumes_from",
    "depends_on",
    "env_file",
    "<<",
];
/// Keys at the top of files that also have `services:` and are something else.
const OTHERS: &[&str] = &["jobs", "on", "runs", "apiVersion", "kind", "pipeline", "steps", "infra"];

/// True for a text whose `services:` holds mappings as Compose has them, and that is no workflow.
pub fn looks_like_compose(text: &str) -> bool {
    if !Tree::may_have_key(text, "services") {
        return false;
    }
    let tree = Tree::kept(text);
    let roots = tree.documents.iter().map(|&root| tree.resolve(root));
    roots.into_iter().any(|root| {
        let has = |key: &str| tree.get(root, key).is_some();
        !OTHERS.iter().any(|key| has(key))
            && tree
                .get(root, "services")
                .is_some_and(|entry| services_like(&tree, tree.resolve(entry.value)))
    })
}

/// True for the layout of Compose's first version: services at the top. Only to be asked of files
/// that are named like Compose files.
pub fn looks_like_old_compose(text: &str) -> bool {
    let tree = Tree::kept(text);
    tree.documents
        .first()
        .is_some_and(|&root| is_old_layout(&tree, tree.resolve(root)))
}

/// True when services stand at the root.
pub(super) fn is_old_layout(tree: &Tree, root: NodeId) -> bool {
    let named = [
        "services",
        "include",
        "volumes",
        "networks",
        "configs",
        "secrets",
        "jobs",
        "on",
        "apiVersion",
    ];
    let plain = named.iter().all(|key| match tree.get(root, key) {
        None => true,
        // a service may carry one of these names
        Some(entry) => *key != "services" && tells(tree, tree.resolve(entry.value)),
    });
    plain && services_like(tree, root)
}

/// True when some value of a mapping looks like a service.
fn services_like(tree: &Tree, services: NodeId) -> bool {
    tree.entries(services)
        .iter()
        .any(|entry| tells(tree, tree.resolve(entry.value)))
}

fn tells(tree: &Tree, service: NodeId) -> bool {
    matches!(tree.node(service).kind, Kind::Mapping(_))
        && tree
            .entries(service)
            .iter()
            .any(|e| tree.key_text(e).is_some_and(|k| TELLING.contains(&k)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_told_from_other_files_that_have_the_word() {
        for (text, expected) in [
            ("services:\n  a:\n    image: x\n", true),
            ("services: {a: {build: .}}\n", true),
            ("{\"services\": {\"a\": {\"image\": \"x\"}}}", true),
            ("x: 1\n---\nservices:\n  a:\n    <<: *b\n", true),
            (
                "on: push\njobs:\n  a:\n    services:\n      db:\n        image: x\n",
                false,
            ),
            ("services:\n  - docker\n", false),
            ("services:\n  App\\Mailer:\n    class: X\n    arguments: []\n", false),
            ("services:\n", false),
            ("a:\n  image: x\n", false),
        ] {
            assert_eq!(looks_like_compose(text), expected, "{text}");
        }
        assert!(looks_like_old_compose(
            "web:\n  image: x\n  links: [db]\ndb:\n  image: y\n"
        ));
        assert!(!looks_like_old_compose("services:\n  a:\n    image: x\n"));
    }
}
