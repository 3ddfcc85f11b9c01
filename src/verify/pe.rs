//! Parses the headers of PE files: programs and libraries of Windows.
//!
//! Existing crates read too much: `goblin` and `pelite` need the whole file in memory, and `object` whole sections, and
//! a section can be the whole file. Only a few dozen bytes and the names of libraries are needed here.

use super::read::{Need, Read};

/// Numbers of processors in the header.
pub mod machine {
    /// 32-bit Intel.
    pub const X86: u16 = 0x14c;
    /// amd64; also used by libraries that emulated programs can load on arm64 (ARM64EC).
    pub const AMD64: u16 = 0x8664;
    /// arm64.
    pub const ARM64: u16 = 0xaa64;
}

/// The headers of a program or a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pe {
    /// The number of the processor, see [`machine`].
    pub machine: u16,
    /// True for a library, which cannot be started.
    pub is_library: bool,
    /// The subsystem: 2 and 3 are Windows programs, others are drivers and boot loaders.
    pub subsystem: u16,
    /// True for .NET code.
    pub is_managed: bool,
    /// The libraries that are loaded with it.
    pub imports: Vec<String>,
}

impl Pe {
    /// Returns whether Windows can start it as a program.
    #[must_use]
    pub const fn is_program(&self) -> bool {
        !self.is_library && matches!(self.subsystem, 2 | 3)
    }
}

/// How many sections Windows accepts.
const MAX_SECTIONS: u16 = 96;

/// How many libraries are read.
const MAX_IMPORTS: u64 = 512;

/// The longest name of a library that is read, in bytes.
const MAX_NAME: usize = 256;

/// Indexes in the table of data directories.
const IMPORTS: usize = 1;
const CLR: usize = 14;

/// Parses the headers; `None` if they are damaged or not those of a PE file.
///
/// # Errors
///
/// Returns the part of the file that has to be read first.
pub fn parse(file: &dyn Read) -> Result<Option<Pe>, Need> {
    let start = u64::from(u32_at(file.read(0, 64)?, 0x3c));
    let head = file.read(start, 24)?;
    let (sections, optional) = (u16_at(head, 6), usize::from(u16_at(head, 20)));
    if !head.starts_with(b"PE\0\0") || sections > MAX_SECTIONS {
        return Ok(None);
    }
    let size = 24 + optional + 40 * usize::from(sections);
    let headers = file.read(start, size)?;
    let (Some(optional), Some(sections)) = (headers.get(24..24 + optional), headers.get(24 + optional..))
    else {
        return Ok(None);
    };
    // In 64-bit files, the fields before the tables are wider.
    let (count_at, is_known) = match u16_at(optional, 0) {
        0x10b => (92, true),
        0x20b => (108, true),
        _ => (0, false),
    };
    if !is_known || headers.len() < size {
        return Ok(None);
    }
    let directory = |number: usize| {
        let has = u32_at(optional, count_at) as usize > number;
        if has { u32_at(optional, count_at + 4 + 8 * number) } else { 0 }
    };
    let mut pe = Pe {
        machine: u16_at(head, 4),
        is_library: u16_at(head, 22) & 0x2000 != 0,
        subsystem: u16_at(optional, 68),
        is_managed: directory(CLR) != 0,
        imports: Vec::new(),
    };
    if !pe.is_managed {
        pe.imports = imports(file, sections, directory(IMPORTS))?;
    }
    Ok(Some(pe))
}

fn imports(file: &dyn Read, sections: &[u8], table: u32) -> Result<Vec<String>, Need> {
    let mut names = Vec::new();
    let Some(table) = offset(sections, table) else { return Ok(names) };
    for number in 0..MAX_IMPORTS {
        let entry = file.read(table.saturating_add(20 * number), 20)?;
        let Some(name) = offset(sections, u32_at(entry, 12)) else { break };
        let name = file.read(name, MAX_NAME)?;
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        names.push(String::from_utf8_lossy(name).into_owned());
    }
    Ok(names)
}

/// Returns the file offset of an address; `None` for zero, and for an address outside of all sections.
fn offset(sections: &[u8], address: u32) -> Option<u64> {
    let within = |section: &[u8]| {
        let (start, size) = (u32_at(section, 12), u32_at(section, 8).max(u32_at(section, 16)));
        let inside = address.checked_sub(start).filter(|inside| *inside < size)?;
        // Windows rounds the start of a section down.
        Some(u64::from(u32_at(section, 20) & !0x1ff) + u64::from(inside))
    };
    if address == 0 { None } else { sections.chunks_exact(40).find_map(within) }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
