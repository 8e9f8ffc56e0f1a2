//! A server that says exactly what a test tells it to, for answers that no real server would give.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    head: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    /// The value of the header with this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The parameters of the form in its body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The value of one parameter of the form.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut form = self.form().into_iter();
        form.find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Writes these bytes and closes.
    Say(Vec<u8>),
    /// Writes these bytes and no more, without closing.
    Hold(Vec<u8>),
}

/// Answers each request on its own connection, byte for byte. It runs until the test ends.
pub(crate) struct Scripted {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Scripted {
    pub(crate) fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (script, kept) = (Arc::new(script), Arc::clone(&requests));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (script, kept) = (Arc::clone(&script), Arc::clone(&kept));
                thread::spawn(move || serve(&connection.unwrap(), &*script, &kept));
            }
        });
        Self { port, requests }
    }

    /// A server that gives the same answer to every request.
    pub(crate) fn saying(answer: Vec<u8>) -> Self {
        Self::start(move |_| Reply::Say(answer.clone()))
    }

    /// The server's address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// An answer of this status with one header, or none, and a body in JSON.
pub(crate) fn json(status: u16, header: &str, body: &str) -> Vec<u8> {
    let header = format!("Content-Type: application/json; charset=utf-8\r\n{header}");
    answer(status, &header, body)
}

/// An answer of this status with these header lines, each with its line end.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Told\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn serve(
    connection: &TcpStream,
    script: &(impl Fn(&Request) -> Reply + ?Sized),
    kept: &Mutex<Vec<Request>>,
) {
    let Some(request) = read(connection) else {
        return;
    };
    kept.lock().unwrap().push(request.clone());
    let (bytes, holds) = match script(&request) {
        Reply::Say(bytes) => (bytes, false),
        Reply::Hold(bytes) => (bytes, true),
    };
    let mut writer = connection;
    // A client that has heard enough may be gone.
    let _ = writer.write_all(&bytes);
    if holds {
        let _ = writer.read(&mut [0]);
    }
}

fn read(connection: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader
            .read_line(&mut line)
            .ok()
            .filter(|length| *length > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let first = lines.remove(0);
    let mut words = first.split(' ');
    let mut request = Request {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        head: lines,
        body: Vec::new(),
    };
    let length: usize = request
        .header("content-length")
        .map_or(0, |it| it.parse().unwrap());
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
