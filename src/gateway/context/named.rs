//! Named contexts, with which the client replaces a stage or an image.
//!
//! Mirrors `namedcontext.go` of moby/buildkit's `frontend/dockerui`.

use serde_json::Value;

use super::error::ErrorKind;
use super::ignore::IgnoreFile;
use super::local::{IGNORE_FILE, LateLocal, LocalDirectory};
use super::remote::{self, GitSettings};
use super::{Contexts, encode, image_config, local, solve};
use crate::gateway::resolve::{OciStore, ResolveError, ResolveImage};
use crate::gateway::{Error, base64};
use crate::image::{Image, Platform, Reference};
use crate::llb::{self, Late, Metadata, OciLayout, Output, ResolveMode, State, from_definition};

/// How often source policies may replace one context with another.
const MAX_REPLACEMENTS: usize = 10;

/// The name of the empty file tree as an image.
const SCRATCH: &str = "scratch";

/// A context that the client gives for a name.
#[derive(Debug, Clone)]
pub struct NamedContext {
    contexts: Contexts,
    /// The name, including `::PLATFORM` if it is for one platform.
    key: String,
    name: String,
    input: String,
    shared_key: String,
}

/// A context that has been looked up.
#[derive(Debug, Clone)]
pub struct LoadedContext {
    /// Its files.
    pub state: State,
    /// Its config, if it is an image.
    pub image: Option<Image>,
    /// The directory to bind `state` to, if the context is one.
    pub late: Option<LateLocal>,
    /// The digest of its manifest or index, if it is an image.
    pub digest: String,
    /// Its full reference, if it is an image of a registry.
    pub reference: Option<String>,
}

impl NamedContext {
    /// Returns the image name that the client gave, if the context is an image.
    #[must_use]
    pub fn image_name(&self) -> Option<&str> {
        let name = self.input.strip_prefix("docker-image:")?;
        Some(name.strip_prefix("//").unwrap_or(name))
    }

    /// Returns the OCI layout of the client, if the context is one.
    #[must_use]
    pub fn oci_store(&self) -> Option<OciStore> {
        let layout = Reference::parse(self.layout()?).ok()?;
        Some(OciStore { session_id: self.contexts.options.session_id.clone(), store_id: layout.name() })
    }

    fn layout(&self) -> Option<&str> {
        let layout = self.input.strip_prefix("oci-layout:")?;
        Some(layout.strip_prefix("//").unwrap_or(layout))
    }

    /// Returns one image of the index that the context is, by the digest of its manifest; `None` if it is not
    /// an image.
    #[must_use]
    pub fn pinned(&self, digest: &str) -> Option<Self> {
        let (kind, name) = match (self.image_name(), self.layout()) {
            (Some(image), _) => ("docker-image", Reference::parse_normalized(image).ok()?.tag_name_only()),
            (None, Some(layout)) => ("oci-layout", Reference::parse(layout).ok()?),
            (None, None) => return None,
        };
        let one = name.with_digest(digest).ok()?;
        Some(Self { input: format!("{kind}://{one}"), ..self.clone() })
    }
}

impl LoadedContext {
    const fn files(state: State) -> Self {
        Self { state, image: None, late: None, digest: String::new(), reference: None }
    }
}

/// Returns the client's context for `name` on `platform`, or otherwise on any (upstream's `NamedContext`).
pub(super) fn find(
    contexts: &Contexts,
    name: &str,
    platform: &Platform,
) -> Result<Option<NamedContext>, ErrorKind> {
    let name = short_name(name)?;
    let for_platform = format!("{name}::{}", platform.normalize().format_all());
    Ok([for_platform.as_str(), &name].into_iter().find_map(|key| with_key(contexts, &name, key)))
}

/// Returns the client's contexts for `name` on Windows versions of `platform`'s architecture, by the
/// `os.version` of each: `docker buildx bake` sends them for a target that fans out.
pub(super) fn find_versions(
    contexts: &Contexts,
    name: &str,
    platform: &Platform,
) -> Result<Vec<(String, NamedContext)>, ErrorKind> {
    let name = short_name(name)?;
    let prefix = format!("context:{name}::windows(");
    let keys = contexts.options.raw.range(prefix.clone()..).map(|(key, _)| key.as_str());
    let keys = keys.take_while(|key| key.starts_with(&prefix)).filter_map(|key| key.strip_prefix("context:"));
    let bare = |platform: &Platform| Platform {
        os_version: String::new(),
        os_features: None,
        ..platform.normalize()
    };
    let versions = keys.filter_map(|key| {
        let of = Platform::parse(key.get(name.len() + 2..)?).ok()?;
        let fits = bare(&of) == bare(platform) && !of.os_version.is_empty();
        Some((of.os_version, with_key(contexts, &name, key).filter(|_| fits)?))
    });
    Ok(versions.collect())
}

