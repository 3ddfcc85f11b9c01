//! The table of rules.
//!
//! Names, descriptions and addresses are upstream's (`frontend/dockerfile/linter/ruleset.go`): users write the names in
//! `# check=skip=..`, and tools show the rest. The rules for Windows are in [`super::windows`].

/// The origin of a rule, which decides how its findings are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A rule of docker/dockerfile.
    Upstream,
    /// A rule of fanlight for stages that are built for Windows: something that goes wrong.
    Windows,
    /// A rule of fanlight: something that may be intended. It does not fail a build with `# check=error=true`, since
    /// the file builds with docker/dockerfile, which has no such rule.
    WindowsAdvice,
    /// A note of fanlight: something that a build for Windows says once, and that is not an error.
    WindowsNote,
}

impl Origin {
    /// Returns whether it fails the build with `# check=error=true`.
    #[must_use]
    pub const fn can_fail(self) -> bool {
        matches!(self, Self::Upstream | Self::Windows)
    }
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name, as in `# check=skip=NAME`.
    pub name: &'static str,
    /// What the rule is for, in one sentence.
    pub description: &'static str,
    /// The address of its documentation; empty if it has none.
    pub url: &'static str,
    /// True if it is checked only on request.
    pub experimental: bool,
    /// True if it is never checked.
    pub deprecated: bool,
    /// The origin.
    pub origin: Origin,
}

macro_rules! rules {
    ($($(#[$flag:ident])? $id:ident $name:literal $page:tt $description:literal;)*) => {
        $(
            #[doc = $description]
            pub static $id: Rule = Rule {
                name: $name,
                description: $description,
                url: rules!(@url $page),
                experimental: rules!(@flag experimental $($flag)?),
                deprecated: rules!(@flag deprecated $($flag)?),
                origin: Origin::Upstream,
            };
        )*

        /// Every rule, in upstream's order.
        #[cfg(test)]
        pub static RULES: &[&Rule] = &[$(&$id),*];
    };
    (@url "") => { "" };
    (@url $page:tt) => { concat!("https://docs.docker.com/go/dockerfile/rule/", $page, "/") };
    (@flag experimental experimental) => { true };
    (@flag deprecated deprecated) => { true };
    (@flag $wanted:ident $($flag:ident)?) => { false };
}

rules! {
    STAGE_NAME_CASING "StageNameCasing" "stage-name-casing"
        "Stage names should be lowercase";
    FROM_AS_CASING "FromAsCasing" "from-as-casing"
        "The 'as' keyword should match the case of the 'from' keyword";
    NO_EMPTY_CONTINUATION "NoEmptyContinuation" "no-empty-continuation"
        "Empty continuation lines will become errors in a future release";
    CONSISTENT_INSTRUCTION_CASING "ConsistentInstructionCasing" "consistent-instruction-casing"
        "All commands within the Dockerfile should use the same casing (either upper or lower)";
    DUPLICATE_STAGE_NAME "DuplicateStageName" "duplicate-stage-name"
        "Stage names should be unique";
    RESERVED_STAGE_NAME "ReservedStageName" "reserved-stage-name"
        "Reserved words should not be used as stage names";
    JSON_ARGS_RECOMMENDED "JSONArgsRecommended" "json-args-recommended"
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals";
    MAINTAINER_DEPRECATED "MaintainerDeprecated" "maintainer-deprecated"
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author";
    UNDEFINED_ARG_IN_FROM "UndefinedArgInFrom" "undefined-arg-in-from"
        "FROM command must use declared ARGs";
    WORKDIR_RELATIVE_PATH "WorkdirRelativePath" "workdir-relative-path"
        "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes";
    UNDEFINED_VAR "UndefinedVar" "undefined-var"
        "Variables should be defined before their use";
    MULTIPLE_INSTRUCTIONS_DISALLOWED "MultipleInstructionsDisallowed" "multiple-instructions-disallowed"
        "Multiple instructions of the same type should not be used in the same stage";
    LEGACY_KEY_VALUE_FORMAT "LegacyKeyValueFormat" "legacy-key-value-format"
        "Legacy key/value format with whitespace separator should not be used";
    INVALID_BASE_IMAGE_PLATFORM "InvalidBaseImagePlatform" ""
        "Base image platform does not match expected target platform";
    REDUNDANT_TARGET_PLATFORM "RedundantTargetPlatform" "redundant-target-platform"
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior";
    SECRETS_USED_IN_ARG_OR_ENV "SecretsUsedInArgOrEnv" "secrets-used-in-arg-or-env"
        "Sensitive data should not be used in the ARG or ENV commands";
    INVALID_DEFAULT_ARG_IN_FROM "InvalidDefaultArgInFrom" "invalid-default-arg-in-from"
        "Default value for global ARG results in an empty or invalid base image name";
    FROM_PLATFORM_FLAG_CONST_DISALLOWED "FromPlatformFlagConstDisallowed" "from-platform-flag-const-disallowed"
        "FROM --platform flag should not use a constant value";
    COPY_IGNORED_FILE "CopyIgnoredFile" "copy-ignored-file"
        "Attempting to Copy file that is excluded by .dockerignore";
    #[experimental] INVALID_DEFINITION_DESCRIPTION "InvalidDefinitionDescription" "invalid-definition-description"
        "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.";
    EXPOSE_PROTO_CASING "ExposeProtoCasing" "expose-proto-casing"
        "Protocol in EXPOSE instruction should be lowercase";
    EXPOSE_INVALID_FORMAT "ExposeInvalidFormat" "expose-invalid-format"
        "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release";
}
