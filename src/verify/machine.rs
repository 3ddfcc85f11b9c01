//! The processors whose programs an image can run.

use super::base::Base;
use super::pe::{Pe, machine};

/// Whether and how a program runs in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It runs, or nothing is known about it.
    Runs,
    /// It runs emulated, several times slower.
    Emulated,
    /// A 32-bit program in an image without 32-bit libraries.
    No32Bit,
    /// A program for another processor.
    Other,
}

impl Fit {
    pub(super) fn of(pe: &Pe, architecture: &str, base: Base) -> Self {
        // .NET code runs on all processors, whatever its header says.
        if pe.is_managed {
            return Self::Runs;
        }
        match (architecture, pe.machine) {
            ("amd64" | "arm64", machine::X86) if base.is_nanoserver => Self::No32Bit,
            ("amd64", machine::AMD64 | machine::X86) | ("arm64", machine::ARM64) => Self::Runs,
            ("arm64", machine::AMD64 | machine::X86) => Self::Emulated,
            ("amd64" | "arm64", _) => Self::Other,
            _ => Self::Runs,
        }
    }

    /// Returns whether the program starts.
    pub(super) const fn starts(self) -> bool {
        matches!(self, Self::Runs | Self::Emulated)
    }
}

/// Returns the name of a processor.
pub(super) fn name(machine: u16) -> String {
    match machine {
        machine::X86 => "386".to_owned(),
        machine::AMD64 => "amd64".to_owned(),
        machine::ARM64 => "arm64".to_owned(),
        0x1c0 | 0x1c4 => "arm".to_owned(),
        other => format!("processor {other:#x}"),
    }
}