/// Returns a name in the form that the client's keys have.
fn short_name(name: &str) -> Result<String, ErrorKind> {
    let reference = Reference::parse_normalized(name)
        .map_err(|error| ErrorKind::Name { name: name.to_owned(), error })?;
    let familiar = reference.familiar();
    Ok(familiar.strip_suffix(":latest").unwrap_or(&familiar).to_owned())
}

fn with_key(contexts: &Contexts, name: &str, key: &str) -> Option<NamedContext> {
    let input = contexts.options.raw.get(&format!("context:{key}"))?;
    Some(NamedContext {
        contexts: contexts.clone(),
        key: key.to_owned(),
        name: name.to_owned(),
        input: input.clone(),
        shared_key: contexts.options.text(&format!("sharedkey:localdir:{key}")).to_owned(),
    })
}

impl NamedContext {
    /// Looks the context up. `platform` selects an image; `None` selects the engine's platform.
    ///
    /// # Errors
    ///
    /// Returns an error if the client's text is invalid or a call fails.
    pub async fn load(
        &self,
        platform: Option<&Platform>,
        resolve_mode: ResolveMode,
    ) -> Result<LoadedContext, Error> {
        let mut input = self.input.clone();
        for _ in 0..=MAX_REPLACEMENTS {
            match self.load_input(&input, platform, resolve_mode).await? {
                Found::Context(context) => return Ok(*context),
                Found::Replacement(other) => input = other,
            }
        }
        Err(ErrorKind::Recursion(input).into())
    }

    async fn load_input(
        &self,
        input: &str,
        platform: Option<&Platform>,
        resolve_mode: ResolveMode,
    ) -> Result<Found, ErrorKind> {
        let specifier = || ErrorKind::Specifier { input: input.to_owned(), name: self.key.clone() };
        let (kind, rest) = input.split_once(':').ok_or_else(specifier)?;
        let context = match kind {
            "docker-image" => {
                let name = rest.strip_prefix("//").unwrap_or(rest);
                return self.image(name, platform, resolve_mode).await;
            }
            // `git@host:path` is an SSH address.
            _ if kind == "git" || kind.starts_with("git@") => {
                let git = remote::git(input, &self.git_settings())?;
                LoadedContext::files(git.ok_or_else(|| ErrorKind::NoGit(input.to_owned()))?)
            }
            "http" | "https" => {
                let git = remote::git(input, &self.git_settings())?;
                LoadedContext::files(git.unwrap_or_else(|| remote::http(input, self.metadata(input))))
            }
            "oci-layout" => self.oci_layout(rest.strip_prefix("//").unwrap_or(rest), platform).await?,
            "local" => self.local(rest).await?,
            "input" => self.input(rest).await?,
            _ => return Err(ErrorKind::Kind { kind: kind.to_owned(), name: self.key.clone() }),
        };
        Ok(Found::Context(Box::new(context)))
    }

    async fn image(
        &self,
        name: &str,
        platform: Option<&Platform>,
        resolve_mode: ResolveMode,
    ) -> Result<Found, ErrorKind> {
        if name == SCRATCH {
            return Ok(Found::Context(Box::new(LoadedContext::files(State::scratch()))));
        }
        let reference = Reference::parse_normalized(name).map_err(ErrorKind::Reference)?;
        let query = ResolveImage {
            reference: reference.tag_name_only().to_string(),
            platform: platform.cloned(),
            resolve_mode,
            log_name: format!("[context {}] load metadata for {name}", self.key),
            store: None,
        };
        let resolved = match self.contexts.bridge.sources().image(query).await {
            Ok(resolved) => resolved,
            Err(ResolveError::NotAnImage { identifier, .. }) => {
                let parts = identifier.split_once("://");
                let (kind, rest) = parts.ok_or_else(|| ErrorKind::Replacement(identifier.clone()))?;
                return Ok(Found::Replacement(format!("{kind}:{rest}")));
            }
            Err(error) => return Err(Error::from(error).into()),
        };
        let mut image = Image::parse(&resolved.config).map_err(ErrorKind::Config)?;
        image.created = None;
        let source = llb::Image {
            reference: resolved.reference.clone(),
            platform: platform.cloned(),
            resolve_mode: ResolveMode::Default,
        };
        let state = image_config::apply(source.state(self.metadata(name)), &image);
        let digest = resolved.digest.clone();
        let reference = Reference::parse_normalized(&resolved.reference)
            .and_then(|reference| reference.with_digest(&digest))
            .map_or_else(|_| resolved.reference.clone(), |reference| reference.to_string());
        Ok(Found::Context(Box::new(LoadedContext {
            state,
            image: Some(image),
            late: None,
            digest,
            reference: Some(reference),
        })))
    }

