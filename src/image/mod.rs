//! Images: their configuration, and the names of images and platforms.

pub mod config;
mod config_read;
mod config_write;
pub mod digest;
mod empty;
mod machine;
mod os_version;
pub mod platform;
pub mod port;
pub mod reference;
pub mod release;

pub use config::{Config, HealthConfig, History, Image};
pub use os_version::{Build, OsVersion, Wanted};
pub use platform::Platform;
pub use reference::Reference;
