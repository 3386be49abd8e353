//! No name of privlint's own reaches a reader: what stands for a hole while a script is read is called by
//! what the script says, in every format.

use crate::support::Folder;

/// Scripts that are read by way of texts made from them, and texts that look like what privlint makes.
const SCRIPTS: &[&str] = &[
    "bash -c \"\nA='$B'\ndocker run \\$A --privileged -v $C:/c img-$D\n\"",
    "ssh $H \"cd $D && docker run --privileged --name '$N' -v \\\"$V\\\":/v $I $(date)\"",
    "eval \"docker run \\${X:-$B} --privileged ${Y[@]} img\"",
    "cat > compose.yaml <<E\nservices:\n  web:\n    image: \"$I:${T}\"\n    privileged: $P\n    volumes: ['$V:/v', \"$(pwd)/x:/x\"]\nE",
    "cat > Dockerfile <<E\nFROM $I\nRUN chmod 777 $D \\$E\nUSER root\nE\ndocker build --allow $A - <<F\nFROM ${B:-x}\nF",
    "cat > run.sh <<E\n#!/bin/sh\ndocker run $A --privileged \\$B -v $C:/c $(id -u) img\nE",
    "find . | xargs docker run --privileged $A\nparallel docker run -v {}:/x img ::: a b",
    "alias d=\"docker run --privileged $A\"\nalias e='docker run -it'",
    "if a; then E=docker; else E=podman; fi\n$E run --privileged -v ./d:/d img\n$(which docker podman) run --privileged x",
    "I=q/x\nif a; then I=\"$I:$T\"; fi\nfor i in $L; do docker run --privileged --name \"$i\" \"$I\" \"$@\"; done",
    "f() { docker run --privileged \"$1\" $2 \"${@:3}\"; }\nf \"$A\" $(g) `h`\nread -r c <<E\ndocker run $A --privileged x\nE\n$c",
    "docker run --privileged \"\0\" \u{1}img\u{7f} \u{202e}x\ndocker run -v \"$A\0$B:/x\" img",
    "docker run -d --name $N\n  --privileged $I\nbash -c \"docker run $A",
    "X=$(bash -c \"echo '$A' $B\"); docker run --privileged $X --cap-add \"${X}_ADMIN\" --device $Y",
    "R=$(which podman)\nif a; then S=docker; else S=podman; fi\ncat > x.service <<E\n[Service]\nExecStart=$R run --privileged $A img\nExecStartPre=$S run --privileged $B\nE",
    "cat > web.container <<E\n[Container]\nImage=$I\nVolume=$V:/v\nPodmanArgs=--privileged $A\nE",
];
/// Files of other kinds that hold texts which are only known in part.
const OTHERS: &[(&str, &str)] = &[
    (
        "Makefile",
        "I = $(shell id)\nJ ?= x\nR ?= $(if $(shell command -v podman),podman,docker)\nifdef T\nJ += -t\nendif\nz:\n\t$(R) run --privileged $(J) $(I)\nup:\n\tdocker run --privileged -v $(V)/a:/a $(I)$(J) $$X\n\tbash -c 'docker run --privileged $(O) $(I)'\n\tcat > compose.yaml <<E\n\tE\n",
    ),
    (
        "web.service",
        "[Service]\nEnvironmentFile=/x\nExecStart=/usr/bin/docker run --privileged -v ${V}:/v --name %n $OPTS ${IMAGE}\nExecStartPre=/bin/sh -c 'docker run --privileged %i ${Y}'\n",
    ),
    (
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: {image: '${{ matrix.i }}', options: '--privileged ${{ inputs.o }}'}\n    steps:\n      - run: docker run --privileged ${{ inputs.o }} -v ${{ github.workspace }}:/w ${{ env.I }}\n      - run: |\n          cat > compose.yaml <<E\n          services: {a: {image: '${{ inputs.i }}', privileged: true, pid: '$P'}}\n          E\n",
    ),
    (
        "compose.yaml",
        "services:\n  a:\n    image: '${I}:$T'\n    privileged: true\n    command: sh -c 'docker run --privileged $$X ${Y} img'\n    dockerfile_inline: x\n",
    ),
    (
        "README.md",
        "```sh\ndocker run --privileged -v <DIR>:/d {{ image }} ...\nssh $H \"docker run --privileged '$X' [image]\"\n```\n",
    ),
    (
        "Dockerfile",
        "ARG B\nFROM ${B}x\nRUN <<E\ndocker run --privileged $X ${B} img\nE\nUSER $U\nRUN --security=insecure chmod 777 $D\n",
    ),
    (
        ".devcontainer/devcontainer.json",
        "{\"image\": \"${localEnv:I}\", \"privileged\": true, \"postStartCommand\": \"docker run --privileged ${X} ${localWorkspaceFolder}\"}\n",
    ),
    (
        "run.sh.j2",
        "#!/bin/sh\ndocker run {{ o }} \\\n{%- if a %}\n  --privileged \\\n{%- endif %}\n  -v {{ v }}:/v `if a; then echo \"-p $P\"; fi` {{ i }}:{{ t }}\n",
    ),
];
/// How privlint calls what it makes, and the variable that stands for any engine.
const OWN: [&str; 4] = ["privlint_", "CONTAINER_ENGINE", "\0", "\\u0000"];

