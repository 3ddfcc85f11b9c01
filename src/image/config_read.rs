//! Reads an image config the way Go's `encoding/json` fills its structs.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Config, ErrorKind, HealthConfig, History, Image, RootFs};
use crate::go::json_value::Value;
use crate::go::{number, time};

type Result<T> = std::result::Result<T, ErrorKind>;

pub(super) fn read(text: &[u8]) -> Result<Image> {
    let mut image = Image::default();
    fields(Value::parse(text)?, "the config", |key, value| {
        match key {
            "CREATED" => set_time(&mut image.created, value, "created")?,
            "AUTHOR" => set_string(&mut image.author, value, "author")?,
            "ARCHITECTURE" => set_string(&mut image.platform.architecture, value, "architecture")?,
            "OS" => set_string(&mut image.platform.os, value, "os")?,
            "OS.VERSION" => set_string(&mut image.platform.os_version, value, "os.version")?,
            "OS.FEATURES" => image.platform.os_features = strings(value, "os.features")?,
            "VARIANT" => set_string(&mut image.platform.variant, value, "variant")?,
            "ROOTFS" => read_rootfs(&mut image.rootfs, value)?,
            "HISTORY" => image.history = read_history(value)?,
            "CONFIG" => read_config(&mut image.config, value)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(image)
}

fn read_rootfs(rootfs: &mut RootFs, value: Value) -> Result<()> {
    fields(value, "rootfs", |key, value| {
        match key {
            "TYPE" => set_string(&mut rootfs.kind, value, "rootfs.type")?,
            "DIFF_IDS" => rootfs.diff_ids = strings(value, "rootfs.diff_ids")?,
            _ => {}
        }
        Ok(())
    })
}

fn read_history(value: Value) -> Result<Vec<History>> {
    let items = list(value, "history", "a list of objects")?.unwrap_or_default();
    items.into_iter().map(read_step).collect()
}

fn read_step(value: Value) -> Result<History> {
    let mut step = History::default();
    fields(value, "history", |key, value| {
        match key {
            "CREATED" => set_time(&mut step.created, value, "history.created")?,
            "CREATED_BY" => set_string(&mut step.created_by, value, "history.created_by")?,
            "AUTHOR" => set_string(&mut step.author, value, "history.author")?,
            "COMMENT" => set_string(&mut step.comment, value, "history.comment")?,
            "EMPTY_LAYER" => set_bool(&mut step.empty_layer, value, "history.empty_layer")?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(step)
}

fn read_config(config: &mut Config, value: Value) -> Result<()> {
    fields(value, "config", |key, value| {
        match key {
            "USER" => set_string(&mut config.user, value, "config.User")?,
            "EXPOSEDPORTS" => merge_set(&mut config.exposed_ports, value, "config.ExposedPorts")?,
            "ENV" => config.env = strings(value, "config.Env")?.unwrap_or_default(),
            "ENTRYPOINT" => config.entrypoint = strings(value, "config.Entrypoint")?,
            "CMD" => config.cmd = strings(value, "config.Cmd")?,
            "VOLUMES" => merge_set(&mut config.volumes, value, "config.Volumes")?,
            "WORKINGDIR" => set_string(&mut config.working_dir, value, "config.WorkingDir")?,
            "LABELS" => merge_map(&mut config.labels, value, "config.Labels")?,
            "STOPSIGNAL" => set_string(&mut config.stop_signal, value, "config.StopSignal")?,
            "ARGSESCAPED" => set_bool(&mut config.args_escaped, value, "config.ArgsEscaped")?,
            "HEALTHCHECK" => read_healthcheck(&mut config.healthcheck, value)?,
            "ONBUILD" => config.on_build = strings(value, "config.OnBuild")?.unwrap_or_default(),
            "SHELL" => config.shell = strings(value, "config.Shell")?.unwrap_or_default(),
            _ => {}
        }
        Ok(())
    })
}

fn read_healthcheck(healthcheck: &mut Option<HealthConfig>, value: Value) -> Result<()> {
    if value == Value::Null {
        *healthcheck = None;
        return Ok(());
    }
    let health = healthcheck.get_or_insert_default();
    fields(value, "config.Healthcheck", |key, value| {
        match key {
            "TEST" => health.test = strings(value, "config.Healthcheck.Test")?.unwrap_or_default(),
            "INTERVAL" => set_integer(&mut health.interval, value, "config.Healthcheck.Interval")?,
            "TIMEOUT" => set_integer(&mut health.timeout, value, "config.Healthcheck.Timeout")?,
            "STARTPERIOD" => set_integer(&mut health.start_period, value, "config.Healthcheck.StartPeriod")?,
            "STARTINTERVAL" => {
                set_integer(&mut health.start_interval, value, "config.Healthcheck.StartInterval")?;
            }
            "RETRIES" => set_integer(&mut health.retries, value, "config.Healthcheck.Retries")?,
            _ => {}
        }
        Ok(())
    })
}

/// Calls `set` with every pair of an object, its key folded to upper case, as Go matches keys
/// case-insensitively, including the long s and the Kelvin sign. `null` has no pairs.
fn fields(value: Value, field: &str, mut set: impl FnMut(&str, Value) -> Result<()>) -> Result<()> {
    for (key, value) in object(value, field)? {
        let folded: String = key
            .chars()
            .map(|c| match c {
                '\u{17f}' => 'S',
                '\u{212a}' => 'K',
                c => c.to_ascii_uppercase(),
            })
            .collect();
        set(&folded, value)?;
    }
    Ok(())
}

fn wrong(field: &str, expected: &'static str) -> ErrorKind {
    ErrorKind::Type { field: field.to_owned(), expected }
}

fn object(value: Value, field: &str) -> Result<Vec<(String, Value)>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Object(pairs) => Ok(pairs),
        _ => Err(wrong(field, "an object")),
    }
}

fn list(value: Value, field: &str, expected: &'static str) -> Result<Option<Vec<Value>>> {
    match value {
        Value::Null => Ok(None),
        Value::Array(items) => Ok(Some(items)),
        _ => Err(wrong(field, expected)),
    }
}

fn string(value: Value, field: &str, expected: &'static str) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(wrong(field, expected)),
    }
}

fn set_string(target: &mut String, value: Value, field: &str) -> Result<()> {
    if let Some(text) = string(value, field, "a string")? {
        *target = text;
    }
    Ok(())
}

fn set_bool(target: &mut bool, value: Value, field: &str) -> Result<()> {
    match value {
        Value::Null => {}
        Value::Bool(set) => *target = set,
        _ => return Err(wrong(field, "a boolean")),
    }
    Ok(())
}

fn set_integer(target: &mut i64, value: Value, field: &str) -> Result<()> {
    match value {
        Value::Null => {}
        Value::Number(text) => {
            *target = number::parse_int(&text, 10, 64).map_err(|_| wrong(field, "an integer"))?;
        }
        _ => return Err(wrong(field, "an integer")),
    }
    Ok(())
}

fn set_time(target: &mut Option<String>, value: Value, field: &str) -> Result<()> {
    *target = match string(value, field, "a time")? {
        None => None,
        Some(text) => Some(
            time::normalize_rfc3339(&text)
                .map_err(|error| ErrorKind::Time { field: field.to_owned(), error })?,
        ),
    };
    Ok(())
}

fn strings(value: Value, field: &str) -> Result<Option<Vec<String>>> {
    const EXPECTED: &str = "a list of strings";
    let Some(items) = list(value, field, EXPECTED)? else { return Ok(None) };
    items
        .into_iter()
        .map(|item| Ok(string(item, field, EXPECTED)?.unwrap_or_default()))
        .collect::<Result<_>>()
        .map(Some)
}

/// Adds the keys of an object of empty objects, Go's `map[string]struct{}`.
fn merge_set(target: &mut BTreeSet<String>, value: Value, field: &str) -> Result<()> {
    if value == Value::Null {
        target.clear();
    }
    for (key, value) in object(value, field)? {
        object(value, field)?;
        target.insert(key);
    }
    Ok(())
}

fn merge_map(target: &mut BTreeMap<String, String>, value: Value, field: &str) -> Result<()> {
    if value == Value::Null {
        target.clear();
    }
    for (key, value) in object(value, field)? {
        let value = string(value, field, "an object of strings")?.unwrap_or_default();
        target.insert(key, value);
    }
    Ok(())
}
