#!/usr/bin/env python3
"""Records what changes for Docker Compose with each fix of testdata/compose/fixes, in each layout.

    PRIVLINT_FIXES=/tmp/fixes.jsonl cargo test --test suite fixes_change_for_compose
    testdata/record/fixes.py --oracle PROGRAM --known testdata/truths/compose-fixes.jsonl /tmp/fixes.jsonl > /tmp/truths.jsonl
    mv /tmp/truths.jsonl testdata/truths/compose-fixes.jsonl

Truths of `--known` stay where the texts are the same; without it everything is asked anew.

The oracle is called as `PROGRAM -f FILE --profile * --create --full` and prints JSON: `v2.rc`, `v2.create_rc`,
`v2.stderr`, `v2.create_stderr`, `v2.model` (of `config --format json`), `v2.containers` (name to `Image`,
`User`, `Cmd`, `Entrypoint`, `Labels` and the whole `HostConfig`), `v2.volumes` and `v2.networks` (bodies of
the engine's calls). Equal texts are asked about once, `--jobs` at a time.

A truth is one line: `fix` (the name of the trial), `hashes` of the texts before and after, and `differs`: for
each `service` (empty for the project itself) and place `at`, what was `lost` and what was `gained`. Where
Compose refuses one of the texts, there is `no` in place of `differs`.
"""
import argparse
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# the file and the folder in other words, and what is counted over all that a service says
BESIDES = re.compile(r"com\.docker\.compose\.(config-hash|project\.config_files|project\.working_dir|image|version)$")
# the order comes from a map
UNORDERED = {"HostConfig.Binds"}
# an empty list is not the engine's own
TELLING = {"HostConfig.MaskedPaths", "HostConfig.ReadonlyPaths"}


def ask(oracle, text):
    """What is asked of the engine: {service: {place: values}}, or why nothing is."""
    with tempfile.TemporaryDirectory(prefix="fix-") as top:
        folder = pathlib.Path(top) / "project"
        folder.mkdir()
        file = folder / "compose.yaml"
        file.write_bytes(text.encode())
        argv = [oracle, "-f", str(file), "--profile", "*", "--create", "--full"]
        out = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=300)
        plain = re.sub(r"/tmp/composehome-[^/\"]*", "~", out.stdout.replace(str(folder), "."))
        got = json.loads(plain)["v2"]
    if got["rc"] != 0 or got.get("create_rc", 1) != 0:
        lines = (got["stderr"] if got["rc"] else got.get("create_stderr", "")).splitlines()
        return {"no": [line for line in lines if "level=warning" not in line][-1][:160]}
    model = got["model"]
    # fragments are only there to be taken over
    asked = {"": {k: v for k, v in model.items() if k != "services" and not k.startswith("x-")}}
    asked[""]["volumes created"], asked[""]["networks created"] = got["volumes"], got["networks"]
    for name, service in model["services"].items():
        asked[name] = {"config": service}
    for name, body in sorted(got["containers"].items()):
        service = body["Labels"]["com.docker.compose.service"]
        number = body["Labels"]["com.docker.compose.container-number"]
        asked[service] |= body if number == "1" else {f"container {number}": body}
    return {service: dict(places("", said)) for service, said in asked.items()}


def places(at, value):
    """Every place below a value, with what stands there."""
    if isinstance(value, dict):
        for key, below in value.items():
            if not BESIDES.match(key):
                yield from places(f"{at}.{key}" if at else key, below)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield at, [json.dumps(item, sort_keys=True) for item in value]
    elif isinstance(value, list):
        items = [item if isinstance(item, str) else json.dumps(item, sort_keys=True) for item in value]
        yield at, (sorted(items) if at in UNORDERED else items) or (["none"] if at in TELLING else [])
    elif isinstance(value, str) and "\n" in value:
        yield at, value.split("\n")
    else:
        yield at, [] if value in (None, False, "", 0) else [value if isinstance(value, str) else json.dumps(value)]


def differences(before, after):
    for service in sorted(before.keys() | after.keys()):
        old, new = before.get(service, {}), after.get(service, {})
        for at in sorted(old.keys() | new.keys()):
            yield from difference(service, at, old.get(at, []), new.get(at, []))


def difference(service, at, old, new):
    if old == new:
        return
    # as many mappings as before: what differs within each
    if len(old) == len(new) and all(item.startswith("{") for item in old + new):
        for i, (was, now) in enumerate(zip(old, new)):
            was, now = dict(places("", json.loads(was))), dict(places("", json.loads(now)))
            for key in sorted(was.keys() | now.keys()):
                yield from difference(service, f"{at}.{i}.{key}", was.get(key, []), now.get(key, []))
        return
    lost, gained = less(old, new), less(new, old)
    if not lost and not gained:
        lost, gained = old, new  # the order
    yield {"service": service, "at": at, "lost": lost, "gained": gained}


def less(items, others):
    others, left = list(others), []
    for item in items:
        others.remove(item) if item in others else left.append(item)
    return left


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--oracle", required=True)
    ap.add_argument("--jobs", type=int, default=3)
    ap.add_argument("--known", type=pathlib.Path)
    ap.add_argument("fixes", type=pathlib.Path)
    a = ap.parse_args()
    fixes = [json.loads(line) for line in a.fixes.read_text().splitlines()]
    known = [json.loads(line) for line in a.known.read_text().splitlines()] if a.known else []
    known = {(truth["fix"], *truth["hashes"]): truth for truth in known}
    new = [fix for fix in fixes if (fix["fix"], *fix["hashes"]) not in known]
    texts = sorted({fix[side] for fix in new for side in ("before", "after")})
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        answers = dict(zip(texts, pool.map(lambda text: ask(a.oracle, text), texts)))
    for fix in fixes:
        if fix not in new:
            print(json.dumps(known[fix["fix"], *fix["hashes"]]))
            continue
        before, after = answers[fix["before"]], answers[fix["after"]]
        truth = {"fix": fix["fix"], "hashes": fix["hashes"]}
        if "no" in before or "no" in after:
            truth["no"] = [before.get("no"), after.get("no")]
        else:
            truth["differs"] = list(differences(before, after))
        print(json.dumps(truth))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
