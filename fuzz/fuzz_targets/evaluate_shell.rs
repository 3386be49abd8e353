//! The evaluator: a script ends within its budget, and every span it gives lies in the script. The text
//! is read twice, for what is read must not depend on what was read before.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use privlint::container::FileId;
use privlint::shell::{Input, read};

fuzz_target!(|text: &str| {
    let evaluate = || {
        read(&Input {
            text,
            outer: None,
            file: FileId(0),
            path: Path::new("input.sh"),
            // a script that sources itself is the worst that there can be
            open: Some(&|_: &Path| (text.len() < 4096).then(|| text.to_owned())),
        })
    };
    let once = evaluate();
    for span in once.comments.iter().chain(&once.statements) {
        assert!(text.get(span.range()).is_some(), "{span:?} is no text of {} bytes", text.len());
    }
    let again = evaluate();
    assert_eq!(once.commands.len(), again.commands.len());
    assert_eq!(once.handed.len(), again.handed.len());
});
