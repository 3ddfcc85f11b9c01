//! The config of an image on its new base.
//!
//! What the image has from its old base is replaced by that of the new base; its own settings are kept. So
//! `DOTNET_VERSION` is that of the new base, and an ENV of the Dockerfile is the Dockerfile's. The creation time is
//! kept, so that a rebase onto the same base gives the same digest.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect;
use crate::image::{History, Image};

/// The comment of a layer that a rebase has added.
pub(super) const ADDED: &str = "fanlight.rebase";

/// Returns the config of `image`, whose base was `old`, on the base `new`. `own` is its history above its base.
#[must_use]
pub fn on_base(image: &Image, old: &Image, new: &Image, own: Vec<History>) -> Image {
    let mut moved = image.clone();
    moved.platform.os_version.clone_from(&new.platform.os_version);
    moved.platform.os_features.clone_from(&new.platform.os_features);
    follow(&mut moved.author, &old.author, &new.author);
    let (config, of_old, of_new) = (&mut moved.config, &old.config, &new.config);
    config.env = env(&config.env, &of_old.env, &of_new.env);
    let keeps_entrypoint = config.entrypoint != of_old.entrypoint;
    // An image's own ENTRYPOINT removes the base's CMD.
    let keeps_cmd = keeps_entrypoint || config.cmd != of_old.cmd;
    if !keeps_entrypoint {
        config.entrypoint.clone_from(&of_new.entrypoint);
    }
    if !keeps_cmd {
        config.cmd.clone_from(&of_new.cmd);
        follow(&mut config.args_escaped, &of_old.args_escaped, &of_new.args_escaped);
    }
    follow(&mut config.user, &of_old.user, &of_new.user);
    follow(&mut config.working_dir, &of_old.working_dir, &of_new.working_dir);
    follow(&mut config.stop_signal, &of_old.stop_signal, &of_new.stop_signal);
    follow(&mut config.healthcheck, &of_old.healthcheck, &of_new.healthcheck);
    follow(&mut config.shell, &of_old.shell, &of_new.shell);
    config.labels = map(&config.labels, &of_old.labels, &of_new.labels);
    config.volumes = set(&config.volumes, &of_old.volumes, &of_new.volumes);
    config.exposed_ports = set(&config.exposed_ports, &of_old.exposed_ports, &of_new.exposed_ports);
    layers(&mut moved, old, new, own);
    moved
}

/// Adds the line of a layer that changes nothing.
pub fn add_empty_layer(image: &mut Image) {
    let created = image.history.last().and_then(|line| line.created.clone());
    image.history.push(History { created, comment: ADDED.to_owned(), ..History::default() });
}

fn layers(moved: &mut Image, old: &Image, new: &Image, own: Vec<History>) {
    let own_ids = super::diff_ids(moved).get(super::diff_ids(old).len()..).unwrap_or_default().to_vec();
    moved.rootfs.diff_ids = Some([super::diff_ids(new), &own_ids].concat());
    let mut history = new.history.clone();
    // BuildKit would add the missing lines after the image's own.
    let named = history.iter().filter(|line| !line.empty_layer).count();
    for _ in named..super::diff_ids(new).len() {
        history.push(History { created: new.created.clone(), ..History::default() });
    }
    history.extend(own);
    moved.history = history;
}

/// Replaces a value that equals the old base's by the new base's.
fn follow<T: Clone + PartialEq>(value: &mut T, old: &T, new: &T) {
    if value == old {
        value.clone_from(new);
    }
}

/// Returns the variables in the order of the new base, then the image's own.
fn env(image: &[String], old: &[String], new: &[String]) -> Vec<String> {
    let key = |entry: &String| entry.split('=').next().unwrap_or_default().to_owned();
    let known = |list: &[String]| collect::map(list.iter().map(|entry| (key(entry), entry.clone())));
    let (of_image, of_old, of_new) = (known(image), known(old), known(new));
    let is_own = |entry: &String| of_old.get(&key(entry)) != Some(entry);
    let mut found: Vec<String> = Vec::with_capacity(new.len() + image.len());
    for entry in new {
        found.push(of_image.get(&key(entry)).filter(|own| is_own(own)).unwrap_or(entry).clone());
    }
    found.extend(image.iter().filter(|entry| is_own(entry) && !of_new.contains_key(&key(entry))).cloned());
    found
}

