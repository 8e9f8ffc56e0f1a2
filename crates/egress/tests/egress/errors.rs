//! What errors say, and what they must keep to themselves.

use std::error::Error as _;

use wharf_egress::{Error, Options};

use crate::support::{LOOPBACK, Then, client, excepting, fetch, loopback_client, serve};

/// Everything an error can be made to say, with all its causes.
fn told(error: &Error) -> String {
    let mut told = format!("{error:?} {error}");
    let mut next = error.source();
    while let Some(cause) = next {
        told += &format!(" {cause:?} {cause}");
        next = cause.source();
    }
    told
}

/// A port of loopback where nobody listens.
async fn closed_port() -> u16 {
    let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn no_error_tells_path_or_query() {
    let secret_path = "secret-folder/file?signature=secret-signature";
    let silent = serve(LOOPBACK, "", Then::Close).await;
    let no_http = serve(LOOPBACK, "SSH-2.0-OpenSSH_9.2\r\n", Then::Close).await;
    let cut = serve(
        LOOPBACK,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        Then::Close,
    )
    .await;
    let closed = closed_port().await;

    let client = loopback_client();
    let failure = async |port: u16| {
        let url = format!("http://127.0.0.1:{port}/{secret_path}");
        match fetch(&client, &url).await {
            Ok(response) => response.collect_capped(100).await.unwrap_err(),
            Err(error) => error,
        }
    };
    let errors = [
        failure(closed).await,
        failure(silent.port()).await,
        failure(no_http.port()).await,
        failure(cut.port()).await,
        fetch(&client, &format!("http://10.0.0.1/{secret_path}"))
            .await
            .unwrap_err(),
    ];
    assert!(
        matches!(errors[0], Error::Connect { .. }),
        "{:?}",
        errors[0]
    );
    assert!(
        matches!(errors[1], Error::Protocol { .. }),
        "{:?}",
        errors[1]
    );
    assert!(
        matches!(errors[2], Error::Protocol { .. }),
        "{:?}",
        errors[2]
    );
    assert!(
        matches!(errors[3], Error::Interrupted { .. }),
        "{:?}",
        errors[3]
    );
    assert!(
        matches!(errors[4], Error::Refused { .. }),
        "{:?}",
        errors[4]
    );
    for error in &errors {
        assert!(!told(error).contains("secret"), "{}", told(error));
    }
}

#[tokio::test]
async fn an_answer_does_not_print_its_url() {
    let text = "HTTP/1.1 200 OK\r\nSet-Cookie: secret\r\nContent-Length: 0\r\n\r\n";
    let server = serve(LOOPBACK, text, Then::Hold).await;
    let url = format!("http://{server}/secret-folder?signature=secret");
    let response = fetch(&loopback_client(), &url).await.unwrap();
    assert!(!format!("{response:?}").contains("secret"), "{response:?}");
}

// What only builds requests is the same client, so what it builds fits.
#[tokio::test]
async fn a_request_built_with_the_builder_client_is_sent_by_the_door() {
    let text = "HTTP/1.1 204 No Content\r\n\r\n";
    let server = serve(LOOPBACK, text, Then::Hold).await;
    let client = client(excepting(&["127.0.0.0/8"]), Options::default());
    let builder = client.request_builder_client();
    let request = builder.get(format!("http://{server}/")).build().unwrap();
    let response = client
        .execute(request, wharf_egress::Limits::default())
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
}
