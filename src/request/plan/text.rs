//! The plan as text.

use super::{Document, Existence, OnHost, Step, StepResult};
use crate::image::Build;
use crate::request::table::Table;

/// The width of lines with instructions.
const LINE_WIDTH: usize = 96;
/// The number of digits of a digest that are shown.
const DIGEST_PREFIX_LEN: usize = 12;

impl Document {
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.images(&mut out);
        self.bases(&mut out);
        self.steps(&mut out);
        self.shared(&mut out);
        self.needed(&mut out);
        let refused = self.refused.iter().flat_map(|one| {
            let lines = std::iter::once(one.line().to_string()).chain(std::iter::repeat(String::new()));
            lines.zip(&one.advice).map(|(line, advice)| format!("{line}\t{advice}\n"))
        });
        section(&mut out, "RUN LINES THAT CANNOT RUN HERE", "LINE\tWRITE INSTEAD\n", refused);
        self.releases(&mut out);
        self.hosts(&mut out);
        if let Some(against) = &self.against {
            against.text(&mut out);
        }
        if let Some(rebase) = &self.rebase {
            rebase.text(&mut out);
        }
        out
    }

    fn images(&self, out: &mut String) {
        let rows = self.images.iter().enumerate().map(|(index, image)| {
            let platform = &image.platform;
            let features = platform.os_features.as_deref().unwrap_or_default().join(",");
            let shape = match platform.variant.as_str() {
                "" => format!("{}/{}", platform.os, platform.architecture),
                variant => format!("{}/{}/{variant}", platform.os, platform.architecture),
            };
            format!(
                "{}\t{shape}\t{}\t{}\t{}\t{}\n",
                index + 1,
                or_dash(&platform.os_version),
                or_dash(&features),
                image.layers.len(),
                or_dash(&image.target.name)
            )
        });
        section(out, "IMAGES", "#\tPLATFORM\tOS.VERSION\tOS.FEATURES\tLAYERS\tSTAGE\n", rows);
    }

    fn bases(&self, out: &mut String) {
        let mut seen: Vec<(&super::Base, Vec<usize>)> = Vec::new();
        for (index, image) in self.images.iter().enumerate() {
            match seen.iter_mut().find(|(base, _)| *base == &image.base) {
                Some((_, images)) => images.push(index),
                None => seen.push((&image.base, vec![index])),
            }
        }
        let rows = seen.into_iter().map(|(base, images)| {
            let digest = base.digest();
            format!("{}\t{}\t{}\t{}\n", base.line, numbers(&images), or_dash(short(&digest)), base.name)
        });
        section(out, "BASES", "LINE\tIMAGES\tDIGEST\tBASE\n", rows);
    }

    /// Writes the instructions, once for all images that share them.
    fn steps(&self, out: &mut String) {
        let mut seen: Vec<Vec<usize>> = Vec::new();
        for (index, image) in self.images.iter().enumerate() {
            let alike = |group: &&mut Vec<usize>| {
                let other = &self.images[group[0]].steps;
                other.len() == image.steps.len() && other.iter().zip(&image.steps).all(|(a, b)| a.is_like(b))
            };
            match seen.iter_mut().find(alike) {
                Some(group) => group.push(index),
                None => seen.push(vec![index]),
            }
        }
        for group in seen {
            let rows = self.images[group[0]].steps.iter().enumerate().map(|(at, step)| {
                let result = match &step.result {
                    StepResult::Base => "base".to_owned(),
                    StepResult::Layer(_) => self.layers_of(&group, at),
                    StepResult::Config => "config".to_owned(),
                    StepResult::Nothing => "-".to_owned(),
                    StepResult::CannotRun => "cannot run".to_owned(),
                };
                let trigger = if step.is_trigger { "ONBUILD " } else { "" };
                let text = format!("{trigger}{}", step.instruction.replace(['\n', '\t'], " "));
                format!("{}\t{result}\t{}\n", step.line, cut(&text))
            });
            section(out, &format!("STEPS OF {}", counted(&group)), "LINE\tRESULT\tINSTRUCTION\n", rows);
        }
    }

    /// Returns the layers that step number `at` creates in these images.
    fn layers_of(&self, images: &[usize], at: usize) -> String {
        let mut found: Vec<usize> = Vec::new();
        for image in images {
            let StepResult::Layer(digest) = &self.images[*image].steps[at].result else { continue };
            let layer = self.layer_numbers.get(digest).copied();
            found.extend(layer.filter(|layer| !found.contains(layer)));
        }
        format!("layer{} {}", if found.len() == 1 { "" } else { "s" }, numbers(&found))
    }

    /// Writes layers and build stages, each with the images that they belong to.
    fn shared(&self, out: &mut String) {
        let layers = self.layers.iter().enumerate().map(|(index, layer)| {
            let digest = short(&layer.what.digest);
            format!("{}\t{digest}\t{}\t{}\n", index + 1, lines(&layer.what.lines), numbers(&layer.images))
        });
        section(out, "LAYERS, EACH CREATED ONCE", "#\tDEFINITION\tLINE\tIMAGES\n", layers);
        let stages = self.stages.iter().map(|stage| {
            let what = &stage.what;
            format!(
                "{}\t{}\t{}\t{}\t{}\n",
                what.place.line,
                short(&what.digest),
                what.platform.format(),
                numbers(&stage.images),
                or_dash(&what.place.name)
            )
        });
        section(
            out,
            "BUILD STAGES, EACH BUILT ONCE",
            "LINE\tDEFINITION\tPLATFORM\tFOR IMAGES\tSTAGE\n",
            stages,
        );
    }

    fn needed(&self, out: &mut String) {
        let rows = self.downloads.iter().map(|download| {
            let read = &download.what.read;
            let name = read.image.split('@').next().unwrap_or_default();
            let images = numbers(&download.images);
            format!("{}\t{images}\t{name}\t{}\n", lines(&read.lines), download.what.why)
        });
        section(
            out,
            "DOWNLOADS, WHERE THE STEPS ARE NOT IN THE CACHE",
            "LINE\tIMAGES\tIMAGE OF A REGISTRY\tWHY\n",
            rows,
        );
    }

    fn releases(&self, out: &mut String) {
        let rows = self.releases.iter().map(|release| {
            let (build, images) = (release.build, numbers(&release.images));
            format!("{}\t{build}\t{images}\n", or_dash(&release.name))
        });
        let title = "WINDOWS RELEASES THAT THIS VERSION OF FANLIGHT DOES NOT KNOW";
        section(out, title, "NAME IN A TAG\tBUILD\tIMAGES\n", rows);
        if !self.releases.is_empty() {
            out.push_str("Their hosts are not in the tables below.\n");
        }
    }

    fn hosts(&self, out: &mut String) {
        for of in &self.hosts {
            let title = format!("WINDOWS HOSTS, {}", of.architecture);
            let rows = of.hosts.iter().map(|on| {
                let takes = match on.image {
                    Some(image) => {
                        let version = &self.images[image].platform.os_version;
                        format!(
                            "image {}, {}",
                            image + 1,
                            if version.is_empty() { "for any host" } else { version }
                        )
                    }
                    None => none(on),
                };
                format!("{}\t{}\t{takes}\n", on.coverage.host.name, on.coverage.host.build)
            });
            section(out, &title, "HOST\tBUILD\tPULLS\n", rows);
            for (engines, image, builds) in differing(&of.hosts) {
                let other =
                    image.map_or_else(|| "nothing".to_owned(), |image| format!("image {}", image + 1));
                let builds: Vec<String> = builds.iter().map(u32::to_string).collect();
                out.push_str(&format!("With {engines}: {other} on build {}.\n", builds.join(", ")));
            }
        }
    }
}