fn map(
    image: &BTreeMap<String, String>,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut found = new.clone();
    found.extend(
        image.iter().filter(|(key, value)| old.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())),
    );
    found
}

fn set(image: &BTreeSet<String>, old: &BTreeSet<String>, new: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = new.clone();
    found.extend(image.iter().filter(|item| !old.contains(*item)).cloned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(text: &str) -> Image {
        Image::parse(text.as_bytes()).unwrap()
    }

    fn old() -> Image {
        image(
            r#"{"created":"2026-01-01T00:00:00Z","architecture":"amd64","os":"windows","os.version":"10.0.20348.1",
            "rootfs":{"type":"layers","diff_ids":["1"]},"history":[{"created_by":"old"}],"config":{"User":"ContainerUser",
            "Env":["PATH=C:\\Windows","DOTNET_VERSION=8.0.1","GONE=1","CHANGED=1"],"Cmd":["cmd.exe"],"Labels":{"a":"1"}}}"#,
        )
    }

    fn new() -> Image {
        image(
            r#"{"created":"2026-02-01T00:00:00Z","architecture":"amd64","os":"windows","os.version":"10.0.26100.2",
            "os.features":["x"],"rootfs":{"type":"layers","diff_ids":["7","8"]},"history":[{"created_by":"new"}],
            "config":{"User":"Other","Env":["PATH=C:\\Windows","DOTNET_VERSION=8.0.2","CHANGED=2","ADDED=1"],
            "Cmd":["pwsh.exe"],"Labels":{"a":"2"},"Volumes":{"d":{}}}}"#,
        )
    }

    fn moved(text: &str) -> Image {
        let app = image(text);
        let own = app.history[1..].to_vec();
        on_base(&app, &old(), &new(), own)
    }

    #[test]
    fn what_is_the_bases_follows_and_what_is_own_stays() {
        let moved = moved(
            r#"{"created":"2026-01-05T00:00:00Z","architecture":"amd64","os":"windows","os.version":"10.0.20348.1",
            "rootfs":{"type":"layers","diff_ids":["1","5"]},"history":[{"created_by":"old"},{"created_by":"COPY"}],
            "config":{"User":"me","Env":["PATH=C:\\Windows","DOTNET_VERSION=8.0.1","GONE=1","CHANGED=mine","OWN=1"],
            "Cmd":["cmd.exe"],"Labels":{"a":"1","b":"1"},"Volumes":{"c":{}}}}"#,
        );
        assert_eq!(
            moved.to_json(),
            concat!(
                r#"{"created":"2026-01-05T00:00:00Z","architecture":"amd64","os":"windows","os.version":"10.0.26100.2","#,
                r#""os.features":["x"],"rootfs":{"type":"layers","diff_ids":["7","8","5"]},"history":[{"created_by":"new"},"#,
                r#"{"created":"2026-02-01T00:00:00Z"},{"created_by":"COPY"}],"config":{"User":"me","#,
                r#""Env":["PATH=C:\\Windows","DOTNET_VERSION=8.0.2","CHANGED=mine","ADDED=1","OWN=1"],"Cmd":["pwsh.exe"],"#,
                r#""Volumes":{"c":{},"d":{}},"Labels":{"a":"2","b":"1"}}}"#
            )
        );
    }

    #[test]
    fn a_cmd_of_the_base_does_not_come_back_below_an_entrypoint() {
        let mut app = old();
        app.config.entrypoint = Some(vec!["app.exe".to_owned()]);
        app.config.cmd = None;
        let config = on_base(&app, &old(), &new(), Vec::new()).config;
        assert_eq!((config.entrypoint, config.cmd), (Some(vec!["app.exe".to_owned()]), None));
        let mut without = old();
        without.config.cmd = None;
        app.config.cmd = None;
        assert_eq!(on_base(&app, &without, &new(), Vec::new()).config.cmd, None);
    }

    #[test]
    fn nothing_changes_on_the_same_base() {
        let mut app = old();
        app.config.env.push("OWN=1".to_owned());
        app.history.push(History { created_by: "COPY".into(), ..History::default() });
        app.rootfs.diff_ids = Some(vec!["1".into(), "5".into()]);
        let own = app.history[1..].to_vec();
        assert_eq!(on_base(&app, &old(), &old(), own).to_json(), app.to_json());
    }
}
