//! Whether what an image starts becomes another user by itself: in the command, or in a script that
//! the image gets from the build context, from a heredoc, or from a step that writes it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::container::HandOff;

/// Files that are opened for one Dockerfile.
const MAX_OPENED: u32 = 48;
/// Scripts that call scripts.
const MAX_SCRIPTS: usize = 6;
/// Bytes of a script that are looked through.
const MAX_SCRIPT: usize = 256 << 10;

/// Programs that start another as the user that is named next.
const NAMED_NEXT: &[&str] = &["gosu", "su-exec", "suexec", "s6-setuidgid", "setuidgid", "setuser"];
/// Programs that start services as whatever users those ask for.
const INITS: &[&str] = &["init", "systemd", "s6-svscan", "runsvdir", "my_init", "dockerd"];

/// The files of the build context.
pub(super) struct Files<'a> {
    /// The folder of the Dockerfile, where that is known.
    pub(super) folder: Option<&'a Path>,
    pub(super) open: &'a dyn Fn(&Path) -> Option<String>,
    pub(super) opened: Cell<u32>,
}

impl Files<'_> {
    /// A file of the build context: that may be the folder of the Dockerfile, or any above it.
    pub(super) fn read(&self, path: &str) -> Option<String> {
        let folder = self.folder?;
        let path = tidy(path)?;
        for folder in folder.ancestors() {
            if self.opened.get() >= MAX_OPENED {
                return None;
            }
            self.opened.set(self.opened.get() + 1);
            if let Some(text) = (self.open)(&folder.join(&path)) {
                return Some(text);
            }
        }
        None
    }
}

/// A relative path without `.` and leading `/`; `None` for one that leads out of its folder.
fn tidy(path: &str) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir | Component::RootDir => {}
            _ => return None,
        }
    }
    (!path.contains(['*', '?', '$', '['])).then_some(out)
}

/// Where a file in the image comes from.
enum Origin {
    /// A path of the build context.
    Context(String),
    /// The text itself.
    Text(String),
}

/// A file or folder that is put into the image.
struct Put {
    /// Its path there, or that of the folder it is put into (then with `/` at the end).
    target: String,
    origin: Origin,
}

/// What has been put into an image so far.
#[derive(Default)]
pub(super) struct Contents {
    put: Vec<Put>,
}

impl Contents {
    /// A `COPY` from the build context.
    pub(super) fn copy(&mut self, sources: &[String], target: &str) {
        for source in sources {
            let into = target.ends_with('/') || sources.len() > 1;
            let slash = if into && !target.ends_with('/') { "/" } else { "" };
            self.put.push(Put {
                target: format!("{target}{slash}"),
                origin: Origin::Context(source.clone()),
            });
        }
    }

    /// A text that is written to a file.
    pub(super) fn write(&mut self, target: &str, text: String) {
        self.put.push(Put {
            target: target.to_owned(),
            origin: Origin::Text(text),
        });
    }

    /// The text of a file in the image, the latest first.
    fn find(&self, word: &str, files: &Files) -> Option<String> {
        let bare = !word.contains('/');
        for put in self.put.iter().rev() {
            let source = match &put.origin {
                Origin::Text(text) => {
                    if put.target == word || (bare && last(&put.target) == word) {
                        return Some(text.clone());
                    }
                    continue;
                }
                Origin::Context(source) => source,
            };
            for path in candidates(word, bare, &put.target, source) {
                if let Some(text) = files.read(&path) {
                    return Some(text);
                }
            }
        }
        None
    }

    /// True for the name of a file that was put there.
    fn names(&self, word: &str) -> bool {
        self.put.iter().any(|put| {
            let source = match &put.origin {
                Origin::Context(source) => last(source),
                Origin::Text(_) => "",
            };
            last(&put.target) == word || source == word
        })
    }

    /// How what starts becomes another user, by the words of all that is started.
    pub(super) fn hand_off(&self, words: &[String], files: &Files) -> Option<HandOff> {
        let tokens: Vec<&str> = words.iter().flat_map(|w| tokens(w)).collect();
        if let Some(program) = drops(&tokens) {
            return Some(HandOff::Program(program));
        }
        let mut unread = None;
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut waiting: Vec<String> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            if i == 0 || token.contains('/') || is_script_name(token) || self.names(token) {
                waiting.push((*token).to_owned());
            }
        }
        waiting.reverse();
        let mut nested = false;
        while let Some(word) = waiting.pop() {
            if seen.len() >= MAX_SCRIPTS || !seen.insert(word.clone()) {
                continue;
            }
            let Some(text) = self.find(&word, files) else {
                if is_script_name(&word) && !nested {
                    unread = unread.or(Some(HandOff::Unread(word)));
                }
                continue;
            };
            let lines = without_comments(&text);
            let tokens: Vec<&str> = lines.iter().flat_map(|line| self::tokens(line)).collect();
            if let Some(program) = drops(&tokens) {
                return Some(HandOff::Program(program));
            }
            let scripts = tokens.iter().filter(|t| is_script_name(t) && t.contains('/'));
            waiting.extend(scripts.take(MAX_SCRIPTS).map(|t| (*t).to_owned()));
            nested = true;
        }
        let init = tokens
            .first()
            .map(|word| last(word))
            .filter(|name| INITS.contains(name));
        unread.or(init.map(|name| HandOff::Program(name.to_owned())))
    }
}

