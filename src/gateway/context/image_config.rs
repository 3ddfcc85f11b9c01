//! Applies an image's config as settings for containers.

use crate::go::path;
use crate::image::Image;
use crate::llb::State;

/// Returns `files` with the environment, directory and platform of `image` (upstream's `WithImageConfig`).
pub(super) fn apply(mut files: State, image: &Image) -> State {
    for variable in &image.config.env {
        let (key, value) = variable.split_once('=').unwrap_or((variable, ""));
        if !key.is_empty() {
            files.env.set(key, value);
        }
    }
    let directory = image.config.working_dir.as_str();
    files.dir =
        if path::is_abs(directory) { directory.to_owned() } else { path::join(&[&files.dir, directory]) };
    if !image.platform.architecture.is_empty() && !image.platform.os.is_empty() {
        files.platform = Some(image.platform.normalize());
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_image() {
        let config = br#"{"architecture":"amd64","os":"linux",
            "config":{"Env":["A=1=2","B","=x"],"WorkingDir":"src"}}"#;
        let files = apply(State::scratch(), &Image::parse(config).unwrap());
        assert_eq!(files.env.to_strings(), ["A=1=2", "B="]);
        assert_eq!(files.dir, "/src");
        assert_eq!(files.platform.unwrap().format(), "linux/amd64");
    }
}
