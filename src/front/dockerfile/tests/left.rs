//! What the instructions leave in the image.

use super::super::*;
use super::{of_syntax, read_text};
use crate::container::Syntax;

#[test]
fn windows_images_are_left_alone() {
    for text in [
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN docker run --privileged x & chmod 4755 y\nHEALTHCHECK CMD docker run x\n",
        "FROM --platform=windows/amd64 golang\nRUN docker run --privileged x\nENTRYPOINT docker run x\n",
        "FROM alpine\nSHELL [\"powershell\", \"-command\"]\nRUN sudo docker run --privileged x\n",
        "FROM mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-1809 AS a\nFROM a\nRUN docker run x\n",
    ] {
        let reading = read_text(text);
        assert_eq!(of_syntax(&reading, Syntax::Command).len(), 0, "{text}");
        assert!(of_syntax(&reading, Syntax::Image)[0].grants.is_empty(), "{text}");
    }
    let windows = |text: &str| {
        let reading = read_text(text);
        of_syntax(&reading, Syntax::Image)[0].stage.as_ref().unwrap().windows
    };
    assert!(windows("FROM mcr.microsoft.com/windows/nanoserver AS a\nFROM a\n"));
    assert!(!windows(
        "FROM mcr.microsoft.com/windows/nanoserver AS a\nFROM debian\n"
    ));
}

/// What the final stage is known to grant and to start.
fn left(text: &str) -> (Vec<String>, Option<crate::container::HandOff>) {
    let reading = read_text(text);
    let image = of_syntax(&reading, Syntax::Image)[0];
    let source = reading.source();
    let grants = image.grants.iter().map(|w| {
        let line = source.position(w.place.value.start).line;
        format!("{line} {} {}", source.slice(w.place.value), w.value.subject)
    });
    (grants.collect(), image.stage.as_ref().unwrap().hand_off.clone())
}

#[test]
fn grants_are_those_of_the_final_stage_of_what_it_is_built_on_and_of_its_triggers() {
    let (grants, _) = left(concat!(
        "FROM debian AS build\nRUN chmod 4755 /usr/bin/a\n",
        "FROM debian AS base\nRUN set -e; \\\n  # why\n  chmod u+s \\\n  /usr/bin/b\n",
        "FROM base\nRUN <<EOF\nsetcap cap_net_raw+ep /usr/bin/c\nEOF\n",
        "RUN [\"chmod\", \"4755\", \"/usr/bin/d\"]\n",
        "COPY --from=build --chmod=4755 /x /usr/bin/e\nADD --chmod=u+s,go+rx f /usr/bin/\n",
        "COPY --chmod=755 g h /\nONBUILD RUN chmod 4755 /i\n",
        "COPY <<EOF /etc/sudoers.d/j\nj ALL=(ALL) NOPASSWD: ALL\nEOF\n",
    ));
    assert_eq!(
        grants,
        [
            "6 u+s /usr/bin/b",
            "10 cap_net_raw+ep /usr/bin/c",
            "12 4755 /usr/bin/d",
            "13 4755 /usr/bin/e",
            "14 u+s,go+rx /usr/bin",
            "17 /etc/sudoers.d/j j",
            "16 4755 /i",
        ]
    );
}

#[test]
fn grants_without_end_are_cut_and_that_is_said() {
    let text = format!("FROM debian\n{}", "RUN chmod 4755 /x\n".repeat(grants::MAX_GRANTS + 10));
    let reading = read_text(&text);
    assert_eq!(of_syntax(&reading, Syntax::Image)[0].grants.len(), grants::MAX_GRANTS);
    let said: Vec<&str> = reading.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(said, ["this image gives away more than is followed"]);
}

#[test]
fn what_starts_is_followed_into_scripts_of_the_file() {
    let by = |name: &str| Some(crate::container::HandOff::Program(name.to_owned()));
    for (text, wanted) in [
        ("FROM a\nENTRYPOINT [\"gosu\", \"app\", \"b\"]\n", by("gosu")),
        ("FROM a\nENTRYPOINT exec su-exec app b\n", by("su-exec")),
        (
            "FROM a AS x\nENTRYPOINT [\"tini\", \"--\"]\nFROM x\nCMD [\"su\", \"app\", \"-c\", \"b\"]\n",
            by("su"),
        ),
        (
            "FROM a\nCOPY --chmod=755 <<'E' /go\n#!/bin/sh\nexec setpriv --reuid=1 b\nE\nCMD [\"/go\"]\n",
            by("setpriv"),
        ),
        (
            "FROM a\nRUN cat > /go <<'E'\nexec gosu app b\nE\nCMD [\"/go\"]\n",
            by("gosu"),
        ),
        (
            "FROM a\nRUN printf '#!/bin/sh\\nexec gosu app b\\n' > /go && chmod +x /go\nCMD /go\n",
            by("gosu"),
        ),
        (
            "FROM a\nWORKDIR /app\nCOPY <<E start\nexec gosu app b\nE\nCMD [\"./start\"]\n",
            by("gosu"),
        ),
        ("FROM a\nRUN apt-get install gosu\nCMD [\"b\"]\n", None),
        ("FROM a\nENTRYPOINT [\"gosu\", \"app\"]\nENTRYPOINT [\"b\"]\n", None),
        (
            "FROM a AS x\nENTRYPOINT [\"gosu\", \"app\"]\nFROM debian\nCMD [\"b\"]\n",
            None,
        ),
    ] {
        assert_eq!(left(text).1, wanted, "{text}");
    }
}

#[test]
fn what_starts_is_followed_into_scripts_of_the_repository() {
    let text = "FROM a\nCOPY docker/start /usr/local/bin/\nENTRYPOINT [\"tini\", \"--\", \"start\"]\n";
    let by = |files: &[(&str, &str)], text: &str| {
        let open = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let surroundings = Surroundings {
            open: &open,
            ..Surroundings::none()
        };
        let reading = crate::front::read(
            Kind::Dockerfile,
            &Arc::new(Source::new("docker/Dockerfile", text)),
            &surroundings,
        );
        let image = of_syntax(&reading, Syntax::Image)[0];
        image.stage.as_ref().unwrap().hand_off.clone()
    };
    let dropped = Some(crate::container::HandOff::Program("su-exec".to_owned()));
    let drop = "#!/bin/sh\nexec su-exec app \"$@\"\n";
    assert_eq!(by(&[("docker/start", drop)], text), dropped);
    assert_eq!(by(&[("docker/docker/start", drop)], text), dropped);
    assert_eq!(by(&[("docker/start", "exec \"$@\"\n")], text), None);
    assert_eq!(by(&[], text), None);
    let named = "FROM a\nCOPY . /srv\nWORKDIR /srv\nENTRYPOINT [\"./run.sh\"]\n";
    assert_eq!(by(&[("docker/run.sh", drop)], named), dropped);
    let unread = Some(crate::container::HandOff::Unread("/srv/run.sh".to_owned()));
    assert_eq!(by(&[], named), unread);
}