    async fn oci_layout(&self, text: &str, platform: Option<&Platform>) -> Result<LoadedContext, ErrorKind> {
        let layout_error = |text: &str, error| ErrorKind::Layout { text: text.to_owned(), error };
        let layout = Reference::parse(text).map_err(|error| layout_error(text, error))?;
        let digest = layout.digest().ok_or_else(|| ErrorKind::LayoutWithoutDigest(layout.to_string()))?;
        // The layout is found by its store; the reference is only for display.
        let shown = Reference::parse_normalized(&self.name)
            .map_err(|error| layout_error(&self.name, error))?
            .with_digest(digest)
            .map_err(|error| ErrorKind::LayoutName { name: self.name.clone(), error })?
            .to_string();
        let store =
            OciStore { session_id: self.contexts.options.session_id.clone(), store_id: layout.name() };
        let query = ResolveImage {
            reference: shown.clone(),
            platform: platform.cloned(),
            resolve_mode: ResolveMode::Default,
            log_name: format!("[context {}] load metadata for {shown}", self.key),
            store: Some(store.clone()),
        };
        let resolved = self.contexts.bridge.resolve_image_config(&query).await?;
        let image = Image::parse(&resolved.config).map_err(ErrorKind::LayoutConfig)?;
        let source = OciLayout {
            reference: shown,
            platform: platform.cloned(),
            session_id: store.session_id,
            store_id: store.store_id,
        };
        let state = image_config::apply(source.state(self.metadata("OCI load from client")), &image);
        let digest = resolved.digest.clone();
        Ok(LoadedContext { image: Some(image), digest, ..LoadedContext::files(state) })
    }

    async fn local(&self, name: &str) -> Result<LoadedContext, ErrorKind> {
        let options = &self.contexts.options;
        let hint = format!("context:{}-{IGNORE_FILE}", self.key);
        let label = format!("[context {}] load {IGNORE_FILE}", self.key);
        let ignore_file = local::files(options, name, vec![IGNORE_FILE.to_owned()], hint, label);
        let bridge = &self.contexts.bridge;
        let reference = solve(bridge, &encode(&ignore_file), true).await?;
        let directory = LocalDirectory {
            name: name.to_owned(),
            session_id: options.session_of(name).to_owned(),
            shared_key_hint: format!("context:{}-{}", self.key, self.shared_key),
            exclude_patterns: IgnoreFile::read(bridge, &reference).await?.patterns()?,
            label: format!("[context {}] load from client", self.key),
        };
        let late = LateLocal { late: Late::new(), directory };
        let state = State::new(Some(Output::late(late.late)));
        Ok(LoadedContext { late: Some(late), ..LoadedContext::files(state) })
    }

    async fn input(&self, name: &str) -> Result<LoadedContext, ErrorKind> {
        let inputs = self.contexts.bridge.inputs().await?;
        let definition = inputs
            .get(name)
            .ok_or_else(|| ErrorKind::Input { input: name.to_owned(), name: self.key.clone() })?;
        let state = from_definition(definition)?;
        let Some(config) = self.input_config(name)? else { return Ok(LoadedContext::files(state)) };
        let image = Image::parse(&config)
            .map_err(|error| ErrorKind::InputConfig { name: self.key.clone(), error })?;
        let state = image_config::apply(state, &image);
        Ok(LoadedContext { image: Some(image), ..LoadedContext::files(state) })
    }

    /// Returns the config that belongs to an input, whose metadata is a JSON map of base64 strings.
    fn input_config(&self, name: &str) -> Result<Option<Vec<u8>>, ErrorKind> {
        let Some(text) = self.contexts.options.raw.get(&format!("input-metadata:{name}")) else {
            return Ok(None);
        };
        let invalid = |error: String| ErrorKind::InputMetadata { text: text.clone(), error };
        let metadata: Value =
            serde_json::from_str(text).map_err(|error: serde_json::Error| match error.is_eof() {
                // Go's text.
                true => invalid("unexpected end of JSON input".to_owned()),
                false => invalid(error.to_string()),
            })?;
        match &metadata["containerimage.config"] {
            Value::String(config) => match base64::decode(config) {
                Some(config) => Ok(Some(config)),
                None => Err(invalid("illegal base64 data".to_owned())),
            },
            Value::Null if metadata.is_null() || metadata.is_object() => Ok(None),
            _ => Err(invalid("it is not a map of texts".to_owned())),
        }
    }

    fn git_settings(&self) -> GitSettings {
        GitSettings { advice: self.contexts.options.git_advice, ..GitSettings::default() }
    }

    fn metadata(&self, text: &str) -> Metadata {
        Metadata::named(format!("[context {}] {text}", self.key))
    }
}

/// The result of looking up a context.
enum Found {
    Context(Box<LoadedContext>),
    /// A source policy requires this context instead.
    Replacement(String),
}
