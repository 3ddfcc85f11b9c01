//! What the fuzz targets check, over their seeds.

use std::path::Path;

// A crate of its own there, where it is public.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

#[test]
fn the_seeds_hold() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for (target, seeds) in fuzz::seeds::all(&testdata).unwrap() {
        assert!(seeds.len() > 50, "{target} has {} seeds", seeds.len());
        let check = match target {
            "parser" => fuzz::parser::check,
            "expansion" => fuzz::expansion::check,
            "pattern" => fuzz::pattern::check,
            "names" => fuzz::names::check,
            other => panic!("no check is named {other}"),
        };
        for seed in seeds {
            check(&seed);
        }
    }
}
