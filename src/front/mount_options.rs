//! Options of mounts as `--volume` and `--mount` write them, in commands and in units: labels, and `ro`.

use super::reading::Reading;
use crate::container::{Container, FileId, Labelling, Mount, MountForm, Place, Relabel};
use crate::fix::{Edit, Refusal};
use crate::source::{Source, Span};

type Outcome<T> = Result<T, Refusal>;

fn refuse<T>(why: &str) -> Outcome<T> {
    Err(Refusal(why.to_owned()))
}

fn edit(file: FileId, span: Span, text: String) -> Edit {
    Edit { file, span, text }
}

/// Another label request on a mount.
pub(super) fn relabel(
    reading: &Reading,
    container: &Container,
    place: &Place,
    relabel: Relabel,
) -> Outcome<Option<Edit>> {
    let Some(mount) = container.mount_at(place).map(|w| &w.value) else {
        return refuse("the mount is not one of this container");
    };
    if mount.relabel == relabel && mount.relabel_lost.is_none() {
        return Ok(None);
    }
    let source = reading.file(place.file);
    let word = match (mount.labelling, relabel) {
        (_, Relabel::None) => "",
        (Labelling::Suffix, Relabel::Shared) => "z",
        (Labelling::Suffix, Relabel::Private) => "Z",
        (Labelling::Field, Relabel::Shared) => "relabel=shared",
        (Labelling::Field, Relabel::Private) => "relabel=private",
        (Labelling::Impossible(why), _) => return refuse(why),
        (Labelling::Key, _) => return refuse("this form of mount is not one of a command line"),
    };
    match mount.relabel_span {
        Some(span) => change_label(source, place, span, word).map(Some),
        None if word.is_empty() => Ok(None),
        None => append_option(source, place, mount, word).map(Some),
    }
}

/// `ro` behind the other options of a mount.
pub(super) fn read_only(reading: &Reading, container: &Container, place: &Place) -> Outcome<Edit> {
    let Some(mount) = container.mount_at(place).map(|w| &w.value) else {
        return refuse("the mount is not one of this container");
    };
    if let Some(option) = mount.options.iter().find(|option| option.is("rw")) {
        let written = reading.file(place.file).slice(option.span()) == "rw" && place.value.contains(option.span());
        return match written {
            true => Ok(edit(place.file, option.span(), "ro".to_owned())),
            false => refuse("the mount's `rw` is not written out here"),
        };
    }
    match mount.form {
        MountForm::Volume | MountForm::Fields => append_option(reading.file(place.file), place, mount, "ro"),
        MountForm::Tmpfs | MountForm::Other => refuse("this form of mount takes no `ro`"),
    }
}

fn change_label(source: &Source, place: &Place, span: Span, word: &str) -> Outcome<Edit> {
    let raw = source.slice(span);
    let known = matches!(raw, "z" | "Z" | "relabel=shared" | "relabel=private");
    if !known || !place.value.contains(span) {
        return refuse("the label request is not written out here");
    }
    if !word.is_empty() {
        return Ok(edit(place.file, span, word.to_owned()));
    }
    // the separator goes with it: the comma after it, or else the comma or colon before it
    let text = source.text();
    let after = text.get(span.end as usize..).and_then(|t| t.chars().next());
    let before = text.get(..span.start as usize).and_then(|t| t.chars().next_back());
    let span = if after == Some(',') {
        Span {
            start: span.start,
            end: span.end + 1,
        }
    } else if matches!(before, Some(',' | ':')) {
        Span {
            start: span.start - 1,
            end: span.end,
        }
    } else {
        return refuse("the label request is not separated in a way that is known");
    };
    Ok(edit(place.file, span, String::new()))
}

fn append_option(source: &Source, place: &Place, mount: &Mount, word: &str) -> Outcome<Edit> {
    let raw = source.slice(place.value);
    let Some(last) = raw.chars().next_back() else {
        return refuse("the place where it is written is not known to the byte");
    };
    let tail_known = mount.text.pieces().last().is_some_and(|p| {
        // a quote may stand between the last piece and the end of the word
        p.span.end <= place.value.end && p.span.end + 2 >= place.value.end
    });
    if !tail_known {
        return refuse("the mount is not written out where it is used");
    }
    let at = if matches!(last, '"' | '\'') {
        place.value.end - 1
    } else {
        place.value.end
    };
    let separator = match mount.form {
        MountForm::Fields => ',',
        _ if mount.options.is_empty() => ':',
        _ => ',',
    };
    Ok(edit(place.file, Span::at(at as usize), format!("{separator}{word}")))
}
