//! What is known of a base without its files.

use crate::image::Image;
use crate::windows::base_directories::{has_win32k, is_plain};
use crate::windows::bases;

/// A base, as far as its name and its config tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Base {
    /// It is Windows and nothing else, so that a file outside of Windows' directories is not there.
    pub is_plain: bool,
    /// A nanoserver: no 32-bit programs, no Windows PowerShell, no .NET Framework.
    pub is_nanoserver: bool,
    /// It has no Windows in it: its containers see the files of their host.
    pub is_host_process: bool,
}

impl Base {
    /// Looks at a base; `name` is what the Dockerfile calls it.
    #[must_use]
    pub fn of(image: &Image, name: &str) -> Self {
        let is_host_process = image.platform.os_version.is_empty();
        let is_plain = !is_host_process && is_plain(image, name);
        let is_small = is_plain && bases::kind(name).is_none() && !has_win32k(image);
        Self { is_plain, is_host_process, is_nanoserver: bases::is_nanoserver(name) || is_small }
    }
}
