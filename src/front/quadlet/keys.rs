//! The keys of Quadlets, and the options of podman that each becomes.
//!
//! Source: podman 5.8 `pkg/systemd/quadlet/quadlet.go`, `man podman-systemd.unit`.

/// How the generator reads a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The last value counts, and an empty one is none.
    Last,
    /// The last value counts, the empty one too.
    LastOrEmpty,
    /// Each line is one value, as it is written: no quotes go.
    Lines,
    /// Each line is words, and backslashes stay.
    Words,
    /// Each line is words with escapes of C.
    Arguments,
    /// The same with `NAME=value`, of which the last of a name counts.
    Pairs,
    /// An option that is on or off.
    Switch,
    /// An option that is only said for `true`.
    Flag,
    /// It takes more to say what it becomes.
    Special,
    /// It becomes no option of podman.
    Nothing,
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// The option, and what stands before its value.
    pub(super) option: &'static str,
    pub(super) how: How,
}

const fn key(name: &'static str, option: &'static str, how: How) -> Key {
    Key { name, option, how }
}

/// Those of `[Container]`, in the order in which their options stand.
pub(super) const CONTAINER: &[Key] = &[
    key("Timezone", "--tz=", How::Last),
    key("PidsLimit", "--pids-limit=", How::Last),
    key("ShmSize", "--shm-size=", How::Last),
    key("Entrypoint", "--entrypoint=", How::Last),
    key("WorkingDir", "--workdir=", How::Last),
    key("IP", "--ip=", How::Last),
    key("IP6", "--ip6=", How::Last),
    key("HostName", "--hostname=", How::Last),
    key("StopSignal", "--stop-signal=", How::Last),
    key("StopTimeout", "--stop-timeout=", How::Last),
    key("Pull", "--pull=", How::Last),
    key("Memory", "--memory=", How::Last),
    key("HttpProxy", "--http-proxy", How::Switch),
    key("Retry", "--retry=", How::Last),
    key("RetryDelay", "--retry-delay=", How::Last),
    key("LogDriver", "--log-driver=", How::LastOrEmpty),
    key("LogOpt", "--log-opt=", How::Words),
    key("NetworkAlias", "--network-alias=", How::Lines),
    key("Ulimit", "--ulimit=", How::Lines),
    key("DNS", "--dns=", How::Lines),
    key("DNSOption", "--dns-option=", How::Lines),
    key("DNSSearch", "--dns-search=", How::Lines),
    key("GroupAdd", "--group-add=", How::Lines),
    key("AddHost", "--add-host=", How::Lines),
    key("Tmpfs", "--tmpfs=", How::Lines),
    key("RunInit", "--init", How::Switch),
    key("EnvironmentHost", "--env-host", How::Switch),
    key("ReadOnlyTmpfs", "--read-only-tmpfs", How::Switch),
    key("Network", "--network=", How::Special),
    key("NoNewPrivileges", "--security-opt=no-new-privileges=true", How::Flag),
    key("SecurityLabelDisable", "--security-opt=label=disable", How::Flag),
    key("SecurityLabelNested", "--security-opt=label=nested", How::Flag),
    key("SecurityLabelType", "--security-opt=label=type:", How::Last),
    key("SecurityLabelFileType", "--security-opt=label=filetype:", How::Last),
    key("SecurityLabelLevel", "--security-opt=label=level:", How::Last),
    key("AppArmor", "--security-opt=apparmor=", How::Last),
    key("AddDevice", "--device=", How::Special),
    key("SeccompProfile", "--security-opt=seccomp=", How::LastOrEmpty),
    key("DropCapability", "--cap-drop=", How::Words),
    key("AddCapability", "--cap-add=", How::Words),
    key("Sysctl", "--sysctl=", How::Words),
    key("ReadOnly", "--read-only", How::Switch),
    key("VolatileTmp", "", How::Special),
    key("User", "--user=", How::Special),
    key("Group", "", How::Special),
    key("UserNS", "--userns=", How::Last),
    key("UIDMap", "--uidmap=", How::Words),
    key("GIDMap", "--gidmap=", How::Words),
    key("SubUIDMap", "--subuidname=", How::Last),
    key("SubGIDMap", "--subgidname=", How::Last),
    key("RemapUid", "", How::Special),
    key("RemapGid", "", How::Special),
    key("RemapUidSize", "", How::Special),
    key("RemapUsers", "", How::Special),
    key("Volume", "--volume=", How::Special),
    key("AutoUpdate", "--label=io.containers.autoupdate=", How::Last),
    key("ExposeHostPort", "--expose=", How::Lines),
    key("PublishPort", "--publish=", How::Lines),
    key("Environment", "--env=", How::Pairs),
    key("Label", "--label=", How::Pairs),
    key("Annotation", "--annotation=", How::Pairs),
    key("Mask", "--security-opt=mask=", How::Arguments),
    key("Unmask", "--security-opt=unmask=", How::Arguments),
    key("EnvironmentFile", "--env-file=", How::Arguments),
    key("Secret", "--secret=", How::Arguments),
    key("Mount", "--mount=", How::Special),
    key("HealthCmd", "--health-cmd=", How::Last),
    key("HealthInterval", "--health-interval=", How::Last),
    key("HealthOnFailure", "--health-on-failure=", How::Last),
    key("HealthLogDestination", "--health-log-destination=", How::Last),
    key("HealthMaxLogCount", "--health-max-log-count=", How::Last),
    key("HealthMaxLogSize", "--health-max-log-size=", How::Last),
    key("HealthRetries", "--health-retries=", How::Last),
    key("HealthStartPeriod", "--health-start-period=", How::Last),
    key("HealthTimeout", "--health-timeout=", How::Last),
    key("HealthStartupCmd", "--health-startup-cmd=", How::Last),
    key("HealthStartupInterval", "--health-startup-interval=", How::Last),
    key("HealthStartupRetries", "--health-startup-retries=", How::Last),
    key("HealthStartupSuccess", "--health-startup-success=", How::Last),
    key("HealthStartupTimeout", "--health-startup-timeout=", How::Last),
    key("Pod", "--pod=", How::Special),
    key("PodmanArgs", "", How::Special),
    key("Image", "", How::Special),
    key("Rootfs", "", How::Special),
    key("Exec", "", How::Special),
    key("ContainerName", "", How::Special),
    key("Notify", "", How::Special),
    key("CgroupsMode", "", How::Special),
    key("GlobalArgs", "", How::Special),
    key("ContainersConfModule", "", How::Special),
    key("ReloadCmd", "", How::Nothing),
    key("ReloadSignal", "", How::Nothing),
    key("ServiceName", "", How::Nothing),
    key("StartWithPod", "", How::Nothing),
];

