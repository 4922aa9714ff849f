//! Which addresses and hosts are let out.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::{IpAddr, SocketAddr, TcpListener};

use errand_egress::{Blocked, Policy, address, address::Kind, check, own};
use url::Url;

fn kind(address: &str) -> Kind {
    address::kind(address.parse().unwrap())
}

#[test]
fn every_form_of_a_private_address_is_private() {
    for address in [
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        // The same, wrapped: mapped, NAT64, 6to4, Teredo (server and client), ISATAP.
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:c0a8:0101::1",
        "2001:0:0a00:1:0:0:f7f7:f7f7",
        "2001:0:0808:0808:0:0:f5ff:fffe",
        "2606:4700::5efe:10.0.0.1",
    ] {
        assert!(
            matches!(kind(address), Kind::Private(_)),
            "{address}: {:?}",
            kind(address)
        );
    }
}

#[test]
fn every_form_of_a_metadata_address_is_metadata() {
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.0.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::",
        "2001:0:0808:0808:0:0:5601:5601",
        "fe80::5efe:169.254.169.254",
    ] {
        assert_eq!(kind(address), Kind::Metadata, "{address}");
    }
}

#[test]
fn what_no_server_can_have_is_unusable_and_the_rest_is_public() {
    for address in [
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "203.0.113.9",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "64:ff9b:1::1",
        "4000::1",
        "::8.8.8.8",
    ] {
        assert!(
            matches!(kind(address), Kind::Unusable(_)),
            "{address}: {:?}",
            kind(address)
        );
    }
    for address in [
        "1.1.1.1",
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "169.253.0.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:0101:0101::1",
    ] {
        assert_eq!(kind(address), Kind::Public, "{address}");
    }
}

async fn refusal(url: &str, policy: &Policy) -> String {
    check(&Url::parse(url).unwrap(), policy)
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_refusal_names_the_host_and_the_reason() {
    let (strict, open) = (
        Policy::default(),
        Policy {
            allow_private: true,
            ..Policy::default()
        },
    );
    let text = refusal("http://localhost:8080/", &strict).await;
    assert!(text.starts_with("localhost is blocked: 127.0.0.1 is not on the Internet (loopback)"));
    // Numbers that browsers take for addresses, too.
    for url in [
        "http://0x7f.1/",
        "http://2130706433/",
        "http://[::ffff:7f00:1]/",
    ] {
        assert!(
            refusal(url, &strict)
                .await
                .contains("not on the Internet (loopback)"),
            "{url}"
        );
        assert!(
            check(&Url::parse(url).unwrap(), &open).await.is_ok(),
            "{url}"
        );
    }
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://metadata.google.internal/computeMetadata/v1",
        "http://METADATA.google.internal./",
        "http://0xa9fea9fe/",
    ] {
        let text = refusal(url, &open).await;
        assert!(
            text.ends_with("cloud metadata services are never reached"),
            "{url}: {text}"
        );
    }
    let text = refusal("ftp://example.com/", &open).await;
    assert!(
        text.ends_with("only http and https addresses can be opened, not ftp"),
        "{text}"
    );
    let text = refusal("http://nowhere.invalid/", &strict).await;
    assert!(
        text.starts_with("nowhere.invalid does not resolve: "),
        "{text}"
    );
}

#[test]
fn the_services_own_ports_are_refused_under_every_name_of_this_machine() {
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let forms = [
        "127.0.0.1",
        "127.0.0.7",
        "::1",
        "0.0.0.0",
        "::",
        "::ffff:127.0.0.1",
    ];
    let target = |form: &str| SocketAddr::new(form.parse::<IpAddr>().unwrap(), address.port());
    let held = own::hold(address);
    for form in forms {
        assert!(
            matches!(policy.check_address(target(form)), Err(Blocked::OwnPort(_))),
            "{form}"
        );
    }
    drop(held);
    for form in forms {
        assert_eq!(policy.check_address(target(form)), Ok(()), "{form}");
    }
    let everywhere = SocketAddr::from(([0, 0, 0, 0], address.port()));
    let policy = Policy {
        denied: vec![everywhere],
        ..policy
    };
    for form in forms {
        assert!(policy.check_address(target(form)).is_err(), "{form}");
    }
    assert_eq!(
        policy.check_address(SocketAddr::from(([10, 9, 8, 7], address.port()))),
        Ok(())
    );
}

#[test]
fn lists_of_hosts_and_the_browsers_own_calls_are_decided_by_name() {
    let open = Policy::default();
    assert_eq!(open.check_host("fonts.googleapis.com"), Ok(()));
    for host in [
        "update.googleapis.com",
        "Clients2.Google.com.",
        "beacons.gvt2.com",
    ] {
        assert_eq!(open.check_host(host), Err(Blocked::Background), "{host}");
    }
    let policy = Policy {
        allowed_hosts: vec![
            "shop.test".into(),
            "*.cdn.test".into(),
            "mtalk.google.com".into(),
        ],
        blocked_hosts: vec!["evil.cdn.test".into()],
        ..Policy::default()
    };
    for host in ["shop.test", "SHOP.test.", "a.cdn.test", "mtalk.google.com"] {
        assert_eq!(policy.check_host(host), Ok(()), "{host}");
    }
    for host in ["www.shop.test", "cdn.test", "xcdn.test", "example.com"] {
        assert_eq!(policy.check_host(host), Err(Blocked::NotListed), "{host}");
    }
    assert_eq!(policy.check_host("evil.cdn.test"), Err(Blocked::Listed));
}
