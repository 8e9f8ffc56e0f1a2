//! Parameters in the form that queries and OAuth's requests have, `application/x-www-form-urlencoded`.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

/// Names and values in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The parameters in a query or a body.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of this name. An empty one is none (RFC 6749, section 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.iter();
        let (_, value) = pairs.find(|(key, value)| *key == name && !value.is_empty())?;
        Some(value)
    }

    /// Every value of this name.
    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.iter()
            .filter(move |(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// The middleware that reads forms, so that whoever comes behind it finds [`Parameters`] with every
/// request: those of the body if it is a form, else none.
pub(crate) async fn read_form(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let is_form = request.method() == Method::POST
        && content_type.is_some_and(|value| {
            value
                .as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
    // The extractor's own limit, 256 KiB, is more than any request of OAuth takes.
    let body = if is_form {
        request.extract::<web::Bytes>().await?
    } else {
        web::Bytes::new()
    };
    request.extensions_mut().insert(Parameters::parse(&body));
    next.call(request).await
}
