//! Detects the type of a file by its first bytes.

use std::fmt;

use super::pe::{self, Pe};
use super::read::{Need, Read};

/// The type of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A Windows program or library.
    Pe(Pe),
    /// A Linux program or library, with the number of its processor.
    Elf(u16),
    /// A macOS program or library.
    MachO,
    /// A script that names its interpreter.
    Script(String),
    /// A Git LFS pointer instead of the file.
    LfsPointer,
    /// An empty file.
    Empty,
    /// A file that begins like a Windows program, but with damaged headers or those of DOS.
    Damaged,
    /// Anything else.
    Other,
}

impl Content {
    /// Reads as much of a file as is needed to detect its type.
    ///
    /// # Errors
    ///
    /// Returns the part of the file that has to be read first.
    pub fn of(file: &dyn Read) -> Result<Self, Need> {
        let head = file.read(0, 64)?;
        Ok(match head {
            [] => Self::Empty,
            [b'M', b'Z', ..] => pe::parse(file)?.map_or(Self::Damaged, Self::Pe),
            [0x7f, b'E', b'L', b'F', ..] => Self::Elf(elf_machine(head)),
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Self::MachO,
            // Java classes begin with the same bytes, but have a version where this has the number of processors.
            [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..=8, ..] => Self::MachO,
            [b'#', b'!', line @ ..] => Self::Script(interpreter(line)),
            _ if head.starts_with(b"version https://git-lfs") => Self::LfsPointer,
            _ => Self::Other,
        })
    }

    /// Returns whether Windows can neither start nor load it, on any processor.
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        matches!(self, Self::Elf(_) | Self::MachO | Self::Script(_) | Self::LfsPointer)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pe(_) => f.write_str("a Windows program"),
            Self::Elf(62) => f.write_str("a Linux program for amd64"),
            Self::Elf(183) => f.write_str("a Linux program for arm64"),
            Self::Elf(_) => f.write_str("a Linux program"),
            Self::MachO => f.write_str("a macOS program"),
            Self::Script(interpreter) => write!(f, "a script for {interpreter}"),
            Self::LfsPointer => f.write_str("a Git LFS pointer"),
            Self::Empty => f.write_str("an empty file"),
            Self::Damaged => f.write_str("a damaged program"),
            Self::Other => f.write_str("not a program"),
        }
    }
}

fn elf_machine(head: &[u8]) -> u16 {
    let field = head.get(18..20).map_or([0; 2], |b| [b[0], b[1]]);
    // The sixth byte is the byte order.
    if head.get(5) == Some(&2) { u16::from_be_bytes(field) } else { u16::from_le_bytes(field) }
}

/// Returns the program that a script's first line names.
fn interpreter(line: &[u8]) -> String {
    let line = line.split(|byte| *byte == b'\n' || *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = words.next().unwrap_or_default();
    let named = if first == "env" { words.find(|word| !word.starts_with('-')) } else { None };
    named.unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(64, 0);
        elf[18] = 0xb7;
        let cases: [(&[u8], &str); 10] = [
            (&elf, "a Linux program for arm64"),
            (b"\xcf\xfa\xed\xfe", "a macOS program"),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", "a macOS program"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", "not a program"),
            (b"#!/usr/bin/env -S python3 -u\n", "a script for python3"),
            (b"#! /bin/sh\r\n", "a script for sh"),
            (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
            (b"", "an empty file"),
            (b"MZ", "a damaged program"),
            (b"hello", "not a program"),
        ];
        for (bytes, text) in cases {
            assert_eq!(Content::of(&bytes).unwrap().to_string(), text);
        }
    }
}
