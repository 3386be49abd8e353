//! `lost-quadlet-line`: a line of a Quadlet that does not do what it looks like.

use crate::container::{Loss, Lost, Written};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let lost = scene.container.lost.iter();
    lost.map(|lost| finding(scene, lost)).collect()
}

fn finding(scene: &Scene, lost: &Written<Lost>) -> Finding {
    let who = who(scene.container);
    let Lost { key, how } = &lost.value;
    let key = shortened(key);
    let (message, label, help) = match how {
        Loss::UnknownKey => (
            format!("podman generates no service from {who}: `{key}` is not a key of this section"),
            "not a key of this section".to_owned(),
            instead_of(&key),
        ),
        Loss::Dropped => (
            format!("podman drops this `{key}` line of {who} whole, and says nothing"),
            "cannot be split into words".to_owned(),
            Some("write a backslash that is meant as two, and close every quote".to_owned()),
        ),
        Loss::Joined(word) => (
            format!(
                "a continued line of `{key}` in {who} is joined into one word: `{}`",
                shortened(word)
            ),
            "joined without a blank".to_owned(),
            Some("put a blank before the backslash, or write the key once more".to_owned()),
        ),
        Loss::Quoted => (
            format!("the quotes are a part of the path in this `{key}` of {who}"),
            "taken as it is written".to_owned(),
            Some("write the value without quotes; blanks in it need none".to_owned()),
        ),
        Loss::NotBoolean(word) => (
            format!(
                "`{key}` of {who} counts as false: `{}` is no boolean here",
                shortened(word)
            ),
            "counts as false".to_owned(),
            Some("`true`, `yes`, `on` and `1` are true".to_owned()),
        ),
    };
    let mut finding = Finding::new("lost-quadlet-line", message, Label::new(&lost.place, label));
    finding.helps.extend(help);
    finding
}

/// True for a setting of systemd's services: of what they may use (systemd.resource-control(5)), and of when they
/// are started and stopped (systemd.service(5)).
fn is_of_service(key: &str) -> bool {
    const RESOURCES: [&str; 5] = ["Allowed", "CPU", "IO", "Memory", "Tasks"];
    const OTHERS: [&str; 8] = [
        "Nice",
        "OOMPolicy",
        "OOMScoreAdjust",
        "RestartSec",
        "Slice",
        "SuccessExitStatus",
        "TimeoutStartSec",
        "TimeoutStopSec",
    ];
    OTHERS.contains(&key) || RESOURCES.iter().any(|resource| key.starts_with(resource))
}

/// What says it, where the key is one of another syntax.
fn instead_of(key: &str) -> Option<String> {
    let (said, line) = match key.to_ascii_lowercase().as_str() {
        "privileged" => {
            return Some("`PodmanArgs=--privileged` is what says it; does the container need that?".to_owned());
        }
        "capadd" | "cap_add" | "addcapabilities" => ("it", "AddCapability="),
        "capdrop" | "cap_drop" | "dropcapabilities" => ("it", "DropCapability="),
        "device" | "devices" => ("it", "AddDevice="),
        "volumes" => ("it", "Volume="),
        "ports" | "port" | "publish" => ("it", "PublishPort="),
        "env" => ("it", "Environment="),
        "securityopt" => (
            "it",
            "SecurityLabelType=, NoNewPrivileges= or PodmanArgs=--security-opt=",
        ),
        "restart" => ("that", "Restart= in [Service]"),
        "pid" | "ipc" | "uts" | "cgroupns" => {
            return Some(format!("`PodmanArgs=--{}=…` says it", key.to_ascii_lowercase()));
        }
        _ if is_of_service(key) => return Some(format!("`{key}=` is a setting of systemd: it goes into `[Service]`")),
        _ => {
            return Some(
                "another version of podman may know it; the options of `podman run` go into `PodmanArgs=`".to_owned(),
            );
        }
    };
    Some(format!("`{line}` says {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_of_systemd_is_sent_to_its_section() {
        for (key, section) in [
            ("AllowedCPUs", true),
            ("MemoryMax", true),
            ("TimeoutStartSec", true),
            ("Foo", false),
        ] {
            let said = instead_of(key).unwrap_or_default();
            assert_eq!(said.contains("`[Service]`"), section, "{said}");
        }
    }
}
