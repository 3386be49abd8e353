#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use privlint::front::Kind;

fuzz_target!(|text: &str| common::read_and_check(Kind::Compose, text));
