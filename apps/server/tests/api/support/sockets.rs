//! What the system knows of the connections on this machine (`/proc/net/tcp` of proc(5)).

use std::fs;

/// One end of a connection.
struct Socket {
    local_port: u16,
    remote_port: u16,
    /// Bytes that were not sent or not acknowledged, and those that were not read.
    has_bytes: bool,
}

/// Whether the end of a connection with these ports is there.
pub(crate) fn is_open(local_port: u16, remote_port: u16) -> bool {
    sockets()
        .iter()
        .any(|socket| (socket.local_port, socket.remote_port) == (local_port, remote_port))
}

/// Whether bytes lie in either end of any connection to this port.
pub(crate) fn has_bytes_under_way(port: u16) -> bool {
    sockets()
        .iter()
        .any(|socket| socket.has_bytes && (socket.local_port == port || socket.remote_port == port))
}

fn sockets() -> Vec<Socket> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().skip(1).map(socket).collect()
}

fn socket(line: &str) -> Socket {
    let fields: Vec<_> = line.split_ascii_whitespace().collect();
    let port = |address: &str| {
        let (_, port) = address.split_once(':').unwrap();
        u16::from_str_radix(port, 16).unwrap()
    };
    Socket {
        local_port: port(fields[1]),
        remote_port: port(fields[2]),
        has_bytes: fields[4] != "00000000:00000000",
    }
}
