//! stub
pub(crate) fn run(_: &crate::arguments::Arguments) -> anyhow::Result<()> {
    Ok(())
}
