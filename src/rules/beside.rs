//! What stands beside `--privileged` and tells what it was written for.

use crate::container::{Container, Engine, Key, Namespace};

use super::common::{capability_names, listed, spelled};

/// Programs that boot a system.
const SYSTEMS: &[&str] = &[
    "/sbin/init",
    "/usr/sbin/init",
    "/lib/systemd/systemd",
    "/usr/lib/systemd/systemd",
];

/// Parts of names of images that start an engine of their own.
const ENGINES: &[&str] = &["dind", "docker-in-docker", "act-runner", "act_runner", "buildkitd"];

/// Beginnings of the nodes of NVIDIA's drivers, on a Jetson too.
const NVIDIA: &[&str] = &["/dev/nvidia", "/dev/nvhost", "/dev/nvmap", "/dev/nvgpu"];

/// The narrower ways that the container's other settings point to, a sentence each.
pub(super) fn narrower_ways(container: &Container) -> Vec<String> {
    let ways = [
        already_there(container),
        system(container),
        engine_inside(container),
        gpu(container),
        bluetooth(container),
    ];
    ways.into_iter().flatten().collect()
}

/// Devices and capabilities that are named beside the flag: without it they count.
fn already_there(container: &Container) -> Option<String> {
    let names = capability_names(&container.cap_add);
    let devices: Vec<String> = container
        .devices
        .iter()
        .filter_map(|w| w.value.known())
        .map(|d| d.into_owned())
        .collect();
    let has_device = |path: &str| devices.iter().any(|d| d.split(':').next() == Some(path));
    let has = |name: &str| names.iter().any(|n| n == name);
    if has_device("/dev/fuse") && has("SYS_ADMIN") {
        return Some(
            "`/dev/fuse` and SYS_ADMIN beside the flag are what a FUSE mount needs: they are enough without it"
                .to_owned(),
        );
    }
    if has_device("/dev/net/tun") && has("NET_ADMIN") {
        return Some(
            "`/dev/net/tun` and NET_ADMIN beside the flag are what a VPN needs: they are enough without it".to_owned(),
        );
    }
    let all: Vec<String> = devices.iter().map(|d| format!("`{d}`")).chain(names).take(6).collect();
    let takes = match all.len() {
        1 => "it takes",
        _ => "they take",
    };
    (!all.is_empty()).then(|| {
        format!(
            "{} may be all that the container needs: without the flag, {takes} effect",
            listed(&all)
        )
    })
}

/// systemd as the program.
fn system(container: &Container) -> Option<String> {
    let program = container
        .entrypoint
        .as_ref()
        .map(|w| &w.value)
        .or(container.command.first())?;
    let program = program.known().filter(|p| SYSTEMS.contains(&p.as_ref()))?;
    let host = match container.syntax.is_service() {
        true => "`cgroup: host`",
        false => "`--cgroupns=host`",
    };
    Some(match container.engine {
        Engine::Podman => format!("podman sets up what `{program}` needs by itself (`--systemd`), without the flag"),
        _ => format!(
            "`{program}` needs control groups that it can write: {} (docker 28 and later), or {host} with \
             `/sys/fs/cgroup` mounted writable",
            spelled(container, Key::SecurityOpt, "writable-cgroups=true")
        ),
    })
}

/// An image that starts an engine, by its name.
fn engine_inside(container: &Container) -> Option<String> {
    let image = container.image.as_ref()?.value.known_prefix();
    let own = image.rsplit('/').next().unwrap_or("");
    ENGINES.iter().any(|part| own.contains(part)).then(|| {
        "by its name it starts an engine of its own, for which the flag is the usual way: where it only builds, \
         rootless BuildKit or buildah needs less"
            .to_owned()
    })
}

/// A graphics card of NVIDIA.
fn gpu(container: &Container) -> Option<String> {
    let sources = container
        .mounts
        .iter()
        .filter_map(|w| Some(w.value.path()?.known_prefix()));
    let devices = container.devices.iter().map(|w| w.value.known_prefix());
    let of_card = |path: &String| NVIDIA.iter().any(|start| path.starts_with(start));
    let by_runtime = container.runtime.as_ref().is_some_and(|w| w.value.is("nvidia"));
    let way = match container.syntax.is_service() {
        true => "`gpus: all`, or `runtime: nvidia` on a Jetson,",
        false => "`--gpus=all`, or `--runtime=nvidia` on a Jetson,",
    };
    let found = by_runtime || sources.chain(devices).any(|path| of_card(&path));
    found.then(|| format!("{way} gives it the NVIDIA card without the flag"))
}

/// The system bus beside the host's network.
fn bluetooth(container: &Container) -> Option<String> {
    let on_host = container
        .namespaces
        .iter()
        .any(|n| n.namespace == Namespace::Network && n.mode.value.is("host"));
    let is_bus = |path: String| {
        let path = path.trim_end_matches('/');
        let path = path.strip_prefix("/var").unwrap_or(path);
        path == "/run/dbus" || path.starts_with("/run/dbus/")
    };
    let mut sources = container
        .mounts
        .iter()
        .filter_map(|w| Some(w.value.path()?.known_prefix()));
    (on_host && sources.any(is_bus)).then(|| {
        "the system bus beside the host's network looks like Bluetooth: that takes NET_ADMIN and NET_RAW, and no flag"
            .to_owned()
    })
}
