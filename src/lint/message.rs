//! The messages of the rules, in upstream's words. Each rule has one function, which is named after it.

use crate::go::quote;

/// Returns ` (did you mean ..?)` if there is a suggestion; otherwise an empty text.
fn did_you_mean(prefix: &str, suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!(" (did you mean {prefix}{name}?)"))
}

/// [`super::rule::STAGE_NAME_CASING`]
#[must_use]
pub fn stage_name_casing(stage: &str) -> String {
    format!("Stage name '{stage}' should be lowercase")
}

/// [`super::rule::FROM_AS_CASING`]
#[must_use]
pub fn from_as_casing(from: &str, as_word: &str) -> String {
    format!("'{as_word}' and '{from}' keywords' casing do not match")
}

/// [`super::rule::NO_EMPTY_CONTINUATION`]
#[must_use]
pub fn no_empty_continuation() -> String {
    "Empty continuation line".to_owned()
}

/// [`super::rule::CONSISTENT_INSTRUCTION_CASING`]; `casing` is `lowercase` or `uppercase`.
#[must_use]
pub fn consistent_instruction_casing(word: &str, casing: &str) -> String {
    format!("Command '{word}' should match the case of the command majority ({casing})")
}

/// [`super::rule::DUPLICATE_STAGE_NAME`]
#[must_use]
pub fn duplicate_stage_name(stage: &str) -> String {
    format!("Duplicate stage name {}, stage names should be unique", quote(stage))
}

/// [`super::rule::RESERVED_STAGE_NAME`]
#[must_use]
pub fn reserved_stage_name(stage: &str) -> String {
    format!("Stage name should not use the same name as reserved stage {}", quote(stage))
}

/// [`super::rule::JSON_ARGS_RECOMMENDED`]
#[must_use]
pub fn json_args_recommended(word: &str) -> String {
    format!("JSON arguments recommended for {word} to prevent unintended behavior related to OS signals")
}

/// [`super::rule::MAINTAINER_DEPRECATED`]
#[must_use]
pub fn maintainer_deprecated() -> String {
    "Maintainer instruction is deprecated in favor of using label".to_owned()
}

/// [`super::rule::UNDEFINED_ARG_IN_FROM`]
#[must_use]
pub fn undefined_arg_in_from(arg: &str, suggestion: Option<&str>) -> String {
    format!("FROM argument '{arg}' is not declared{}", did_you_mean("", suggestion))
}

/// [`super::rule::WORKDIR_RELATIVE_PATH`]
#[must_use]
pub fn workdir_relative_path(path: &str) -> String {
    format!("Relative workdir {} can have unexpected results if the base image changes", quote(path))
}

/// [`super::rule::UNDEFINED_VAR`]
#[must_use]
pub fn undefined_var(name: &str, suggestion: Option<&str>) -> String {
    format!("Usage of undefined variable '${name}'{}", did_you_mean("$", suggestion))
}

/// [`super::rule::MULTIPLE_INSTRUCTIONS_DISALLOWED`]
#[must_use]
pub fn multiple_instructions_disallowed(word: &str) -> String {
    format!(
        "Multiple {word} instructions should not be used in the same stage because only the last one will be used"
    )
}

/// [`super::rule::LEGACY_KEY_VALUE_FORMAT`]
#[must_use]
pub fn legacy_key_value_format(word: &str) -> String {
    format!("\"{word} key=value\" should be used instead of legacy \"{word} key value\" format")
}

/// [`super::rule::INVALID_BASE_IMAGE_PLATFORM`]
#[must_use]
pub fn invalid_base_image_platform(image: &str, expected: &str, actual: &str) -> String {
    let (expected, actual) = (quote(expected), quote(actual));
    format!("Base image {image} was pulled with platform {actual}, expected {expected} for current build")
}

/// [`super::rule::REDUNDANT_TARGET_PLATFORM`]
#[must_use]
pub fn redundant_target_platform(variable: &str) -> String {
    format!("Setting platform to predefined {variable} in FROM is redundant as this is the default behavior")
}

/// [`super::rule::SECRETS_USED_IN_ARG_OR_ENV`]
#[must_use]
pub fn secrets_used_in_arg_or_env(word: &str, key: &str) -> String {
    format!("Do not use ARG or ENV instructions for sensitive data ({word} {})", quote(key))
}

/// [`super::rule::INVALID_DEFAULT_ARG_IN_FROM`]
#[must_use]
pub fn invalid_default_arg_in_from(base: &str) -> String {
    format!("Default value for ARG {base} results in empty or invalid base image name")
}

/// [`super::rule::FROM_PLATFORM_FLAG_CONST_DISALLOWED`]
#[must_use]
pub fn from_platform_flag_const_disallowed(platform: &str) -> String {
    format!("FROM --platform flag should not use constant value {}", quote(platform))
}

/// [`super::rule::COPY_IGNORED_FILE`]; `command` is `Copy` or `Add`.
#[must_use]
pub fn copy_ignored_file(command: &str, file: &str) -> String {
    format!("Attempting to {command} file {} that is excluded by .dockerignore", quote(file))
}

/// [`super::rule::INVALID_DEFINITION_DESCRIPTION`]
#[must_use]
pub fn invalid_definition_description(word: &str, name: &str) -> String {
    format!("Comment for {word} should follow the format: `# {name} <description>`")
}

/// [`super::rule::EXPOSE_PROTO_CASING`]
#[must_use]
pub fn expose_proto_casing(port: &str) -> String {
    format!("Defined protocol '{port}' in EXPOSE instruction should be lowercase")
}

/// [`super::rule::EXPOSE_INVALID_FORMAT`]
#[must_use]
pub fn expose_invalid_format(port: &str) -> String {
    format!("EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'")
}

/// Returns one line for a terminal (upstream's `LintFormatShort`). Line 0 means no line.
#[must_use]
pub fn short(rule: &str, message: &str, line: u32) -> String {
    if line > 0 { format!("{rule}: {message} (line {line})") } else { format!("{rule}: {message}") }
}
