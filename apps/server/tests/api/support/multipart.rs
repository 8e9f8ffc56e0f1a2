//! Forms of RFC 7578, written out so that they can also be written wrongly.

const BOUNDARY: &str = "7e2f0d9c-boundary";

/// A form in the making.
#[derive(Default)]
pub(crate) struct Form(Vec<u8>);

impl Form {
    /// The media type to send it with.
    pub(crate) fn content_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.part(
            &format!("form-data; name=\"{name}\""),
            None,
            value.as_bytes(),
        )
    }

    pub(crate) fn file(self, file_name: &str, content_type: &str, content: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"file\"; filename=\"{file_name}\"");
        self.part(&disposition, Some(content_type), content)
    }

    pub(crate) fn part(
        mut self,
        disposition: &str,
        content_type: Option<&str>,
        content: &[u8],
    ) -> Self {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n");
        self.0.extend_from_slice(head.as_bytes());
        if let Some(content_type) = content_type {
            let line = format!("Content-Type: {content_type}\r\n");
            self.0.extend_from_slice(line.as_bytes());
        }
        self.0.extend_from_slice(b"\r\n");
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// The form with its end.
    pub(crate) fn finish(self) -> Vec<u8> {
        [self.0, format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
    }

    /// The form cut off before its end.
    pub(crate) fn cut(self) -> Vec<u8> {
        self.0
    }
}
