//! The browsable page of the OpenAPI description. It is made of three files of ours, needs nothing from
//! elsewhere and may load nothing from elsewhere (ADR 13).

pub(super) mod home;
pub(super) mod page;
pub(super) mod script;
pub(super) mod style;
