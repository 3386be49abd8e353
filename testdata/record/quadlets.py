#!/usr/bin/env python3
"""Records what podman's generator makes of the units in testdata/quadlets.

    testdata/record/quadlets.py GENERATOR > testdata/truths/quadlets.jsonl

GENERATOR is podman's own: `/usr/libexec/podman/quadlet`. The truths here are of podman 5.8.6. Each bundle
`testdata/quadlets/*.txt` holds folders (`#### name`) of files (`==== file`).

A truth is one line: `folder`, and `services`: for each file that becomes one, the words of the command
that it runs, after systemd has taken its quotes off; `no` is what the generator says where there is none.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent


def folders():
    for bundle in sorted((HERE / "quadlets").glob("*.txt")):
        for block in re.split(r"^#### ", bundle.read_text(), flags=re.M)[1:]:
            name, body = block.split("\n", 1)
            parts = re.split(r"^==== (.*)\n", body, flags=re.M)
            yield f"{bundle.stem}/{name}", list(zip(parts[1::2], parts[2::2]))


def words(line):
    """The words of a command line of systemd."""
    found, word, quote, at, begun = [], "", "", 0, False
    escapes = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "s": " ", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
    while at < len(line):
        c = line[at]
        if c == "\\" and at + 1 < len(line):
            if line[at + 1] == "x":
                word += chr(int(line[at + 2:at + 4], 16))
                at += 4
            else:
                word += escapes[line[at + 1]]
                at += 2
            begun = True
            continue
        if quote:
            quote, word = ("", word) if c == quote else (quote, word + c)
        elif c in "\"'":
            quote, begun = c, True
        elif c in " \t":
            if begun:
                found.append(word)
            word, begun = "", False
        else:
            word, begun = word + c, True
        at += 1
    return found + ([word] if begun else [])


def truth(generator, name, files):
    with tempfile.TemporaryDirectory(prefix="quadlets-") as folder:
        for file, text in files:
            path = pathlib.Path(folder) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        env = {"QUADLET_UNIT_DIRS": folder, "PATH": os.environ["PATH"], "HOME": folder}
        out = subprocess.run([generator, "-dryrun"], env=env, capture_output=True, text=True)
    services = {}
    for block in re.split(r"^---(.*)---\n", out.stdout, flags=re.M)[1:][1::2]:
        source = re.search(r"^SourcePath=.*/(.*)$", block, flags=re.M)
        key = "ExecStartPre" if "[X-Pod]\n" in block else "ExecStart"
        command = re.findall(rf"^{key}=(.*)$", block, flags=re.M)
        if source and command:
            services[source[1]] = [word.replace(folder, ".") for word in words(command[-1])][1:]
    said = [line.split(": ", 1)[-1] for line in out.stderr.splitlines() if "Loading" not in line]
    said = [re.sub(re.escape(folder) + "/?", "", line) for line in said]
    return {"folder": name, "services": services} | ({} if services else {"no": said[:1]})


def main():
    for name, files in folders():
        print(json.dumps(truth(sys.argv[1], name, files), sort_keys=True))


if __name__ == "__main__":
    main()
