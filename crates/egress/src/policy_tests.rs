//! The rules, one by one, with and without the operator's exceptions.

use super::*;

const PUBLIC: &str = "93.184.215.14";

fn default_policy() -> Policy {
    Policy::new(Exceptions::default())
}

fn lan_policy() -> Policy {
    let allow_networks = vec!["192.168.0.0/16".parse().unwrap()];
    Policy::new(Exceptions {
        allow_networks,
        ..Exceptions::default()
    })
}

fn addresses(list: &[&str]) -> Vec<IpAddr> {
    list.iter()
        .map(|address| address.parse().unwrap())
        .collect()
}

fn typed_refusal(policy: &Policy, text: &str) -> Option<&'static str> {
    policy.check_typed(text).err().map(Refusal::rule)
}

// S-03
#[test]
fn http_and_its_port_need_the_operators_word() {
    let with_http = Policy::new(Exceptions {
        allow_http: true,
        ..Exceptions::default()
    });
    assert_eq!(
        typed_refusal(&default_policy(), "http://a.org/"),
        Some("scheme")
    );
    assert_eq!(typed_refusal(&with_http, "http://a.org/"), None);
    assert_eq!(
        typed_refusal(&with_http, "http://a.org:8080/"),
        Some("port")
    );
    assert_eq!(
        typed_refusal(&default_policy(), "https://a.org:80/"),
        Some("port")
    );
}

// S-03
#[test]
fn the_operators_ports_replace_the_default_ones() {
    let allow_ports = Some("5006".parse().unwrap());
    let policy = Policy::new(Exceptions {
        allow_ports,
        ..Exceptions::default()
    });
    assert_eq!(typed_refusal(&policy, "https://a.org:5006/"), None);
    assert_eq!(typed_refusal(&policy, "https://a.org/"), Some("port"));
}

// S-09: the URL stage knows literals, and rules for typed text do not bind our own URLs.
#[test]
fn a_built_url_may_have_a_query_but_no_private_host() {
    let policy = default_policy();
    let check = |text: &str| policy.check_url(Trust::Typed, &Url::parse(text).unwrap());
    assert_eq!(check("https://a.org/x?upload_id=1#f"), Ok(()));
    assert_eq!(
        check("https://127.0.0.1/x?upload_id=1"),
        Err(Refusal::Address)
    );
    assert_eq!(check("https://[::1]/"), Err(Refusal::Address));
    assert_eq!(check("https://2130706433/"), Err(Refusal::Address));
    assert_eq!(check("https://localhost/"), Err(Refusal::SingleLabel));
    assert_eq!(check("data:text/plain,x"), Err(Refusal::Scheme));
}

// S-05: a LAN name stands or falls with its answers.
#[test]
fn a_lan_name_passes_only_when_every_answer_is_excepted() {
    let policy = lan_policy();
    for name in ["nextcloud.local", "nas", "cloud.example.org"] {
        assert_eq!(
            typed_refusal(&policy, &format!("https://{name}/")),
            None,
            "{name}"
        );
        assert_eq!(
            policy.check_answers(Trust::Typed, name, &addresses(&["192.168.1.9"])),
            Ok(()),
            "{name}"
        );
    }
    for (name, answers, refusal) in [
        ("nextcloud.local", vec![PUBLIC], Refusal::NameSuffix),
        (
            "nextcloud.local",
            vec!["192.168.1.9", PUBLIC],
            Refusal::NameSuffix,
        ),
        ("nas", vec!["10.0.0.9"], Refusal::SingleLabel),
        (
            "cloud.example.org",
            vec!["192.168.1.9", "10.0.0.9"],
            Refusal::Address,
        ),
    ] {
        assert_eq!(
            policy.check_answers(Trust::Typed, name, &addresses(&answers)),
            Err(refusal),
            "{name}"
        );
    }
}

