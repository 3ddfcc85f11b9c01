//! Properties that must hold for any input. There is one module for each fuzz target; `tests/seeds.rs` runs
//! the same checks on the seeds as a test.

pub mod expansion;
pub mod names;
pub mod parser;
pub mod pattern;
pub mod programs;
pub mod seeds;

/// Returns the text of the input; targets that read text skip invalid UTF-8.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
