//! The rules of RFC 9110, section 13, row by row.

use proptest::prelude::*;

use super::*;

fn tag(text: &str) -> EntityTag {
    text.parse().unwrap()
}

fn list(value: &str) -> Option<ETagList> {
    Some(ETagList::from_header(value).unwrap())
}

const fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_unix_seconds(seconds))
}

fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok().and_then(at)
}

/// Reading what has this tag and was modified half a second after second 100.
fn read(conditions: &Conditions, etag: Option<&str>) -> Verdict {
    let etag = etag.map(tag);
    conditions.of_reading(Validators {
        etag: etag.as_ref(),
        modified_at: Some(Timestamp::from_unix_micros(100_500_000)),
    })
}

// The examples of RFC 9110, sections 8.8.3 and 13.1.1, and what lies around them.
#[test]
fn a_list_of_tags_is_read_tag_by_tag() {
    for (value, expected) in [
        ("\"xyzzy\"", &["\"xyzzy\""][..]),
        ("W/\"xyzzy\"", &["W/\"xyzzy\""]),
        ("\"\"", &["\"\""]),
        (
            "\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"",
            &["\"xyzzy\"", "\"r2d2xxxx\"", "\"c3piozzzz\""],
        ),
        ("\"a\",W/\"b\"", &["\"a\"", "W/\"b\""]),
        (" , \"a\" ,\t, \"b\",", &["\"a\"", "\"b\""]),
        ("\"a,b\", \"W/\"", &["\"a,b\"", "\"W/\""]),
        ("\"*\"", &["\"*\""]),
    ] {
        let expected = expected.iter().map(|text| tag(text)).collect();
        assert_eq!(
            ETagList::from_header(value),
            Ok(ETagList::Of(expected)),
            "{value:?}"
        );
    }
    assert_eq!(ETagList::from_header(" * "), Ok(ETagList::Any));
}

#[test]
fn what_is_no_list_of_tags_is_refused() {
    for value in [
        "",
        " , ",
        "abc",
        "\"a",
        "a\"",
        "\"a\" \"b\"",
        "\"a\"b",
        "w/\"a\"",
        "W/ \"a\"",
        "*, \"a\"",
        "\"a\", *",
        "\"a b\"",
        "\"\u{fc}\"",
    ] {
        assert_eq!(
            ETagList::from_header(value),
            Err(InvalidETagList),
            "{value:?}"
        );
    }
}

// I-01
#[test]
fn a_list_has_a_hundred_tags_at_most() {
    assert!(ETagList::from_header(&"\"a\",".repeat(100)).is_ok());
    assert!(ETagList::from_header(&"\"a\",".repeat(101)).is_err());
}

// Section 13.1.1: strong comparison.
#[test]
fn if_match_wants_one_of_its_strong_tags() {
    for (value, etag, expected) in [
        ("*", Some("\"1\""), Verdict::Proceed),
        ("*", None, Verdict::Proceed),
        ("\"0\", \"1\"", Some("\"1\""), Verdict::Proceed),
        ("\"0\"", Some("\"1\""), Verdict::PreconditionFailed),
        ("W/\"1\"", Some("W/\"1\""), Verdict::PreconditionFailed),
        ("\"1\"", Some("W/\"1\""), Verdict::PreconditionFailed),
        ("\"1\"", None, Verdict::PreconditionFailed),
    ] {
        let conditions = Conditions {
            if_match: list(value),
            ..Conditions::default()
        };
        assert_eq!(read(&conditions, etag), expected, "{value} {etag:?}");
    }
}

// Section 13.1.2: weak comparison.
#[test]
fn if_none_match_knows_its_tags_weak_or_strong() {
    for (value, etag, expected) in [
        ("*", Some("\"1\""), Verdict::NotModified),
        ("*", None, Verdict::NotModified),
        ("\"0\", W/\"1\"", Some("\"1\""), Verdict::NotModified),
        ("\"1\"", Some("W/\"1\""), Verdict::NotModified),
        ("\"0\"", Some("\"1\""), Verdict::Proceed),
        ("\"1\"", None, Verdict::Proceed),
    ] {
        let conditions = Conditions {
            if_none_match: list(value),
            ..Conditions::default()
        };
        assert_eq!(read(&conditions, etag), expected, "{value} {etag:?}");
    }
}

// Sections 13.1.3 and 13.1.4; headers cannot tell halves of a second.
#[test]
fn dates_are_compared_in_whole_seconds() {
    for (seconds, since, unmodified) in [
        (99, Verdict::Proceed, Verdict::PreconditionFailed),
        (100, Verdict::NotModified, Verdict::Proceed),
        (101, Verdict::NotModified, Verdict::Proceed),
    ] {
        let conditions = Conditions {
            if_modified_since: at(seconds),
            ..Conditions::default()
        };
        assert_eq!(read(&conditions, None), since, "since {seconds}");
        let conditions = Conditions {
            if_unmodified_since: at(seconds),
            ..Conditions::default()
        };
        assert_eq!(read(&conditions, None), unmodified, "unmodified {seconds}");
    }
}

