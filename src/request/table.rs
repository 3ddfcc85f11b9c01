//! Text in columns, aligned with spaces as Go's `text/tabwriter` does.

/// Text whose tabs end cells. A column is as wide as its widest cell in neighboring lines, and the text after
/// the last tab of a line belongs to no column.
#[derive(Debug)]
pub(super) struct Table {
    padding: usize,
    text: String,
}

/// A line's cells; the last one is not aligned.
type Line<'t> = Vec<&'t str>;

impl Table {
    /// Creates a table with that number of spaces between columns.
    pub(super) const fn new(padding: usize) -> Self {
        Self { padding, text: String::new() }
    }

    /// Adds lines, each with its line break.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns the aligned text.
    pub(super) fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        // Alignment does not extend across a form feed, which is a line break.
        let mut blocks = self.text.split('\u{c}').peekable();
        while let Some(block) = blocks.next() {
            let lines: Vec<Line<'_>> =
                block.split('\n').map(|line| line.split(['\t', '\u{b}']).collect()).collect();
            self.align(&lines, &mut out);
            if blocks.peek().is_some() {
                out.push('\n');
            }
        }
        out
    }

    fn align(&self, lines: &[Line<'_>], out: &mut String) {
        let mut widths: Vec<usize> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            let (last, cells) = line.split_last().map_or(("", &[][..]), |(last, cells)| (*last, cells));
            // Columns that continue from the line above keep their widths; others start here.
            widths.truncate(cells.len());
            for column in widths.len()..cells.len() {
                widths.push(self.width(&lines[at..], column));
            }
            for (cell, width) in cells.iter().zip(&widths) {
                out.push_str(cell);
                out.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
            }
            out.push_str(last);
        }
    }

    /// Returns the width of the column that starts in the first of `lines`.
    fn width(&self, lines: &[Line<'_>], column: usize) -> usize {
        let block = lines.iter().take_while(|line| column + 1 < line.len());
        let widest = block.filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
        widest.unwrap_or_default() + self.padding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(padding: usize, text: &str) -> String {
        let mut table = Table::new(padding);
        table.push(text);
        table.to_text()
    }

    #[test]
    fn columns_are_as_wide_as_their_neighbours() {
        assert_eq!(aligned(1, "a\tb\nlong\tc\n"), "a    b\nlong c\n");
        assert_eq!(aligned(3, "A\tB\tC\nx\t\t\n"), "A   B   C\nx       \n");
        assert_eq!(aligned(1, "ä\tx\nlong\tx\nno tab\nb\tx\n"), "ä    x\nlong x\nno tab\nb x\n");
        assert_eq!(aligned(1, "a\tx\u{c}longer\tx\n"), "a x\nlonger x\n");
    }
}
