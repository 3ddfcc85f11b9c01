//! The names that COPY and ADD give to the files they copy.

use crate::go::path::base;
use crate::instruction::Paths;
use crate::verify::file_name::{self, Fault};

/// Returns the first name that a step gives to a copied file and that Windows rejects.
pub(super) fn find(paths: &Paths) -> Option<(&str, Fault)> {
    let contents = paths.contents.iter().map(|content| content.path.as_str());
    let to_directory = paths.dest.ends_with(['/', '\\']) || paths.dest == ".";
    // The matches of a pattern are known only later, and a URL names a file by its own rules.
    let sources = paths.sources.iter().filter(|source| !source.contains(['*', '?', '[', '\\', ':']));
    let sources = sources.map(|source| base(source)).filter(|name| to_directory && *name != "/");
    file_name::find(&paths.dest).or_else(|| contents.chain(sources).find_map(file_name::find))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_copied_files() {
        let paths = |sources: &[&str], dest: &str| Paths {
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
            dest: dest.to_owned(),
            ..Paths::default()
        };
        assert_eq!(find(&paths(&["src/aux.c"], "C:/x/")), Some(("aux.c", Fault::Device)));
        assert_eq!(find(&paths(&["src/aux.c"], "C:/x/a.c")), None);
        assert_eq!(find(&paths(&["src/a*", "https://x/con"], "C:/x/")), None);
        assert_eq!(find(&paths(&["."], ".")), None);
    }
}
