//! What the system keeps about a file beside its text: owner, mode, access lists, attributes, label.

use std::fs::File;
use std::io;

/// Gives a new, empty file what is kept about another.
///
/// # Errors
/// Something cannot be given: the file has to stay as it is.
#[cfg(unix)]
pub(super) fn keep(old: &File, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (was, is) = (old.metadata()?, new.metadata()?);
    if (is.uid(), is.gid()) != (was.uid(), was.gid()) {
        fchown(new, Some(was.uid()), Some(was.gid()))?;
    }
    // after the owner, which takes setuid bits away; before the list, whose mask is not the group's right
    new.set_permissions(was.permissions())?;
    extended(old, new)
}

#[cfg(not(unix))]
pub(super) fn keep(old: &File, new: &File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn extended(old: &File, new: &File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr};
    let (kept, given) = (names(old)?, names(new)?);
    for name in &kept {
        let value = value(old, name)?;
        if given.contains(name) && self::value(new, name).is_ok_and(|there| there == value) {
            continue;
        }
        fsetxattr(new, name.as_slice(), &value, XattrFlags::empty())?;
    }
    // the folder's default list, which the old file does not have
    let list = b"system.posix_acl_access".to_vec();
    if given.contains(&list) && !kept.contains(&list) {
        fremovexattr(new, list.as_slice())?;
    }
    Ok(())
}

/// The names of a file's attributes; without those that the system makes from the text itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn names(file: &File) -> io::Result<Vec<Vec<u8>>> {
    use rustix::fs::{flistxattr, flistxattr_query};
    let length = match flistxattr_query(file) {
        Ok(length) => length,
        // a file system without attributes
        Err(rustix::io::Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut list = vec![0; length];
    if length > 0 {
        let read = flistxattr(file, list.as_mut_slice())?;
        list.truncate(read);
    }
    let of_the_text: [&[u8]; 3] = [b"security.capability", b"security.ima", b"security.evm"];
    let names = list.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names
        .filter(|name| !of_the_text.contains(name))
        .map(<[u8]>::to_vec)
        .collect())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn value(file: &File, name: &[u8]) -> io::Result<Vec<u8>> {
    use rustix::fs::{fgetxattr, fgetxattr_query};
    let mut value = vec![0; fgetxattr_query(file, name)?];
    if !value.is_empty() {
        let read = fgetxattr(file, name, value.as_mut_slice())?;
        value.truncate(read);
    }
    Ok(value)
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn extended(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}
