//! ADD and COPY: sources, heredocs and a destination.

use std::collections::HashMap;

use super::error::ErrorKind;
use super::flag;
use super::node::ParseRequest;
use super::types::{Add, Copy, Paths, SourceContent};
use crate::syntax::text::lossy;
use crate::syntax::{Heredoc, chomp_bytes, chomp_heredoc, parse_heredoc};

/// Parses ADD.
pub(super) fn add(request: &ParseRequest<'_>) -> Result<Add, ErrorKind> {
    let (sources, dest) = operands(request)?;
    let mut flags = request.flags(&flag::ADD)?;
    Ok(Add {
        paths: paths(request, sources, dest)?,
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.boolean("link").unwrap_or_default(),
        exclude: flags.texts("exclude"),
        keep_git_dir: flags.boolean("keep-git-dir"),
        checksum: flags.text("checksum"),
        unpack: flags.boolean("unpack"),
    })
}

/// Parses COPY.
pub(super) fn copy(request: &ParseRequest<'_>) -> Result<Copy, ErrorKind> {
    let (sources, dest) = operands(request)?;
    let mut flags = request.flags(&flag::COPY)?;
    Ok(Copy {
        paths: paths(request, sources, dest)?,
        from: flags.text("from"),
        chown: flags.text("chown"),
        chmod: flags.text("chmod"),
        link: flags.boolean("link").unwrap_or_default(),
        parents: flags.boolean("parents").unwrap_or_default(),
        exclude: flags.texts("exclude"),
    })
}

fn operands<'a>(request: &'a ParseRequest<'_>) -> Result<(&'a [String], &'a str), ErrorKind> {
    match request.args() {
        [sources @ .., dest] if !sources.is_empty() => Ok((sources, dest)),
        _ => Err(ErrorKind::NoDestination(request.keyword.name())),
    }
}

/// Parses sources and destination (upstream's `parseSourcesAndDest`). A word that opens a heredoc without
/// content is an empty file.
fn paths(request: &ParseRequest<'_>, sources: &[String], dest: &str) -> Result<Paths, ErrorKind> {
    if let Ok(Some(_)) = parse_heredoc(dest) {
        return Err(ErrorKind::HeredocDestination(request.keyword.name()));
    }
    let heredocs: HashMap<&str, &Heredoc> =
        request.node.heredocs.iter().map(|heredoc| (heredoc.name.as_str(), heredoc)).collect();
    let mut paths = Paths { dest: dest.to_owned(), ..Paths::default() };
    for source in sources {
        let Ok(Some(word)) = parse_heredoc(source) else {
            paths.sources.push(source.clone());
            continue;
        };
        let content = heredocs.get(word.name.as_str()).map_or(&b""[..], |heredoc| &heredoc.content);
        let raw = (!word.expand && std::str::from_utf8(content).is_err())
            .then(|| if word.chomp { chomp_bytes(content) } else { content.to_vec() });
        let data = lossy(content);
        paths.contents.push(SourceContent {
            data: if word.chomp { chomp_heredoc(&data) } else { data },
            path: word.name,
            expand: word.expand,
            raw,
        });
    }
    Ok(paths)
}
