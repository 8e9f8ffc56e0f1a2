//! Checkpoints in a bucket.

use std::time::Duration;

use wharf_domain::ports::checkpoint_copies::CheckpointCopies as _;
use wharf_storage_backends::{CheckpointBucket, S3Access};

use super::access::{denied, granted};
use super::server::S3Server;
use crate::support::egress;

fn bucket(access: &S3Access) -> CheckpointBucket {
    let place = "s3://wharf/some/prefix".parse().unwrap();
    CheckpointBucket::open(&place, access, &egress(Duration::from_secs(30))).unwrap()
}

// L-06: what is there is not written over.
#[tokio::test]
async fn each_checkpoint_is_an_object_of_its_own() {
    let server = S3Server::start().await;
    let bucket = bucket(&granted(&server));
    bucket.keep(7, "seven").await.unwrap();
    bucket.keep(1_000, "a thousand").await.unwrap();
    // Its answer may have been lost the first time.
    bucket.keep(7, "another").await.unwrap();

    let content = |name: &str| {
        let path = server.bucket().join("some/prefix").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    assert_eq!(content("00000000000000000007.json"), "seven\n");
    assert_eq!(content("00000000000000001000.json"), "a thousand\n");
    assert_eq!(bucket.latest().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_bucket_that_takes_nothing_is_told() {
    let server = S3Server::start().await;
    let refused = bucket(&denied(&server)).keep(7, "seven").await;
    let said = "checkpoints cannot be written to the checkpoint bucket";
    assert_eq!(refused.unwrap_err().to_string(), said);
}
