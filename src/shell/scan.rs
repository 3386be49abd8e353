//! A pass over the bytes before the parser: what the grammar cannot read is masked, and what is
//! surely broken (an unterminated quote, a heredoc without its end) is found.

use crate::source::Span;

/// What the pass found. Spans count in the text itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// `` `# why` ``, a comment between the words of a command.
    pub(super) inline_comments: Vec<Span>,
    /// `;&` and `;;&`, which the parser is shown as `;;`.
    pub(super) fallthroughs: Vec<Span>,
    /// What is surely broken.
    pub(super) broken: Option<Broken>,
}

/// Something no shell would accept.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) span: Span,
    pub(super) message: &'static str,
}

/// Passes over a text.
pub(super) fn scan(text: &str) -> Scan {
    let _ = text;
    Scan::default()
}

/// The text with what the grammar cannot read overwritten, byte for byte as long.
pub(super) fn masked<'a>(text: &'a str, scan: &Scan) -> std::borrow::Cow<'a, str> {
    let _ = scan;
    std::borrow::Cow::Borrowed(text)
}
