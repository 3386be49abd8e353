#!/usr/bin/env python3
"""Records which values the real clients refuse, for testdata/truths/refused.jsonl.

    refused.py --docker ORACLE --podman ORACLE --compose ORACLE > ../truths/refused.jsonl

refused.txt has the values, a line each, after the word `docker`, `podman`, `both`, `pod` (of podman's pods, of which
only the client is asked) or `compose`, or after
`daemon` for what docker's client hands on and its daemon refuses; of those the source that says so stands in
the file, as no daemon is asked; after `label` stands what both refuse on SELinux hosts. docker's and podman's oracles are called as record.py says, podman's also with
`--resolve`, by which a real service creates the container: its answer has `inspect`, or `create_error` with a
`message`. Compose's is called with `-f FILE --create` and prints `v2` with `rc` and `containers`.

A truth is one line: `of` the engine or `compose`, `words` or `service`, and `no` with who refuses: client,
service, daemon, selinux. What the service cannot find on the machine (a file, a container) is no refusal of the value.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

ABSENT = ["no such file", "no such container", "no container with name", "not enough unused IDs", "permission denied",
          "not joining a pod", "only supported in rootless"]


def ask(oracle, lines, *more):
    with tempfile.TemporaryDirectory() as top:
        batch = os.path.join(top, "batch")
        with open(batch, "w") as out:
            for words in lines:
                out.write(json.dumps(words) + "\n")
        got = subprocess.run([oracle, "--cwd", top, "--timeout", "20", *more, "--batch", batch], check=True, stdout=subprocess.PIPE).stdout
    answers = {answer["id"]: answer for answer in map(json.loads, got.decode().splitlines())}
    return [answers[n] for n in range(len(lines))]


def compose(oracle, service):
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "compose.yaml")
        with open(path, "w") as out:
            out.write("services:\n  a:\n    image: x\n    " + service + "\n")
        got = json.loads(subprocess.run([oracle, "-f", path, "--create"], check=True, stdout=subprocess.PIPE).stdout)["v2"]
    return None if got["rc"] == 0 and got.get("containers") else "client"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("docker", "podman", "compose"):
        parser.add_argument("--" + name, required=True, help="the program that asks it")
    args = parser.parse_args()
    lists = {"docker": [], "podman": []}
    truths, pods = [], []
    for line in open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "refused.txt")):
        kind, _, rest = line.strip().partition(" ")
        if kind == "compose":
            truths.append(({"of": "compose", "service": rest}, compose(args.compose, rest)))
        elif kind == "compose-daemon":
            truths.append(({"of": "compose", "service": rest}, "daemon"))
            if compose(args.compose, rest):
                sys.exit("Compose itself refuses " + rest)
        elif kind == "pod":
            pods.append(shlex.split(rest))
        elif kind == "label":
            truths += [({"of": engine, "words": shlex.split(rest)}, "selinux") for engine in lists]
        elif kind in ("docker", "podman", "both", "daemon"):
            words = shlex.split(rest)
            for engine in ("docker", "podman"):
                if kind in (engine, "both") or (kind, engine) == ("daemon", "docker"):
                    lists[engine].append((words, kind == "daemon"))
    for engine, entries in lists.items():
        more = ["--resolve"] if engine == "podman" else []
        answers = ask(getattr(args, engine), [[engine, "run"] + words + ["img"] for words, _ in entries], *more)
        for (words, daemon), got in zip(entries, answers):
            no = None
            if not (got.get("create") or got.get("spec")):
                no = "client"
            elif daemon:
                no = "daemon"
            elif got.get("create_error") and not any(a in got["create_error"]["message"] for a in ABSENT):
                no = "service"
            if daemon and no != "daemon":
                sys.exit("the client itself refuses " + shlex.join(words))
            truths.append(({"of": engine, "words": words}, no))
    for words, got in zip(pods, ask(args.podman, [["podman", "pod", "create"] + words + ["p"] for words in pods])):
        truths.append(({"of": "podman", "pod": words}, None if got.get("pod_create") else "client"))
    for truth, no in truths:
        print(json.dumps({**truth, "no": no} if no else truth, separators=(",", ":")))


if __name__ == "__main__":
    sys.exit(main())
