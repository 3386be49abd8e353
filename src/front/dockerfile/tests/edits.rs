//! What a Dockerfile becomes by a change of its image or of a step.

use super::super::*;
use super::{of_syntax, read_text};
use crate::container::{Container, Key, Syntax};
use crate::fix::{Change, apply};

/// What a file becomes by one change of its image or its only step.
fn changed(text: &str, syntax: Syntax, change: impl Fn(&Container) -> Change) -> Result<String, String> {
    let reading = read_text(text);
    let container = of_syntax(&reading, syntax)[0];
    let edits = crate::front::render(&reading, container, &[change(container)]).map_err(|r| r.0)?;
    Ok(apply(reading.source(), FileId(0), &edits).unwrap())
}

fn remove_security(step: &Container) -> Change {
    Change::Remove(step.build.as_ref().unwrap().security.as_ref().unwrap().place.clone())
}

fn remove_user(image: &Container) -> Change {
    Change::Remove(image.user.as_ref().unwrap().place.clone())
}

#[test]
fn a_flag_goes_with_its_blank() {
    for (before, after) in [
        ("FROM a\nRUN --security=insecure b", "FROM a\nRUN b"),
        (
            "FROM a\r\nRUN --network=none \\\r\n    --security=insecure \\\r\n    b\r\n",
            "FROM a\r\nRUN --network=none \\\r\n    b\r\n",
        ),
        (
            "FROM a\nRUN --mount=type=tmpfs,target=/a --security=insecure <<EOF\nb\nEOF\n",
            "FROM a\nRUN --mount=type=tmpfs,target=/a <<EOF\nb\nEOF\n",
        ),
        (
            "FROM a\nRUN \\\n  # why\n  --security=insecure \\\n  b\n",
            "FROM a\nRUN \\\n  # why\n  b\n",
        ),
        ("FROM a\nONBUILD RUN --security=insecure b", "FROM a\nONBUILD RUN b"),
    ] {
        assert_eq!(
            changed(before, Syntax::BuildStep, remove_security).as_deref(),
            Ok(after)
        );
    }
    let held = "FROM a\nRUN \\\n  # why\n  --security=insecure b\n";
    assert!(changed(held, Syntax::BuildStep, remove_security).is_err());
}

#[test]
fn a_value_of_a_flag_is_written_anew() {
    let with = |text: &str| {
        changed(text, Syntax::BuildStep, |step| {
            let network = step.build.as_ref().unwrap().network.clone().unwrap();
            Change::Replace(network.place, "none".to_owned())
        })
    };
    assert_eq!(
        with("FROM a\nRUN --network=host b").as_deref(),
        Ok("FROM a\nRUN --network=none b")
    );
}

#[test]
fn the_last_user_goes_with_its_line() {
    for (before, after) in [
        ("FROM a\nUSER b\nUSER root\nCMD c\n", "FROM a\nUSER b\nCMD c\n"),
        ("FROM a\r\n# why\r\nUSER root\r\n", "FROM a\r\n# why\r\n"),
        ("FROM a\nUSER root", "FROM a\n"),
    ] {
        assert_eq!(changed(before, Syntax::Image, remove_user).as_deref(), Ok(after));
    }
    for refused in [
        "FROM a AS b\nUSER root\nFROM b\nCMD c\n",
        "FROM a AS b\nONBUILD USER root\nFROM b\nCMD c\n",
        "FROM a\nUSER \\\n root\nCMD c\n",
    ] {
        assert!(changed(refused, Syntax::Image, remove_user).is_err(), "{refused}");
    }
}

#[test]
fn a_user_is_written_before_what_starts() {
    let with = |text: &str| changed(text, Syntax::Image, |_| Change::Add(Key::User, "app".to_owned()));
    for (before, after) in [
        ("FROM a\nRUN b\nCMD c\n", "FROM a\nRUN b\nUSER app\nCMD c\n"),
        (
            "FROM a\r\nENTRYPOINT b\r\nCMD c\r\n",
            "FROM a\r\nUSER app\r\nENTRYPOINT b\r\nCMD c\r\n",
        ),
        (
            "FROM a\nCMD c\nRUN d\n# start\nENTRYPOINT b\n",
            "FROM a\nCMD c\nRUN d\nUSER app\n# start\nENTRYPOINT b\n",
        ),
        (
            "FROM a AS x\nCMD c\nFROM x\nRUN b\n",
            "FROM a AS x\nCMD c\nFROM x\nRUN b\nUSER app\n",
        ),
        ("FROM a\nRUN b", "FROM a\nRUN b\nUSER app"),
        (
            "FROM a\nCMD c\nUSER root\nRUN d\n",
            "FROM a\nCMD c\nUSER root\nRUN d\nUSER app\n",
        ),
        ("FROM a\n  CMD \\\n b\n", "FROM a\n  USER app\n  CMD \\\n b\n"),
    ] {
        assert_eq!(with(before).as_deref(), Ok(after));
        let reading = read_text(after);
        let user = of_syntax(&reading, Syntax::Image)[0].user.clone();
        assert!(user.is_some_and(|u| u.value.is("app")));
    }
    let bad = changed("FROM a\n", Syntax::Image, |_| Change::Add(Key::User, "a b".to_owned()));
    assert!(bad.is_err());
    let unsaid = changed("FROM a\n", Syntax::Image, |_| {
        Change::Add(Key::CapDrop, "all".to_owned())
    });
    assert!(unsaid.is_err());
}

#[test]
fn a_mode_and_a_sudo_are_mended_where_they_stand() {
    let text = "FROM debian\nRUN sudo make && \\\n  chmod 4755 /usr/bin/x\nCOPY --chmod=04755 y /usr/bin/y\n";
    let reading = read_text(text);
    let image = of_syntax(&reading, Syntax::Image)[0];
    let changes: Vec<Change> = image
        .grants
        .iter()
        .map(|w| match &w.value.kind {
            crate::container::GrantKind::SetuidBit { without, .. } => {
                Change::Replace(w.place.clone(), without.clone().unwrap())
            }
            _ => Change::Remove(w.place.clone()),
        })
        .collect();
    let edits = crate::front::render(&reading, image, &changes).unwrap();
    assert_eq!(
        apply(reading.source(), FileId(0), &edits).unwrap(),
        "FROM debian\nRUN make && \\\n  chmod 755 /usr/bin/x\nCOPY --chmod=0755 y /usr/bin/y\n"
    );
}
