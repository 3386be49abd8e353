//! Temporary folders, and the binary in them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is gone when the test is over.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A new folder with some files in it.
    pub fn with(files: &[(&str, &str)]) -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("privlint-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Folder(path.canonicalize().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Runs privlint in the folder.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[], None)
    }

    /// Runs privlint in a folder below.
    pub fn run_at(&self, below: &str, args: &[&str]) -> Ran {
        run_in(&self.0.join(below), args, &[], None)
    }

    /// Runs privlint in the folder with variables and standard input.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)], input: Option<&[u8]>) -> Ran {
        run_in(&self.0, args, variables, input)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The binary with an environment that says nothing about colours.
pub fn privlint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_privlint"));
    command.current_dir(folder);
    for name in [
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "CLICOLOR",
        "TERM",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    command
}

fn run_in(folder: &Path, args: &[&str], variables: &[(&str, &str)], input: Option<&[u8]>) -> Ran {
    let mut command = privlint(folder);
    command.args(args).envs(variables.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().unwrap();
    if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
        // a run that ends before it has read all of it is no fault of the test
        let written = pipe.write_all(input);
        let closed = |e: std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
        assert!(written.map_or_else(closed, |()| true));
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// True for the user whom no permission holds back.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|o| o.stdout == b"0\n")
}

/// A Compose file with one error and one fix.
pub const SOCKET: &str = "services:\n  web:\n    image: example.org/web:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n    cap_drop: [ALL]\n";
/// A Compose file with nothing to say about.
pub const CLEAN: &str = "services:\n  web:\n    image: example.org/web:1\n    cap_drop: [ALL]\n";
