//! Devices, and rules of the device control group.

use super::Asked;
use crate::container::{Engine, Refused, Refuser};

/// What is refused in a device: `SOURCE[:TARGET][:MODE]`, or a name such as `vendor.com/class=name`.
pub(super) fn judge(device: &str, asked: Asked) -> Option<Refused> {
    let named = device.contains('=') && !device.starts_with('/');
    // devices of Windows are classes
    if device.is_empty() || named || device.starts_with("class/") || device.contains('\\') {
        return None;
    }
    let fields: Vec<&str> = device.split(':').collect();
    match asked.engine {
        Engine::Docker if asked.compose => (fields.len() > 3).then(too_many),
        Engine::Docker => docker(&fields),
        _ => podman(&fields),
    }
}

/// docker's client (`validateLinuxPath`).
fn docker(fields: &[&str]) -> Option<Refused> {
    let target = match *fields {
        ["", ..] => return Some(Refused::new(Refuser::Client, "the device has no path")),
        [path] => path,
        [path, mode] if is_mode(mode) => path,
        [_, target] => target,
        [_, _, mode] if !is_mode(mode) => return Some(bad_mode(mode, Refuser::Client)),
        [_, target, _] => target,
        _ => return Some(too_many()),
    };
    match target {
        _ if target.starts_with('/') => None,
        // neither a path nor, with two fields, a mode
        _ if fields.len() == 2 && !target.contains('/') => Some(bad_mode(target, Refuser::Client)),
        _ => Some(Refused::new(
            Refuser::Client,
            format!("the path `{target}` of the device is not absolute"),
        )),
    }
}

/// podman's service (`pkg/specgen/generate/config_linux.go`): a relative source it looks up.
fn podman(fields: &[&str]) -> Option<Refused> {
    match *fields {
        ["", ..] => Some(Refused::new(Refuser::Engine, "the device has no path")),
        [_] | [_, ""] => None,
        [_, second] if second.starts_with('/') || is_mode(second) => None,
        [_, mode] => Some(bad_mode(mode, Refuser::Engine)),
        [_, _, mode] => (!is_mode(mode)).then(|| bad_mode(mode, Refuser::Engine)),
        _ => Some(too_many()),
    }
}

fn too_many() -> Refused {
    Refused::new(Refuser::Client, "the device has too many colons")
        .instead("source, target and mode are all there can be: `/dev/snd:/dev/snd:rw`")
}

fn bad_mode(mode: &str, by: Refuser) -> Refused {
    let why = match mode {
        "z" | "Z" => format!("`{mode}` is no mode of a device, which takes no label"),
        _ => format!("`{mode}` is no mode of a device"),
    };
    Refused::new(by, why).instead("a mode is made of `r`, `w` and `m`, each once at most")
}

fn is_mode(mode: &str) -> bool {
    let mut seen = String::new();
    for letter in mode.chars() {
        if !matches!(letter, 'r' | 'w' | 'm') || seen.contains(letter) {
            return false;
        }
        seen.push(letter);
    }
    !seen.is_empty()
}

/// What is refused in a rule: `TYPE MAJOR:MINOR ACCESS`.
pub(super) fn judge_rule(rule: &str, privileged: bool, asked: Asked) -> Option<Refused> {
    let docker = asked.engine == Engine::Docker;
    let sound = match rule.split(' ').collect::<Vec<_>>().as_slice() {
        [kind, numbers, access] => {
            let number = |text: &str| text == "*" || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
            let numbers = match numbers.split_once(':') {
                Some((major, minor)) => number(major) && number(minor),
                // podman takes a rule without a minor number
                None => !docker && number(numbers),
            };
            let length = if docker { 1..=3 } else { 1..=usize::MAX };
            let letters = access.chars().all(|c| matches!(c, 'r' | 'w' | 'm'));
            matches!(*kind, "a" | "b" | "c") && numbers && letters && length.contains(&access.len())
        }
        // podman's list has no such element then
        [""] => !docker,
        _ => false,
    };
    // a daemon that is asked by Compose passes the rules of a privileged container over
    if sound || (asked.compose && privileged) {
        return None;
    }
    let refused = Refused::new(asked.client(), format!("`{rule}` is no rule for devices"));
    Some(refused.instead("a rule is a type of `a`, `b` or `c`, two numbers or `*`, and the access: `c 189:* rw`"))
}
