//! Mounts: what is wrong with one, and two with one target.

use super::{Asked, is_template};
use crate::container::{
    Container, Engine, Hole, Key, Mount, MountForm, MountKind, PieceKind, Refused, Refuser, Syntax, Text, Written,
};

impl Container {
    /// The refusals that were found when each mount was read.
    pub(super) fn refused_mounts(&self, found: &mut Vec<Written<Refused>>) {
        // what podman makes of a mount that Docker's Compose refuses is not known
        if self.syntax == Syntax::Compose && self.engine == Engine::Podman {
            return;
        }
        let other_driver = self.options.iter().any(|o| o.starts_with("volume-driver="));
        for mount in &self.mounts {
            let Some(error) = &mount.value.error else { continue };
            // a service is given to the swarm, whose rules are not known here
            let swarm = self.syntax == Syntax::Service && error.by != Refuser::Client;
            // another driver may know other names
            let name = other_driver && mount.value.kind == MountKind::Volume && error.by != Refuser::Client;
            // a branch may be the one for the other engine
            let open = is_open(&mount.value) || is_to_be_filled_in(&mount.value);
            if !mount.certain || swarm || name || open || self.engine == Engine::Nerdctl {
                continue;
            }
            found.push(Written {
                value: error.clone(),
                place: mount.place.clone(),
                certain: true,
            });
        }
    }

    /// Two mounts with one target, of which no engine makes both.
    pub(super) fn refused_targets(&self, found: &mut Vec<Written<Refused>>) {
        let whole: Vec<&Written<Mount>> = self
            .mounts
            .iter()
            .filter(|w| w.certain && w.value.form != MountForm::Other && w.value.error.is_none())
            .collect();
        // Compose lays the later of the two over the earlier
        if self.syntax == Syntax::Compose || self.may_hide_any(&[Key::Mount]) || whole.len() > MOST {
            return;
        }
        for (i, later) in whole.iter().enumerate() {
            let clash = |earlier: &&Written<Mount>| {
                let refused =
                    |asked: Asked| clashes(&earlier.value, &later.value, asked).then(|| twice(&later.value, asked));
                self.by_all(true, refused).filter(|_| !earlier.place.same(&later.place))
            };
            if let Some(refused) = whole.iter().take(i).find_map(clash) {
                found.push(Written::new(refused, later.place.clone()));
            }
        }
    }
}

/// Mounts of one container that are held against each other.
const MOST: usize = 200;

fn twice(mount: &Mount, asked: Asked) -> Refused {
    let by = match asked.engine {
        Engine::Docker => Refuser::Engine,
        _ => Refuser::Client,
    };
    let target = mount.target.as_ref().map(Text::shown).unwrap_or_default();
    Refused::new(by, format!("another mount has the target `{target}` too"))
}

/// True where a part of the mount that is not known may be more than a path: then the fields of the
/// text may be others than they seem.
fn is_open(mount: &Mount) -> bool {
    let known = |text: &Text| text.pieces().iter().all(|p| !p.is_hole());
    let path = |text: &Text| {
        text.pieces().iter().enumerate().all(|(at, piece)| match &piece.kind {
            PieceKind::Hole(Hole::WorkingDirectory | Hole::ScriptDirectory | Hole::Home) => at == 0,
            PieceKind::Hole(_) => false,
            _ => true,
        })
    };
    !known(&mount.text) && !path(&mount.text)
}

/// True for an example that is not a usable mount as written: `path/to/data:/data`, `HOSTPATH/x:/x`, a path
/// of Windows.
fn is_to_be_filled_in(mount: &Mount) -> bool {
    // what holds a variable is read elsewhere: the rest counts
    let known = mount.text.pieces().iter().filter(|p| !p.is_hole());
    let text: String = known.map(|p| p.text.as_str()).collect();
    let drive =
        text.starts_with(char::is_alphabetic) && text.chars().nth(1) == Some(':') && text.split(':').count() > 2;
    let source = mount.source.as_ref().map(Text::known_prefix).unwrap_or_default();
    let first = source.split('/').next().unwrap_or("");
    let word = first.len() > 2 && first.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '-'));
    is_template(&text) || drive || word || source.starts_with("path/to") || source.contains(' ')
}

