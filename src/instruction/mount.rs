//! `RUN --mount`.

use super::error::{ErrorKind, Suggestion};
use super::expand::Expander;
use super::size::parse_size;
use super::types::{Mount, MountType, Run, Sharing};
use crate::go::csv;
use crate::go::number::{parse_bool, parse_uint};
use crate::go::unicode::to_lower;
use crate::suggest::suggest;

/// All keys, for suggestions.
const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];

impl MountType {
    const ALL: [Self; 5] = [Self::Bind, Self::Cache, Self::Tmpfs, Self::Secret, Self::Ssh];

    /// Returns the name, as in `type=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Cache => "cache",
            Self::Tmpfs => "tmpfs",
            Self::Secret => "secret",
            Self::Ssh => "ssh",
        }
    }
}

impl Sharing {
    const ALL: [Self; 3] = [Self::Shared, Self::Private, Self::Locked];

    /// Returns the name, as in `sharing=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Private => "private",
            Self::Locked => "locked",
        }
    }
}

impl Run {
    /// Parses the `--mount` flags.
    ///
    /// Without an expander, checks only what does not depend on variables: the lists, and that `from` has no
    /// variable. Upstream does this while parsing; the mounts of that pass are not used.
    ///
    /// # Errors
    ///
    /// Returns an error if a list, a key or a value is invalid, or if values conflict.
    pub fn mounts<E: From<ErrorKind>>(
        &self,
        mut expander: Option<&mut Expander<'_, E>>,
    ) -> Result<Vec<Mount>, E> {
        let mut mounts = Vec::with_capacity(self.mount_flags.len());
        for flag in &self.mount_flags {
            mounts.push(match &mut expander {
                Some(expander) => parse(flag, *expander)?,
                None => parse_early(flag)?,
            });
        }
        Ok(mounts)
    }
}

fn fields(value: &str) -> Result<Vec<String>, ErrorKind> {
    csv::fields(value).map_err(|error| ErrorKind::Csv { of: "mounts", error })
}

/// Parses the parts of a mount that do not depend on variables.
fn parse_early(value: &str) -> Result<Mount, ErrorKind> {
    let mut mount = Mount { read_only: true, ..Mount::default() };
    for field in fields(value)? {
        let Some((key, value)) = field.split_once('=') else { continue };
        let key = to_lower(key);
        if key == "from" {
            if value.find('$').is_some_and(|at| at + 1 != value.len()) {
                return Err(ErrorKind::Variable(key));
            }
            mount.from = value.to_owned();
        }
    }
    Ok(mount)
}

fn parse<E: From<ErrorKind>>(value: &str, expander: &mut Expander<'_, E>) -> Result<Mount, E> {
    let mut draft = Draft::default();
    for field in fields(value)? {
        match field.split_once('=') {
            None => draft.word(field)?,
            Some((key, value)) => draft.pair(&to_lower(key), expander(value)?, &field)?,
        }
    }
    Ok(draft.finish()?)
}

/// A mount whose fields are being parsed.
#[derive(Default)]
struct Draft {
    mount: Mount,
    /// `readonly` or `readwrite` was given.
    access_given: bool,
}

impl Draft {
    fn read_only(&mut self, read_only: bool) {
        self.mount.read_only = read_only;
        self.access_given = true;
    }

    /// Parses a field without `=`.
    fn word(&mut self, field: String) -> Result<(), ErrorKind> {
        let key = to_lower(&field);
        match key.as_str() {
            "readonly" | "ro" => self.read_only(true),
            "readwrite" | "rw" => self.read_only(false),
            "required" => {
                self.only_for(&[MountType::Secret, MountType::Ssh], &key)?;
                self.mount.required = true;
            }
            _ => return Err(ErrorKind::NotAPair(field)),
        }
        Ok(())
    }

    /// Checks that the key is allowed for the mount's type, which must come before it.
    fn only_for(&self, kinds: &[MountType], key: &str) -> Result<(), ErrorKind> {
        let kind = self.mount.kind;
        if kinds.contains(&kind) {
            return Ok(());
        }
        Err(ErrorKind::KeyOfOtherType { key: key.to_owned(), kind: kind.as_str() })
    }

