"""Names and texts that speak to terminals and to runners, and inputs that are made to break a reader."""

import os

NAMES = [
    b"##[error]a", b"::error::b", b" ::warning::c", b"x\n::error::d", b"e\x1b[2Jf", b"g\xc2\x9bh", b"i\xe2\x80\xaej",
    b"back\\slash", b"not\xffutf8", b"not\xfeutf8", b"`tick`", b"@someone", b"quote\"s", b"%0A::error::k", b"\r::error::l",
]
TEXTS = [
    "##[error]x", " ::error::x::", "\x1b]0;x\x07", "\x9b2J", "\u202ex", "`@someone`", "\u2028::error::x", "<b>|x",
]

# how many files are written for each name
FILES = 9


def write(folder):
    """A folder for each name, with a file of each kind that holds one of the texts wherever it can."""
    for n, name in enumerate(NAMES):
        place = os.path.join(os.fsencode(folder), name)
        text = TEXTS[n % len(TEXTS)]
        line = text.replace("\n", " ")
        word = line.replace("'", "").replace("\\", "").replace('"', "")
        launch = f"docker run --privileged --name '{word}' -v '/etc/{word}:/x' 'x{word}'"
        quoted = "".join(c if " " <= c <= "~" else f"\\u{ord(c):04x}" for c in word)
        files = {
            "compose.yaml": f'services:\n  "{quoted}":\n    image: "{quoted}"\n    privileged: true\n    volumes: ["./d:/d"]\n',
            "run.sh": f"#!/bin/sh\n{line}\n{launch}\n{line}\ndocker run --privileged registry:2\n{line}\n",
            "Dockerfile": f"FROM x AS y\nUSER root\n# {line}\nRUN --security=insecure echo '{word}'\nRUN chmod 777 '/{word}'\n",
            "a.container": f"[Container]\n# {line}\nImage=x{word}\nContainerName={word}\nPodmanArgs=--privileged\nVolume=/etc/{word}:/x\n",
            "a.service": f"[Service]\n# {line}\nExecStart=/usr/bin/{launch}\n",
            "a.md": f"# {line}\n\n```sh\n{launch}\n{line}\n```\n\n{line}\n",
            "Makefile": f"# {line}\nX = {word}\nall:\n\t{launch}\n",
            "devcontainer.json": f'{{"image": "{quoted}", "privileged": true, "runArgs": ["--name={quoted}", "--cap-add=ALL"]}}\n',
            ".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      # {word.strip()}\n      - run: {launch.replace(':', '-')}\n",
        }
        assert len(files) == FILES
        for file, content in files.items():
            path = os.path.join(place, file.encode())
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(content.encode())


# files that lead out of their repository, to files beside it
REFERENCES = {
    "compose.yaml": "include: [../out.yaml]\nservices:\n  a:\n    extends: {file: ../out.yaml, service: a}\n    env_file: [../out.sh]\n"
    "  b:\n    image: x:${TOKEN}\n    privileged: true\n  c:\n    build: {context: .., dockerfile: ../Dockerfile}\n",
    "run.sh": '. ../out.sh\nsource "$PWD/../out.sh"\nbash ../out.sh\ndocker run --privileged --env-file ../out.sh x:$TOKEN\n'
    'eval "$(cat ../out.sh)"\ndocker compose -f ../out.yaml up\n',
    "Makefile": "include ../out.sh\nall:\n\tdocker run --privileged x:$(TOKEN)\n",
    "devcontainer.json": '{"dockerComposeFile": "../out.yaml", "service": "a", "build": {"dockerfile": "../Dockerfile"}}\n',
    "a.kube": "[Kube]\nYaml=../out.yaml\n",
    "a.container": "[Container]\nImage=../out.build\nEnvironmentFile=../out.sh\nPodmanArgs=--privileged\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./../..\n      - run: ../out.sh\n",
}
BESIDE = {
    "out.yaml": "services:\n  a:\n    image: hunter2\n    privileged: true\n",
    "out.sh": "TOKEN=hunter2\ndocker run --privileged hunter2\n",
    "Dockerfile": "FROM hunter2\nUSER hunter2\n",
    "out.build": "[Build]\nImageTag=hunter2\n",
}


def log():
    """Refusals of programs and paths that hold the texts, and the texts between them."""
    lines = []
    for text in TEXTS:
        word = text.replace('"', "")
        lines += [
            f'type=AVC msg=audit(1603218166.554:4674): avc:  denied  {{ read }} for  pid=1 comm="{word}" path="/etc/{word}" dev="{word}"'
            " scontext=system_u:system_r:container_t:s0:c1,c2 tcontext=unconfined_u:object_r:user_home_t:s0 tclass=file",
            f"type=AVC msg=audit(1603218166.554:4675): avc:  denied  {{ {word} }} for  pid=1 comm={word.encode().hex()}"
            f" scontext=system_u:system_r:container_t:s0:c1,c2 tcontext={word} tclass={word}",
            f'chown("/etc/{word}", 0, 0) = -1 EPERM (Operation not permitted)', text,
            f'audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="{word}" profile="{word}" name="/{word}" comm="{word}"',
        ]
    return "\n".join(lines).encode()


INPUTS = {
    "nothing": b"", "a zero": b"\0", "no text": b"\xff\xfe\x00\x80", "a mark alone": b"\xef\xbb\xbf", "returns": b"\r" * 300,
    "brackets": b"[" * 50_000, "braces": b"${" * 20_000 + b"x", "calls": b"$(" * 5_000, "quotes": b"'\"`" * 9_999,
    "an endless heredoc": b"cat <<A <<-'B' <<\"C\"\nx\n", "tabs": b"\t" * 20_000 + b"x: y\n", "blanks": b" " * 50_000 + b"- a\n",
    "aliases": b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(1, 40)),
    "a file in itself": b"include Makefile compose.yaml\n. ./run.sh\n", "escapes": b"\x1b[2J\xc2\x9b\xe2\x80\xae\\\n\\",
}
# what each kind begins with, so that its reader goes on to the rest
KINDS = {
    "compose.yaml": b"services:\n  a:\n    image: x\n    privileged: true\n    command: ", "run.sh": b"#!/bin/sh\ndocker run --privileged ",
    "Dockerfile": b"FROM x\nRUN --security=insecure ", "a.container": b"[Container]\nImage=x\nPodmanArgs=--privileged ",
    "a.service": b"[Service]\nExecStart=/usr/bin/docker run --privileged ", "user-data": b"#cloud-config\nwrite_files:\n - path: /a.sh\n   content: ",
    "a.md": b"```sh\ndocker run --privileged ", ".github/workflows/a.yml": b"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: docker run --privileged ",
    "Makefile": b"all:\n\tdocker run --privileged ", "devcontainer.json": b'{"image": "x", "privileged": true, "runArgs": ["',
}
