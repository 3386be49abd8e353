#!/usr/bin/env python3
"""Records what Docker Compose makes of the projects in testdata/compose/projects.

    testdata/record/compose.py --oracle PROGRAM > testdata/truths/compose.jsonl

The oracle is a program that runs the real Compose against an engine that only listens. It is called as
`PROGRAM -f FILE --profile * --create` in the folder of FILE, without `-f` where the folder's own files
are to be found, and prints JSON: `v2.rc`, `v2.stderr`, `v2.model` (of `config --format json`),
`v2.containers` (name to `Image`, `User`, `HostConfig`) and `v2.volumes` (bodies of volume calls). Any
program that does this will do. The truths here are of Docker Compose 2.40.3.

A truth is one line: `project`, and `services` in the words of the model, or `no` where Compose refuses.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent


def projects():
    """(name, [(file, text)]) of every bundle: `#### name`, then `==== file` before each file."""
    for bundle in sorted((HERE / "compose" / "projects").glob("*.txt")):
        for block in re.split(r"^#### ", bundle.read_text(), flags=re.M)[1:]:
            name, body = block.split("\n", 1)
            parts = re.split(r"^==== (.*)\n", body, flags=re.M)
            files = [("compose.yaml", parts[0])] if parts[0].strip() else []
            files += list(zip(parts[1::2], parts[2::2]))
            yield f"{bundle.stem}/{name}", files


class Recorder:
    def __init__(self, oracle, folder):
        self.oracle, self.folder = oracle, str(folder)

    def path(self, path):
        if path == self.folder or path.startswith(self.folder + "/"):
            return os.path.normpath("./" + os.path.relpath(path, self.folder))
        if path.startswith(os.path.dirname(self.folder)):
            return os.path.relpath(path, self.folder)
        return re.sub(r"^/tmp/composehome-[^/]*", "~", path)

    def run(self, main, listed):
        argv = [self.oracle, "--profile", "*", "--create"] + (["-f", main] if listed else [])
        out = subprocess.run(argv, cwd=self.folder, capture_output=True, text=True, timeout=120)
        got = json.loads(out.stdout)["v2"]
        if got["rc"] != 0 or got.get("create_rc", 1) != 0:
            return {"no": self.shown(got["stderr"] if got["rc"] else got.get("create_stderr", ""))}
        volumes = {v["Name"]: v.get("DriverOpts") or {} for v in got["volumes"]}
        services = {}
        for name, model in sorted((got["model"]["services"] or {}).items()):
            if "provider" in model:
                continue
            made = [c for c in got["containers"].values() if c["Labels"].get("com.docker.compose.service") == name]
            host = made[0]["HostConfig"] if made else {}
            # the printed model can be read again, so its dollars are doubled
            model = json.loads(json.dumps(model).replace("$$", "$"))
            services[name] = self.service(model, host, made, volumes)
        return {"services": services}

    def shown(self, stderr):
        lines = [l for l in stderr.splitlines() if "level=warning" not in l]
        return re.sub(r"/tmp/[^ :\"]*/", "", lines[-1] if lines else "")[:160]

    def service(self, model, host, made, volumes):
        said = {
            "image": model.get("image"), "user": model.get("user"), "privileged": bool(host.get("Privileged")),
            "cap_add": caps(host.get("CapAdd")), "cap_drop": caps(host.get("CapDrop")),
            "security_opt": model.get("security_opt"), "read_only": bool(host.get("ReadonlyRootfs")),
            "group_add": model.get("group_add"), "device_cgroup_rules": model.get("device_cgroup_rules"),
            "volumes_from": model.get("volumes_from"), "runtime": model.get("runtime"),
            "devices": sorted(":".join(filter(None, [d["source"], d.get("target"), d.get("permissions")])) if isinstance(d, dict) else d for d in model.get("devices") or []),
            "sysctls": sorted(f"{k}={v}" for k, v in (model.get("sysctls") or {}).items()),
            "environment": sorted(k if v is None else f"{k}={v}" for k, v in (model.get("environment") or {}).items()),
            "labels": sorted(f"{k}={v}" for k, v in (model.get("labels") or {}).items()),
            "namespaces": {k: model[w] for k, w in NAMESPACES.items() if model.get(w)},
            "api_socket": model.get("use_api_socket", False), "replicas": len(made) or None,
            "gpus": len(model.get("gpus") or []) + len([
                d for d in (((model.get("deploy") or {}).get("resources") or {}).get("reservations") or {}).get("devices") or []
                if "gpu" in d.get("capabilities", [])]),
            "mounts": self.mounts(model, host, volumes),
            "command": (model.get("entrypoint") or []) + (model.get("command") or []),
        }
        if "build" in model:
            b = model["build"]
            said["build"] = {
                "context": self.path(b["context"]), "dockerfile": b.get("dockerfile"), "network": b.get("network"),
                "privileged": b.get("privileged", False), "entitlements": b.get("entitlements") or []}
        hooks = [h for k in ("post_start", "pre_stop") for h in model.get(k) or []]
        hooks += [w["exec"] for w in (model.get("develop") or {}).get("watch") or [] if "exec" in w]
        said["hooks"] = sorted(([h.get("user"), h.get("privileged", False)] for h in hooks if "privileged" in h or h.get("user")), key=lambda h: json.dumps(h, separators=(",", ":")))
        return {k: v for k, v in said.items() if v not in (None, [], {}, False, 0)}

    def mounts(self, model, host, volumes):
        found = []
        for bind in host.get("Binds") or []:
            source, target, mode = bind.rsplit(":", 2)
            options = mode.split(",")
            label = next((o for o in options if o in "zZ"), "")
            propagation = next((o for o in options if o.lstrip("r") in ("shared", "slave", "private")), "")
            found.append(self.mount("bind" if re.match(r"/|[A-Za-z]:", source) else "volume", source, target, "ro" in options, label, propagation, volumes))
        for m in host.get("Mounts") or []:
            propagation = (m.get("BindOptions") or {}).get("Propagation") or ""
            found.append(self.mount(m["Type"], m.get("Source") or "", m["Target"], m.get("ReadOnly", False), "", propagation, volumes))
        found += [["tmpfs", "", target, "", "", ""] for target in host.get("Tmpfs") or {}]
        return sorted(found)

    def mount(self, kind, source, target, read_only, label, propagation, volumes):
        options = volumes.get(source, {})
        if kind == "volume" and "bind" in options.get("o", "").split(","):
            kind, source = "bind", options["device"]
            read_only = read_only or "ro" in options["o"].split(",")
        elif kind == "volume" and options.get("device", "").startswith("/dev/"):
            source = options["device"]
        elif kind == "volume":
            source = re.sub(r"^project_", "", source)
        return [kind, self.path(source), target, "ro" if read_only else "", label, propagation]


NAMESPACES = {"pid": "pid", "ipc": "ipc", "uts": "uts", "network": "network_mode", "user": "userns_mode", "cgroup": "cgroup"}


def caps(names):
    return sorted(n.removeprefix("CAP_") for n in names or [])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--oracle", required=True)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    for name, files in projects():
        if a.only not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="truth-") as top:
            folder = pathlib.Path(top) / "project"
            folder.mkdir()
            for file, text in files:
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            # a project with an override or `COMPOSE_FILE` is found by Compose itself, any other file is named
            listed = not any(".override." in file or file == ".env" and "COMPOSE_FILE" in text for file, text in files)
            truth = Recorder(a.oracle, folder).run(files[0][0], listed)
        print(json.dumps({"project": name, **truth}, sort_keys=True))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
