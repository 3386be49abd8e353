//! Half-written files: every prefix and suffix of every sample, and samples with bytes flipped, are
//! linted and fixed without panic and without broken output.

use rayon::prelude::*;

use crate::fixes::wrong_with_fixing;
use crate::samples::samples;

/// How much is tried of each sample.
struct Effort {
    /// Cuts in each direction; longer samples are cut at every n-th character.
    cuts: usize,
    /// Texts with some bytes flipped.
    flips: usize,
}

/// A sample of all there is to try; the whole where `PRIVLINT_SWEEP=whole` asks for it, as `.ci/run` does.
fn effort() -> Effort {
    match std::env::var("PRIVLINT_SWEEP").as_deref() {
        Ok("whole") => Effort { cuts: 400, flips: 40 },
        _ => Effort { cuts: 24, flips: 4 },
    }
}

#[test]
fn prefixes_and_suffixes_are_survived() {
    let effort = effort();
    let wrong: Vec<String> = samples()
        .par_iter()
        .flat_map_iter(|sample| {
            let cuts: Vec<usize> = sample.text.char_indices().map(|(i, _)| i).collect();
            let step = cuts.len().div_ceil(effort.cuts).max(1);
            let tried = cuts.into_iter().step_by(step).flat_map(|at| {
                let (head, tail) = sample.text.split_at(at);
                [head, tail].map(|text| {
                    wrong_with_fixing(sample, text).map(|why| format!("{} cut at {at}: {why}", sample.from))
                })
            });
            tried.flatten().take(3).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What bytes are flipped to: those that mean something in one of the syntaxes.
const BYTES: &[u8] = b" \n\t:-\"'{}[]#&*|\\$(`z\r";

#[test]
fn flipped_bytes_are_survived() {
    let effort = effort();
    let wrong: Vec<String> = samples()
        .par_iter()
        .flat_map_iter(|sample| {
            // The same flips every run: a linear congruential generator, seeded by the length.
            let mut state = sample.text.len() as u64 | 1;
            let mut next = move || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize
            };
            let mut found = Vec::new();
            for _ in 0..effort.flips {
                let mut bytes = sample.text.clone().into_bytes();
                if bytes.is_empty() {
                    break;
                }
                for _ in 0..3 {
                    let at = next() % bytes.len();
                    bytes[at] = BYTES[next() % BYTES.len()];
                }
                let Ok(text) = String::from_utf8(bytes) else { continue };
                if let Some(why) = wrong_with_fixing(sample, &text) {
                    found.push(format!("{} as {text:?}: {why}", sample.from));
                }
            }
            found
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
