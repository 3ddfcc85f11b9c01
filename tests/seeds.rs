//! What the fuzz targets check, over their seeds. With `FUZZ_CORPUS`, a folder, the seeds are written there, a folder a
//! target and a file a seed.

use std::fs;
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

#[test]
fn the_program_among_them_is_one() {
    let content = fanlight::verify::content::Content::of(&fuzz::programs::program().as_slice()).unwrap();
    let fanlight::verify::content::Content::Pe(pe) = content else { panic!("it is {content}") };
    assert!(pe.is_program() && pe.machine == fanlight::verify::pe::machine::AMD64);
    assert_eq!(pe.imports, ["KERNEL32.dll", "libgcc_s_seh-1.dll"]);
}