// S-05
#[test]
fn without_excepted_networks_a_private_name_is_refused_unresolved() {
    assert_eq!(
        typed_refusal(&default_policy(), "https://nas.local/"),
        Some("name-suffix")
    );
    assert_eq!(
        typed_refusal(&default_policy(), "https://localhost/"),
        Some("single-label")
    );
}

// S-07
#[test]
fn the_number_of_answers_is_bounded_on_both_sides() {
    let answers = addresses(&[PUBLIC; 17]);
    let check = |answers: &[IpAddr]| default_policy().check_answers(Trust::Typed, "a.org", answers);
    assert_eq!(check(&[]), Err(Refusal::Unresolved));
    assert_eq!(check(&answers[..16]), Ok(()));
    assert_eq!(check(&answers), Err(Refusal::TooManyAnswers));
}

// S-06: an exception for IPv4 does not open the same address dressed as IPv6.
#[test]
fn an_exception_covers_its_own_family_only() {
    let policy = lan_policy();
    assert_eq!(policy.check_address("192.168.1.9".parse().unwrap()), Ok(()));
    assert_eq!(
        policy.check_address("::ffff:192.168.1.9".parse().unwrap()),
        Err(Refusal::Address)
    );
}

// S-12
#[test]
fn private_and_unknown_hosts_are_not_explained() {
    for text in ["https://127.0.0.1/", "https://nas.local/", "https://db/"] {
        let refusal = default_policy().check_typed(text).unwrap_err();
        assert!(!refusal.decided_by_text(), "{text}");
    }
    for text in [
        "https://0x7f.1/",
        "ftp://a.org/",
        "https://a.org:22/",
        "https://u@a.org/",
    ] {
        let refusal = default_policy().check_typed(text).unwrap_err();
        assert!(refusal.decided_by_text(), "{text}");
    }
}

