//! `RUN --device`.

use super::error::{ErrorKind, Suggestion};
use super::types::Device;
use crate::go::csv;
use crate::go::number::parse_bool;
use crate::go::unicode::to_lower;
use crate::suggest::suggest;

/// Parses a `--device` (upstream's `ParseDevice`). The first field may be just the name.
pub(super) fn parse(value: &str) -> Result<Device, ErrorKind> {
    let fields = csv::fields(value).map_err(|error| ErrorKind::Csv { of: "devices", error })?;
    let mut device = Device::default();
    for field in fields {
        let Some((key, value)) = field.split_once('=') else {
            if to_lower(&field) == "required" {
                device.required = true;
            } else if device.name.is_empty() {
                device.name = field;
            } else {
                return Err(ErrorKind::NotAPair(field));
            }
            continue;
        };
        match to_lower(key).as_str() {
            "name" if device.name.is_empty() => device.name = value.to_owned(),
            "name" => return Err(ErrorKind::DeviceName(device.name)),
            "required" => {
                device.required = parse_bool(value)
                    .map_err(|_| ErrorKind::Value { key: "required".to_owned(), value: value.to_owned() })?;
            }
            _ if device.name.is_empty() => device.name = field,
            key => {
                let suggestion = Suggestion(suggest(key, ["name", "required"], true));
                return Err(ErrorKind::UnknownKey { key: key.to_owned(), field, suggestion });
            }
        }
    }
    Ok(device)
}
