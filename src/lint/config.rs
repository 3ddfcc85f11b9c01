//! The rules that are checked: `# check=skip=..;error=..;experimental=..`.

use super::ErrorKind;
use crate::go::number::parse_bool;
use crate::syntax;

/// Check options: which rules are checked, and whether violations fail the build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Skips all rules, except for the requested experimental ones.
    pub skip_all: bool,
    /// Rules to skip.
    pub skip: Vec<String>,
    /// Also checks all experimental rules.
    pub experimental_all: bool,
    /// Experimental rules to check.
    pub experimental: Vec<String>,
    /// True if a violation fails the build.
    pub error: bool,
}

impl Config {
    /// Parses the options of a `check` directive or build argument (upstream's `ParseLintOptions`).
    ///
    /// # Errors
    ///
    /// Returns an error for an option without `=`, for an unknown option, and for an `error` that is not a boolean.
    pub fn parse(options: &str) -> Result<Self, ErrorKind> {
        let mut config = Self::default();
        let options = options.trim();
        if options.is_empty() {
            return Ok(config);
        }
        for option in options.splitn(3, ';') {
            let Some((name, value)) = option.split_once('=') else {
                return Err(ErrorKind::CheckOption(option.to_owned()));
            };
            let value = value.trim();
            let rules = || value.split(',').map(|rule| rule.trim().to_owned()).collect();
            match name.trim() {
                "skip" if value == "all" => config.skip_all = true,
                "skip" => config.skip = rules(),
                "experimental" if value == "all" => config.experimental_all = true,
                "experimental" => config.experimental = rules(),
                "error" => {
                    config.error = parse_bool(value)
                        .map_err(|error| ErrorKind::CheckBoolean { option: option.to_owned(), error })?;
                }
                name => return Err(ErrorKind::CheckOption(name.to_owned())),
            }
        }
        Ok(config)
    }

    /// Parses the options in the `# check=` directive of a Dockerfile.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Config::parse`], in upstream's words for a directive.
    pub fn of_dockerfile(dockerfile: &[u8]) -> Result<Self, ErrorKind> {
        let options = syntax::check_directive(dockerfile).map(|directive| directive.value);
        Self::parse(options.as_deref().unwrap_or_default())
            .map_err(|kind| ErrorKind::CheckDirective(Box::new(kind)))
    }

    /// Parses the options in the first `# check=` among the comments of an instruction. Ignores options that cannot be
    /// parsed, like upstream.
    pub(super) fn of_comments(comments: &[String]) -> Option<Self> {
        let options = comments.iter().find_map(|comment| match syntax::directive_in(comment) {
            Some((syntax::Name::Check, value)) => Some(value),
            _ => None,
        })?;
        Self::parse(options.split(' ').next().unwrap_or_default()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_option() {
        let config = Config::parse(" skip= A , B ;error=T; experimental=all").unwrap();
        assert_eq!(config.skip, ["A", "B"]);
        assert!(config.error && config.experimental_all && !config.skip_all);
        assert!(Config::parse("skip=all").unwrap().skip_all);
        assert_eq!(Config::parse("experimental=A").unwrap().experimental, ["A"]);
        assert_eq!(Config::parse("skip=").unwrap().skip, [""]);
        assert_eq!(Config::parse("  ").unwrap(), Config::default());
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |options| Config::parse(options).unwrap_err().to_string();
        assert_eq!(error("skip=all;"), "invalid check option \"\"");
        assert_eq!(error("skip"), "invalid check option \"skip\"");
        assert_eq!(error(" foo = 1"), "invalid check option \"foo\"");
        assert_eq!(error("error= x"), {
            "failed to parse check option \"error= x\": strconv.ParseBool: parsing \"x\": invalid syntax"
        });
    }

    #[test]
    fn comes_from_a_dockerfile_or_a_comment() {
        assert_eq!(Config::of_dockerfile(b"# check=skip=A;error=true x\nFROM a").unwrap().skip, ["A"]);
        assert_eq!(Config::of_dockerfile(b"# check=x\nFROM a").unwrap_err().to_string(), {
            "failed to parse check options: invalid check option \"x\""
        });
        let comment = |text: &str| Config::of_comments(&["other".into(), text.into()]);
        assert_eq!(comment("check = skip=A B").unwrap().skip, ["A"]);
        assert_eq!(comment("check=x"), None);
    }
}
