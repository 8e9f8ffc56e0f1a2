//! Brute-force protection by the address that passwords come from.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use wharf_sandbox::Sandbox;

use super::{Client, anna, ben, element};
use crate::client::call;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ELSEWHERE: [u8; 4] = [127, 0, 0, 2];

fn status(client: &Client) -> u16 {
    client.files("PROPFIND", "").send().status
}

fn counted(sandbox: &Sandbox) -> u64 {
    let state = sandbox.nextcloud().state();
    state.wrong_passwords.get(&HERE).copied().unwrap_or(0)
}

#[test]
fn too_many_wrong_passwords_shut_the_whole_address_out() {
    let (sandbox, anna) = anna();
    let ben = ben(&sandbox);
    sandbox.nextcloud().set_wrong_passwords(3);
    let wrong = anna.with("wrong");
    for _ in 0..3 {
        assert_eq!(status(&wrong), 401);
    }

    assert_eq!(
        (status(&wrong), status(&anna), status(&ben)),
        (429, 429, 429)
    );
    assert_eq!(anna.ocs("GET", "v2.php/cloud/user").send().status, 429);
    let refused = ben.files("PUT", "a").send_bytes(b"a").text();
    let exception = element(&refused, "s:exception").unwrap();
    assert!(exception.ends_with("TooManyRequests"), "{exception}");
    // Those that were not looked at are not counted.
    assert_eq!(counted(&sandbox), 3);
    assert_eq!(status_from(ELSEWHERE, &anna), 207);

    sandbox.advance_clock(Duration::from_secs(30 * 60));
    assert_eq!(status(&anna), 207);
    assert_eq!(counted(&sandbox), 3);
}

#[test]
fn a_right_password_forgives_wrong_ones_of_the_same_user_only() {
    let (sandbox, anna) = anna();
    let ben = ben(&sandbox);
    sandbox.nextcloud().set_wrong_passwords(3);
    assert_eq!(status(&anna.with("wrong")), 401);
    assert_eq!(status(&anna.with("wrong")), 401);
    assert_eq!(status(&anna), 207);
    assert_eq!(status(&anna.with("wrong")), 401);
    assert_eq!(status(&anna.with("wrong")), 401);
    assert_eq!(status(&ben), 207);
    assert_eq!(status(&anna.with("wrong")), 401);
    assert_eq!(status(&ben), 429);
    assert_eq!(counted(&sandbox), 5);
}

#[test]
fn ten_are_too_many_at_the_start_and_no_credentials_are_none() {
    let (sandbox, anna) = anna();
    for _ in 0..12 {
        let anonymous = call("PROPFIND", anna.dav_url("files", "")).send();
        assert_eq!(anonymous.status, 401);
    }
    assert_eq!(counted(&sandbox), 0);
    for _ in 0..9 {
        assert_eq!(status(&anna.with("wrong")), 401);
    }
    let nobody = Client {
        login_name: "nobody".to_owned(),
        ..anna.clone()
    };
    assert_eq!(status(&nobody), 401);
    assert_eq!(status(&anna), 429);
}

/// The same request from another address of this machine.
fn status_from(address: [u8; 4], client: &Client) -> u16 {
    let path = client.dav_url("files", "");
    let (_, rest) = path.split_once("//").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let authorization = authorization(client);
    let request = format!(
        "PROPFIND /{path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {authorization}\r\n\
         Depth: 0\r\nConnection: close\r\n\r\n"
    );
    let mut stream = connect_from(address, authority.parse().unwrap());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn authorization(client: &Client) -> String {
    use base64::Engine as _;
    let credentials = format!("{}:{}", client.login_name, client.password);
    let encoded = base64::engine::general_purpose::STANDARD.encode(credentials);
    format!("Basic {encoded}")
}

fn connect_from(address: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address, 0)).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}
