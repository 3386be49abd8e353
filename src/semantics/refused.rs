//! What the engine refuses: values with which nothing starts.
//!
//! Where two engines may run the container, only what both refuse is told, and never a value of
//! which a part is not known. Sources: docker cli 29.8 `cli/command/container/opts.go`, moby
//! `daemon/daemon_unix.go` and `daemon/volumes.go`, podman 6.0 `pkg/specgen` and `pkg/specgenutil`;
//! seen on docker 28.5, podman 5.8 and Compose 2.40 where those can be asked.

mod devices;
mod mounts;
mod namespaces;
mod security;
mod sysctls;

use crate::container::{Container, Engine, Key, Place, Refused, Refuser, Switch, Syntax, Text, Tri, Written};

/// By whose rules a value is looked at.
#[derive(Clone, Copy)]
struct Asked {
    /// docker or podman.
    engine: Engine,
    /// True for a service of a Compose file, which no client of docker looks at.
    compose: bool,
}

impl Asked {
    /// Who refuses what the client of a command refuses and Compose does not look at.
    fn client(self) -> Refuser {
        if self.compose { Refuser::Engine } else { Refuser::Client }
    }

    /// How an option is called here.
    fn name(self, flag: &'static str, key: &'static str) -> &'static str {
        if self.compose { key } else { flag }
    }
}

impl Container {
    /// Everything that the engine refuses of this container, where it is written.
    pub fn refused(&self) -> Vec<Written<Refused>> {
        if !self.syntax.is_launch() && self.syntax != Syntax::Pod {
            return Vec::new();
        }
        let mut found = Vec::new();
        if self.syntax != Syntax::Service {
            self.refused_settings(&mut found);
            self.refused_targets(&mut found);
        }
        self.refused_mounts(&mut found);
        if self.syntax == Syntax::Pod {
            // what podman's service makes of a pod is not known here
            found.retain(|refused| refused.value.by == Refuser::Client);
        }
        found
    }

    /// The engines that may run it, as far as their rules are known here.
    fn asked(&self, certain: bool) -> Vec<Asked> {
        let compose = self.syntax == Syntax::Compose;
        let engines: &[Engine] = match self.engine {
            Engine::Nerdctl => &[],
            // podman-compose hands a file to podman, `podman compose` may hand it to Docker's Compose
            Engine::Podman if compose => &[Engine::Docker, Engine::Podman],
            // a branch may be the one for the other engine
            _ if !certain => &[Engine::Docker, Engine::Podman],
            Engine::Unknown => &[Engine::Docker, Engine::Podman],
            Engine::Docker => &[Engine::Docker],
            Engine::Podman => &[Engine::Podman],
        };
        engines.iter().map(|&engine| Asked { engine, compose }).collect()
    }

    /// What every engine that may run it says no to: the first one's reason, in the name of both.
    fn by_all(&self, certain: bool, judge: impl Fn(Asked) -> Option<Refused>) -> Option<Refused> {
        let asked = self.asked(certain);
        let mut verdicts = asked.iter().map(|&asked| judge(asked));
        let mut first = verdicts.next()??;
        let others: Vec<Refused> = verdicts.collect::<Option<_>>()?;
        if let Some(other) = others.first() {
            first.instead = None;
            if first.why != other.why {
                first.why = format!("{}, and {}", first.why, other.why);
            }
            if other.by == Refuser::Labelling {
                first.by = Refuser::Labelling;
            }
        }
        Some(first)
    }

    fn refused_settings(&self, found: &mut Vec<Written<Refused>>) {
        let known = |text: &Text| {
            text.known()
                .filter(|known| !is_template(known))
                .map(|known| known.into_owned())
        };
        let mut say = |value: Option<Refused>, of: &Place, certain: bool| {
            found.extend(value.map(|value| Written {
                value,
                place: of.clone(),
                certain,
            }));
        };
        for (namespace, mode) in self.last_modes() {
            let Some(text) = known(&mode.value) else { continue };
            let verdict = self.by_all(mode.certain, |asked| namespaces::judge(namespace, &text, asked));
            say(verdict, &mode.place, mode.certain);
        }
        let mut unlabelled = false;
        for option in &self.security_opt {
            if known(&option.value).is_none() {
                continue;
            }
            let verdict = self.by_all(option.certain, |asked| {
                security::judge(&option.value, unlabelled, asked)
            });
            say(verdict, &option.place, option.certain);
            unlabelled |= option.value.is("label=disable") || option.value.is("label:disable");
        }
        for device in &self.devices {
            let Some(text) = known(&device.value) else { continue };
            let verdict = self.by_all(device.certain, |asked| devices::judge(&text, asked));
            say(verdict, &device.place, device.certain);
        }
        for rule in &self.device_cgroup_rules {
            let Some(text) = known(&rule.value) else { continue };
            let privileged = self.privileged() != Tri::No;
            let verdict = self.by_all(rule.certain, |asked| devices::judge_rule(&text, privileged, asked));
            say(verdict, &rule.place, rule.certain);
        }
        for sysctl in &self.sysctls {
            let Some(text) = known(&sysctl.value) else { continue };
            let verdict = self.by_all(sysctl.certain, |asked| sysctls::judge(&text, self, asked));
            say(verdict, &sysctl.place, sysctl.certain);
        }
        for from in &self.volumes_from {
            let Some(text) = known(&from.value) else { continue };
            let verdict = self.by_all(from.certain, |asked| mounts::judge_from(&text, asked));
            say(verdict, &from.place, from.certain);
        }
        // Compose's own words are told when the file is read, and `--privileged` has a rule of its own
        for switch in self.read_only.iter().filter(|w| w.value == Switch::Refused) {
            let why = Refused::new(Refuser::Client, "`--read-only` is neither true nor false");
            say(Some(why), &switch.place, switch.certain);
        }
    }

    /// True when something that cannot be read may change what another option means.
    fn may_hide_any(&self, keys: &[Key]) -> bool {
        keys.iter().any(|key| self.may_hide(*key))
    }
}

/// True for a text that someone is to fill in, or that something fills in before the engine sees it:
/// `<name>`, `[path]`, `{{ .Mode }}`, `%s`, `...`.
fn is_template(text: &str) -> bool {
    text.contains(['<', '>', '[', ']', '{', '}', '$', '%', '\\', '`', '…']) || text.contains("...")
}
