//! Splits a text into words at white space.

/// The complete words and the current one (`wordsStruct`).
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<String>,
    last: String,
    in_word: bool,
}

impl Words {
    /// Adds a character, which ends the word if it is white space.
    pub(super) fn add(&mut self, c: char) {
        if !c.is_whitespace() {
            self.add_raw(c);
        } else if self.in_word && !self.last.is_empty() {
            self.words.push(std::mem::take(&mut self.last));
            self.in_word = false;
        }
    }

    /// Adds a character, even if it is white space.
    pub(super) fn add_raw(&mut self, c: char) {
        self.last.push(c);
        self.in_word = true;
    }

    /// Adds a text, including its spaces.
    pub(super) fn add_text(&mut self, text: &str) {
        self.last.push_str(text);
        self.in_word = true;
    }

    /// Empties the current word.
    pub(super) fn forget(&mut self) {
        self.last.clear();
    }

    /// Returns all words.
    pub(super) fn finish(mut self) -> Vec<String> {
        if !self.last.is_empty() {
            self.words.push(self.last);
        }
        self.words
    }
}
