//! Services without a `services:` around them: a part of a Compose file that another tool puts together, or
//! the layout of Compose's first version in a file of another name. They are not read, and that is said.

use super::detect::is_old_layout;
use crate::front::yaml::{Kind, NodeId, Tree};

/// The keys of a service, without those that only name where its image comes from.
const KEYS: [&str; 47] = [
    "annotations",
    "cap_add",
    "cap_drop",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "depends_on",
    "deploy",
    "devices",
    "dns",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "external_links",
    "extra_hosts",
    "group_add",
    "healthcheck",
    "hostname",
    "init",
    "ipc",
    "labels",
    "links",
    "logging",
    "mem_limit",
    "network_mode",
    "networks",
    "pid",
    "platform",
    "ports",
    "privileged",
    "profiles",
    "pull_policy",
    "read_only",
    "restart",
    "runtime",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "sysctls",
    "tmpfs",
    "tty",
    "volumes",
];
/// Keys that a service may have beside those.
const OTHERS: [&str; 8] = [
    "image",
    "build",
    "extends",
    "ulimits",
    "user",
    "working_dir",
    "volumes_from",
    "userns_mode",
];

/// True for a text that clearly holds services of Compose at its top: each of them has an image or a build,
/// something else that only a service says, and nothing that a service does not know.
pub fn looks_like_fragment(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !(has("image:") || has("build:")) || !KEYS.iter().any(|key| has(key)) {
        return false;
    }
    let tree = Tree::kept(text);
    let [root] = tree.documents.as_slice() else {
        return false;
    };
    let root = tree.resolve(*root);
    let entries = tree.entries(root);
    let own = |name: &str| name.starts_with("x-") || matches!(name, "version" | "volumes" | "networks");
    let mut services = entries
        .iter()
        .filter(|entry| !tree.key_text(entry).is_some_and(own))
        .peekable();
    services.peek().is_some()
        && is_old_layout(&tree, root)
        && services.all(|e| is_service(&tree, tree.resolve(e.value)))
}

fn is_service(tree: &Tree, service: NodeId) -> bool {
    if !matches!(tree.node(service).kind, Kind::Mapping(_)) {
        return false;
    }
    let entries = tree.entries(service);
    let names: Vec<&str> = entries.iter().filter_map(|entry| tree.key_text(entry)).collect();
    let plain_image = tree
        .get(service, "image")
        .is_none_or(|entry| matches!(tree.node(tree.resolve(entry.value)).kind, Kind::Scalar(_)));
    let known = |name: &&str| KEYS.contains(name) || OTHERS.contains(name) || name.starts_with("x-") || *name == "<<";
    plain_image
        && names.iter().any(|name| matches!(*name, "image" | "build"))
        && names.iter().any(|name| KEYS.contains(name))
        && names.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_without_their_key_are_told_from_other_files() {
        for text in [
            "web:\n  image: nginx\n  ports: ['80:80']\n",
            "db:\n  build: .\n  privileged: true\n  x-note: 1\ncache:\n  image: redis\n  restart: always\n",
            "version: '3'\nagent:\n  image: \"a/b:${TAG}\"\n  volumes:\n    - /:/host\n  user: root\n",
            "x-log: &l {driver: none}\nweb:\n  image: x\n  logging: *l\n",
            "x-all: &all\n  restart: always\nweb:\n  <<: *all\n  image: x\n  cap_add: [SYS_ADMIN]\n",
            "x-all: &all\n  restart: always\nweb:\n  <<: [*all]\n  build: .\n  tty: true\n",
        ] {
            assert!(looks_like_fragment(text), "{text}");
        }
        for text in [
            "services:\n  web:\n    image: x\n    ports: []\n",
            // a pipeline, values of a chart, a playbook, a part of something else
            "build:\n  image: golang\n  script: [make]\n  stage: build\n",
            "image:\n  repository: nginx\n  tag: '1'\nservice:\n  ports: [80]\n",
            "web:\n  image: {repository: x}\n  restart: always\n",
            "- name: x\n  docker_container:\n    image: y\n    ports: []\n",
            "web:\n  image: nginx\n",
            "web:\n  image: x\n  ports: []\nother: 1\n",
            "a:\n  image: x\n  replicas: 2\n  ports: []\n",
        ] {
            assert!(!looks_like_fragment(text), "{text}");
        }
    }
}
