//! `ctr run`: containerd's own client, read by the options that it shares with nerdctl.

use crate::container::{Container, Engine, Hole, Text};
use crate::spec::{CommandLine, Word};

/// Options before the command that take a word.
const GLOBAL: [&str; 7] = [
    "-n",
    "--namespace",
    "-a",
    "--address",
    "--timeout",
    "--connect-timeout",
    "--log-level",
];
/// Options that mean what nerdctl's mean, with a word and without one.
const VALUES: [&str; 11] = [
    "--cap-add",
    "--cap-drop",
    "--device",
    "--env",
    "--env-file",
    "--gpus",
    "--hostname",
    "--label",
    "--mount",
    "--user",
    "-u",
];
const SWITCHES: [&str; 7] = ["--privileged", "--read-only", "--rm", "--detach", "-d", "--tty", "-t"];
/// Options of its own that take a word (containerd `cmd/ctr/commands`, 1.7 and 2.1); all others take none.
const OWN_VALUES: [&str; 34] = [
    "--annotation",
    "--apparmor-default-profile",
    "--apparmor-profile",
    "--blockio-class",
    "--blockio-config-file",
    "--cgroup",
    "--config",
    "-c",
    "--cpu-period",
    "--cpu-quota",
    "--cpu-shares",
    "--cpus",
    "--cpuset-cpus",
    "--cpuset-mems",
    "--cwd",
    "--fifo-dir",
    "--gidmap",
    "--log-uri",
    "--memory-limit",
    "--pid-file",
    "--platform",
    "--rdt-class",
    "--rootfs-propagation",
    "--runc-binary",
    "--runc-root",
    "--runtime",
    "--runtime-config-path",
    "--sandbox",
    "--seccomp-profile",
    "--snapshotter",
    "--snapshotter-label",
    "--spec",
    "--uidmap",
    "--with-ns",
];

/// The container that `ctr run IMAGE ID` starts; `None` for every other command.
pub fn containerd_container(line: &CommandLine) -> Option<Container> {
    let program = line.words.first()?.text.known()?;
    if program.rsplit('/').next() != Some("ctr") {
        return None;
    }
    let run = run(line)?;
    let mut open = line.clone();
    open.words = line.words.iter().take(1).cloned().collect();
    open.words.extend(line.words.get(run).cloned());
    let mut at = run + 1;
    while let Some(word) = line.words.get(at) {
        let start = word.text.known_prefix();
        if !start.starts_with('-') {
            break;
        }
        let (name, attached) = start.split_once('=').map_or((&*start, false), |(name, _)| (name, true));
        let takes = !attached && (VALUES.contains(&name) || OWN_VALUES.contains(&name));
        if name == "--net-host" {
            open.words.push(instead(word, "--network=host"));
        } else if VALUES.contains(&name) || SWITCHES.contains(&name) {
            let given = line.words.get(at..=at + usize::from(takes)).unwrap_or_default();
            open.words.extend(given.iter().map(of_mount));
        }
        at += 1 + usize::from(takes);
    }
    let image = line.words.get(at)?;
    open.words.push(image.clone());
    // behind the image stands the name
    open.words.extend(line.words.iter().skip(at + 2).cloned());
    let mut container = super::read(&open, Engine::Nerdctl)?;
    // what would be added is spelled otherwise
    container.slot = None;
    for mount in &mut container.mounts {
        // it puts no process under SELinux, whatever label the files have
        let place = mount.place.value;
        mount.value.options.push(Text::hole("…", place, Hole::Other));
    }
    Some(container)
}

/// The index of `run`.
fn run(line: &CommandLine) -> Option<usize> {
    let mut at = 1;
    loop {
        let word = line.words.get(at)?.text.known()?;
        match word.as_ref() {
            "run" => return Some(at),
            word if GLOBAL.contains(&word) => at += 2,
            word if word.starts_with('-') => at += 1,
            _ => return None,
        }
    }
}

fn instead(word: &Word, text: &str) -> Word {
    Word {
        text: Text::cooked(text, word.place.value),
        ..word.clone()
    }
}

/// `type=bind,src=/a,dst=/b,options=rbind:ro`, as nerdctl says it.
fn of_mount(word: &Word) -> Word {
    let Some(known) = word.text.known().filter(|text| text.contains(",options=")) else {
        return word.clone();
    };
    let fields = known.split(',').map(|field| match field.strip_prefix("options=") {
        Some(options) if options.split(':').any(|option| option == "ro") => "readonly",
        Some(_) => "",
        None => field,
    });
    let kept: Vec<&str> = fields.filter(|field| !field.is_empty()).collect();
    instead(word, &kept.join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Tri;
    use crate::spec::command::tests;

    #[test]
    fn what_ctr_runs_is_a_container() {
        for (line, privileged, mounts, image) in [
            (
                "ctr run --privileged docker.io/a:1 name sh -c x",
                Tri::Yes,
                0,
                "docker.io/a:1",
            ),
            (
                "/usr/bin/ctr -n k8s.io run --rm -t --cwd / --net-host i n",
                Tri::No,
                0,
                "i",
            ),
            (
                "ctr --debug run -d --mount type=bind,src=/,dst=/h,options=rbind:ro --privileged i n",
                Tri::Yes,
                1,
                "i",
            ),
            (
                "ctr run --with-ns pid:/proc/1/ns/pid --seccomp --device /dev/kvm $I n",
                Tri::No,
                0,
                "$I",
            ),
        ] {
            let container = containerd_container(&tests::line(line)).unwrap();
            assert_eq!(container.image.as_ref().unwrap().value.shown(), image, "{line}");
            assert_eq!(
                (container.privileged(), container.mounts.len()),
                (privileged, mounts),
                "{line}"
            );
            let read_only = container.mounts.iter().all(|mount| mount.value.read_only);
            assert!(
                read_only && container.slot.is_none() && container.unseen.is_empty(),
                "{line}"
            );
        }
        for line in ["ctr images pull i", "ctr run --help", "ctr c ls", "ctrl run i n", "ctr"] {
            assert!(containerd_container(&tests::line(line)).is_none(), "{line}");
        }
    }
}
