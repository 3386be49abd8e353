//! Security options.

use super::Asked;
use crate::container::{Engine, Refused, Refuser, SecurityOption, Text};

const DOCKER: &[&str] = &[
    "apparmor",
    "credentialspec",
    "label",
    "no-new-privileges",
    "seccomp",
    "systempaths",
    "writable-cgroups",
];
const PODMAN: &[&str] = &[
    "apparmor",
    "label",
    "mask",
    "no-new-privileges",
    "proc-opts",
    "seccomp",
    "systempaths",
    "unmask",
];
/// What may stand before the colon in a value of `label` (go-selinux `label_linux.go`).
const LABEL: &[&str] = &["type", "filetype", "user", "role", "level"];

/// What is refused in a security option. `unlabelled` tells that an option before it has switched
/// labels off, after which no other is looked at.
pub(super) fn judge(text: &Text, unlabelled: bool, asked: Asked) -> Option<Refused> {
    let option = SecurityOption::new(text);
    let (whole, key) = (text.known()?, option.key.known()?);
    let docker = asked.engine == Engine::Docker;
    let engine = asked.engine.as_str();
    let words = if docker { DOCKER } else { PODMAN };
    let by = if docker { Refuser::Engine } else { Refuser::Client };
    let Some(value) = option.value.as_ref().map(|value| value.known().unwrap_or_default()) else {
        // docker's own client and Compose alike
        return (key != "no-new-privileges").then(|| {
            let refused = Refused::new(Refuser::Client, format!("the security option `{whole}` has no value"));
            match key.as_ref() {
                "disable" => refused.instead("write `label=disable` to take the container out of SELinux"),
                _ => refused.among(&key, words),
            }
        });
    };
    if value.is_empty() && docker && !asked.compose && key != "no-new-privileges" {
        return Some(Refused::new(
            Refuser::Client,
            format!("the security option `{whole}` has no value"),
        ));
    }
    match key.as_ref() {
        "label" => label(&value, unlabelled, docker),
        "no-new-privileges" => not_a_switch("no-new-privileges", &value, by),
        "writable-cgroups" if docker => not_a_switch("writable-cgroups", &value, by),
        "systempaths" if value != "unconfined" => Some(
            Refused::new(by, format!("{engine} takes no `{value}` for `systempaths`"))
                .instead("`systempaths=unconfined` is all there is"),
        ),
        "systempaths" if docker && option.separator == Some(':') => Some(
            Refused::new(by, "docker knows `systempaths` only with an equals sign")
                .instead("`systempaths=unconfined`, which uncovers the paths of the kernel that are hidden otherwise"),
        ),
        key if words.contains(&key) => None,
        key => {
            let refused = Refused::new(by, format!("{engine} has no security option `{key}`"));
            Some(match key {
                "mask" | "unmask" => {
                    refused.instead("podman has `mask` and `unmask`, docker only `systempaths=unconfined`")
                }
                "proc-opts" => refused.instead("`proc-opts` is podman's alone"),
                "writable-cgroups" | "credentialspec" => refused.instead(format!("`{key}` is docker's alone")),
                _ => refused.among(key, words),
            })
        }
    }
}

fn not_a_switch(key: &str, value: &str, by: Refuser) -> Option<Refused> {
    let known = [
        "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False",
    ];
    (!known.contains(&value)).then(|| {
        let shown = if value.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{value}`")
        };
        Refused::new(by, format!("{shown} is no value of `{key}`")).instead(format!("`{key}=true` or `{key}=false`"))
    })
}

/// The libraries of both engines look at labels on SELinux hosts alone.
fn label(value: &str, unlabelled: bool, docker: bool) -> Option<Refused> {
    if unlabelled || value == "disable" || (value == "nested" && !docker) {
        return None;
    }
    if value.split_once(':').is_some_and(|(key, _)| LABEL.contains(&key)) {
        return None;
    }
    let refused = Refused::new(Refuser::Labelling, format!("`{value}` is no value of `label`"));
    Some(match value {
        "false" | "disabled" | "none" | "off" | "unconfined" => {
            refused.instead("write `label=disable` to take the container out of SELinux")
        }
        "nested" => refused.instead("`label=nested` is podman's alone"),
        _ => refused
            .instead("`label` takes `disable`, or `type:`, `level:`, `user:`, `role:` or `filetype:` and a value"),
    })
}
