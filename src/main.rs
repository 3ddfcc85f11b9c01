//! The frontend's executable.
fn main() {}
