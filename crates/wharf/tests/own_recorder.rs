//! A program that embeds Wharf and measures in a way of its own. A process has one recorder, so this
//! is a program of its own.

use confique::Config as _;
use metrics_exporter_prometheus::PrometheusBuilder;
use wharf::domain::context::{Actor, Context};
use wharf::{Settings, Wharf};

#[tokio::test]
async fn a_recorder_that_was_there_first_gets_everything() {
    let own = PrometheusBuilder::new().install_recorder().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wharf.toml");
    let data_dir = folder.path().join("data");
    std::fs::write(&file, format!("data_dir = {data_dir:?}\nmetrics = true\n")).unwrap();
    let wharf = Wharf::start(&Settings::from_file(file).unwrap())
        .await
        .unwrap();
    let context = Context {
        actor: Actor::Anonymous,
        request: wharf.new_request_id(),
        client: None,
    };
    let login = wharf.sessions();
    let login = login.login(
        &context,
        "nobody@example.org",
        "wrong".to_owned().into(),
        None,
    );
    login.await.unwrap_err();

    assert!(wharf.metrics().await.is_none());
    wharf.sample_gauges().await;
    let figures = own.render();
    for line in [
        "wharf_sessions_refused_total{reason=\"login\"} 1",
        "wharf_sessions_started_total 0",
        "wharf_database_up 1",
        "# TYPE wharf_connections gauge",
    ] {
        assert!(figures.lines().any(|it| it == line), "{line}: {figures}");
    }
    wharf.shutdown().await;
}
