//! Services of a stack: what `docker stack deploy` makes of the service of a Compose file.

use super::{Container, Key, Labelling, Namespace, Relabel, Switch, Syntax, Written};

/// Why a mount of a stack takes no label (docker/cli 29.8 `cli/compose/convert/volume.go`; `docker stack
/// config` of 28.2 prints mounts without theirs).
const NO_LABEL: &str = "`docker stack deploy` passes mounts on in a form that has no label";

/// A service that `docker stack deploy` deploys, or that looks as if it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// What tells that it is one, as a reader would be told: "the external secret `key`".
    pub why: String,
    /// False where Compose may run it just as well: then every key of the container holds.
    pub sure: bool,
    /// The values of keys that do nothing in a stack, each with its key: docker/cli 29.8
    /// `cli/compose/types/types.go`, `UnsupportedProperties`.
    pub passed_over: Vec<Written<String>>,
}

impl Container {
    /// Notes that a service is one of a stack. Where that is sure, the settings that a stack has no use
    /// for are taken from it.
    pub fn deploy_as_stack(&mut self, why: String, sure: bool) {
        if self.syntax != Syntax::Compose || self.stack.as_ref().is_some_and(|known| known.sure) {
            return;
        }
        let mut passed_over = Vec::new();
        let mut pass_over = |place, key: &str, certain| {
            passed_over.push(Written {
                value: key.to_owned(),
                place,
                certain,
            });
        };
        for written in self.privileged.iter().filter(|w| w.value != Switch::Off) {
            pass_over(written.place.clone(), "privileged", written.certain);
        }
        for (list, key) in [(&self.security_opt, "security_opt"), (&self.devices, "devices")] {
            for written in list {
                pass_over(written.place.clone(), key, written.certain);
            }
        }
        for setting in &self.namespaces {
            let usual = ["bridge", "default", "private", "shareable"];
            let key = stack_key(setting.namespace);
            if let Some(key) = key.filter(|_| !usual.iter().any(|word| setting.mode.value.is(word))) {
                pass_over(setting.mode.place.clone(), key, setting.mode.certain);
            }
        }
        if sure {
            self.privileged.clear();
            self.security_opt.clear();
            self.devices.clear();
            self.namespaces.retain(|s| stack_key(s.namespace).is_none());
            for mount in &mut self.mounts {
                mount.value.labelling = Labelling::Impossible(NO_LABEL);
                if mount.value.relabel != Relabel::None {
                    mount.value.relabel = Relabel::None;
                    mount.value.relabel_lost = Some(NO_LABEL);
                }
            }
        }
        self.stack = Some(Box::new(Stack { why, sure, passed_over }));
    }

    /// True when the key could be said in this form: a stack has fewer keys than Compose.
    pub fn can_say(&self, key: Key) -> bool {
        let stack = self.stack.as_ref().is_some_and(|stack| stack.sure);
        self.syntax.can_say(key) && (!stack || Syntax::Service.can_say(key))
    }
}

/// The Compose key of a namespace that a stack passes over.
fn stack_key(namespace: Namespace) -> Option<&'static str> {
    match namespace {
        Namespace::Pid => Some("pid"),
        Namespace::Ipc => Some("ipc"),
        Namespace::Network => Some("network_mode"),
        Namespace::User => Some("userns_mode"),
        // a file with these is refused
        Namespace::Uts | Namespace::Cgroup => None,
    }
}
