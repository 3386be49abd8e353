//! Is a Compose file one that `docker stack deploy` deploys?
//!
//! Most files with a `deploy:` are run by Compose, which takes it too. So a file counts as a stack only
//! by what Compose refuses, or where a name or a comment says it beside what only Swarm makes use of; that
//! alone makes it look like one.

use super::Project;
use super::value::Value;
use crate::container::{Container, Engine};
use crate::front::reading::Comment;

/// What tells that a file is a stack, and whether it is sure.
struct Evidence {
    why: String,
    sure: bool,
}

/// Notes of the services of a project that they are deployed as a stack, where the file tells.
pub(super) fn mark(project: &Project, comments: &[Comment], containers: &mut [Container]) {
    if containers.iter().all(|c| c.engine == Engine::Podman) {
        return; // it has external secrets of its own, and no stacks
    }
    if let Some(evidence) = evidence(project, comments) {
        for container in containers {
            container.deploy_as_stack(evidence.why.clone(), evidence.sure);
        }
    }
}

fn evidence(project: &Project, comments: &[Comment]) -> Option<Evidence> {
    let services = project.root.get("services")?.entries();
    if let Some(why) = services.iter().find_map(|(_, service)| external(project, service)) {
        return Some(Evidence { why, sure: true });
    }
    if services.iter().any(|(_, service)| service.get("build").is_some()) {
        return None;
    }
    let key = services
        .iter()
        .find_map(|(_, service)| swarm_key(service.get("deploy")?))?;
    let source = project.sources.first()?;
    let name = source.path.file_name().map(|n| n.to_string_lossy().to_lowercase());
    let named = name.filter(|name| {
        let stem = name.trim_end_matches(".yaml").trim_end_matches(".yml");
        stem.split(['.', '-', '_'])
            .any(|word| word == "stack" || word == "swarm")
    });
    let command = |comment: &&Comment| {
        let text = source.slice(comment.span);
        text.contains("docker stack deploy") || text.contains("docker stack up")
    };
    let why = match (named, comments.iter().find(command)) {
        (Some(name), _) => Some(format!("`deploy.{key}` in a file named `{name}`")),
        (None, Some(comment)) => Some(format!(
            "`deploy.{key}` and the comment in line {}",
            source.line_of(comment.span.start)
        )),
        (None, None) => None,
    };
    Some(Evidence {
        sure: why.is_some(),
        why: why.unwrap_or_else(|| format!("`deploy.{key}`")),
    })
}

/// A secret or config that is external: Compose creates no container with one (seen on 2.40).
fn external(project: &Project, service: &Value) -> Option<String> {
    for (kind, word) in [("secrets", "secret"), ("configs", "config")] {
        let listed = service.get(kind).map(Value::items).unwrap_or_default();
        for item in listed {
            let Some(name) = item.get("source").unwrap_or(item).text().and_then(|name| name.known()) else {
                continue;
            };
            let external = project.root.get(kind).and_then(|all| all.get(&name)?.get("external"));
            let yes = external.is_some_and(|value| match value.text() {
                Some(text) => text.is("true"),
                None => !value.entries().is_empty(),
            });
            if yes {
                return Some(format!(
                    "the external {word} `{name}`, with which Compose starts nothing"
                ));
            }
        }
    }
    None
}

/// A key of `deploy` that only Swarm makes use of.
fn swarm_key(deploy: &Value) -> Option<&'static str> {
    let there = |key: &str| {
        let value = deploy.get(key);
        value.is_some_and(|v| v.text().is_some() || !v.entries().is_empty())
    };
    let global = deploy.get("mode").and_then(Value::text);
    if global.is_some_and(|mode| !mode.is("replicated") && !mode.has_hole()) {
        return Some("mode");
    }
    ["placement", "update_config", "rollback_config", "endpoint_mode"]
        .into_iter()
        .find(|key| there(key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::reading_with;
    use crate::container::{Key, Relabel, Tri};

    const KEYS: &str = "privileged: true, security_opt: [label=disable], pid: host, network_mode: bridge, \
        devices: [/dev/fuse], cap_add: [SYS_TIME], user: root, volumes: ['./d:/d:Z']";

    #[test]
    fn a_stack_is_told_by_what_only_a_stack_can_have() {
        let external = "secrets: [k], ";
        let plain = "";
        let deploy = "deploy: {placement: {constraints: [a]}}, ";
        let global = "deploy: {mode: global}, ";
        let both = "deploy: {replicas: 2, resources: {limits: {cpus: '1'}}}, ";
        let built = "build: ., deploy: {mode: global}, ";
        let outside = "secrets: {k: {external: true}}\n";
        for (name, keys, rest, sure) in [
            ("compose.yaml", external, outside, Some(true)),
            (
                "compose.yaml",
                external,
                "secrets: {k: {external: {name: j}}}\n",
                Some(true),
            ),
            (
                "compose.yaml",
                "configs: [{source: k}], ",
                "configs: {k: {external: true}}\n",
                Some(true),
            ),
            ("compose.yaml", external, "secrets: {k: {file: ./k}}\n", None),
            (
                "compose.yaml",
                external,
                "secrets: {k: {external: false, file: ./k}}\n",
                None,
            ),
            // one that no service has is none that Compose refuses
            ("compose.yaml", plain, outside, None),
            ("podman-compose.yaml", external, outside, None),
            ("compose.yaml", deploy, "", Some(false)),
            (
                "compose.yaml",
                deploy,
                "# docker stack deploy -c compose.yaml x\n",
                Some(true),
            ),
            ("docker-stack.yml", global, "", Some(true)),
            ("x.stack.yaml", plain, "", None),
            ("haystack.yaml", global, "", Some(false)),
            ("docker-stack.yml", both, "", None),
            ("docker-stack.yml", built, "", None),
        ] {
            let text = format!("services:\n  a: {{image: x, {keys}{KEYS}}}\n{rest}");
            let c = &reading_with(&[(name, &text)]).containers[0];
            let found = c.stack.as_ref().map(|stack| stack.sure);
            assert_eq!(found, sure, "{name}: {text}");
            let is_stack = sure == Some(true);
            assert_eq!(c.privileged() == Tri::No, is_stack);
            assert_eq!(c.devices.is_empty() && c.security_opt.is_empty(), is_stack);
            assert_eq!(c.namespaces.is_empty() && !c.can_say(Key::SecurityOpt), is_stack);
            assert!(!c.cap_add.is_empty() && c.user.is_some());
            assert_eq!(c.mounts[0].value.relabel == Relabel::None, is_stack);
            if let Some(stack) = &c.stack {
                let keys: Vec<&str> = stack.passed_over.iter().map(|w| w.value.as_str()).collect();
                // the usual network is passed over without a loss
                assert_eq!(keys, ["privileged", "security_opt", "devices", "pid"]);
            }
        }
    }
}
