#!/usr/bin/env python3
"""Command lines for the recorder: those written by hand, and random ones from the flag table.

    generate.py docker|podman [--count 2400] [--seed 1]

Prints one JSON list of words a line. The same seed gives the same lines.
"""
import argparse
import json
import pathlib
import random
import shlex

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent.parent / "rules" / "knowledge" / "run-flags.json"

CAPS = ["ALL", "all", "NET_ADMIN", "CAP_SYS_ADMIN", "sys_time", "CHOWN", "KILL", "cap_net_raw", "NOPE", "MKNOD", "SETUID"]
PATHS = ["/a", "/srv/data", "/etc/app", "/", "/var/run/docker.sock", "./certs", ".", "./data", "..", "data", "v1", "my-vol", "x", "~/x",
         "foo/bar", "/with space", "c:/x", "/dev", "/home/u/p"]
TARGETS = ["/b", "/data", "/etc/x", "/", "rel", "/c/d/", "/b:x", "", "/var/run/docker.sock"]
OPTIONS = ["ro", "rw", "z", "Z", "ro,Z", "Z,ro", "rw,z", "z,Z", "U", "O", "U,Z", "O,U", "noexec", "exec,nodev", "shared", "rslave,ro", "rprivate",
           "nocopy", "cached", "delegated", "consistent", "bind", "rbind,z", "unknown", "", "ro,", "idmap", "copy", "z,rshared", "ro,ro"]
MOUNT_KEYS = ["ro", "readonly", "ro=true", "ro=false", "readonly=0", "rw", "rw=false", "relabel=shared", "relabel=private", "z", "Z", "U", "chown=true",
              "bind-propagation=rshared", "bind-propagation=slave", "shared", "consistency=cached", "bind-nonrecursive", "noexec", "nosuid",
              "volume-nocopy", "tmpfs-size=1m", "tmpfs-mode=1777", "bind-recursive=disabled", "volume-opt=a=b", "bogus", "bogus=1", "idmap", "ro=yes"]
MODELLED = ["privileged", "cap-add", "cap-drop", "security-opt", "volume", "mount", "tmpfs", "device", "network", "net", "pid", "ipc", "uts", "userns",
            "cgroupns", "user", "name", "read-only", "rm", "group-add", "sysctl", "volumes-from", "entrypoint", "device-cgroup-rule"]
