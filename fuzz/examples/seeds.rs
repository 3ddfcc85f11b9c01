//! `seeds TESTDATA CORPUS`: writes the seeds of every target, one a file, to `CORPUS/TARGET/`.

use std::fs;
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, testdata, corpus] = args.as_slice() else {
        return Err(io::Error::other("usage: seeds TESTDATA CORPUS"));
    };
    for (target, seeds) in fanlight_fuzz::seeds::all(Path::new(testdata))? {
        let folder = Path::new(corpus).join(target);
        fs::create_dir_all(&folder)?;
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:05}")), seed)?;
        }
    }
    Ok(())
}