    fn pair(&mut self, key: &str, value: String, field: &str) -> Result<(), ErrorKind> {
        let wrong = |value: &str| ErrorKind::Value { key: key.to_owned(), value: value.to_owned() };
        let boolean = |value: &str| parse_bool(value).map_err(|_| wrong(value));
        let id = |key, value: String, radix| match parse_uint(&value, radix, 32).map(u32::try_from) {
            Ok(Ok(id)) => Ok(Some(id)),
            _ => Err(ErrorKind::Id { key, value }),
        };
        match key {
            "type" => self.mount.kind = mount_type(value)?,
            "from" => self.mount.from = value,
            "source" | "src" => self.mount.source = value,
            "target" | "dst" | "destination" => self.mount.target = value,
            "readonly" | "ro" => self.read_only(boolean(&value)?),
            "readwrite" | "rw" => self.read_only(!boolean(&value)?),
            "required" => {
                self.only_for(&[MountType::Secret, MountType::Ssh], key)?;
                self.mount.required = boolean(&value)?;
            }
            "size" => {
                self.only_for(&[MountType::Tmpfs], key)?;
                self.mount.size = parse_size(&value).ok_or_else(|| wrong(&value))?;
            }
            "id" => self.mount.id = value,
            "sharing" => self.mount.sharing = Some(sharing(value)?),
            "mode" => self.mount.mode = id("mode", value, 8)?,
            "uid" => self.mount.uid = id("uid", value, 10)?,
            "gid" => self.mount.gid = id("gid", value, 10)?,
            "env" => self.mount.env = Some(value),
            _ => {
                let suggestion = Suggestion(suggest(key, KEYS, true));
                let (key, field) = (key.to_owned(), field.to_owned());
                return Err(ErrorKind::UnknownKey { key, field, suggestion });
            }
        }
        Ok(())
    }

    /// Returns the mount, unless its values conflict.
    fn finish(self) -> Result<Mount, ErrorKind> {
        let Self { mut mount, access_given } = self;
        let kind = mount.kind;
        if matches!(kind, MountType::Bind | MountType::Tmpfs) {
            let ids = [("mode", mount.mode), ("uid", mount.uid), ("gid", mount.gid)];
            if let Some((key, _)) = ids.into_iter().find(|(_, value)| value.is_some()) {
                return Err(ErrorKind::IdNotAllowed { key, kind: kind.as_str() });
            }
        }
        if !access_given {
            mount.read_only = !matches!(kind, MountType::Cache | MountType::Tmpfs);
        }
        if kind == MountType::Secret {
            if !mount.from.is_empty() {
                return Err(ErrorKind::SecretFrom);
            }
            if mount.sharing.is_some() {
                return Err(ErrorKind::SecretSharing);
            }
            if mount.source.is_empty() && mount.target.is_empty() && mount.id.is_empty() {
                return Err(ErrorKind::SecretWithoutName);
            }
            if !mount.source.is_empty() && !mount.id.is_empty() {
                return Err(ErrorKind::SecretSourceAndId);
            }
        }
        if mount.sharing.is_some() && kind != MountType::Cache {
            return Err(ErrorKind::SharingNotAllowed(kind.as_str()));
        }
        Ok(mount)
    }
}

fn mount_type(value: String) -> Result<MountType, ErrorKind> {
    let name = to_lower(&value);
    MountType::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| ErrorKind::MountType {
        suggestion: Suggestion(suggest(&value, MountType::ALL.map(MountType::as_str), true)),
        value,
    })
}

fn sharing(value: String) -> Result<Sharing, ErrorKind> {
    let name = to_lower(&value);
    Sharing::ALL.into_iter().find(|sharing| sharing.as_str() == name).ok_or_else(|| ErrorKind::Sharing {
        suggestion: Suggestion(suggest(&value, Sharing::ALL.map(Sharing::as_str), true)),
        value,
    })
}
