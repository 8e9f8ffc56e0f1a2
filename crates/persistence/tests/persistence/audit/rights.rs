//! The rights that the documentation has an operator give to the server's role suffice, and suffice for
//! nothing else (L-07).

use wharf_persistence::{Database, DatabaseOptions};

use super::House;
use crate::scratch::{Place, Scratch};

/// As `docs/audit.md` has it; the rest of the tables is the server's to do with as it likes.
const RIGHTS: &str = "
    GRANT CREATE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
    REVOKE ALL ON audit_trail, audit_checkpoints, audit_events, audit_sequencer FROM {role};
    GRANT SELECT, INSERT ON audit_trail, audit_checkpoints TO {role};
    GRANT SELECT, INSERT, DELETE ON audit_events TO {role};
    GRANT SELECT, UPDATE ON audit_sequencer TO {role};";

#[tokio::test]
async fn the_server_s_role_needs_no_right_to_change_the_trail() {
    let scratch = Scratch::postgres().await;
    let Place::Postgres(server) = &scratch.place else {
        unreachable!("it was made on the server")
    };
    let role = format!("role_of_{}", server.name());
    let owner = server.connect().await;
    let make = format!(
        "CREATE ROLE {role} LOGIN; {}",
        RIGHTS.replace("{role}", &role)
    );
    owner.batch_execute(&make).await.unwrap();

    let address = server.address_as(&role);
    let database = Database::open(&address, DatabaseOptions::default()).await;
    let database = database.unwrap();
    assert_eq!(database.migrate().await.unwrap(), [""; 0]);
    let house = House::on(&database);
    house.recorded(1..=3).await;
    house.placed().await;
    house.assert_complete(3, "as the server's role").await;

    for statement in [
        "UPDATE audit_trail SET action = ''",
        "DELETE FROM audit_trail",
        "TRUNCATE audit_trail",
        "DELETE FROM audit_checkpoints",
        "UPDATE audit_events SET action = ''",
        "ALTER TABLE audit_trail DISABLE TRIGGER USER",
        "DROP TABLE audit_trail",
    ] {
        let as_role = format!("SET ROLE {role}; {statement}");
        let refused = owner.batch_execute(&as_role).await.unwrap_err();
        let code = refused.code().map(|state| state.code().to_owned());
        // insufficient_privilege
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
        owner.batch_execute("RESET ROLE").await.unwrap();
    }
    drop((house, database));
    let end = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    owner.batch_execute(&end).await.unwrap();
}
