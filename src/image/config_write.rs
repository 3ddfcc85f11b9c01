//! Writes an image config the way Go's `encoding/json` does.
//!
//! The order is that of the Go structs, with `config` last, where `DockerOCIImage` declares it.

use std::collections::BTreeSet;

use super::config::{Config, HealthConfig, History, Image};
use crate::go::json::push_string;

pub(super) fn write(image: &Image) -> String {
    let mut object = Object::new();
    object.optional("created", image.created.as_deref());
    object.text("author", &image.author);
    object.value("architecture", |out| push_string(out, &image.platform.architecture));
    object.value("os", |out| push_string(out, &image.platform.os));
    object.text("os.version", &image.platform.os_version);
    object.list("os.features", image.platform.os_features.as_deref().unwrap_or_default());
    object.text("variant", &image.platform.variant);
    object.value("rootfs", |out| {
        let mut rootfs = Object::new();
        rootfs.value("type", |out| push_string(out, &image.rootfs.kind));
        rootfs.value("diff_ids", |out| match &image.rootfs.diff_ids {
            Some(ids) => push_list(out, ids, |out, id| push_string(out, id)),
            None => out.push_str("null"),
        });
        out.push_str(&rootfs.finish());
    });
    if !image.history.is_empty() {
        object
            .value("history", |out| push_list(out, &image.history, |out, step| out.push_str(&history(step))));
    }
    object.value("config", |out| out.push_str(&config(&image.config)));
    object.finish()
}

fn history(step: &History) -> String {
    let mut object = Object::new();
    object.optional("created", step.created.as_deref());
    object.text("created_by", &step.created_by);
    object.text("author", &step.author);
    object.text("comment", &step.comment);
    object.flag("empty_layer", step.empty_layer);
    object.finish()
}

fn config(config: &Config) -> String {
    let mut object = Object::new();
    object.text("User", &config.user);
    object.set("ExposedPorts", &config.exposed_ports);
    object.list("Env", &config.env);
    object.list("Entrypoint", config.entrypoint.as_deref().unwrap_or_default());
    object.list("Cmd", config.cmd.as_deref().unwrap_or_default());
    object.set("Volumes", &config.volumes);
    object.text("WorkingDir", &config.working_dir);
    if !config.labels.is_empty() {
        object.value("Labels", |out| {
            let mut labels = Object::new();
            for (key, value) in &config.labels {
                labels.value(key, |out| push_string(out, value));
            }
            out.push_str(&labels.finish());
        });
    }
    object.text("StopSignal", &config.stop_signal);
    object.flag("ArgsEscaped", config.args_escaped);
    if let Some(health) = &config.healthcheck {
        object.value("Healthcheck", |out| out.push_str(&healthcheck(health)));
    }
    object.list("OnBuild", &config.on_build);
    object.list("Shell", &config.shell);
    object.finish()
}

fn healthcheck(health: &HealthConfig) -> String {
    let mut object = Object::new();
    object.list("Test", &health.test);
    object.integer("Interval", health.interval);
    object.integer("Timeout", health.timeout);
    object.integer("StartPeriod", health.start_period);
    object.integer("StartInterval", health.start_interval);
    object.integer("Retries", health.retries);
    object.finish()
}

fn push_list<T>(out: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

/// An object under construction. All methods but [`Object::value`] omit empty values, Go's `omitempty`.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn value(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_string(&mut self.0, key);
        self.0.push(':');
        write(&mut self.0);
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.value(key, |out| push_string(out, value));
        }
    }

    fn text(&mut self, key: &str, value: &str) {
        self.optional(key, Some(value).filter(|v| !v.is_empty()));
    }

    fn list(&mut self, key: &str, items: &[String]) {
        if !items.is_empty() {
            self.value(key, |out| push_list(out, items, |out, item| push_string(out, item)));
        }
    }

    fn set(&mut self, key: &str, items: &BTreeSet<String>) {
        if !items.is_empty() {
            self.value(key, |out| {
                let mut set = Self::new();
                for item in items {
                    set.value(item, |out| out.push_str("{}"));
                }
                out.push_str(&set.finish());
            });
        }
    }

    fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.value(key, |out| out.push_str("true"));
        }
    }

    fn integer(&mut self, key: &str, value: i64) {
        if value != 0 {
            self.value(key, |out| out.push_str(&value.to_string()));
        }
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
