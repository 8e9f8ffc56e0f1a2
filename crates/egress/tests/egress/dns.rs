//! A DNS server whose answers change with every question, and the resolver that asks it over UDP.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Message, Metadata, Query};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::UdpSocket;
use wharf_egress::Lookup;

use crate::support::LOOPBACK;

/// What a name resolves to when it is asked about for the so-manieth time.
type Script = fn(usize) -> Vec<IpAddr>;

/// A running server; it ends when dropped. It is also the resolver that asks it, anew each time, as its
/// answers live for no second.
#[derive(Debug)]
pub(crate) struct Dns {
    address: SocketAddr,
    questions: Arc<Questions>,
    _server: Running,
}

/// How often it was asked for either kind of address.
#[derive(Debug, Default)]
struct Questions {
    v4: AtomicUsize,
    v6: AtomicUsize,
}

struct Running(#[expect(dead_code, reason = "it serves until it is dropped")] Server<Flip>);

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl Dns {
    pub(crate) async fn answering(script: Script) -> Arc<Self> {
        let socket = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let questions = Arc::<Questions>::default();
        let mut server = Server::new(Flip {
            script,
            questions: Arc::clone(&questions),
        });
        server.register_socket(socket);
        Arc::new(Self {
            address,
            questions,
            _server: Running(server),
        })
    }

    /// How often a name was resolved.
    pub(crate) fn asked(&self) -> usize {
        self.questions.v4.load(Ordering::Relaxed)
    }
}

impl Lookup for Dns {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(ask(self.address, name))
    }
}

/// Asks for both kinds of address at once, as the system's resolver does.
async fn ask(server: SocketAddr, name: String) -> io::Result<Vec<IpAddr>> {
    let name = Name::from_ascii(name).map_err(io::Error::other)?;
    let socket = UdpSocket::bind((LOOPBACK, 0)).await?;
    socket.connect(server).await?;
    for kind in [RecordType::A, RecordType::AAAA] {
        let mut question = Message::query();
        question.add_query(Query::query(name.clone(), kind));
        let question = question.to_vec().map_err(io::Error::other)?;
        socket.send(&question).await?;
    }
    let mut addresses = Vec::new();
    for _ in 0..2 {
        let mut datagram = [0; 512];
        let read = socket.recv(&mut datagram).await?;
        let answer = Message::from_vec(datagram.get(..read).unwrap_or_default())
            .map_err(io::Error::other)?;
        assert!(answer.answers.iter().all(|record| record.ttl == 0));
        let answers = answer.answers.iter();
        addresses.extend(answers.filter_map(|record| record.data.ip_addr()));
    }
    Ok(addresses)
}

/// Gives each question the next answer of the script.
struct Flip {
    script: Script,
    questions: Arc<Questions>,
}

impl Flip {
    fn next(&self, kind: RecordType) -> Vec<IpAddr> {
        let is_v6 = kind == RecordType::AAAA;
        let questions = if is_v6 {
            &self.questions.v6
        } else {
            &self.questions.v4
        };
        let mut answers = (self.script)(questions.fetch_add(1, Ordering::Relaxed));
        answers.retain(|address| address.is_ipv6() == is_v6);
        answers
    }
}

#[async_trait::async_trait]
impl RequestHandler for Flip {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let query = request.request_info().unwrap().query;
        let records = self.next(query.query_type()).into_iter().map(|address| {
            let name = Name::from(query.name());
            let data = match address {
                IpAddr::V4(address) => RData::A(address.into()),
                IpAddr::V6(address) => RData::AAAA(address.into()),
            };
            Record::from_rdata(name, 0, data)
        });
        let records: Vec<_> = records.collect();
        let metadata = Metadata::response_from_request(&request.metadata);
        let message = MessageResponseBuilder::from_message_request(request);
        let message = message.build(metadata, &records, [], [], []);
        response.send_response(message).await.unwrap()
    }
}
