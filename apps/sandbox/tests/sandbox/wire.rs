//! Faults as they look on the wire, to a client that reads bytes.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wharf_sandbox::{Fault, FaultRule, Sandbox};

/// What [`ask`] asks for has this content.
const CONTENT: &str = "Welcome to the sandbox.\n";
const HALF: &str = "Welcome to t";

/// Longer than any byte takes that is to come; what is silent for so long stalls.
const SILENCE: Duration = Duration::from_millis(300);

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
    Silence,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is on this machine, and what is tested is below HTTP"
)]
pub(crate) fn connect(authority: &str) -> TcpStream {
    let stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    stream
}

/// Asks for anna's first file; gives what came back and how it ended.
fn ask(sandbox: &Sandbox) -> (TcpStream, String, End) {
    let anna = sandbox.webdav();
    let authority = anna.url.split('/').nth(2).unwrap();
    let credentials = STANDARD.encode(format!("{}:{}", anna.username, anna.password));
    let mut stream = connect(authority);
    let request = format!(
        "GET /dav/anna/Welcome.txt HTTP/1.1\r\nHost: {authority}\r\n\
         Authorization: Basic {credentials}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let end = match stream.read_to_end(&mut bytes) {
        Ok(_) => End::Closed,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        Err(error) if error.kind() == ErrorKind::WouldBlock => End::Silence,
        Err(error) => panic!("{error}"),
    };
    (stream, String::from_utf8(bytes).unwrap(), end)
}

fn sandbox_with(fault: Fault) -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.inject(FaultRule::on("GET /dav/anna/*", fault));
    sandbox
}

#[test]
fn a_sound_connection_stays_open() {
    let sandbox = Sandbox::start();
    let (_stream, answer, end) = ask(&sandbox);
    assert!(answer.ends_with(&format!("\r\n\r\n{CONTENT}")), "{answer}");
    assert_eq!(end, End::Silence);
}

#[test]
fn a_reset_comes_before_a_byte_with_or_without_effect() {
    for (fault, took_effect) in [(Fault::ResetBefore, false), (Fault::LostAnswer, true)] {
        let sandbox = sandbox_with(fault);
        let (_stream, answer, end) = ask(&sandbox);
        assert_eq!((&*answer, end), ("", End::Reset));
        let request = sandbox.requests().pop().unwrap();
        assert_eq!((request.took_effect, request.status), (took_effect, None));
    }
}

#[test]
fn half_of_the_body_comes_before_each_kind_of_end() {
    for (fault, expected) in [
        (Fault::ResetInBody, End::Reset),
        (Fault::Truncate, End::Closed),
        (Fault::HalfClose, End::Closed),
        (Fault::StallInBody, End::Silence),
    ] {
        let sandbox = sandbox_with(fault.clone());
        let (_stream, answer, end) = ask(&sandbox);
        assert!(answer.contains("content-length: 24"), "{fault:?}: {answer}");
        assert!(
            answer.ends_with(&format!("\r\n\r\n{HALF}")),
            "{fault:?}: {answer}"
        );
        assert_eq!(end, expected, "{fault:?}");
        assert_eq!(sandbox.requests()[0].status, Some(200));
    }
}

#[test]
fn a_reset_may_come_right_behind_a_whole_answer() {
    let sandbox = sandbox_with(Fault::ResetAfterBody);
    let (_stream, answer, end) = ask(&sandbox);
    assert!(answer.ends_with(&format!("\r\n\r\n{CONTENT}")), "{answer}");
    assert_eq!(end, End::Reset);
}

#[test]
fn a_half_closed_connection_still_takes_what_the_client_says() {
    let sandbox = sandbox_with(Fault::HalfClose);
    let (mut stream, _, end) = ask(&sandbox);
    assert_eq!(end, End::Closed);
    for _ in 0..10 {
        // A closed one would answer the first of these with a reset, and the second would fail.
        stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    }
}

#[test]
fn a_stalled_request_is_never_answered() {
    let sandbox = sandbox_with(Fault::Stall);
    let (_stream, answer, end) = ask(&sandbox);
    assert_eq!((&*answer, end), ("", End::Silence));
    let request = sandbox.requests().pop().unwrap();
    assert_eq!((request.took_effect, request.status), (false, None));
}

#[test]
fn an_answer_without_a_body_is_reset_after_its_head() {
    let sandbox = Sandbox::start();
    sandbox.inject(FaultRule::on("/dav/*", Fault::ResetInBody));
    let anna = sandbox.webdav();
    let authority = anna.url.split('/').nth(2).unwrap();
    let mut stream = connect(authority);
    let request = format!("GET /dav/anna/ HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
    let head = String::from_utf8(bytes).unwrap();
    assert!(
        head.starts_with("HTTP/1.1 401 ") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
}
