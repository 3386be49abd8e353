//! Whether a unit is started for a user, or for the system.

use std::path::Path;

use super::lines::Unit;

/// Targets of the system's manager that no user's has.
const SYSTEM_TARGETS: &[&str] = &[
    "multi-user.target",
    "graphical.target",
    "network-online.target",
    "cloud-init.target",
    "local-fs.target",
    "docker.service",
];

/// True for a unit of a user: by the folder it lies in, by what it is wanted by, or because it speaks
/// of the user's home.
pub(in crate::front) fn is_users(path: &Path, unit: &Unit) -> bool {
    let path = path.to_string_lossy().replace('\\', "/");
    let lies_in = |folder: &str| path.contains(folder);
    if lies_in("systemd/user/") || lies_in(".config/") || lies_in("dot_config/") || lies_in("containers/systemd/users/")
    {
        return true;
    }
    if lies_in("etc/systemd/system/") || lies_in("lib/systemd/system/") || lies_in("etc/containers/systemd/") {
        return false;
    }
    let wanted: Vec<&str> = ["WantedBy", "RequiredBy", "UpheldBy"]
        .iter()
        .flat_map(|key| unit.list("Install", key))
        .flat_map(|line| line.value.text().split_whitespace())
        .collect();
    if wanted.iter().any(|target| SYSTEM_TARGETS.contains(target)) {
        return false;
    }
    let speaks_of_home = || unit.assignments.iter().any(|a| a.value.text().contains("%h/"));
    wanted.contains(&"default.target") || speaks_of_home()
}
/// True for a template, of which each instance is a unit of its own: `web@.service`.
pub(in crate::front) fn is_template(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.split_once('@').is_some_and(|(_, rest)| rest.starts_with('.')))
}
