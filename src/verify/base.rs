//! What is known about a base image without its files.

use crate::image::Image;
use crate::windows::base_directories::{has_win32k, is_plain};
use crate::windows::base_name;

/// A base image, as far as its name and its config describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Base {
    /// True if it contains only Windows, so that no files exist outside of Windows' directories.
    pub is_plain: bool,
    /// True for a nanoserver: no 32-bit programs, no Windows PowerShell, no .NET Framework.
    pub is_nanoserver: bool,
    /// True if it does not contain Windows, so that its containers see the files of their host.
    pub is_host_process: bool,
}

impl Base {
    /// Describes a base image; `name` is its name in the Dockerfile.
    #[must_use]
    pub fn of(image: &Image, name: &str) -> Self {
        let is_host_process = image.platform.os_version.is_empty();
        let is_plain = !is_host_process && is_plain(image, name);
        let is_small = is_plain && base_name::kind(name).is_none() && !has_win32k(image);
        Self { is_plain, is_host_process, is_nanoserver: base_name::is_nanoserver(name) || is_small }
    }
}
