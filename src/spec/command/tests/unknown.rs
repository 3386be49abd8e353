//! Words of which only some of what they may be is known.

use super::*;

/// The sources and options of the mounts that `-v` gives, where its value is one of several.
fn one_of(values: &[&str]) -> Vec<String> {
    let mut line = line("docker run -v $V img");
    let span = line.words[3].place.value;
    line.words[3].options = values.iter().map(|value| Text::cooked(*value, span)).collect();
    let container = read(&line, Engine::Docker).unwrap();
    let said = |mount: &crate::container::Mount| {
        let source = mount.source.as_ref().map(Text::shown).unwrap_or_default();
        format!("{source} {:?} {:?}", mount.relabel, mount.read_only)
    };
    container.mounts.iter().map(|mount| said(&mount.value)).collect()
}

#[test]
fn a_label_that_some_path_adds_is_not_missing_on_the_others() {
    for values in [["/a:/b", "/a:/b:Z"], ["/a:/b:Z", "/a:/b"], ["/a:/b:rw", "/a:/b:rw,Z"]] {
        let found = one_of(&values);
        assert!(
            found.len() == 1 && found[0].contains("Private"),
            "{values:?}: {found:?}"
        );
    }
    assert_eq!(one_of(&["/a:/b", "/c:/b:Z"]).len(), 2);
    let first = |values: [&str; 2]| one_of(&values).remove(0);
    assert_eq!(first(["/a:/b:ro", "/a:/b"]), first(["/a:/b", "/a:/b:ro"]));
}

#[test]
fn no_image_has_an_empty_name() {
    for text in [
        "docker run '' --rm img",
        "docker run \"\" -v /a:/b img sh",
        "docker create --name x '' img",
    ] {
        let c = container(text);
        assert_eq!(c.image.unwrap().value.shown(), "img", "{text}");
        assert_eq!(c.unseen.len(), 1, "{text}");
        assert_eq!(c.unseen[0].text, "''", "{text}");
    }
}

#[test]
fn a_mount_behind_unknown_words_shows_that_they_are_none_of_them_the_image() {
    for text in [
        "docker run $a $b -v /x:/y $REST",
        "docker run $a --rm $REST",
        "podman create $a $b --privileged $REST",
    ] {
        let mut line = line(text);
        let rest = line.words.last_mut().unwrap();
        rest.text = Text::hole("$@", rest.place.value, Hole::Variable("@".to_owned()));
        let c = read(&line, engine(text)).unwrap();
        assert!(c.image.is_none() && !c.unseen.is_empty(), "{text}: {:?}", c.image);
    }
}
