//! ENV, LABEL and ARG: names and values.

use super::comment::descriptions;
use super::error::ErrorKind;
use super::flag;
use super::node::ParseRequest;
use super::types::{KeyValue, OptionalKeyValue};

/// Returns the pairs of ENV and LABEL.
pub(super) fn pairs(request: &ParseRequest<'_>) -> Result<Vec<KeyValue>, ErrorKind> {
    request.flags(&flag::NONE)?;
    let mut pairs = Vec::new();
    for triple in request.args().chunks(3) {
        let [key, value, delimiter] = triple else { continue };
        if key.is_empty() {
            return Err(ErrorKind::BlankName(request.keyword.name()));
        }
        pairs.push(KeyValue { key: key.clone(), value: value.clone(), no_delimiter: delimiter.is_empty() });
    }
    if pairs.is_empty() { Err(ErrorKind::AtLeastOneArgument(request.keyword.name())) } else { Ok(pairs) }
}

/// Returns the names of ARG, with and without defaults. Like upstream, ignores flags.
pub(super) fn args(request: &ParseRequest<'_>) -> Result<Vec<OptionalKeyValue>, ErrorKind> {
    let words = request.operands()?;
    let mut pairs = Vec::with_capacity(words.len());
    for word in words {
        let (key, value) = match word.split_once('=') {
            Some(("", _)) => return Err(ErrorKind::BlankName(request.keyword.name())),
            Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        pairs.push(OptionalKeyValue { key, value, doc_comment: String::new() });
    }
    let found = descriptions(&request.node.comments, pairs.iter().map(|pair| pair.key.as_str()));
    for (pair, description) in pairs.iter_mut().zip(found) {
        pair.doc_comment = description;
    }
    Ok(pairs)
}
