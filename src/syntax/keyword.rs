//! The names of instructions.
//!
//! Mirrors moby/buildkit's `frontend/dockerfile/command`. The compiler finds every table that lacks a new
//! name, since each is a `match`.

use crate::go::unicode::to_lower;

macro_rules! keywords {
    ($($keyword:ident = $name:literal;)*) => {
        /// The name of an instruction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Keyword {
            $(#[doc = concat!("`", $name, "`")] $keyword,)*
        }

        impl Keyword {
            /// All names.
            pub const ALL: &[Self] = &[$(Self::$keyword),*];

            /// Returns the name in upper case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$keyword => $name),* }
            }
        }
    };
}

keywords! {
    Add = "ADD";
    Arg = "ARG";
    Cmd = "CMD";
    Copy = "COPY";
    Entrypoint = "ENTRYPOINT";
    Env = "ENV";
    Expose = "EXPOSE";
    From = "FROM";
    Healthcheck = "HEALTHCHECK";
    Label = "LABEL";
    Maintainer = "MAINTAINER";
    Onbuild = "ONBUILD";
    Run = "RUN";
    Shell = "SHELL";
    StopSignal = "STOPSIGNAL";
    User = "USER";
    Volume = "VOLUME";
    Workdir = "WORKDIR";
}

impl Keyword {
    /// Returns the instruction with this case-insensitive name; `None` if it is unknown.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        // As in Go, small letters of other alphabets may match ASCII letters.
        let lower = to_lower(word);
        Self::ALL.iter().copied().find(|keyword| keyword.name().eq_ignore_ascii_case(&lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case_are_names() {
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::parse(&keyword.name().to_lowercase()), Some(*keyword));
        }
        assert_eq!(Keyword::parse("Wor\u{212a}dir"), Some(Keyword::Workdir));
        assert_eq!(Keyword::parse("COPPY"), None);
    }
}
