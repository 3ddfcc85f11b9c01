//! Lists of names in FROM, `--target` and arguments: `REPO:a,b,c` and `x-{a,b}-y`.
//!
//! Neither a comma nor a brace is allowed in an image reference or a stage name, so no name can be mistaken for a list.
//! [`crate::frontend`] decides what a list means: one image for each element.

mod error;
mod grammar;

pub use error::ErrorKind;
pub use grammar::{Parts, check_count, check_pins, complete, elements, is_list, parse};
