//! What must hold for any input whatever. One module a fuzz target; `tests/seeds.rs` runs the same
//! over the seeds as a test.

pub mod expansion;
pub mod names;
pub mod parser;
pub mod pattern;
pub mod programs;
pub mod seeds;

/// The text of the input; invalid UTF-8 is not what a target that reads text is about.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
