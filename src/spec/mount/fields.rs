//! `--mount KEY=VALUE,…`: one CSV record, which docker and podman read by different keys.

mod docker;
mod podman;

use crate::container::{Labelling, Mount, MountForm, MountKind, Refused, Refuser, Text};
use crate::spec::{Dialect, csv, holes};

/// Why a mount with an unreadable field takes no label request.
const OPEN: &str = "a variable may already ask for a label";

/// One `key` or `key=value` of the record.
struct Field {
    whole: Text,
    key: String,
    value: Option<Text>,
}

impl Field {
    fn new(whole: Text) -> Field {
        let (key, value) = match whole.split_once('=') {
            Some((key, value)) => (key.shown(), Some(value)),
            None => (whole.shown(), None),
        };
        Field { whole, key, value }
    }

    /// True when the key itself cannot be read: the field may say anything.
    fn is_open(&self) -> bool {
        self.value.is_none() && self.whole.has_hole()
    }
}

/// A mount as `--mount` says it. nerdctl reads it as docker does.
pub fn mount_flag(text: &Text, dialect: Dialect) -> Mount {
    if let Some(mount) = super::too_long(text) {
        return mount;
    }
    let mut mount = Mount::new(MountKind::Volume, text.clone());
    mount.form = MountForm::Fields;
    let fields: Vec<Field> = match csv::fields(text) {
        Ok(fields) => fields.into_iter().map(Field::new).collect(),
        Err(why) => {
            refuse(&mut mount, why);
            return mount;
        }
    };
    if fields.is_empty() {
        refuse(&mut mount, "the mount is empty");
        return mount;
    }
    if fields.iter().all(|field| holes::all_hole(&field.whole)) {
        return unknown(text);
    }
    let open = fields.iter().any(Field::is_open);
    match dialect {
        Dialect::Podman => podman::read(&fields, &mut mount),
        Dialect::Docker | Dialect::Compose | Dialect::Nerdctl => docker::read(&fields, &mut mount),
    }
    disguised(&fields, &mut mount);
    if open {
        // what is missing may stand in the field that cannot be read
        mount.error = None;
        mount.labelling = Labelling::Impossible(OPEN);
    } else if let Some(target) = mount.target.clone() {
        super::check_target(&target, dialect, &mut mount);
    }
    mount
}

/// A mount of which nothing is known but that it is one.
pub(super) fn unknown(text: &Text) -> Mount {
    let mut mount = Mount::new(MountKind::Other("unknown".to_owned()), text.clone());
    mount.labelling = Labelling::Impossible("the mount is held in a variable");
    mount
}

/// A volume of the local driver whose options bind a folder of the host: that folder is what is mounted.
fn disguised(fields: &[Field], mount: &mut Mount) {
    if mount.kind != MountKind::Volume || mount.error.is_some() {
        return;
    }
    let named = |key: &'static str| {
        fields
            .iter()
            .filter(move |field| field.key.eq_ignore_ascii_case(key))
            .filter_map(|field| field.value.as_ref())
    };
    let other_driver = named("volume-driver").any(|driver| !driver.is("local"));
    let mut options = named("volume-opt").filter_map(|option| option.split_once('='));
    let device = options.find(|(name, _)| name.is("device")).map(|(_, value)| value);
    let how: Vec<Text> = named("volume-opt")
        .filter_map(|option| option.split_once('='))
        .filter(|(name, _)| name.is("o"))
        .flat_map(|(_, value)| value.split(','))
        .collect();
    let binds = how.iter().any(|word| word.is("bind") || word.is("rbind"));
    if let Some(device) = device.filter(|_| binds && !other_driver) {
        mount.kind = MountKind::Bind;
        mount.read_only |= how.iter().any(|word| word.is("ro"));
        mount.source = Some(device);
        mount.labelling = Labelling::Impossible("a volume that binds a folder takes no label request");
    }
}

/// The kind that a word names.
fn kind(word: &str) -> MountKind {
    match word {
        "bind" => MountKind::Bind,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other(word.to_owned()),
    }
}

/// Notes the first thing that is wrong, which the client says.
fn refuse(mount: &mut Mount, why: impl Into<String>) {
    note(mount, Refused::new(Refuser::Client, why));
}

/// Notes a refusal, if it is the first.
fn note(mount: &mut Mount, refused: Refused) {
    mount.error.get_or_insert(refused);
}
