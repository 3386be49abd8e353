//! Containers of Windows, which have no capabilities, labels or filters.

use super::{Container, MountKind, Text};

/// Parts of the names of images that only Windows runs.
const IMAGES: &[&str] = &[
    "windowsservercore",
    "nanoserver",
    "servercore:",
    "mcr.microsoft.com/windows",
    "dotnet/framework",
    "ltsc2016",
    "ltsc2019",
    "ltsc2022",
    "ltsc2025",
];

impl Container {
    /// True for a container of Windows: by its image, or by the paths that are mounted in it.
    pub fn is_windows(&self) -> bool {
        let named = |text: &Text| {
            let name = text.shown().to_ascii_lowercase();
            IMAGES.iter().any(|part| name.contains(part))
        };
        let image = self.image.as_ref().is_some_and(|w| named(&w.value));
        let base = self.built.as_ref().and_then(|b| b.base.as_ref()).is_some_and(named);
        let platform = self.options.iter().any(|o| o.starts_with("platform=windows"));
        image || base || platform || self.mounts.iter().any(|w| is_windows_mount(&w.value))
    }
}

/// True for a named pipe, and for a target with a drive.
fn is_windows_mount(mount: &super::Mount) -> bool {
    let target = mount.target.as_ref().map(Text::known_prefix).unwrap_or_default();
    let mut letters = target.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next() == Some(':')
        && letters.next().is_some_and(|c| matches!(c, '\\' | '/'))
        // `-v d:/data`: docker takes the whole for a target, where a drive was meant on the left
        && mount.source.is_some();
    mount.kind == MountKind::Other("npipe".to_owned()) || drive
}
