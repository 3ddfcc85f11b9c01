//! Programs and libraries of Windows: the headers of a PE file.
//!
//! Crates that read such files were looked at: `goblin` and `pelite` want the whole file in memory, `object` whole
//! sections, and a section can be the file. What is needed here are a few dozen bytes and the names of libraries.

use super::read::{Need, Read};

/// Processors, as the header names them.
pub mod machine {
    /// 32-bit Intel.
    pub const X86: u16 = 0x14c;
    /// amd64; libraries that emulated programs can use on arm64 (ARM64EC) name it as well.
    pub const AMD64: u16 = 0x8664;
    /// arm64.
    pub const ARM64: u16 = 0xaa64;
}

/// What the headers say of a program or a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pe {
    /// The processor: see [`machine`].
    pub machine: u16,
    /// A library, which cannot be started.
    pub is_library: bool,
    /// What starts it: 2 and 3 are programs of Windows, others drivers and boot loaders.
    pub subsystem: u16,
    /// It is .NET code.
    pub is_managed: bool,
    /// The libraries that are loaded with it.
    pub imports: Vec<String>,
}

impl Pe {
    /// Whether Windows can start it as a program.
    #[must_use]
    pub const fn is_program(&self) -> bool {
        !self.is_library && matches!(self.subsystem, 2 | 3)
    }
}

/// How many sections Windows takes.
const MAX_SECTIONS: u16 = 96;

/// How many libraries are looked at.
const MAX_IMPORTS: u64 = 512;

/// The longest name of a library that is read, in bytes.
const MAX_NAME: usize = 256;

/// Numbers of entries in the table of directories.
const IMPORTS: usize = 1;
const CLR: usize = 14;

/// Reads the headers; none where they are not those of a PE file, or damaged.
///
/// # Errors
///
/// Part of the file has to be read first.
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
    // The tables come after fields that are wider in 64-bit files.
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

/// Where in the file an address is; none for zero, and for one that no section has.
fn offset(sections: &[u8], address: u32) -> Option<u64> {
    let within = |section: &[u8]| {
        let (start, size) = (u32_at(section, 12), u32_at(section, 8).max(u32_at(section, 16)));
        let inside = address.checked_sub(start).filter(|inside| *inside < size)?;
        // Windows rounds down.
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
