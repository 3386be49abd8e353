#!/usr/bin/env python3
"""Records which capabilities podman gives the first process of containers.

    capabilities.py --oracle /path/to/podman_oracle.py > ../truths/podman-capabilities.jsonl

The oracle is called as `ORACLE --resolve --batch FILE` and prints one JSON object a line with `id` and
`inspect` (podman's own inspect of the created container; absent when podman refuses it) and `oci`.
A truth is one line: `argv`, and `effective`, `granted` and `nnp`, or `no` for a refusal.
"""
import argparse
import json
import random
import subprocess
import sys
import tempfile

LABEL = "io.containers.capabilities="
NAMES = ["ALL", "all", "NET_ADMIN", "cap_sys_admin", "CHOWN", "KILL", "NET_RAW", "MKNOD", "SETUID"]
BY_HAND = [
    [], ["--cap-drop=all"], ["--cap-add=all"], ["--cap-add=all", "--cap-drop=all"], ["--cap-add=CHOWN", "--cap-drop=CHOWN"], ["--cap-add=CAP_ALL"],
    ["--cap-add=NOPE"], ["--privileged"], ["--privileged", "--cap-drop=all"], ["--privileged", "-u", "1000"], ["-u", "1000"],
    ["-u", "1000", "--cap-add=NET_ADMIN"], ["-u", "1000", "--cap-add=ALL"], ["-u", "1000", "--cap-drop=ALL"],
    ["-u", "1000", "--cap-add=NET_ADMIN,CHOWN", "--cap-drop=ALL"], ["-u", "user"], ["-u", "root"], ["-u", "0:0"], ["-u", ""],
    ["-u", "nobody", "--cap-add=KILL"], ["--label", LABEL + "KILL"], ["--label", LABEL + "KILL,CHOWN", "--cap-drop=all"], ["--label", LABEL + "SYS_ADMIN"],
    ["--label", LABEL + "SYS_ADMIN", "--cap-add=SYS_ADMIN"], ["--label", LABEL + "KILL", "-u", "1000"], ["--label", LABEL + "KILL", "--privileged"],
    ["--label", LABEL + "KILL", "-u", "1000", "--cap-add=CHOWN"], ["--label", LABEL + "CAP_KILL,chown"], ["--label", LABEL], ["--label", LABEL + "NOPE"],
    ["--label", LABEL + "ALL"], ["--label", LABEL + "KILL,"], ["--security-opt", "no-new-privileges"],
    ["--security-opt", "no-new-privileges", "--security-opt", "no-new-privileges=false"], ["--security-opt", "no-new-privileges:true"],
    ["--cap-add=all", "--cap-drop=CHOWN", "--cap-add=CHOWN"],
]


def lines():
    r = random.Random(3)
    yield from BY_HAND
    for _ in range(60):
        words = []
        for flag in ("--cap-add", "--cap-drop"):
            words += [flag + "=" + r.choice(NAMES) for _ in range(r.choice([0, 1, 1, 2]))]
        if r.random() < 0.3:
            words += ["-u", r.choice(["1000", "root", "user"])]
        if r.random() < 0.1:
            words.append("--privileged")
        yield words


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--oracle", required=True)
    args = parser.parse_args()
    argvs = [["podman", "run", *words, "img"] for words in lines()]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as batch:
        batch.write("\n".join(map(json.dumps, argvs)))
        batch.flush()
        out = subprocess.run([args.oracle, "--resolve", "--batch", batch.name], check=True, stdout=subprocess.PIPE).stdout
    answers = {got["id"]: got for got in map(json.loads, out.decode().splitlines())}
    for n, argv in enumerate(argvs):
        inspect = answers[n].get("inspect")
        truth = {"argv": argv}
        if inspect:
            for key, name in (("effective", "EffectiveCaps"), ("granted", "BoundingCaps")):
                truth[key] = sorted(cap.removeprefix("CAP_") for cap in inspect.get(name) or [])
            truth["nnp"] = (answers[n].get("oci") or {}).get("noNewPrivileges", False)
        else:
            truth["no"] = True
        print(json.dumps(truth, separators=(",", ":")))


if __name__ == "__main__":
    sys.exit(main())
