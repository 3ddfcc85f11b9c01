//! Lists the files of a step.

use super::AT_ONCE;
use crate::gateway::{Bridge, Error, SolveRequest};
use crate::llb::Definition;
use crate::proto::frontend::Ref;
use crate::proto::fsutil::Stat;
use crate::verify::files::{Entry, Kind};
use crate::wait;

/// How many directories of a step are listed at most.
const MAX_DIRECTORIES: usize = 256;
/// How many files of a step are listed at most.
const MAX_ENTRIES: usize = 20_000;

/// Bits of Go's `fs.FileMode`.
const DIRECTORY: u32 = 1 << 31;
const SYMLINK: u32 = 1 << 27;
const OTHER: u32 = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;

/// The files that a step added.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) entries: Vec<Entry>,
    /// True if there are more files.
    pub(super) has_more: bool,
    /// The path of the files in the step; empty for the root.
    pub(super) prefix: &'static str,
    /// Why some files could not be listed.
    pub(super) unread: Option<String>,
}

impl Tree {
    /// Lists directories, those near the root first. `seed` is the seed that the step is built on.
    pub(super) async fn list(bridge: &Bridge, reference: &Ref, seed: &Definition) -> Self {
        let mut tree = Self::default();
        if let Err(error) = tree.fill(bridge, reference, seed).await {
            tree.has_more = true;
            tree.unread = Some(error.to_string());
        }
        tree
    }

    async fn fill(&mut self, bridge: &Bridge, reference: &Ref, seed: &Definition) -> Result<(), Error> {
        let mut root = bridge.read_dir(reference, "/", "").await?;
        if has_names_of_layer(&root) && is_layer(bridge, &root, seed).await? {
            // A layer of an imported cache: BuildKit has lost the mark that it is a Windows layer.
            self.prefix = "/Files";
            root = bridge.read_dir(reference, self.prefix, "").await?;
        }
        let mut level = self.add("", root);
        let mut listed = 1;
        while !level.is_empty() {
            let mut next = Vec::new();
            for some in level.chunks(AT_ONCE) {
                listed += some.len();
                if listed > MAX_DIRECTORIES || self.entries.len() > MAX_ENTRIES {
                    self.has_more = true;
                    self.unread = Some(format!(
                        "a step has more than {MAX_DIRECTORIES} directories or {MAX_ENTRIES} files"
                    ));
                    return Ok(());
                }
                let prefix = self.prefix;
                let paths: Vec<String> = some.iter().map(|path| format!("{prefix}{path}")).collect();
                let lists = wait::all(paths.iter().map(|path| bridge.read_dir(reference, path, ""))).await;
                for (path, list) in some.iter().zip(lists) {
                    next.extend(self.add(path, list?));
                }
            }
            level = next;
        }
        Ok(())
    }

    /// Adds the entries of a directory, and returns the directories among them.
    fn add(&mut self, directory: &str, list: Vec<Stat>) -> Vec<String> {
        let mut directories = Vec::new();
        for stat in list {
            let path = format!("{directory}/{}", stat.path);
            let kind = if stat.mode & DIRECTORY != 0 {
                directories.push(path.clone());
                Kind::Directory
            } else if stat.mode & SYMLINK != 0 {
                let target = &stat.linkname;
                let target =
                    target.strip_prefix("Files/").filter(|_| !self.prefix.is_empty()).unwrap_or(target);
                Kind::Symlink(target.to_owned())
            } else if stat.mode & OTHER != 0 {
                continue;
            } else {
                Kind::File(u64::try_from(stat.size).unwrap_or(0))
            };
            self.entries.push(Entry { path, kind, content: None, text: None });
        }
        directories
    }
}

/// The directories at the root of a Windows layer, in order.
const OF_LAYER: [&str; 2] = ["Files", "Hives"];

/// Returns whether a root directory has the names of a Windows layer. The seed has them as well, so a step that only
/// adds files to `C:\Files` has the same names.
fn has_names_of_layer(root: &[Stat]) -> bool {
    root.iter().map(|stat| stat.path.as_str()).eq(OF_LAYER)
}

/// Returns whether a root directory with these names is that of a Windows layer. A layer has its own `Hives`, for which
/// BuildKit writes the current time.
async fn is_layer(bridge: &Bridge, root: &[Stat], seed: &Definition) -> Result<bool, Error> {
    let request = SolveRequest { definition: Some(seed.to_pb()), evaluate: true, ..SolveRequest::default() };
    let Some(seed) = bridge.solve(request).await?.single().map_err(Error::new)? else { return Ok(false) };
    let of_seed = bridge.read_dir(&seed, "/", "").await?;
    let hives = |root: &[Stat]| root.iter().find(|stat| stat.path == OF_LAYER[1]).map(|stat| stat.mod_time);
    Ok(hives(root) != hives(&of_seed))
}
