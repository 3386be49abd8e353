//! A line that tells how far a long run is; only on a terminal, and gone before anything else is written.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A run that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Between two looks at the count.
const INTERVAL: Duration = Duration::from_millis(100);

/// Does `work` while its progress through `total` files is shown. `work` is handed what it calls
/// after each file.
pub(crate) fn watched<T>(wanted: bool, total: usize, work: impl FnOnce(&(dyn Fn() + Sync)) -> T) -> T {
    let done = AtomicUsize::new(0);
    let tick = || {
        done.fetch_add(1, Ordering::Relaxed);
    };
    if !wanted || !is_watched() {
        return work(&tick);
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| show(&done, &|done| format!("{done} of {total} files checked"), &over));
        let _ended = Ended(&over);
        work(&tick)
    })
}

/// Does `work` while it is shown how much of `total` bytes was read; 0 where nobody knows how many there
/// are. `work` is handed what it tells of each bytes that it read.
pub(crate) fn counted<T>(wanted: bool, total: u64, work: impl FnOnce(&(dyn Fn(usize) + Sync)) -> T) -> T {
    let done = AtomicUsize::new(0);
    let tick = |bytes: usize| {
        done.fetch_add(bytes, Ordering::Relaxed);
    };
    if !wanted || !is_watched() {
        return work(&tick);
    }
    let over = AtomicBool::new(false);
    let line = |done: usize| match total {
        0 => format!("{} MB read", done >> 20),
        total => format!("{} of {} MB read", done >> 20, total >> 20),
    };
    std::thread::scope(|scope| {
        scope.spawn(|| show(&done, &line, &over));
        let _ended = Ended(&over);
        work(&tick)
    })
}

/// Tells the showing thread to end, also when the work panics.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A terminal with a person before it: hooks and CI may pretend to be one.
fn is_watched() -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|v| v.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stderr().is_terminal() && !dumb && unset("PRE_COMMIT") && unset("CI")
}

fn show(done: &AtomicUsize, line: &(dyn Fn(usize) -> String + Sync), over: &AtomicBool) {
    let began = Instant::now();
    let mut shown = false;
    while !over.load(Ordering::Acquire) {
        if began.elapsed() > PATIENCE {
            let line = format!("\r\u{1b}[K{}", line(done.load(Ordering::Relaxed)));
            // a terminal that is gone is not worth an error
            let _ = std::io::stderr().write_all(line.as_bytes());
            shown = true;
        }
        std::thread::sleep(INTERVAL);
    }
    if shown {
        let _ = std::io::stderr().write_all(b"\r\x1b[K");
    }
}