/// Those of `[Pod]`.
pub(super) const POD: &[Key] = &[
    key("ExitPolicy", "--exit-policy=", How::Special),
    key("UserNS", "--userns=", How::Last),
    key("UIDMap", "--uidmap=", How::Words),
    key("GIDMap", "--gidmap=", How::Words),
    key("SubUIDMap", "--subuidname=", How::Last),
    key("SubGIDMap", "--subgidname=", How::Last),
    key("RemapUid", "", How::Special),
    key("RemapGid", "", How::Special),
    key("RemapUidSize", "", How::Special),
    key("RemapUsers", "", How::Special),
    key("PublishPort", "--publish=", How::Lines),
    key("Label", "--label=", How::Pairs),
    key("Network", "--network=", How::Special),
    key("IP", "--ip=", How::Last),
    key("IP6", "--ip6=", How::Last),
    key("ShmSize", "--shm-size=", How::Last),
    key("StopTimeout", "--stop-timeout=", How::Nothing),
    key("NetworkAlias", "--network-alias=", How::Lines),
    key("DNS", "--dns=", How::Lines),
    key("DNSOption", "--dns-option=", How::Lines),
    key("DNSSearch", "--dns-search=", How::Lines),
    key("AddHost", "--add-host=", How::Lines),
    key("HostName", "--hostname=", How::Lines),
    key("Volume", "--volume=", How::Special),
    key("PodName", "", How::Special),
    key("PodmanArgs", "", How::Special),
    key("GlobalArgs", "", How::Special),
    key("ContainersConfModule", "", How::Special),
    key("ServiceName", "", How::Nothing),
];

/// Those of `[Build]`.
pub(super) const BUILD: &[Key] = &[
    key("Pull", "--pull=", How::Last),
    key("Arch", "--arch=", How::Last),
    key("AuthFile", "--authfile=", How::Last),
    key("Target", "--target=", How::Last),
    key("Variant", "--variant=", How::Last),
    key("Retry", "--retry=", How::Last),
    key("RetryDelay", "--retry-delay=", How::Last),
    key("IgnoreFile", "--ignorefile=", How::Last),
    key("TLSVerify", "--tls-verify", How::Switch),
    key("ForceRM", "--force-rm", How::Switch),
    key("BuildArg", "--build-arg=", How::Pairs),
    key("DNS", "--dns=", How::Lines),
    key("DNSOption", "--dns-option=", How::Lines),
    key("DNSSearch", "--dns-search=", How::Lines),
    key("GroupAdd", "--group-add=", How::Lines),
    key("ImageTag", "--tag=", How::Lines),
    key("Environment", "--env=", How::Pairs),
    key("Label", "--label=", How::Pairs),
    key("Annotation", "--annotation=", How::Pairs),
    key("Network", "--network=", How::Special),
    key("Secret", "--secret=", How::Arguments),
    key("Volume", "--volume=", How::Special),
    key("File", "--file=", How::Last),
    key("PodmanArgs", "", How::Special),
    key("SetWorkingDirectory", "", How::Special),
    key("GlobalArgs", "", How::Special),
    key("ContainersConfModule", "", How::Special),
    key("ServiceName", "", How::Nothing),
];

/// Those of `[Kube]`.
pub(super) const KUBE: &[Key] = &[
    key("ExitCodePropagation", "--service-exit-code-propagation=", How::Last),
    key("LogDriver", "--log-driver=", How::LastOrEmpty),
    key("LogOpt", "--log-opt=", How::Words),
    key("UserNS", "--userns=", How::Last),
    key("RemapUid", "", How::Special),
    key("RemapGid", "", How::Special),
    key("RemapUidSize", "", How::Special),
    key("RemapUsers", "", How::Special),
    key("Network", "--network=", How::Special),
    key("AutoUpdate", "", How::Nothing),
    key("ConfigMap", "--configmap=", How::Words),
    key("PublishPort", "--publish=", How::Lines),
    key("PodmanArgs", "", How::Special),
    key("Yaml", "", How::Special),
    key("KubeDownForce", "", How::Nothing),
    key("SetWorkingDirectory", "", How::Nothing),
    key("GlobalArgs", "", How::Special),
    key("ContainersConfModule", "", How::Special),
    key("ServiceName", "", How::Nothing),
];

/// The key of that name.
pub(super) fn named(keys: &'static [Key], name: &str) -> Option<&'static Key> {
    keys.iter().find(|key| key.name == name)
}
