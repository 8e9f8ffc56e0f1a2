//! The three people who have accounts at the simulated Google and Microsoft.

/// Where personal Microsoft accounts live.
/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
pub(crate) const CONSUMERS_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Somebody with an account at each provider.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The name of the account, the same at both.
    pub(crate) email: &'static str,
    pub(crate) name: &'static str,
    /// Google's `sub`.
    pub(crate) google_id: &'static str,
    /// Microsoft's `tid`.
    pub(crate) tenant: &'static str,
    /// Microsoft's `oid`.
    pub(crate) object_id: &'static str,
    /// What Graph calls `id`: the `oid` of a work account, another spelling for a personal one.
    pub(crate) graph_id: &'static str,
    /// Graph's `mail`, which personal accounts often lack.
    pub(crate) mail: Option<&'static str>,
    pub(crate) drive_id: &'static str,
}

impl Person {
    /// Whether the Microsoft account is a personal one.
    pub(crate) fn is_consumer(&self) -> bool {
        self.tenant == CONSUMERS_TENANT
    }
}

/// A work account, a personal one, and a work account of another tenant.
pub(crate) static PEOPLE: [Person; 3] = [
    Person {
        email: "anna@example.com",
        name: "Anna Alder",
        google_id: "110248495921238986420",
        tenant: "6f1d0a6e-0b5c-4a8e-9a57-1c2f3e4d5b60",
        object_id: "0b7c1c6a-52d7-4e0f-8f39-5d1a8c2e9b11",
        graph_id: "0b7c1c6a-52d7-4e0f-8f39-5d1a8c2e9b11",
        mail: Some("anna@example.com"),
        drive_id: "b!4nn4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
    Person {
        email: "ben@example.net",
        name: "Ben O'Neill & Söhne",
        google_id: "105555555555555555552",
        tenant: CONSUMERS_TENANT,
        object_id: "00000000-0000-0000-5be0-9e11ab0de002",
        graph_id: "5be09e11ab0de002",
        mail: None,
        drive_id: "5BE09E11AB0DE002",
    },
    Person {
        email: "clara@example.org",
        name: "Clara 山田",
        google_id: "117777777777777777773",
        tenant: "c1a7a000-7e4a-4f3b-8d21-0123456789ab",
        object_id: "c1a7a111-22b3-44c5-96d7-e8f901234567",
        graph_id: "c1a7a111-22b3-44c5-96d7-e8f901234567",
        mail: Some("clara@example.org"),
        drive_id: "b!Cl4r4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
];

/// Whose account has this name.
pub(crate) fn person(email: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.email == email)
}
