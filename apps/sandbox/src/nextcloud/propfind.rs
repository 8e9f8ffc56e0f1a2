//! What a PROPFIND asks (RFC 4918, section 9.1).

use actix_web::http::header::HeaderMap;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// A property's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) namespace: String,
    pub(super) local: String,
}

/// Which properties are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Those that there are.
    All,
    /// These, whether there are such or not.
    These(Vec<Name>),
}

impl Asked {
    /// Reads the body of a request, which may be empty; `None` if it is no sound XML.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        if body.is_empty() {
            return Some(Self::All);
        }
        let mut reader = NsReader::from_reader(body);
        let mut names = Vec::new();
        let mut path: Vec<String> = Vec::new();
        let mut asks_for_all = true;
        loop {
            match reader.read_resolved_event().ok()? {
                (_, Event::Eof) => break,
                (namespace, Event::Start(element)) => {
                    let name = name(&namespace, element.local_name().as_ref())?;
                    asks_for_all &= note(&path, &name, &mut names);
                    path.push(name.local);
                }
                (namespace, Event::Empty(element)) => {
                    let name = name(&namespace, element.local_name().as_ref())?;
                    asks_for_all &= note(&path, &name, &mut names);
                }
                (_, Event::End(_)) => drop(path.pop()),
                _ => {}
            }
        }
        let asked = if asks_for_all {
            Self::All
        } else {
            Self::These(names)
        };
        // What is still open at the end was never closed.
        path.is_empty().then_some(asked)
    }
}

/// Notes an element that stands in others; says whether that leaves it open that all is asked for.
fn note(path: &[String], name: &Name, names: &mut Vec<Name>) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match *path {
        ["propfind"] => name.local != "prop",
        ["propfind", "prop"] => {
            names.push(name.clone());
            true
        }
        _ => true,
    }
}

fn name(namespace: &ResolveResult<'_>, local: &str) -> Option<Name> {
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => namespace.as_ref(),
        ResolveResult::Unbound => "",
        ResolveResult::Unknown(_) => return None,
    };
    Some(Name {
        namespace: namespace.to_owned(),
        local: local.to_owned(),
    })
}

/// Whether the children of a folder are asked for too. Nextcloud takes an infinite depth, which is also
/// what no header says, for one.
pub(super) fn wants_children(headers: &HeaderMap) -> bool {
    headers.get("Depth").is_none_or(|depth| depth != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn these(names: &[(&str, &str)]) -> Option<Asked> {
        let names = names.iter().map(|&(namespace, local)| Name {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        });
        Some(Asked::These(names.collect()))
    }

    #[test]
    fn names_are_read_by_their_namespaces() {
        let body = br#"<?xml version="1.0"?><a:propfind xmlns:a="DAV:"><a:prop>
            <a:getetag/><fileid xmlns="http://owncloud.org/ns"></fileid><bare/></a:prop></a:propfind>"#;
        let names = [
            ("DAV:", "getetag"),
            ("http://owncloud.org/ns", "fileid"),
            ("", "bare"),
        ];
        assert_eq!(Asked::read(body), these(&names));
    }

    #[test]
    fn nothing_and_allprop_ask_for_all() {
        assert_eq!(Asked::read(b""), Some(Asked::All));
        let body = br#"<propfind xmlns="DAV:"><allprop/></propfind>"#;
        assert_eq!(Asked::read(body), Some(Asked::All));
        let empty = br#"<propfind xmlns="DAV:"><prop/></propfind>"#;
        assert_eq!(Asked::read(empty), these(&[]));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for body in ["<propfind", "<a></b>", "<a><b></b>", "<x:propfind/>"] {
            assert_eq!(Asked::read(body.as_bytes()), None, "{body}");
        }
    }
}