/// The paths of the build context that a word in the image may be, by what one `COPY` says.
fn candidates(word: &str, bare: bool, target: &str, source: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let under = |folder: &str, rest: &str| format!("{}/{rest}", folder.trim_end_matches('/'));
    if bare {
        if last(target) == word || last(source) == word {
            paths.push(source.to_owned());
        }
        paths.push(under(source, word));
    } else if word == target {
        paths.push(source.to_owned());
    } else if let Some(rest) = word.strip_prefix(target.trim_end_matches('/')) {
        let Some(rest) = rest.strip_prefix('/') else {
            return paths;
        };
        if rest == last(source) {
            paths.push(source.to_owned());
        }
        paths.push(under(source, rest));
    }
    paths
}

fn last(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// True for a name that scripts have.
fn is_script_name(word: &str) -> bool {
    let name = last(word);
    name.ends_with(".sh") || name.ends_with(".bash") || name.contains("entrypoint") || name.contains("entry-point")
}

/// The lines of a script that are no comments.
fn without_comments(text: &str) -> Vec<&str> {
    let mut read = 0;
    let lines = text.lines().take_while(|line| {
        read += line.len();
        read < MAX_SCRIPT
    });
    lines.filter(|line| !line.trim_start().starts_with('#')).collect()
}

/// The words of a text, quotes and operators taken for blanks.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let split = |c: char| c.is_whitespace() || "\"'`();|&={}[],\\".contains(c);
    text.split(split).filter(|t| !t.is_empty())
}

/// The program among some words by which root becomes another user.
fn drops(tokens: &[&str]) -> Option<String> {
    for (i, token) in tokens.iter().enumerate() {
        let name = last(token);
        let rest = tokens.get(i + 1..).unwrap_or_default();
        let dropped = match name {
            _ if NAMED_NEXT.contains(&name) => rest.first().is_none_or(|user| !is_root(user)),
            "setpriv" => rest.iter().take(8).any(|t| t.starts_with("--reuid")),
            "chpst" => rest.iter().take(6).any(|t| t.starts_with("-u")),
            "capsh" => rest
                .iter()
                .take(8)
                .any(|t| t.starts_with("--user") || t.starts_with("--uid")),
            "start-stop-daemon" => rest.iter().take(16).any(|t| matches!(*t, "-c" | "--chuid")),
            "chroot" => rest.iter().take(4).any(|t| t.starts_with("--userspec")),
            "sudo" | "doas" | "runuser" => {
                let at = rest.iter().take(6).position(|t| {
                    matches!(*t, "--user") || (t.starts_with('-') && !t.starts_with("--") && t.ends_with('u'))
                });
                match at.and_then(|at| rest.get(at + 1)) {
                    Some(user) => !is_root(user),
                    None => name == "runuser" && by_su(rest),
                }
            }
            "su" => i_starts(tokens, i) && by_su(rest),
            _ => false,
        };
        if dropped {
            return Some(name.to_owned());
        }
    }
    None
}

/// True where a word stands where a program does: first, or behind one that starts another.
fn i_starts(tokens: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| tokens.get(i));
    before.is_none_or(|before| {
        matches!(
            last(before),
            "exec" | "--" | "then" | "else" | "do" | "tini" | "dumb-init" | "-c" | "nohup" | "set"
        )
    })
}

/// `su - app -c …`, `su -s /bin/sh app`: to whom.
fn by_su(rest: &[&str]) -> bool {
    let mut words = rest.iter().take(10);
    while let Some(word) = words.next() {
        match *word {
            "-s" | "--shell" | "-g" | "--group" | "-G" => drop(words.next()),
            // what follows is the command, and whoever it is for stands behind that
            "-c" | "--command" => return rest.iter().take(10).any(|w| w.starts_with('$')),
            flag if flag.starts_with('-') => {}
            user => return !is_root(user),
        }
    }
    false
}