impl Step {
    /// Returns whether this is the same instruction, which may create different layers in different images.
    fn is_like(&self, other: &Self) -> bool {
        let is_layer = |step: &Self| matches!(step.result, StepResult::Layer(_));
        let same = self.line == other.line && self.instruction == other.instruction;
        same && (self.result == other.result || (is_layer(self) && is_layer(other)))
    }
}

fn none(on: &OnHost) -> String {
    let Some(build) = on.coverage.missing else { return "none".to_owned() };
    let version = format!("a base of {} (10.0.{build})", Build(build).name());
    match (&on.candidate, on.existence) {
        (Some(base), Existence::There) => format!("none: add {base}"),
        (Some(base), Existence::Missing) => format!("none: add {version}; there is no {base}"),
        (Some(base), Existence::Unknown) => {
            format!("none: add {version}, perhaps {base}, which could not be looked up")
        }
        (None, _) => format!("none: add {version}"),
    }
}

/// Returns the engines that select another image, with the builds of the hosts on which they do.
fn differing(hosts: &[OnHost]) -> Vec<(&'static str, Option<usize>, Vec<u32>)> {
    let mut found: Vec<(&'static str, Option<usize>, Vec<u32>)> = Vec::new();
    for on in hosts {
        let build = on.coverage.host.build;
        for (engines, image) in &on.elsewhere {
            match found.iter_mut().find(|(who, other, _)| who == engines && other == image) {
                Some((_, _, builds)) if builds.contains(&build) => {}
                Some((_, _, builds)) => builds.push(build),
                None => found.push((engines, *image, vec![build])),
            }
        }
    }
    found
}

/// Appends a title, a heading and rows in columns, after an empty line; nothing if there are no rows.
pub(super) fn section(out: &mut String, title: &str, head: &str, rows: impl Iterator<Item = String>) {
    let rows: String = rows.collect();
    if rows.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let mut table = Table::new(3);
    table.push(head);
    table.push(&rows);
    out.push_str(&format!("{title}\n{}", table.to_text()));
}

pub(super) fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn lines(lines: &[u32]) -> String {
    let texts: Vec<String> = lines.iter().map(u32::to_string).collect();
    or_dash(&texts.join(", ")).to_owned()
}

/// Returns the first digits of a digest.
fn short(digest: &str) -> &str {
    let hex = digest.split_once(':').map_or(digest, |(_, hex)| hex);
    hex.get(..DIGEST_PREFIX_LEN).unwrap_or(hex)
}

/// Formats image numbers, for example as `1, 3-5`.
fn numbers(images: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for image in images {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *image => *last = *image,
            _ => parts.push((*image, *image)),
        }
    }
    let part = |(first, last): &(usize, usize)| match last - first {
        0 => format!("{}", first + 1),
        1 => format!("{}, {}", first + 1, last + 1),
        _ => format!("{}-{}", first + 1, last + 1),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn counted(images: &[usize]) -> String {
    format!("IMAGE{} {}", if images.len() == 1 { "" } else { "S" }, numbers(images))
}

/// Truncates an instruction to the space available on a line.
fn cut(text: &str) -> String {
    const MAX_INSTRUCTION_LEN: usize = LINE_WIDTH - 20;
    if text.chars().count() <= MAX_INSTRUCTION_LEN {
        return text.to_owned();
    }
    text.chars().take(MAX_INSTRUCTION_LEN - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_counted_from_one() {
        assert_eq!(numbers(&[0]), "1");
        assert_eq!(numbers(&[0, 1]), "1, 2");
        assert_eq!(numbers(&[0, 2, 3, 4, 6]), "1, 3-5, 7");
        assert_eq!(counted(&[1]), "IMAGE 2");
    }

    #[test]
    fn long_instructions_are_cut() {
        assert_eq!(cut("RUN a"), "RUN a");
        assert_eq!(cut(&"ä".repeat(200)).chars().count(), LINE_WIDTH - 20);
    }
}
