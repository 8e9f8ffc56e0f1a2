//! What of an address's refusal goes to the person who typed it. It decides nothing.

use wharf_domain::ports::storage::AddressRefusal;
use wharf_egress::Refusal;

/// The refusal in the domain's words. Its author is told why only if the typed text alone decided;
/// all others look the same from outside (S-12).
pub(crate) fn address_refusal(refusal: Refusal) -> AddressRefusal {
    AddressRefusal {
        rule: refusal.rule(),
        told: refusal.decided_by_text().then(|| reason(refusal)).flatten(),
        found: refusal != Refusal::Unresolved,
    }
}

/// The address passed every rule of the network, but its path could be read in two ways (I-02).
pub(crate) const AMBIGUOUS_PATH: AddressRefusal = AddressRefusal {
    rule: "path",
    told: Some("the path must not contain encoded slashes or dots"),
    found: true,
};

/// The provider's address is the operator's: nobody types it.
pub(crate) const NOT_TYPED: AddressRefusal = AddressRefusal {
    rule: "provider",
    told: None,
    found: true,
};

const fn reason(refusal: Refusal) -> Option<&'static str> {
    Some(match refusal {
        Refusal::Length => "the address must be at most 2048 bytes long",
        Refusal::ControlCharacter => "the address must not contain control characters",
        Refusal::Backslash => "the address must not contain a backslash",
        Refusal::Space => "the address must not begin or end with a space",
        Refusal::Scheme => "the address must begin with https://",
        Refusal::Host => "the address has no valid host",
        Refusal::Userinfo => "the address must not contain a user name or password",
        Refusal::PercentHost => "the host must not be percent-encoded",
        Refusal::Ipv4Spelling => "the IPv4 address must be written as four decimal numbers",
        Refusal::NameLength => "the host name is too long",
        Refusal::Port => "the port is not allowed",
        Refusal::QueryOrFragment => "the address must not contain a query or fragment",
        Refusal::EncodedControl => "the path must not contain encoded control characters",
        _ => return None,
    })
}
