//! The environment's proxies take no part (S-15).

use std::process::Command;

use crate::support::{LOOPBACK, Then, Trap, fetch, loopback_client, serve};

const REACHED: &str = "environment::the_server_itself_is_reached";
const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

#[tokio::test]
async fn the_server_itself_is_reached() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
    let server = serve(LOOPBACK, text, Then::Close).await;
    let response = fetch(&loopback_client(), &format!("http://{server}/"))
        .await
        .unwrap();
    assert_eq!(response.collect_capped(4).await.unwrap(), "done");
}

// S-15: the test above, in a process whose environment names a trap as its proxy.
#[test]
fn proxies_of_the_environment_see_nothing() {
    let trap = Trap::default();
    let proxy = format!("http://{}", trap.address());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", REACHED])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    child.envs(PROXY_VARIABLES.map(|variable| (variable, &proxy)));

    let output = child.output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}");
    assert!(report.contains("1 passed"), "the one test ran: {report}");
    trap.assert_untouched();
}