VALUES = {
    "security-opt": ["label=disable", "label:disable", "label=type:spc_t", "label=level:s0:c1", "apparmor=unconfined", "apparmor:unconfined", "seccomp=unconfined",
                     "seccomp:unconfined", "no-new-privileges", "no-new-privileges=true", "no-new-privileges:false", "systempaths=unconfined", "unmask=ALL",
                     "mask=/a:/b", "label=nested", "bogus", "label=disable,seccomp=unconfined"],
    "tmpfs": ["/t", "/t:ro", "/run:rw,size=1m", "/x:noexec,nosuid", "/tmp"],
    "device": ["/dev/null", "/dev/null:/dev/x", "/dev/null:/dev/x:rw", "/dev/null:r", "vendor.com/gpu=all", "/dev/kvm", "/dev/null,/dev/zero"],
    "network": ["host", "none", "bridge", "mynet", "container:web", "private", "name=web,alias=w", "ns:/proc/1/ns/net"],
    "pid": ["host", "container:web", "private", ""],
    "ipc": ["host", "shareable", "private", "none", "container:web"],
    "uts": ["host", "", "private"],
    "userns": ["host", "keep-id", "auto", "", "private"],
    "cgroupns": ["host", "private"],
    "user": ["root", "0", "0:0", "1000", "app:app", ""],
    "name": ["web", "db-1", "a_b"],
    "group-add": ["wheel", "10", "audio,video"],
    "sysctl": ["net.ipv4.ip_forward=1", "kernel.msgmax=1", "net.a=1,net.b=2"],
    "volumes-from": ["web", "db:ro"],
    "entrypoint": ["sh", "/bin/x", ""],
    "device-cgroup-rule": ["c 1:3 rwm", "a *:* rwm", "c 1:* r"],
}
VALUES["net"] = VALUES["network"]
# what docker's client refuses would only hide the rest of the line
DOCKER = {"userns": ["host", ""], "uts": ["host", ""], "pid": ["host", "container:web", ""], "network": ["host", "none", "bridge", "mynet", "container:web", "name=web,alias=w"]}
DOCKER["net"] = DOCKER["network"]
# values that the clients accept for the options that say nothing about privilege
PLAIN = {
    "add-host": "h:1.2.3.4", "annotation": "a=b", "attach": "stdout", "blkio-weight": "100", "blkio-weight-device": "/dev/sda:100", "cpus": "1.5", "cpu-shares": "512",
    "memory": "64m", "memory-swap": "128m", "memory-reservation": "32m", "memory-swappiness": "10", "kernel-memory": "64m", "shm-size": "64m", "publish": "80:80",
    "env": "A=1", "label": "a=b", "log-opt": "a=b", "log-driver": "json-file", "restart": "always", "pull": "never", "ulimit": "nofile=10", "dns": "1.1.1.1",
    "expose": "80", "ip": "10.0.0.2", "ip6": "fd00::2", "health-interval": "1s", "health-timeout": "1s", "health-retries": "3", "health-start-period": "1s",
    "stop-timeout": "3", "platform": "linux/amd64", "storage-opt": "size=1G", "cpuset-cpus": "0", "pids-limit": "10", "oom-score-adj": "1", "link": "a:b",
    "mac-address": "02:42:ac:11:00:02", "device-read-bps": "/dev/sda:1mb", "device-write-bps": "/dev/sda:1mb", "device-read-iops": "/dev/sda:10",
    "device-write-iops": "/dev/sda:10", "cpu-count": "1", "cpu-percent": "1", "cpu-period": "1000", "cpu-quota": "1000", "cpu-rt-period": "1000",
    "cpu-rt-runtime": "1000", "gpus": "all", "timeout": "3", "umask": "022", "tz": "UTC", "uidmap": "0:1:10", "gidmap": "0:1:10", "image-volume": "tmpfs",
    "systemd": "false", "retry": "1", "retry-delay": "1s", "io-maxbandwidth": "1m", "io-maxiops": "1", "health-start-interval": "1s", "cgroups": "enabled",
    "health-startup-retries": "1", "health-startup-success": "1", "health-max-log-count": "1", "health-max-log-size": "1", "sdnotify": "container",
    "link-local-ip": "169.254.1.1", "personality": "LINUX", "log-level": "error", "requires": "a", "stop-signal": "TERM", "healthcheck-retries": "3", "override-arch": "amd64", "healthcheck-interval": "1s", "healthcheck-timeout": "1s",
    "healthcheck-start-period": "1s", "health-startup-interval": "1s", "health-startup-timeout": "1s", "dns-search": "x", "arch": "amd64", "os": "linux", "variant": "v8",
}
# those that read files, wait, or lead elsewhere
LEFT_OUT = {"env-file", "label-file", "cidfile", "detach-keys", "preserve-fds", "preserve-fd", "conmon-pidfile", "pidfile", "pod-id-file", "authfile", "cert-dir", "creds",
            "decryption-key", "signature-policy", "hosts-file", "chrootdirs", "runtime-flag", "module", "root", "runroot", "tmpdir", "conmon",
            "hooks-dir", "cdi-spec-dir", "rootfs", "replace", "secret", "cpu-profile", "memory-profile", "registries-conf", "network-config-dir", "volumepath",
            "imagestore", "events-backend", "storage-driver", "storage-opt", "cgroup-manager", "pull-option", "network-backend", "transient-store",
            "namespace", "max-workers", "default-mounts-file", "trace", "syslog", "isolation", "gpus", "init-path", "env-merge", "pod", "ip", "ip6", "mac-address",
            "attach", "sig-proxy", "disable-content-trust", "sdnotify", "interactive", "tty", "blkio-weight-device", "health-on-failure", "cgroup-conf",
            "rdt-class", "seccomp-policy", "hostuser", "group-entry", "passwd-entry", "subuidname", "subgidname", "uidmap", "gidmap", "expose", "health-log-destination",
            "shm-size-systemd", "use-api-socket", "publish-all", "kernel-memory", "static-ip", "link-local-ip", "init-ctr", "env-host", "os", "variant", "personality",
            "io-maxbandwidth", "io-maxiops", "cpu-count", "cpu-percent", "network-alias", "net-alias", "override-os", "override-variant", "dns", "dns-opt", "dns-option",
            "dns-search", "restart"}