fn is_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or(user);
    matches!(user, "root" | "0")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn by(words: &[&str], contents: &Contents, files: &[(&str, &str)]) -> Option<HandOff> {
        let open = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let files = Files {
            folder: Some(Path::new("images/web")),
            open: &open,
            opened: Cell::new(0),
        };
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        contents.hand_off(&words, &files)
    }

    fn program(name: &str) -> Option<HandOff> {
        Some(HandOff::Program(name.to_owned()))
    }

    #[test]
    fn commands_that_become_another_user() {
        let none = Contents::default();
        for (words, name) in [
            (&["gosu", "app", "server"][..], "gosu"),
            (&["/sbin/tini", "--", "su-exec", "app:app", "server"], "su-exec"),
            (&["tini -- su app -c server"], "su"),
            (&["su", "-s", "/bin/sh", "app", "-c", "server"], "su"),
            (&["setpriv", "--reuid=app", "--regid=app", "server"], "setpriv"),
            (&["s6-setuidgid", "app", "server"], "s6-setuidgid"),
            (&["sudo", "-E", "-u", "app", "server"], "sudo"),
            (&["runuser", "-u", "app", "--", "server"], "runuser"),
            (&["exec chpst -u app server"], "chpst"),
            (&["/init"], "init"),
        ] {
            assert_eq!(by(words, &none, &[]), program(name), "{words:?}");
        }
        for words in [
            &["server"][..],
            &["gosu", "root", "server"],
            &["su", "-c", "server"],
            &["setpriv", "--no-new-privs", "server"],
            &["sudo", "server"],
            &["/usr/bin/server", "--init"],
            &["sh", "-c", "echo su app"],
        ] {
            assert_eq!(by(words, &none, &[]), None, "{words:?}");
        }
    }

    #[test]
    fn scripts_are_found_where_they_are_put() {
        let drop = "#!/bin/sh\n# as app\nexec gosu app \"$@\"\n";
        let keep = "#!/bin/sh\n# gosu is not needed\nexec \"$@\"\n";
        let cases: &[(&[&str], &str, &str, &str)] = &[
            (&["start.sh"], "/start.sh", "/start.sh", "images/web/start.sh"),
            (&["start.sh"], "/usr/local/bin/", "start.sh", "images/web/start.sh"),
            (
                &["a", "docker/start.sh"],
                "/opt",
                "/opt/start.sh",
                "images/web/docker/start.sh",
            ),
            (&["."], "/app", "/app/bin/start.sh", "images/web/bin/start.sh"),
            (&["rootfs"], "/", "/etc/start.sh", "images/web/rootfs/etc/start.sh"),
            (&["images/web/x"], "/entry", "/entry", "images/web/x"),
            (&["./x"], "/entry", "/entry", "x"),
        ];
        for (sources, target, word, file) in cases {
            let mut contents = Contents::default();
            let sources: Vec<String> = sources.iter().map(|s| (*s).to_owned()).collect();
            contents.copy(&sources, target);
            assert_eq!(by(&[word], &contents, &[(file, drop)]), program("gosu"), "{file}");
            assert_eq!(by(&[word], &contents, &[(file, keep)]), None, "{file}");
        }
    }

    #[test]
    fn scripts_that_are_written_or_called_are_read_and_others_are_not_known() {
        let mut contents = Contents::default();
        contents.write("/entry.sh", "set -- su-exec app \"$@\"\nexec \"$@\"\n".to_owned());
        contents.write("/first.sh", "exec /entry.sh \"$@\"\n".to_owned());
        contents.write("/loop.sh", "exec /loop.sh\n".to_owned());
        assert_eq!(by(&["/entry.sh"], &contents, &[]), program("su-exec"));
        assert_eq!(by(&["bash", "/first.sh"], &contents, &[]), program("su-exec"));
        assert_eq!(by(&["/loop.sh"], &contents, &[]), None);
        assert_eq!(
            by(&["/else.sh"], &contents, &[]),
            Some(HandOff::Unread("/else.sh".to_owned()))
        );
    }

    #[test]
    fn nothing_outside_the_context_is_asked_for() {
        let mut contents = Contents::default();
        contents.copy(&["../x.sh".to_owned(), "*.sh".to_owned()], "/");
        let asked = |path: &Path| -> Option<String> { panic!("{}", path.display()) };
        let files = Files {
            folder: Some(Path::new("a")),
            open: &asked,
            opened: Cell::new(0),
        };
        assert_eq!(
            contents.hand_off(&["/x.sh".to_owned()], &files),
            Some(HandOff::Unread("/x.sh".to_owned()))
        );
    }
}
