//! Programs: a file that is read in ranges gives the same result as when it is read whole, however wrong its
//! sizes are.

use fanlight::fuzzing::content::Content;
use fanlight::fuzzing::dotnet::RuntimeConfig;
use fanlight::fuzzing::read::{Need, Ranges};

/// Checks the bytes as a file.
pub fn check(data: &[u8]) {
    let whole = Content::of(&data);
    assert!(whole.is_ok(), "a whole file needs no more");
    for size in [data.len() as u64, u64::MAX] {
        if let Some(content) = in_ranges(data, size) {
            assert_eq!(Ok(content), whole, "with {size} bytes");
        }
    }
    if let Ok(Content::Pe(pe)) = whole {
        assert!(pe.imports.len() <= 512 && pe.imports.iter().all(|name| name.len() <= 3 * 256));
    }
    if let Some(text) = super::text(data) {
        let _ = RuntimeConfig::parse(text);
    }
}

/// Reads as a build does; `None` if the file needs too much.
fn in_ranges(data: &[u8], size: u64) -> Option<Content> {
    let mut ranges = Ranges::new(size);
    loop {
        let Need { offset, length } = match Content::of(&ranges) {
            Ok(content) => return Some(content),
            Err(need) => ranges.next(need)?,
        };
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(data.len());
        let end = start.saturating_add(length).min(data.len());
        ranges.add(Need { offset, length }, data[start..end].to_vec());
    }
}

/// Returns a program with imports, and variants with each of its parts cut off or changed.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let program = program();
    let mut seeds = vec![program.clone(), b"\x7fELF\x02\x01".to_vec(), b"#!/usr/bin/env -S sh\n".to_vec()];
    seeds.push(
        br#"{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}"#.to_vec(),
    );
    for end in (0..program.len()).step_by(24) {
        seeds.push(program[..end].to_vec());
    }
    for at in (0x3c..0x200).step_by(4) {
        for value in [0, 0x7fff_ffff, u32::MAX] {
            let mut changed = program.clone();
            changed[at..at + 4].copy_from_slice(&value.to_le_bytes());
            seeds.push(changed);
        }
    }
    seeds
}

/// Returns the smallest program: headers, a section, and the imports of two libraries in it.
#[must_use]
pub fn program() -> Vec<u8> {
    const HEADER: usize = 0x40;
    const OPTIONAL: usize = HEADER + 24;
    const SECTION: usize = OPTIONAL + 240;
    let mut file = vec![0; 0x400];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &(HEADER as u32).to_le_bytes());
    put(HEADER, b"PE\0\0\x64\x86\x01\0");
    put(HEADER + 20, &240_u16.to_le_bytes());
    put(OPTIONAL, &0x20b_u16.to_le_bytes());
    put(OPTIONAL + 68, &3_u16.to_le_bytes());
    put(OPTIONAL + 108, &16_u32.to_le_bytes());
    put(OPTIONAL + 120, &0x1000_u32.to_le_bytes());
    for (at, value) in [(8, 0x200_u32), (12, 0x1000), (16, 0x200), (20, 0x200)] {
        put(SECTION + at, &value.to_le_bytes());
    }
    put(0x20c, &0x1080_u32.to_le_bytes());
    put(0x220, &0x10a0_u32.to_le_bytes());
    put(0x280, b"KERNEL32.dll\0");
    put(0x2a0, b"libgcc_s_seh-1.dll\0");
    file
}
