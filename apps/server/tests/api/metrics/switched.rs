//! The setting.

use crate::support::process::Process;

#[tokio::test]
async fn there_are_no_figures_unless_the_settings_say_so() {
    let process = Process::with(|settings| settings.without_metrics()).await;
    let nobody = process.client();
    let none = nobody.get("/metrics").send().await;
    let elsewhere = nobody.get("/nowhere").send().await;
    assert_eq!(none.masked(), elsewhere.masked());
    none.problem(404, "unknown_route");
}
