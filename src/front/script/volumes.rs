//! Named volumes that a script makes of a folder of the host: `docker volume create -o o=bind -o device=/`.

use std::collections::BTreeMap;

use crate::container::{Container, Labelling, MountKind, Text};
use crate::shell;
use crate::spec::CommandLine;

/// The folders that the volumes are which the commands make, by the volumes' names.
fn folders(commands: &[CommandLine]) -> BTreeMap<String, Text> {
    let mut found = BTreeMap::new();
    for line in commands {
        let mut words = line.words.iter().skip(1);
        let is = |word: Option<&crate::spec::Word>, text: &str| word.is_some_and(|word| word.text.is(text));
        if shell::engine_of(line).is_none() || !is(words.next(), "volume") || !is(words.next(), "create") {
            continue;
        }
        let (mut device, mut binds, mut name) = (None, false, None);
        let mut note = |option: &Text| {
            let Some((key, value)) = option.split_once('=') else {
                return;
            };
            binds |= value.shown().split(',').any(|flag| matches!(flag, "bind" | "rbind"));
            if key.is("device") {
                device = Some(value);
            }
        };
        while let Some(word) = words.next() {
            let attached = word
                .text
                .strip_prefix("--opt=")
                .or_else(|| word.text.strip_prefix("-o="));
            if word.text.is("--opt") || word.text.is("-o") {
                words.next().iter().for_each(|value| note(&value.text));
            } else if let Some(option) = attached {
                note(&option);
            } else if ["-d", "--driver", "--label", "--name"]
                .iter()
                .any(|option| word.text.is(option))
            {
                let value = words.next();
                name = name.or(value.filter(|_| word.text.is("--name")).and_then(|w| w.text.known()));
            } else if !word.text.known_prefix().starts_with('-') {
                name = word.text.known();
            }
        }
        if let (Some(name), Some(device), true) = (name, device, binds) {
            found.insert(name.into_owned(), device);
        }
    }
    found
}

/// Makes the mounts of such volumes the binds that they are.
pub(super) fn unmask(commands: &[CommandLine], containers: &mut [Container]) {
    let folders = folders(commands);
    if folders.is_empty() {
        return;
    }
    for written in containers.iter_mut().flat_map(|container| &mut container.mounts) {
        let mount = &mut written.value;
        let name = mount
            .source
            .as_ref()
            .filter(|_| mount.kind == MountKind::Volume)
            .and_then(Text::known);
        let Some(device) = name.and_then(|name| folders.get(name.as_ref())) else {
            continue;
        };
        mount.kind = MountKind::Bind;
        mount.source = Some(device.clone());
        mount.leads_to = None;
        mount.labelling = Labelling::Impossible("the folder stands behind a volume that is made elsewhere");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use crate::front::{Kind, Surroundings, read};
    use crate::source::Source;

    #[test]
    fn a_volume_made_of_a_folder_is_that_folder() {
        for (made, expected) in [
            (
                "docker volume create --opt type=none --opt o=bind --opt device=/ vol",
                "bind /",
            ),
            (
                "docker volume create -o type=none -o o=bind,ro -o device=/etc vol",
                "bind /etc",
            ),
            (
                "docker volume create --driver local --opt=o=bind --opt=device=$D --name vol",
                "bind $D",
            ),
            ("podman volume create --opt o=rbind --opt device=/a vol", "bind /a"),
            (
                "docker volume create --opt type=tmpfs --opt device=tmpfs vol",
                "volume vol",
            ),
            ("docker volume create vol", "volume vol"),
            ("docker volume create --opt o=bind --opt device=/ other", "volume vol"),
        ] {
            let text = format!("{made}\ndocker run -v vol:/data i\n");
            let surroundings = Surroundings::none();
            let reading = read(Kind::Shell, &Arc::new(Source::new("run.sh", text)), &surroundings);
            let mount = &reading.containers.last().unwrap().mounts.first().unwrap().value;
            let source = mount.source.as_ref().unwrap().shown();
            assert_eq!(format!("{} {source}", mount.kind.as_str()), expected, "{made}");
        }
    }
}
