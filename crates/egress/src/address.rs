//! What kind of address an address is, also when it is wrapped in another.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somewhere on the Internet.
    Public,
    /// This machine or its surroundings; says which.
    Private(&'static str),
    /// No address that a web server can have; says why.
    Unusable(&'static str),
    /// Where clouds keep credentials of their machines.
    Metadata,
}

/// Addresses of metadata services outside of 169.254.0.0/16.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// The same over IPv6: Amazon (two), Google, Scaleway.
const METADATA_V6: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0023),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042),
];

/// Names of metadata services, for they need not resolve to a known address.
const METADATA_HOSTS: [&str; 8] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "metadata.azure.com",
    "metadata.tencentyun.com",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Whether a host is known as a metadata service by its name.
#[must_use]
pub fn is_metadata_host(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    METADATA_HOSTS
        .iter()
        .any(|it| it.eq_ignore_ascii_case(host))
}

/// What kind of address this is. Of an address inside an address, the worse one counts.
#[must_use]
pub fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => {
            let inner = embedded(address).map(kind_v4).max();
            match (kind_v6(address), inner) {
                // A mapped address is nothing of its own.
                (_, Some(inner)) if address.to_ipv4_mapped().is_some() => inner,
                (outer, Some(inner)) => outer.max(inner),
                (outer, None) => outer,
            }
        }
    }
}

/// The address that a packet would go to: IPv4 where it is only mapped into IPv6, and the
/// loopback address where it is unspecified, as the kernel has it.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(it) if it.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(it) if it.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

fn kind_v4(address: Ipv4Addr) -> Kind {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        // All of it: metadata services sit on many addresses there, web servers on none.
        (169, 254, _) => Kind::Metadata,
        _ if METADATA_V4.contains(&address) => Kind::Metadata,
        (127, ..) => Kind::Private("loopback"),
        (0, ..) => Kind::Private("this host"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Kind::Private("private network"),
        (100, 64..=127, _) => Kind::Private("carrier-grade NAT"),
        (192, 0, 0) => Kind::Private("protocol assignments"),
        (198, 18..=19, _) => Kind::Private("benchmark network"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Kind::Unusable("documentation"),
        (192, 88, 99) => Kind::Unusable("6to4 relay"),
        (224..=239, ..) => Kind::Unusable("multicast"),
        (240..=255, ..) => Kind::Unusable("reserved"),
        _ => Kind::Public,
    }
}

fn kind_v6(address: Ipv6Addr) -> Kind {
    if METADATA_V6.contains(&address) {
        return Kind::Metadata;
    }
    if address.is_loopback() {
        return Kind::Private("loopback");
    }
    if address.is_unspecified() {
        return Kind::Private("this host");
    }
    match address.segments() {
        [0xfc00..=0xfdff, ..] => Kind::Private("private network"),
        [0xfe80..=0xfebf, ..] => Kind::Private("link-local"),
        [0xfec0..=0xfeff, ..] => Kind::Private("site-local"),
        [0xff00..=0xffff, ..] => Kind::Unusable("multicast"),
        [0x0100, 0, 0, 0, ..] => Kind::Unusable("discard"),
        // The place of the IPv4 address in it is the network's own choice, so it can't be checked.
        [0x0064, 0xff9b, 1, ..] => Kind::Unusable("local-use NAT64"),
        [0x0064, 0xff9b, 0, 0, 0, 0, ..] => Kind::Public,
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Kind::Unusable("documentation"),
        [0x2001, 0x0002, 0, ..] => Kind::Private("benchmark network"),
        [0x2001, 0x0010..=0x002f, ..] => Kind::Unusable("ORCHID"),
        [0x5f00, ..] => Kind::Unusable("segment routing"),
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => Kind::Unusable("IPv4-compatible"),
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Unusable("unassigned"),
    }
}

/// The IPv4 addresses that an IPv6 address carries a packet to.
fn embedded(address: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    let segments = address.segments();
    let at = |index: usize| {
        let [a, b] = segments[index].to_be_bytes();
        let [c, d] = segments[index + 1].to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    let found: [Option<Ipv4Addr>; 2] = match segments {
        // Not `::` and `::1`, which are addresses of their own.
        [0, 0, 0, 0, 0, 0, 0, 0..=1] => [None, None],
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => [Some(at(6)), None],
        [0x0064, 0xff9b, ..] => [Some(at(6)), None],
        [0x2002, ..] => [Some(at(1)), None],
        // Teredo: the server, and the client's address with its bits flipped.
        [0x2001, 0, ..] => [Some(at(2)), Some(Ipv4Addr::from(!u32::from(at(6))))],
        // ISATAP.
        [_, _, _, _, 0x0000 | 0x0200, 0x5efe, ..] => [Some(at(6)), None],
        _ => [None, None],
    };
    found.into_iter().flatten()
}