IMAGES = ["img", "alpine:3", "docker.io/library/nginx", "ghcr.io/a/b@sha256:" + "0" * 64, "localhost/x"]
COMMANDS = [[], [], ["sh"], ["sh", "-c", "echo --privileged"], ["--privileged"], ["-v", "/a:/b"], ["--", "x"], ["cmd", "--cap-add=ALL"]]
TRUE = ["", "", "", "=true", "=1", "=t", "=T", "=TRUE", "=True", "=false", "=0", "=f", "=F", "=FALSE", "=False"]


def volume(r):
    kind = r.random()
    if kind < 0.06:
        return r.choice(["/anon", "anon", "a", "ab", "", ":", "/a:/b:ro:z"])
    text = r.choice(PATHS) + ":" + r.choice(TARGETS[:6] if r.random() < 0.7 else TARGETS)
    return text + ":" + r.choice(OPTIONS) if r.random() < 0.6 else text


def mount(r):
    kind = r.choice(["bind", "bind", "bind", "volume", "tmpfs", None, "Bind", "image"])
    fields = ["type=" + kind] if kind else []
    if kind != "tmpfs" or r.random() < 0.1:
        fields.append(r.choice(["src=", "source="]) + r.choice(["/a", "/srv/x", "v1", "./certs", "/"]))
    if r.random() < 0.95:
        fields.append(r.choice(["dst=", "target=", "destination="]) + r.choice(["/b", "/c/d", "/e"]))
    for _ in range(r.choice([0, 0, 1, 1, 2])):
        fields.append(r.choice(MOUNT_KEYS))
    if r.random() < 0.2:
        r.shuffle(fields)
    return ",".join(fields)


def value(r, name, engine):
    if name in ("cap-add", "cap-drop"):
        return ",".join(r.choice(CAPS) for _ in range(r.choice([1, 1, 1, 2])))
    if name == "volume":
        return volume(r)
    if name == "mount":
        return mount(r)
    if engine == "docker" and name in DOCKER:
        return r.choice(DOCKER[name])
    if name in VALUES:
        return r.choice(VALUES[name])
    return PLAIN.get(name, "x")


def spell(r, flag, engine):
    """The words of one option, spelled one of the ways that the grammar allows."""
    name, short = flag["name"], flag.get("short")
    if flag[engine] == "switch":
        if r.random() < 0.02:
            return ["--" + name + r.choice(["=yes", "=", "=on"])]
        if short and r.random() < 0.3:
            return ["-" + short]
        return ["--" + name + r.choice(TRUE)]
    v = value(r, name, engine)
    if short and r.random() < 0.6:
        cluster = r.choice(["", "", "", "i", "t", "it", "d"])
        form = r.random()
        if form < 0.5:
            return ["-" + cluster + short, v]
        if form < 0.75 and v:
            return ["-" + cluster + short + v]
        return ["-" + cluster + short + "=" + v]
    return ["--" + name, v] if r.random() < 0.5 else ["--" + name + "=" + v]


def line(r, engine, table):
    command = r.choice(["run", "run", "run", "create"])
    flags = {f["name"]: f for f in table[command] if engine in f and f["name"] not in LEFT_OUT}
    words = [engine]
    if r.random() < 0.05:
        words += r.choice([["--log-level", "error"], ["--log-level=error"]])
    words += ["container", command] if r.random() < 0.1 else [command]
    for _ in range(r.choice([0, 1, 2, 2, 3, 3, 4, 5, 6])):
        modelled = [m for m in MODELLED if m in flags]
        name = r.choice(modelled) if r.random() < 0.75 else r.choice(sorted(flags))
        words += spell(r, flags[name], engine)
    odd = r.random()
    if odd < 0.02:
        words.append(r.choice(["--bogus", "-Z", "--privilege", "-privileged", "--cap-add"]))
    elif odd < 0.05:
        words.append("--")
    elif odd < 0.06:
        return words
    return words + [r.choice(IMAGES)] + r.choice(COMMANDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=["docker", "podman"])
    parser.add_argument("--count", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for text in (HERE / "by_hand.txt").read_text().splitlines():
        words = shlex.split(text, comments=False) if text and not text.startswith("#") else []
        if words and words[0] in ("both", args.engine):
            print(json.dumps([args.engine] + words[1:]))
    table = json.loads(TABLE.read_text())["commands"]
    r = random.Random(f"{args.engine} {args.seed}")
    for _ in range(args.count):
        print(json.dumps(line(r, args.engine, table)))


if __name__ == "__main__":
    main()
