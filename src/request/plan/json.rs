//! The plan as JSON.

use super::{Base, Document, Existence, Image, OnHost, Shared, Step, StepResult};
use crate::image::Build;
use crate::image::{Platform, Reference};
use crate::llb::inspect::Use;
use crate::request::describe::PLAN;
use crate::request::json::{Item, Json};

impl Document {
    pub(super) fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("version", &PLAN.version);
            json.list("images", &self.images, |json, image| image.write(json));
            json.list("layers", &self.layers, |json, layer| {
                json.item("digest", &layer.what.digest);
                json.list_of_lines("lines", &layer.what.lines);
                self.images_of(json, layer);
            });
            json.list("buildStages", &self.stages, |json, stage| {
                json.item("name", &stage.what.place.name);
                json.item("line", &stage.what.place.line);
                json.item("platform", &stage.what.platform);
                json.item("digest", &stage.what.digest);
                self.images_of(json, stage);
            });
            json.list("downloads", &self.downloads, |json, download| {
                let read = &download.what.read;
                json.item("reference", &read.image);
                json.item("platform", &read.platform);
                json.list_of_lines("lines", &read.lines);
                json.item("reason", &reason(read.usage));
                json.item("why", &download.what.why);
                self.images_of(json, download);
            });
            json.list("cannotRun", &self.refused, |json, refused| {
                json.item("line", &refused.line());
                json.item("stage", &refused.stage);
                json.item("instruction", &refused.code);
                json.name("instead");
                let instead: Vec<String> = refused.advice.iter().map(ToString::to_string).collect();
                json.array(&instead);
            });
            if !self.releases.is_empty() {
                json.list("unknownReleases", &self.releases, |json, release| {
                    json.field("name", &release.name);
                    json.item("build", &release.build.0);
                    json.name("images");
                    json.array(&self.ids(&release.images));
                });
            }
            let hosts: Vec<(&str, &OnHost)> = self
                .hosts
                .iter()
                .flat_map(|of| of.hosts.iter().map(|host| (of.architecture.as_str(), host)))
                .collect();
            json.list("hosts", &hosts, |json, (architecture, host)| self.host(json, architecture, host));
            if let Some(against) = &self.against {
                json.name("against");
                json.object(|json| against.write(json));
            }
            if let Some(rebase) = &self.rebase {
                json.name("rebase");
                json.object(|json| rebase.write(json));
            }
        });
    }

    fn host(&self, json: &mut Json, architecture: &str, on: &OnHost) {
        let host = &on.coverage.host;
        json.item("name", &host.name);
        json.item("build", &host.build);
        json.item("architecture", &architecture);
        if let Some(image) = on.image {
            json.item("image", &self.images[image].id);
        }
        if let Some(build) = on.coverage.missing {
            json.name("missing");
            json.object(|json| {
                json.item("name", &Build(build).name());
                json.item("build", &build);
                if let Some(base) = on.candidate.as_ref().filter(|_| on.existence == Existence::There) {
                    json.item("base", base);
                }
            });
        }
        if !on.elsewhere.is_empty() {
            json.list("elsewhere", &on.elsewhere, |json, (engines, image)| {
                json.item("engines", engines);
                if let Some(image) = image {
                    json.item("image", &self.images[*image].id);
                }
            });
        }
    }

    fn images_of<T>(&self, json: &mut Json, shared: &Shared<T>) {
        json.name("images");
        json.array(&self.ids(&shared.images));
    }

    fn ids(&self, images: &[usize]) -> Vec<String> {
        images.iter().map(|index| self.images[*index].id.clone()).collect()
    }
}

impl Image {
    fn write(&self, json: &mut Json) {
        json.item("id", &self.id);
        json.item("platform", &self.platform);
        json.name("target");
        json.object(|json| {
            json.item("stage", &self.target.name);
            json.item("line", &self.target.line);
        });
        json.name("base");
        json.object(|json| self.base.write(json));
        json.list("steps", &self.steps, |json, step| step.write(json));
        let layers: Vec<String> = self.layers.iter().map(|layer| layer.digest.clone()).collect();
        json.name("layers");
        json.array(&layers);
    }
}

impl Base {
    fn write(&self, json: &mut Json) {
        json.item("kind", &self.kind.name());
        json.item("name", &self.name);
        json.field("reference", &self.reference);
        json.field("digest", &self.digest());
        json.item("line", &self.line);
    }

    /// Returns the digest that the build requests.
    pub(super) fn digest(&self) -> String {
        let parsed = Reference::parse_normalized(&self.reference);
        parsed.ok().and_then(|parsed| parsed.digest().map(str::to_owned)).unwrap_or_default()
    }
}

impl Step {
    fn write(&self, json: &mut Json) {
        json.item("line", &self.line);
        json.item("stage", &self.stage);
        json.item("instruction", &self.instruction);
        json.field("trigger", &self.is_trigger);
        let (result, layer) = match &self.result {
            StepResult::Base => ("base", None),
            StepResult::Layer(digest) => ("layer", Some(digest)),
            StepResult::Config => ("config", None),
            StepResult::Nothing => ("nothing", None),
            StepResult::CannotRun => ("cannotRun", None),
        };
        json.item("result", &result);
        if let Some(digest) = layer {
            json.item("layer", digest);
        }
    }
}

const fn reason(way: Use) -> &'static str {
    match way {
        Use::Run => "run",
        Use::Mount => "mount",
        Use::Copy => "copy",
        Use::Write => "write",
    }
}

/// Written as in an index.
impl Item for Platform {
    fn write(&self, json: &mut Json) {
        json.object(|json| {
            json.item("architecture", &self.architecture);
            json.item("os", &self.os);
            json.field("os.version", &self.os_version);
            if let Some(features) = self.os_features.as_ref().filter(|features| !features.is_empty()) {
                json.name("os.features");
                json.array(features);
            }
            json.field("variant", &self.variant);
        });
    }
}

impl Json {
    /// Writes a list of objects.
    pub(super) fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut Self, &T)) {
        struct Object<'o, T>(&'o T, &'o dyn Fn(&mut Json, &T));
        impl<T> Item for Object<'_, T> {
            fn write(&self, json: &mut Json) {
                json.object(|json| (self.1)(json, self.0));
            }
        }
        let objects: Vec<Object<'_, T>> = items.iter().map(|item| Object(item, &write)).collect();
        self.name(name);
        self.array(&objects);
    }

    fn list_of_lines(&mut self, name: &str, lines: &[u32]) {
        self.name(name);
        self.array(lines);
    }
}