// The settings' addresses: anywhere, but in clear text only to this machine.
#[test]
fn an_operators_url_may_lead_anywhere_but_not_in_clear_text() {
    let policy = default_policy();
    let check = |text: &str| policy.check_url(Trust::Operator, &Url::parse(text).unwrap());
    for text in [
        "https://minio:9000/bucket",
        "https://10.0.0.1/",
        "https://[fd00::1]:8443/",
        "https://idp.corp/token",
        "http://127.0.0.1:9000/",
        "http://[::1]/",
        "http://localhost:9000/",
        "http://a.localhost./",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
    for (text, refusal) in [
        ("http://minio:9000/", Refusal::Scheme),
        ("http://10.0.0.1/", Refusal::Scheme),
        ("http://localhost.example.org/", Refusal::Scheme),
        ("ftp://localhost/", Refusal::Scheme),
        ("https://user:secret@idp.corp/", Refusal::Userinfo),
        ("https://idp.corp:0/", Refusal::Port),
        ("data:text/plain,x", Refusal::Scheme),
    ] {
        assert_eq!(check(text), Err(refusal), "{text}");
    }
}

// RFC 6761, section 6.3: a resolver that says otherwise of localhost is not believed.
#[test]
fn an_operators_name_may_have_any_answers_but_localhost_its_own() {
    let check = |name: &str, answers: &[&str]| {
        default_policy().check_answers(Trust::Operator, name, &addresses(answers))
    };
    assert_eq!(check("minio", &["10.0.0.1", PUBLIC]), Ok(()));
    assert_eq!(check("localhost", &["127.0.0.1", "::1"]), Ok(()));
    assert_eq!(
        check("localhost", &["127.0.0.1", PUBLIC]),
        Err(Refusal::Address)
    );
    assert_eq!(check("minio", &[]), Err(Refusal::Unresolved));
    assert_eq!(check("minio", &[PUBLIC; 17]), Err(Refusal::TooManyAnswers));
}

// S-16
#[test]
fn an_issued_address_may_have_a_query_and_must_be_its_issuers() {
    let origin = "https://cloud.example.org/".parse().unwrap();
    let check = |text: &str, issuer| default_policy().check_issued(text, issuer).err();
    let own = |text: &str| check(text, Issuer::Origin(&origin));
    assert_eq!(own("https://cloud.example.org/poll?token=x"), None);
    assert_eq!(own("https://evil.org/poll"), Some(Refusal::Issuer));
    assert_eq!(own("https://169.254.169.254/"), Some(Refusal::Address));
    assert_eq!(own("http://cloud.example.org/poll"), Some(Refusal::Scheme));

    let start = "https://a.sharepoint.com/?";
    let long = start.to_owned() + &"x".repeat(8192 - start.len());
    let graph = |text: &str| check(text, Issuer::Hosts(&["sharepoint.com"]));
    assert_eq!(graph(&long), None);
    assert_eq!(graph(&format!("{long}x")), Some(Refusal::Length));
    assert_eq!(graph("https://sharepoint.com:22/"), Some(Refusal::Port));
}

// S-06: the operator's own hosts, public or within a network that is otherwise open.
#[test]
fn a_denied_network_is_shut_whatever_else_is_open() {
    let denied = ["93.184.215.0/24", "192.168.1.0/24"].map(|network| network.parse().unwrap());
    let policy = lan_policy().denying(denied.to_vec());
    let check = |address: &str| policy.check_address(address.parse().unwrap());
    assert_eq!(check(PUBLIC), Err(Refusal::Address));
    assert_eq!(check("192.168.1.9"), Err(Refusal::Address));
    assert_eq!(check("93.184.216.1"), Ok(()));
    assert_eq!(check("192.168.2.9"), Ok(()));
    let answers = policy.check_answers(Trust::Typed, "nas.local", &addresses(&["192.168.1.9"]));
    assert_eq!(answers, Err(Refusal::NameSuffix));
}

fn behind_nat64(policy: Policy) -> Policy {
    policy.behind_nat64(Some("64:ff9b::/96".parse().unwrap()))
}

// S-06: a NAT64 opens what is behind it no further than it is open by itself.
#[test]
fn behind_a_nat64_the_inner_address_is_judged() {
    let policy = behind_nat64(default_policy());
    let check = |address: &str| policy.check_address(address.parse().unwrap());
    assert_eq!(check("64:ff9b::93.184.215.14"), Ok(()));
    for address in [
        "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::168.63.129.16",
        "64:ff9b:0:0:0:1:5db8:d70e",
        "64:ff9b:1::93.184.215.14",
        "::ffff:93.184.215.14",
    ] {
        assert_eq!(check(address), Err(Refusal::Address), "{address}");
        assert_eq!(
            typed_refusal(&policy, &format!("https://[{address}]/")),
            Some("address")
        );
    }
    let undeclared = default_policy().check_address("64:ff9b::93.184.215.14".parse().unwrap());
    assert_eq!(undeclared, Err(Refusal::Address));
}

// S-06: the operator's networks are named as IPv4, however DNS64 dresses them.
#[test]
fn behind_a_nat64_exceptions_and_denials_mean_the_inner_address() {
    let denied = vec!["93.184.215.0/24".parse().unwrap()];
    let policy = behind_nat64(lan_policy().denying(denied));
    let check = |address: &str| policy.check_address(address.parse().unwrap());
    assert_eq!(check("64:ff9b::192.168.1.9"), Ok(()));
    assert_eq!(check("64:ff9b::10.0.0.9"), Err(Refusal::Address));
    assert_eq!(check("64:ff9b::93.184.215.14"), Err(Refusal::Address));
    let nas = addresses(&["64:ff9b::192.168.1.9"]);
    assert_eq!(policy.check_answers(Trust::Typed, "nas", &nas), Ok(()));

    let denied = vec!["64:ff9b::/96".parse().unwrap()];
    let shut = behind_nat64(lan_policy().denying(denied));
    let inside = "64:ff9b::192.168.1.9".parse().unwrap();
    assert_eq!(shut.check_address(inside), Err(Refusal::Address));
}
