//! Character classes: `[^/]`, `\d`, `[[:alpha:]_]`.

use crate::go::unicode::is_letter;

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Class {
    ranges: Vec<(char, char)>,
    groups: Vec<(Group, bool)>,
    negated: bool,
}

/// A Unicode category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Letter,
    Number,
    Separator,
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const LOWER: &[(char, char)] = &[('a', 'z')];
const UPPER: &[(char, char)] = &[('A', 'Z')];
const ALPHA: &[(char, char)] = &[('A', 'Z'), ('a', 'z')];
const ALNUM: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('a', 'z')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const PERL_SPACE: &[(char, char)] = &[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
const BLANK: &[(char, char)] = &[('\t', '\t'), (' ', ' ')];
const PUNCT: &[(char, char)] = &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')];
const XDIGIT: &[(char, char)] = &[('0', '9'), ('A', 'F'), ('a', 'f')];

impl Class {
    /// Adds the characters from `low` to `high`, inclusive.
    pub fn add(&mut self, low: char, high: char) {
        self.ranges.push((low, high));
    }

    /// Negates the set.
    pub const fn negate(&mut self) {
        self.negated = !self.negated;
    }

    /// Adds the class of `\d`, `\s`, `\w` or their opposites; `false` for any other letter.
    pub fn add_perl(&mut self, letter: char) -> bool {
        let ranges = match letter.to_ascii_lowercase() {
            'd' => DIGIT,
            's' => PERL_SPACE,
            'w' => WORD,
            _ => return false,
        };
        self.add_ranges(ranges, letter.is_ascii_uppercase());
        true
    }

    /// Adds a POSIX class, `alpha` or `^alpha`; `false` for an unknown name.
    pub fn add_posix(&mut self, name: &str) -> bool {
        let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        let ranges = match name {
            "alnum" => ALNUM,
            "alpha" => ALPHA,
            "ascii" => &[('\0', '\u{7f}')],
            "blank" => BLANK,
            "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
            "digit" => DIGIT,
            "graph" => &[('!', '~')],
            "lower" => LOWER,
            "print" => &[(' ', '~')],
            "punct" => PUNCT,
            "space" => SPACE,
            "upper" => UPPER,
            "word" => WORD,
            "xdigit" => XDIGIT,
            _ => return false,
        };
        self.add_ranges(ranges, negated);
        true
    }

    /// Adds a Unicode category by its letter, or its complement. Of Go's categories, only `L`, `N` and `Z`
    /// are supported; `false` for the others.
    pub fn add_category(&mut self, letter: char, negated: bool) -> bool {
        let group = match letter {
            'L' => Group::Letter,
            'N' => Group::Number,
            'Z' => Group::Separator,
            _ => return false,
        };
        self.groups.push((group, negated));
        true
    }

    fn add_ranges(&mut self, ranges: &[(char, char)], negated: bool) {
        if !negated {
            self.ranges.extend(ranges);
            return;
        }
        // The tables are sorted ASCII, so the gaps are between neighbors.
        let mut low = '\0';
        for &(first, last) in ranges {
            if low < first {
                self.ranges.push((low, char::from((first as u8).saturating_sub(1))));
            }
            low = char::from((last as u8).saturating_add(1));
        }
        self.ranges.push((low, char::MAX));
    }

    /// Returns whether `c` is in the set.
    #[must_use]
    pub fn contains(&self, c: char) -> bool {
        let listed = self.ranges.iter().any(|&(low, high)| (low..=high).contains(&c))
            || self.groups.iter().any(|&(group, negated)| group.contains(c) != negated);
        listed != self.negated
    }
}

impl Group {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Letter => is_letter(c),
            Self::Number => c.is_numeric(),
            Self::Separator => c.is_whitespace() && !c.is_control(),
        }
    }
}
