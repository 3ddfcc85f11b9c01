//! Runs the checks of the fuzz targets on their seeds. If `FUZZ_CORPUS` names a folder, the seeds are written
//! there, with a folder for each target and a file for each seed.

use std::fs;
use std::path::Path;

// In `fuzz/`, this is a crate of its own with public items.
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
            "programs" => fuzz::programs::check,
            other => panic!("no check is named {other}"),
        };
        for (index, seed) in seeds.iter().enumerate() {
            check(seed);
            if let Ok(corpus) = std::env::var("FUZZ_CORPUS") {
                let folder = Path::new(&corpus).join(target);
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(format!("seed-{index:05}")), seed).unwrap();
            }
        }
    }
}

/// A program of a gigabyte is read in a few ranges.
#[test]
fn a_large_program_takes_few_ranges() {
    use fanlight::fuzzing::{content::Content, read::Ranges};
    let program = fuzz::programs::program();
    let mut ranges = Ranges::new(1 << 30);
    let mut bytes = 0;
    for count in 0.. {
        let need = match Content::of(&ranges) {
            Ok(content) => {
                return assert!(matches!(content, Content::Pe(_)) && count <= 2 && bytes < 100_000);
            }
            Err(need) => ranges.next(need).unwrap(),
        };
        let start = usize::try_from(need.offset).unwrap().min(program.len());
        let mut range = program[start..].to_vec();
        range.resize(need.length, 0);
        bytes += range.len();
        ranges.add(need, range);
    }
}

#[test]
fn the_program_among_them_is_one() {
    let content = fanlight::fuzzing::content::Content::of(&fuzz::programs::program().as_slice()).unwrap();
    let fanlight::fuzzing::content::Content::Pe(pe) = content else { panic!("it is {content}") };
    assert!(pe.is_program() && pe.machine == fanlight::fuzzing::pe::machine::AMD64);
    assert_eq!(pe.imports, ["KERNEL32.dll", "libgcc_s_seh-1.dll"]);
}
