//! A signal that asks the run to end waits until the file at hand is written or left.

#[cfg(unix)]
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
#[cfg(unix)]
use std::sync::{Arc, OnceLock};

/// Holds back the signals that end a run. Outside of [`Hold::during`] they end it at once, as ever.
#[cfg(unix)]
pub(crate) struct Hold {
    free: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

#[cfg(unix)]
impl Hold {
    /// The one that watches in this process, from the first time that it is asked for.
    pub(crate) fn get() -> &'static Hold {
        static HOLD: OnceLock<Hold> = OnceLock::new();
        HOLD.get_or_init(Hold::new)
    }

    fn new() -> Hold {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::flag::{register_conditional_default, register_usize};
        let hold = Hold {
            free: Arc::new(AtomicBool::new(true)),
            asked: Arc::new(AtomicUsize::new(0)),
        };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // a signal that was ignored from the start (nohup) is not ours to take up
            if is_ignored(signal) {
                continue;
            }
            // refused only for signals that nobody can catch
            let _ = register_conditional_default(signal, Arc::clone(&hold.free));
            let number = usize::try_from(signal).unwrap_or_default();
            let _ = register_usize(signal, Arc::clone(&hold.asked), number);
        }
        hold
    }

    /// Does something that a signal must not cut in two.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.free.store(false, Ordering::SeqCst);
        let done = work();
        self.free.store(true, Ordering::SeqCst);
        let asked = self.asked.load(Ordering::SeqCst);
        if asked != 0 {
            let signal = i32::try_from(asked).unwrap_or_default();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        done
    }
}

/// True for a signal that the process was started to ignore.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    // Linux says which; elsewhere the signal is taken for one that ends the run
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Where there are no such signals, nothing is held.
#[cfg(not(unix))]
pub(crate) struct Hold;

#[cfg(not(unix))]
impl Hold {
    /// One that watches for nothing.
    pub(crate) fn get() -> &'static Hold {
        &Hold
    }

    /// Does something.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }
}
