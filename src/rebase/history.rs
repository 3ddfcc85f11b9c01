//! Checks by the history of an image above its base that its layers contain only files.
//!
//! A layer created by RUN on Windows contains changes to the registry of its base. The history tells how a layer was
//! created. It may lie, but only if the image was pushed by someone who could have put anything into its layers anyway.

use super::config::ADDED;
use super::{ErrorKind, diff_ids, own_layers};
use crate::image::{History, Image};

/// The comment of lines that BuildKit's Dockerfile frontends write.
const DOCKERFILE: &str = "buildkit.dockerfile.v0";
/// The comment of lines that BuildKit's exporter adds for layers without one.
const FILLED: &str = "buildkit.exporter.image.v0";
/// Instructions that create only files.
const OF_FILES: [&str; 3] = ["COPY ", "ADD ", "WORKDIR "];

/// Returns the lines of an image's history above those of its base. `name` is the image's name in errors.
///
/// # Errors
///
/// Returns an error if a layer may contain more than files, or if the history does not match the layers.
pub fn own_history(name: &str, image: &Image, base: &Image) -> Result<Vec<History>, ErrorKind> {
    let layers = own_layers(image, base);
    let lines = above(image, base);
    let made: Vec<&History> = lines.iter().filter(|line| !line.empty_layer).collect();
    if made.len() != layers {
        return Err(ErrorKind::History { image: name.to_owned(), lines: made.len(), layers });
    }
    match made.iter().position(|line| !is_of_files(line)) {
        None => Ok(lines.to_vec()),
        Some(index) => {
            Err(ErrorKind::Layer { image: name.to_owned(), number: index + 1, line: said(made[index]) })
        }
    }
}

/// Returns the lines above the base's.
fn above<'i>(image: &'i Image, base: &Image) -> &'i [History] {
    let is_same = |(one, other): (&History, &History)| {
        one.created_by == other.created_by && one.empty_layer == other.empty_layer
    };
    let begins =
        image.history.len() >= base.history.len() && image.history.iter().zip(&base.history).all(is_same);
    let unnamed = diff_ids(base).len().saturating_sub(count(&base.history));
    if begins && unnamed == 0 {
        return &image.history[base.history.len()..];
    }
    if begins {
        // The base's history names fewer layers than it has, and BuildKit has added that number of lines after the
        // image's own.
        let own = &image.history[base.history.len()..];
        let (own, filled) = own.split_at(own.len().saturating_sub(unnamed));
        if filled.iter().all(|line| line.comment == FILLED && !line.empty_layer) {
            return own;
        }
    }
    let mut left = diff_ids(base).len();
    let is_own = |line: &History| {
        let own = left == 0;
        left -= usize::from(!own && !line.empty_layer);
        own
    };
    let first = image.history.iter().position(is_own).unwrap_or(image.history.len());
    &image.history[first..]
}

fn count(lines: &[History]) -> usize {
    lines.iter().filter(|line| !line.empty_layer).count()
}

fn is_of_files(line: &History) -> bool {
    let by = line.created_by.as_str();
    if line.comment == DOCKERFILE {
        return OF_FILES.iter().any(|instruction| by.starts_with(instruction));
    }
    let of_ko = line.author == "ko" && (by.starts_with("ko build ") || by.starts_with("ko publish "));
    // crane append writes an empty line.
    let of_crane = by.is_empty() && line.author.is_empty() && line.comment.is_empty();
    of_ko || of_crane || line.comment == ADDED
}

/// Returns the text that describes a line's layer.
fn said(line: &History) -> String {
    if line.created_by.is_empty() { line.comment.clone() } else { line.created_by.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::image;
    use super::*;

    fn line(created_by: &str, comment: &str) -> History {
        History { created_by: created_by.into(), comment: comment.into(), ..History::default() }
    }

    fn base() -> Image {
        Image { history: vec![line("Apply image", ""), line("Install update", "")], ..image(&["1", "2"]) }
    }

    /// Returns the result for an image with these lines above a base of two layers, with one layer for each line that
    /// is not empty.
    fn own(lines: &[History]) -> Result<Vec<History>, ErrorKind> {
        let base = base();
        let ids: Vec<String> = (1..=2 + count(lines)).map(|id| id.to_string()).collect();
        let mut image = image(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        image.history = [base.history.clone(), lines.to_vec()].concat();
        own_history("app", &image, &base)
    }

    #[test]
    fn layers_of_files_alone_are_kept() {
        let empty = History { empty_layer: true, ..line("RUN once", DOCKERFILE) };
        let ko =
            History { author: "ko".into(), ..line("ko build ko://example.com/app", "go build output, at x") };
        let lines = [
            line("COPY a b # buildkit", DOCKERFILE),
            line("ADD a b # buildkit", DOCKERFILE),
            line("WORKDIR /x", DOCKERFILE),
            empty,
            ko,
            History::default(),
        ];
        assert_eq!(own(&lines), Ok(lines.to_vec()));
        assert_eq!(own(&[]), Ok(Vec::new()));
    }

    #[test]
    fn other_layers_are_refused_by_their_line() {
        for made in [
            line("RUN powershell -Command Install-It # buildkit", DOCKERFILE),
            line("COPY a b", ""),
            line("cmd /S /C #(nop) COPY file:0 in x", ""),
            line("", FILLED),
            line("COPYRIGHT", DOCKERFILE),
            line("", "imported from -"),
            line("ko build x", ""),
        ] {
            let refused = own(&[line("COPY a b", DOCKERFILE), made.clone()]);
            let expected = ErrorKind::Layer { image: "app".into(), number: 2, line: said(&made) };
            assert_eq!(refused, Err(expected), "{made:?}");
        }
    }

    #[test]
    fn a_history_has_to_go_with_the_layers() {
        let mut app = image(&["1", "2", "3", "4"]);
        app.history = [base().history, vec![line("COPY a b", DOCKERFILE)]].concat();
        let expected = ErrorKind::History { image: "app".into(), lines: 1, layers: 2 };
        assert_eq!(own_history("app", &app, &base()), Err(expected));
    }

    #[test]
    fn a_history_that_names_no_layer_of_the_base_is_known_by_what_buildkit_adds() {
        let base = image(&["1"]);
        let copy = line("COPY a b", DOCKERFILE);
        let mut app = image(&["1", "2"]);
        app.history = vec![copy.clone(), line("", FILLED)];
        assert_eq!(own_history("app", &app, &base), Ok(vec![copy.clone()]));
        // The base's history differs, so its layers are counted.
        app.history = vec![line("something else", ""), copy.clone()];
        assert_eq!(own_history("app", &app, &base), Ok(vec![copy]));
    }
}
