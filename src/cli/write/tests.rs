#![allow(clippy::unwrap_used)]

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_that_changed_is_left_alone() {
    let folder = folder();
    let file = folder.path().join("a");
    fs::write(&file, "now").unwrap();
    assert!(matches!(replace(&file, "then", "after"), Err(NotWritten::Changed)));
    assert_eq!(fs::read_to_string(&file).unwrap(), "now");
    replace(&file, "now", "after").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "after");
    let absent = replace(&folder.path().join("b"), "", "x");
    assert!(matches!(absent, Err(NotWritten::Failed(_))));
    assert_eq!(names(&folder), ["a"]);
}

#[test]
fn an_edit_of_the_last_moment_is_put_back() {
    let folder = folder();
    let file = folder.path().join("a");
    fs::write(&file, "read").unwrap();
    let old = open_regular(&file).unwrap();
    let made = beside::filled(&file, Some(&old), "ours").unwrap();
    // after the last look
    fs::write(&file, "theirs").unwrap();
    let done = beside::exchange(made, &file, &old, "read", "ours");
    if cfg!(target_os = "linux") {
        assert!(matches!(done, Err(NotWritten::Changed)), "{done:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
    }
    assert_eq!(names(&folder), ["a"]);
}

#[test]
fn a_new_file_is_whole_and_another_is_replaced() {
    let folder = folder();
    let file = folder.path().join("new");
    create(&file, "one").unwrap();
    create(&file, "two").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    assert_eq!(names(&folder), ["new"]);
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_left_to_both() {
    let folder = folder();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    fs::write(&one, "before").unwrap();
    fs::hard_link(&one, &two).unwrap();
    assert!(matches!(replace(&one, "before", "after"), Err(NotWritten::Shared)));
    assert_eq!(fs::read_to_string(&two).unwrap(), "before");
    assert_eq!(names(&folder), ["one", "two"]);
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_swept_and_nothing_else() {
    let folder = folder();
    let held = folder.path().join(".privlint-writing-abcdefgh");
    let file = fs::File::create(&held).unwrap();
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockShared).unwrap();
    for name in [
        ".privlint-writing-abcd1234",
        ".privlint-baseline.json",
        ".privlint-writing-x",
    ] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::create_dir(folder.path().join(".privlint-writing-folder12")).unwrap();
    beside::sweep(folder.path());
    let kept = [
        ".privlint-baseline.json",
        ".privlint-writing-abcdefgh",
        ".privlint-writing-folder12",
        ".privlint-writing-x",
    ];
    assert_eq!(names(&folder), kept);
    drop(file);
    beside::sweep(folder.path());
    assert!(!held.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn mode_and_attributes_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let file = folder.path().join("a");
    fs::write(&file, "before").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o751)).unwrap();
    let open = fs::File::open(&file).unwrap();
    let flags = rustix::fs::XattrFlags::empty();
    // not every file system has them
    let has = rustix::fs::fsetxattr(&open, "user.origin", b"kept", flags).is_ok();
    replace(&file, "before", "after").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o751);
    if has {
        let mut value = [0; 4];
        let open = fs::File::open(&file).unwrap();
        rustix::fs::fgetxattr(&open, "user.origin", &mut value).unwrap();
        assert_eq!(&value, b"kept");
    }
}