/// True where the engine refuses the two mounts together.
fn clashes(earlier: &Mount, later: &Mount, asked: Asked) -> bool {
    let (Some(a), Some(b)) = (target(earlier), target(later)) else {
        return false;
    };
    let open = |mount: &Mount| is_open(mount) || is_to_be_filled_in(mount);
    if a.trim_end_matches('/') != b.trim_end_matches('/') || open(earlier) || open(later) {
        return false;
    }
    // one mount of this kind has many targets
    if [earlier, later].iter().any(|m| m.kind.as_str() == "glob") {
        return false;
    }
    let same_text = a == b && earlier.text == later.text;
    let forms = (earlier.form, later.form);
    let tmpfs = |mount: &Mount| mount.form == MountForm::Tmpfs;
    match asked.engine {
        // moby daemon/volumes.go: each of `Binds` and `Mounts` once, and a bind not over a tmpfs. The
        // client makes one of two equal `-v`, and sends one without a source elsewhere.
        Engine::Docker => match forms {
            (MountForm::Volume, MountForm::Volume) => !same_text && earlier.source.is_some() && later.source.is_some(),
            (MountForm::Tmpfs, MountForm::Volume) => later.source.is_some() && !a.ends_with('/'),
            (MountForm::Volume, MountForm::Tmpfs) => earlier.source.is_some() && !b.ends_with('/'),
            (MountForm::Tmpfs, _) | (_, MountForm::Tmpfs) => false,
            _ => [earlier, later]
                .iter()
                .all(|m| m.form == MountForm::Fields || m.source.is_some()),
        },
        // podman pkg/specgenutil/volumes.go and pkg/specgen/volumes.go
        Engine::Podman if tmpfs(earlier) && tmpfs(later) => false,
        Engine::Podman if tmpfs(earlier) || tmpfs(later) => earlier.kind != later.kind,
        Engine::Podman if forms == (MountForm::Fields, MountForm::Fields) => true,
        Engine::Podman if earlier.kind != later.kind || earlier.source != later.source => true,
        Engine::Podman => match (&earlier.kind, forms) {
            // of named volumes the name decides
            (MountKind::Bind, (MountForm::Volume, MountForm::Volume)) => a != b || options(earlier) != options(later),
            _ => false,
        },
        _ => false,
    }
}

/// The options that podman holds against each other.
fn options(mount: &Mount) -> Vec<String> {
    let shown = mount.options.iter().map(Text::shown);
    shown
        .filter(|o| !matches!(o.as_str(), "cached" | "delegated"))
        .collect()
}

fn target(mount: &Mount) -> Option<String> {
    let target = mount.target.as_ref()?.known()?;
    // a path that goes up or says nothing in between is left alone
    (target.starts_with('/') && !target.contains("//") && !target.contains("/.")).then(|| target.into_owned())
}

/// What is refused in `--volumes-from NAME[:OPTIONS]` (moby `linux_parser.go` `ParseVolumesFrom`;
/// podman `pkg/specgen/generate/storage.go`). Compose passes over the options.
pub(super) fn judge_from(from: &str, asked: Asked) -> Option<Refused> {
    if asked.compose {
        return None;
    }
    let (_, options) = from.split_once(':')?;
    let taken: &[&str] = match asked.engine {
        Engine::Docker => &["ro", "rw", "z", "Z", "cached", "consistent", "delegated"],
        _ => &["ro", "rw", "z"],
    };
    let odd = options
        .split(',')
        .find(|option| !option.is_empty() && !taken.contains(option))?;
    let refused = Refused::new(
        Refuser::Engine,
        format!("`{odd}` is no option of mounts that are taken over"),
    );
    Some(refused.instead("`ro`, `rw` and `z` are"))
}
