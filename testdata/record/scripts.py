#!/usr/bin/env python3
"""Records what a real client makes of the commands of `testdata/scripts`, before and after their fixes.

    scripts.py podman > lines.jsonl
    record.py podman lines.jsonl --oracle ORACLE > ../truths/scripts-podman.jsonl

The scripts run with programs of their own in the place of docker, podman, sudo and env, which only write
down how they are called; so bash itself says what the words are. The folder they run in is named /srv/app.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / "scripts"
STUB = '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >> "$CALLS"; printf "\\n\\0" >> "$CALLS"\n'
PASS = '#!/bin/sh\nwhile case "$1" in -*|*=*) true;; *) false;; esac; do shift; done\nexec "$@"\n'


def calls(script):
    """The words of each engine command that a script runs."""
    with tempfile.TemporaryDirectory() as top:
        bin, here = os.path.join(top, "bin"), os.path.join(top, "app")
        os.makedirs(bin), os.makedirs(here)
        for name, text in {"docker": 'set -- docker "$@"\n', "podman": 'set -- podman "$@"\n'}.items():
            path = os.path.join(bin, name)
            open(path, "w").write(STUB.replace("\n", "\n" + text, 1))
            os.chmod(path, 0o755)
        for name in ("sudo", "env"):
            path = os.path.join(bin, name)
            open(path, "w").write(PASS)
            os.chmod(path, 0o755)
        log = os.path.join(top, "calls")
        env = {"PATH": bin + ":/usr/bin:/bin", "CALLS": log, "HOME": top}
        subprocess.run(["bash", str(script)], cwd=here, env=env, check=True)
        words = open(log).read().split("\0")[:-1]
        lines, line = [], []
        for word in words:
            if word == "\n":
                lines.append([w.replace(here, "/srv/app") for w in line])
                line = []
            else:
                line.append(word)
        return lines


def main():
    engine = sys.argv[1]
    for script in sorted(SCRIPTS.iterdir()):
        for line in calls(script):
            if line[0] == engine:
                print(json.dumps(line))


if __name__ == "__main__":
    main()
