//! What belongs to a unit: its drop-ins, and the other units that it names.

use std::path::{Path, PathBuf};

use super::argv::unquoted;
use crate::container::FileId;
use crate::front::reading::Surroundings;
use crate::front::systemd::{Style, Unit};

/// Drop-ins of one unit that are read.
pub(super) const MAX_DROP_INS: usize = 64;

/// A unit's name, and where the others stand.
pub(super) struct Family<'a> {
    /// The name of its file: `web.container`.
    pub(super) name: String,
    /// The folder it lies in.
    pub(super) folder: PathBuf,
    /// The units that stand in the same file, each with its name.
    pub(super) beside: &'a [(String, Unit)],
    pub(super) surroundings: &'a Surroundings<'a>,
}

impl Family<'_> {
    /// Another unit of the folder, by the name of its file.
    pub(super) fn other(&self, name: &str) -> Option<Unit> {
        if name.contains(['/', '%', '$']) {
            return None;
        }
        if let Some((_, unit)) = self.beside.iter().find(|(other, _)| other == name) {
            return Some(unit.clone());
        }
        let text = (self.surroundings.open)(&self.folder.join(name))?;
        Some(Unit::read(&text, 0..text.len(), FileId(0), Style::Quadlet))
    }

    /// The name of the file without its ending.
    pub(super) fn stem(&self) -> &str {
        stem(&self.name)
    }

    /// What podman calls a container that has no name.
    pub(super) fn container_name(&self) -> String {
        match self.name.contains('@') {
            true => "systemd-%p_%i".to_owned(),
            false => format!("systemd-{}", self.stem()),
        }
    }

    /// What podman calls the pod of a `.pod`.
    pub(super) fn pod_name(&self, unit: &Unit) -> String {
        last(unit, "Pod", "PodName").unwrap_or_else(|| format!("systemd-{}", self.stem()))
    }

    /// What podman calls the volume, network, pod or container of another unit.
    pub(super) fn resource(&self, name: &str) -> String {
        let (section, key) = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("volume") => ("Volume", "VolumeName"),
            Some("network") => ("Network", "NetworkName"),
            Some("pod") => ("Pod", "PodName"),
            _ => ("Container", "ContainerName"),
        };
        let named = self.other(name).and_then(|unit| last(&unit, section, key));
        named.unwrap_or_else(|| match stem(name).split_once('@') {
            Some((template, "")) => format!("systemd-{template}-%i"),
            Some((template, instance)) => format!("systemd-{template}-{instance}"),
            None => format!("systemd-{}", stem(name)),
        })
    }

    /// The image that an `.image` pulls or a `.build` makes; `None` for the name of an image, and for a
    /// unit that is not there.
    pub(super) fn image(&self, name: &str) -> Option<String> {
        let unit = |section| self.other(name).map(|unit| (section, unit));
        match name.rsplit_once('.')?.1 {
            "image" => {
                let (section, unit) = unit("Image")?;
                last(&unit, section, "ImageTag").or_else(|| last(&unit, section, "Image"))
            }
            "build" => {
                let (section, unit) = unit("Build")?;
                let tags = unit.list(section, "ImageTag");
                tags.first().map(|line| line.value.text().to_owned())
            }
            _ => None,
        }
    }

    /// The folder of the host that a `.volume` is, where it is a bind mount.
    pub(super) fn bound_folder(&self, name: &str) -> Option<String> {
        let unit = self.other(name)?;
        let kind = last(&unit, "Volume", "Type").unwrap_or_default();
        let options = last(&unit, "Volume", "Options").unwrap_or_default();
        let binds = kind == "bind" || options.split(',').any(|o| matches!(o, "bind" | "rbind"));
        last(&unit, "Volume", "Device").filter(|_| binds)
    }

    /// The drop-ins that are laid over it, in order: of one name only the one of the folder that is
    /// nearest to the unit. True where there are more than are read.
    pub(super) fn drop_ins(&self) -> (Vec<PathBuf>, bool) {
        let mut found: Vec<(String, PathBuf)> = Vec::new();
        for folder in drop_in_folders(&self.name) {
            for path in (self.surroundings.list)(&self.folder.join(folder)) {
                let name = path
                    .file_name()
                    .map(|n| n.to_string_lossy().into_owned())
                    .unwrap_or_default();
                if name.ends_with(".conf") && !found.iter().any(|(other, _)| *other == name) {
                    found.push((name, path));
                }
            }
        }
        found.sort();
        let more = found.len() > MAX_DROP_INS;
        found.truncate(MAX_DROP_INS);
        (found.into_iter().map(|(_, path)| path).collect(), more)
    }
}

/// The folders of drop-ins, those of the unit alone first.
fn drop_in_folders(name: &str) -> Vec<String> {
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return Vec::new();
    };
    let mut folders = vec![format!("{name}.d")];
    let (plain, template) = match stem.split_once('@') {
        Some((plain, instance)) => {
            if !instance.is_empty() {
                folders.push(format!("{plain}@.{ending}.d"));
            }
            (plain, true)
        }
        None => (stem, false),
    };
    for (at, _) in plain.match_indices('-').collect::<Vec<_>>().into_iter().rev() {
        let start = plain.get(..=at).unwrap_or("");
        if template {
            folders.push(format!("{start}@.{ending}.d"));
        }
        folders.push(format!("{start}.{ending}.d"));
    }
    folders.push(format!("{ending}.d"));
    folders
}

/// The unit that a drop-in is laid over, by the folder of the drop-in: `web.container` for
/// `web.container.d/10.conf`. `None` for a folder that holds those of several units.
pub(super) fn laid_over(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let name = folder.file_name()?.to_str()?.strip_suffix(".d")?;
    let (stem, _) = name.rsplit_once('.')?;
    (!stem.is_empty() && !stem.ends_with('-')).then(|| folder.with_file_name(name))
}

/// The name of a file without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn last(unit: &Unit, section: &str, key: &str) -> Option<String> {
    let line = unit.all(section, key).next_back()?;
    let (value, _) = unquoted(line.value.text());
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drop_ins_lie_in_many_folders() {
        assert_eq!(
            drop_in_folders("a-b@c.container"),
            [
                "a-b@c.container.d",
                "a-b@.container.d",
                "a-@.container.d",
                "a-.container.d",
                "container.d"
            ]
        );
        let over = |path: &str| laid_over(Path::new(path)).map(|p| p.to_string_lossy().into_owned());
        assert_eq!(over("x/web.container.d/1.conf"), Some("x/web.container".to_owned()));
        assert_eq!(over("x/container.d/1.conf"), None);
        assert_eq!(over("x/1.conf"), None);
    }
}
