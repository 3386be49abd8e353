//! A configuration is taken or refused, and a refusal has a place in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use privlint::config::File;

fuzz_target!(|text: &str| {
    match File::parse(text, "input") {
        Ok(file) => {
            let _ = file.leaves_out(&File::default());
        }
        Err(mistake) => {
            assert!(!mistake.message.is_empty());
            if let Some((line, _)) = mistake.at {
                assert!(line <= text.split(['\n', '\r']).count() + 1, "line {line} of {text:?}");
            }
        }
    }
});
