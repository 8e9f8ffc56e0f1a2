//! What is said in the logs while a Drive is used, however much is asked for (G-01, L-03).

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::NameConflict;
use wharf_sandbox::Sandbox;

use super::{access_token, open_here, upload};

/// Keeps everything that any crate says.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<String>>);

struct Heard<'h>(&'h mut String);

impl Visit for Heard<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = writeln!(self.0, "{field}={value:?}");
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Heard(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Heard(&mut self.0.lock().unwrap()));
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Heard(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

// All of it runs on this one thread, so that nothing is said elsewhere.
#[tokio::test]
async fn neither_a_token_nor_a_session_is_told() {
    let sandbox = Sandbox::start();
    let token = access_token(&sandbox).await;
    let drive = open_here(&sandbox, &token, Duration::from_secs(5));
    let ear = Ear::default();
    let hearing = tracing::subscriber::set_default(ear.clone());
    let (root, name) = (ItemId::root(), "new.txt".parse().unwrap());
    let written = drive
        .write(&root, &name, NameConflict::Fail, upload(b"new", true))
        .await;
    let item = written.unwrap().item;
    drive.read(&item.id, None).await.unwrap();
    drive.delete(&item.id).await.unwrap();
    drive.metadata(&item.id).await.unwrap_err();
    drop(hearing);
    let heard = ear.0.lock().unwrap().clone();
    assert!(!heard.is_empty(), "the connections say something");
    assert!(
        !heard.contains(&token) && !heard.contains("upload_id"),
        "{heard}"
    );
}