#[test]
fn dates_are_ignored_where_nothing_tells_one() {
    let conditions = Conditions {
        if_modified_since: at(1),
        if_unmodified_since: at(1),
        ..Conditions::default()
    };
    assert_eq!(
        conditions.of_reading(Validators::default()),
        Verdict::Proceed
    );
}

// Section 13.2.2: a tag says more than a date, what is expected comes before what is known, and the
// range last; so two conditions that contradict each other have one outcome.
#[test]
fn conditions_are_weighed_in_their_order() {
    let (hit, miss) = (list("\"1\""), list("\"0\""));
    let etag = Some("\"1\"");
    let conditions = |if_match: &Option<ETagList>, if_none_match: &Option<ETagList>| Conditions {
        if_match: if_match.clone(),
        if_none_match: if_none_match.clone(),
        if_unmodified_since: at(1),
        if_modified_since: at(1),
        if_range: Some(IfRange::Nothing),
    };
    for (if_match, if_none_match, expected) in [
        (&miss, &hit, Verdict::PreconditionFailed),
        (&miss, &miss, Verdict::PreconditionFailed),
        (&hit, &hit, Verdict::NotModified),
        // The dates would say otherwise, and do not count.
        (&hit, &miss, Verdict::IgnoreRange),
        // Only a date speaks for step 2.
        (&None, &hit, Verdict::PreconditionFailed),
    ] {
        let conditions = conditions(if_match, if_none_match);
        assert_eq!(read(&conditions, etag), expected, "{conditions:?}");
    }
    assert_eq!(read(&Conditions::default(), etag), Verdict::Proceed);
}

// Section 13.1.5
#[test]
fn if_range_names_exactly_one_content() {
    for (value, etag, expected) in [
        ("\"1\"", Some("\"1\""), Verdict::Proceed),
        ("\"0\"", Some("\"1\""), Verdict::IgnoreRange),
        ("W/\"1\"", Some("W/\"1\""), Verdict::IgnoreRange),
        ("\"1\"", None, Verdict::IgnoreRange),
        ("100", None, Verdict::Proceed),
        ("101", None, Verdict::IgnoreRange),
        ("99", Some("\"1\""), Verdict::IgnoreRange),
        ("yesterday", Some("\"1\""), Verdict::IgnoreRange),
        ("*", Some("\"1\""), Verdict::IgnoreRange),
    ] {
        let conditions = Conditions {
            if_range: Some(IfRange::from_header(value, date)),
            ..Conditions::default()
        };
        assert_eq!(read(&conditions, etag), expected, "{value} {etag:?}");
    }
}

// Section 13.1.2: the way to make sure that nothing is overwritten.
#[test]
fn a_change_is_made_only_to_what_was_expected() {
    let etag = tag("\"1\"");
    let current = Some(Validators {
        etag: Some(&etag),
        modified_at: at(100),
    });
    let of_match = |value| Conditions {
        if_match: list(value),
        ..Conditions::default()
    };
    let of_none = |value| Conditions {
        if_none_match: list(value),
        ..Conditions::default()
    };
    for (conditions, there, absent) in [
        (of_match("*"), true, false),
        (of_match("\"1\""), true, false),
        (of_match("\"0\""), false, false),
        (of_none("*"), false, true),
        (of_none("W/\"1\""), false, true),
        (of_none("\"0\""), true, true),
    ] {
        let proceeds = |current| conditions.of_changing(current) == Verdict::Proceed;
        assert_eq!(proceeds(current), there, "{conditions:?}");
        assert_eq!(proceeds(None), absent, "{conditions:?}");
    }
}

proptest! {
    // a tag that a client gives back names what it named, alone or among others.
    #[test]
    fn a_tag_round_trips_through_if_match(
        weak in any::<bool>(),
        opaque in "[!#-~]{0,80}",
        others in prop::collection::vec("(W/)?\"[!#-~]{0,8}\"", 0..5),
        place in any::<prop::sample::Index>(),
    ) {
        let text = format!("{}\"{opaque}\"", if weak { "W/" } else { "" });
        let etag = tag(&text);
        prop_assert_eq!(etag.as_str(), &text);
        let mut tags = others.clone();
        tags.insert(place.index(tags.len() + 1), text);
        let read = ETagList::from_header(&tags.join(", ")).unwrap();
        let expected = tags.iter().map(|text| tag(text)).collect();
        prop_assert_eq!(&read, &ETagList::Of(expected));
        let current = Validators { etag: Some(&etag), modified_at: None };
        let conditions = Conditions { if_match: Some(read.clone()), ..Conditions::default() };
        prop_assert_eq!(conditions.of_reading(current) == Verdict::Proceed, !weak);
        let conditions = Conditions { if_none_match: Some(read), ..Conditions::default() };
        prop_assert_eq!(conditions.of_reading(current), Verdict::NotModified);
    }

    // I-01: whatever a client sends is a list or none, never a panic.
    #[test]
    fn any_text_is_a_list_or_none(value in "[\"W/*, a\u{fc}\t\\\\]{0,40}") {
        let _ = ETagList::from_header(&value);
        let _ = IfRange::from_header(&value, date);
    }
}
