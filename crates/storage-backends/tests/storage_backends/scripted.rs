//! A server that says exactly what a test tells it to, for answers that no real server would give.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came, without its body.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    head: Vec<String>,
}

impl Request {
    /// The value of the header with this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Answers each request on its own connection, by what the script makes of it, byte for byte. It asks
/// for a Basic credential first; scripts and counts begin behind that. It runs until the test ends.
#[derive(Clone)]
pub(crate) struct Scripted {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    is_open: bool,
}

impl Scripted {
    pub(crate) fn start(script: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let server = Self::start_open(move |request| match request.header("authorization") {
            Some(_) => script(request),
            None => answer(401, "WWW-Authenticate: Basic realm=\"a\"\r\n", ""),
        });
        Self {
            is_open: false,
            ..server
        }
    }

    /// The same without the question for a credential.
    pub(crate) fn start_open(script: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            requests: Arc::default(),
            is_open: true,
        };
        let (script, requests) = (Arc::new(script), Arc::clone(&server.requests));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (script, requests) = (Arc::clone(&script), Arc::clone(&requests));
                thread::spawn(move || serve(&connection.unwrap(), &*script, &requests));
            }
        });
        server
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of the folder `/dav/`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/dav/", self.port)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let requests = self.requests.lock().unwrap();
        let counts = |request: &&Request| self.is_open || request.header("authorization").is_some();
        requests.iter().filter(counts).cloned().collect()
    }

    /// The methods and paths of the requests so far.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        let requests = self.requests().into_iter();
        requests
            .map(|request| (request.method, request.path))
            .collect()
    }
}

fn serve(
    connection: &TcpStream,
    script: &dyn Fn(&Request) -> Vec<u8>,
    requests: &Mutex<Vec<Request>>,
) {
    let mut reader = BufReader::new(connection);
    let Some(request) = read_head(&mut reader) else {
        return;
    };
    requests.lock().unwrap().push(request.clone());
    let answer = script(&request);
    if !answer.is_empty() {
        drain_body(&request, &mut reader);
    }
    // A client that has hung up is no business of the script's.
    let mut writer = connection;
    let _ = writer.write_all(&answer);
    if answer.is_empty() {
        // Say nothing until the client gives up.
        let _ = reader.read_to_end(&mut Vec::new());
    }
}

fn read_head(reader: &mut impl BufRead) -> Option<Request> {
    let mut lines = reader.lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let head = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    Some(Request { method, path, head })
}

fn drain_body(request: &Request, reader: &mut impl BufRead) {
    match request.header("content-length") {
        Some(length) => {
            let mut body = reader.take(length.parse().unwrap());
            let _ = std::io::copy(&mut body, &mut std::io::sink());
        }
        None if request.header("transfer-encoding").is_some() => {
            let mut last = [0; 5];
            while &last != b"0\r\n\r\n" {
                last.rotate_left(1);
                if reader.read_exact(&mut last[4..]).is_err() {
                    return;
                }
            }
        }
        None => {}
    }
}

/// An answer with a body of its true length.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Scripted\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A multistatus of these `response` elements.
pub(crate) fn multistatus(responses: &str) -> Vec<u8> {
    let body = format!(
        r#"<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">{responses}</D:multistatus>"#
    );
    answer(207, "Content-Type: application/xml\r\n", &body)
}

/// A `response` element for a folder.
pub(crate) fn folder(href: &str) -> String {
    response(href, "<D:resourcetype><D:collection/></D:resourcetype>")
}

/// A `response` element for a file.
pub(crate) fn file(href: &str, size: impl std::fmt::Display) -> String {
    response(
        href,
        &format!("<D:resourcetype/><D:getcontentlength>{size}</D:getcontentlength>"),
    )
}

/// A `response` element for a file of ten bytes with this `getetag`, character by character.
pub(crate) fn tagged(href: &str, etag: &str) -> String {
    response(
        href,
        &format!(
            "<D:resourcetype/><D:getcontentlength>10</D:getcontentlength><D:getetag>{etag}</D:getetag>"
        ),
    )
}

/// A `response` element with these properties.
pub(crate) fn response(href: &str, properties: &str) -> String {
    format!(
        "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
}