const RUNS: [&[&str]; 12] = [
    &["inspect", "--isolated", "--format=json"],
    &["inspect", "--isolated"],
    &["--isolated", "--strict", "--selinux=on"],
    &["--isolated", "--strict", "--selinux=on", "--format=json"],
    &["--isolated", "--strict", "--format=sarif"],
    &["--isolated", "--strict", "--selinux=on", "--format=concise", "-v"],
    &["--isolated", "--strict", "--format=github"],
    &["--isolated", "--strict", "--format=gitlab"],
    &["--isolated", "--strict", "--format=junit"],
    &["--isolated", "--strict", "--format=rdjson"],
    &["--isolated", "--strict", "--format=markdown"],
    &["--isolated", "--strict", "--selinux=on", "--diff", "--unsafe-fixes"],
];

#[test]
fn nothing_that_is_shown_has_a_name_of_the_readers_own() {
    let mut found = 0;
    let mut wrong = Vec::new();
    let scripts = SCRIPTS.iter().enumerate();
    let scripts = scripts.map(|(nth, script)| (format!("{nth}.sh"), format!("#!/bin/bash\n{script}\n")));
    let others = OTHERS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    for (name, script) in scripts.chain(others) {
        let folder = Folder::with(&[(&name, &script)]);
        for run in RUNS {
            let ran = folder.run(run);
            // a diff has the bytes of the file as they are
            let diff = run.contains(&"--diff");
            for own in OWN.iter().filter(|own| !(diff && own.contains('\0'))) {
                for text in [&ran.out, &ran.err] {
                    let quoted = *own == "\\u0000" && script.contains('\0');
                    if text.contains(own) && !quoted {
                        wrong.push(format!("{own:?} in {run:?} of {script}\n{text}"));
                    }
                }
            }
            found += usize::from(ran.out.contains("privileged"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        found > (SCRIPTS.len() + OTHERS.len()) * 5,
        "these scripts say nothing: {found}"
    );
}

/// The values that `inspect` gives of a container are texts of the file: no mark stands for what was left out.
#[test]
fn what_inspect_names_is_written_in_the_script() {
    for script in SCRIPTS {
        let folder = Folder::with(&[("run.sh", &format!("#!/bin/bash\n{script}\n"))]);
        let ran = folder.run(&["inspect", "--isolated", "--format=json"]);
        let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        for container in found["containers"].as_array().unwrap() {
            let mounts = container["mounts"].as_array().into_iter().flatten();
            let sources = mounts.flat_map(|mount| [&mount["source"], &mount["target"]]);
            let unseen = container["unseen"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|unseen| &unseen["text"]);
            let named = [&container["image"], &container["name"], &container["user"]];
            for value in named.into_iter().chain(sources).chain(unseen) {
                let text = value.as_str().unwrap_or_default();
                assert!(text != "…" && !text.starts_with('…'), "{script}\n{container}");
            }
        }
    }
}
