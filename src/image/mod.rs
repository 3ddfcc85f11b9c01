//! Images: their configuration, and how they and their platforms are named.

pub mod config;
mod config_read;
mod config_write;
pub mod digest;
pub mod platform;
pub mod reference;
mod start;

pub use config::{Config, Healthcheck, History, Image, RootFs};
pub use platform::Platform;
pub use reference::Reference;
