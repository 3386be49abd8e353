#!/usr/bin/env python3
"""Records what a real client makes of command lines, as the truths that the tests compare with.

    generate.py docker > lines.jsonl
    record.py docker lines.jsonl --oracle /path/to/docker_oracle.py > ../truths/docker.jsonl

The oracle is a program that runs the real client against an engine that only listens. It is called as
`ORACLE --cwd DIR --timeout 6 --batch FILE` with one JSON list of words a line, and prints one JSON
object a line: `id`, `rc`, `stderr`; for docker `create`, `exec`, `service_create` (bodies of the
engine's calls) and `name`; for podman `spec`, `exec`, `pod_create`. Any program that does this will do.

A truth is one line: `argv`, and what the client asked of the engine in the words of the model, or `no`
with the kind of its refusal (flag, value, switch, mount, image, other), or `help`.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

REFUSALS = [
    ("flag", r"unknown flag|unknown shorthand|bad flag syntax|flag provided but not defined"),
    ("value", r"flag needs an argument"),
    ("switch", r"ParseBool|invalid boolean"),
    ("other", r"lstat |duplicate mount|for \"--cap|network|for \"-e|environment"),
    ("mount", r'for "--mount" flag|for "-v|for "--volume|invalid spec|volume|mount|invalid option type|must provide|relabel|host directory|overlay'
              r'|invalid filesystem type|can.t use .o.|must set both|container path|parse error on line|bind-|destination|source|readonly|container directory|must be formatted|tmpfs|invalid option'),
    ("image", r"requires at least|image name|invalid reference format|requires an image|must specify"),
]


def refusal(stderr):
    text = stderr if "ParseBool" in stderr else stderr.lower()
    for kind, pattern in REFUSALS:
        if re.search(pattern, text):
            return kind
    return "other"


class Recorder:
    def __init__(self, cwd):
        self.cwd = cwd

    def path(self, path):
        """A path under the working directory or beside it, as the command line would say it."""
        above = os.path.dirname(self.cwd)
        if path == above or path.startswith(above + "/"):
            return os.path.relpath(path, self.cwd)
        return path

    def docker(self, got):
        body = got.get("create") or {}
        if got.get("exec"):
            e = got["exec"]
            return {"privileged": e.get("Privileged"), "user": e.get("User"), "command": e.get("Cmd"),
                    "name": got.get("target", "").split("/")[2] if got.get("target") else None}
        if got.get("service_create"):
            return self.service(got["service_create"])
        if not body:
            return None
        host = body["HostConfig"]
        binds = []
        for bind in host.get("Binds") or []:
            source, rest = bind.split(":", 1)
            binds.append(self.path(source) + ":" + rest)
        mounts = [self.docker_mount(m) for m in host.get("Mounts") or []]
        cdi = [i for d in host.get("DeviceRequests") or [] if d.get("Driver") == "cdi" for i in d.get("DeviceIDs") or []]
        return {
            "image": body.get("Image"), "command": body.get("Cmd"), "name": got.get("name"), "user": body.get("User"),
            "entrypoint": body.get("Entrypoint"), "privileged": host.get("Privileged"), "cap_add": host.get("CapAdd"), "cap_drop": host.get("CapDrop"),
            "security_opt": host.get("SecurityOpt"), "unmasked": host.get("MaskedPaths") == [], "binds": sorted(binds),
            "mounts": sorted(mounts), "anonymous": sorted(body.get("Volumes") or {}), "tmpfs": host.get("Tmpfs"),
            "devices": sorted([d["PathOnHost"] for d in host.get("Devices") or []] + cdi), "device_cgroup_rules": host.get("DeviceCgroupRules"),
            "network": host.get("NetworkMode"), "pid": host.get("PidMode"), "ipc": host.get("IpcMode"), "uts": host.get("UTSMode"),
            "userns": host.get("UsernsMode"), "cgroupns": host.get("CgroupnsMode"), "read_only": host.get("ReadonlyRootfs"),
            "group_add": host.get("GroupAdd"), "sysctls": host.get("Sysctls"), "volumes_from": host.get("VolumesFrom"), "rm": host.get("AutoRemove"),
        }

    def docker_mount(self, m):
        bind = m.get("BindOptions") or {}
        return [m.get("Type") or "", self.path(m.get("Source") or ""), m.get("Target") or "", "ro" if m.get("ReadOnly") else "rw", bind.get("Propagation") or ""]

    def service(self, body):
        task = body["TaskTemplate"]
        spec = task["ContainerSpec"]
        return {
            "image": spec.get("Image"), "command": spec.get("Args"), "name": body.get("Name"), "user": spec.get("User"), "cap_add": spec.get("CapabilityAdd"),
            "cap_drop": spec.get("CapabilityDrop"), "mounts": sorted(self.docker_mount(m) for m in spec.get("Mounts") or []), "read_only": spec.get("ReadOnly"),
            "group_add": spec.get("Groups"), "sysctls": spec.get("Sysctls"), "replicas": ((body.get("Mode") or {}).get("Replicated") or {}).get("Replicas"),
            "network": next((n["Target"] for n in task.get("Networks") or []), None),
        }

    def podman(self, got):
        if got.get("exec"):
            e = got["exec"]
            target = next((r.split("/")[3] for r in got["requests"] if r.endswith("/exec")), None)
            return {"privileged": e.get("Privileged"), "user": e.get("User"), "command": e.get("Cmd"), "name": target}
        spec = got.get("spec") or got.get("pod_create")
        if not spec:
            return None
        annotations = spec.get("annotations") or {}
        mounts = []
        for m in spec.get("mounts") or []:
            added = spec.get("read_only_filesystem") and m["type"] == "tmpfs" and m["destination"] in ("/tmp", "/var/tmp", "/run", "/dev/shm")
            if not (added and m.get("options") == ["rw", "rprivate", "nosuid", "nodev", "tmpcopyup"]):
                mounts.append([m["type"], self.path(m.get("source") or ""), m["destination"]] + (m.get("options") or []))
        for v in spec.get("volumes") or []:
            mounts.append(["volume", v.get("Name") or "", v["Dest"]] + (v.get("Options") or []))
        for v in spec.get("overlay_volumes") or []:
            mounts.append(["bind", self.path(v["source"]), v["destination"]] + (v.get("options") or []))
        for v in spec.get("image_volumes") or []:
            mounts.append(["image", v["Source"], v["Destination"], "rw" if v.get("ReadWrite") else "ro"])

        def space(name):
            s = spec.get(name) or {}
            return ":".join(x for x in (s.get("nsmode"), s.get("value")) if x)
        return {
            "image": spec.get("image"), "rootfs": spec.get("rootfs"), "command": spec.get("command"), "name": spec.get("name"), "user": spec.get("user"),
            "entrypoint": spec.get("entrypoint"), "privileged": spec.get("privileged"), "cap_add": spec.get("cap_add"), "cap_drop": spec.get("cap_drop"),
            "selinux": spec.get("selinux_opts") or spec.get("infra_selinux") or None, "seccomp": spec.get("seccomp_profile_path"), "apparmor": spec.get("apparmor_profile"),
            "no_new_privileges": spec.get("no_new_privileges"), "mask": spec.get("mask"), "unmask": spec.get("unmask"), "proc_opts": spec.get("procfs_opts"),
            "mounts": sorted(mounts), "devices": sorted(d["path"] for d in spec.get("devices") or []),
            "device_cgroup_rules": len(spec.get("device_cgroup_rule") or []), "network": space("netns"), "networks": sorted(spec.get("Networks") or {}),
            "pid": space("pidns"), "ipc": space("ipcns"), "uts": space("utsns"), "userns": space("userns"), "cgroupns": space("cgroupns"),
            "read_only": spec.get("read_only_filesystem"), "group_add": spec.get("groups"), "sysctls": spec.get("sysctl"), "volumes_from": spec.get("volumes_from"),
            "rm": spec.get("remove"), "pod": spec.get("pod"), "annotations": len(annotations) and None,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=["docker", "podman"])
    parser.add_argument("lines", help="one JSON list of words a line")
    parser.add_argument("--oracle", required=True, help="the program that asks the client")
    args = parser.parse_args()
    lines = [json.loads(line) for line in open(args.lines)]
    with tempfile.TemporaryDirectory() as top:
        cwd = os.path.join(os.path.realpath(top), "above", "here")
        for name in ("certs", "data", ".hidden", "../x"):
            os.makedirs(os.path.join(cwd, name), exist_ok=True)
        with open(os.path.join(cwd, "profile.json"), "w") as profile:
            profile.write("{}")
        out = subprocess.run([args.oracle, "--cwd", cwd, "--timeout", "6", "--batch", args.lines], check=True, stdout=subprocess.PIPE).stdout
        recorder = Recorder(cwd)
        answers = {}
        for line in out.decode().splitlines():
            got = json.loads(line)
            answers[got["id"]] = got
        for n, argv in enumerate(lines):
            got = answers[n]
            said = recorder.docker(got) if args.engine == "docker" else recorder.podman(got)
            truth = {"argv": argv}
            if said is not None:
                truth["is"] = {k: v for k, v in said.items() if v not in (None, "", False, 0) and v != [] and v != {}}
                if args.engine == "docker" and "security_opt" in truth["is"]:
                    # the client sends the profile's text
                    truth["is"]["security_opt"] = [re.sub(r"^seccomp=\{.*", "seccomp=FILE", o, flags=re.S) for o in truth["is"]["security_opt"]]
            elif got["rc"] == 0:
                truth["help"] = True
            else:
                truth["no"] = refusal(got["stderr"])
            print(json.dumps(truth, separators=(",", ":")))


if __name__ == "__main__":
    sys.exit(main())
