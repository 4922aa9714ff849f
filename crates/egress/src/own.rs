//! The ports that this service itself listens on: no page ever reaches them.
//!
//! One list for the process, for no policy may forget a port that another part opened.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::address::canonical;

static HELD: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());

/// Keeps a port on the list for as long as it lives.
#[derive(Debug)]
#[must_use = "the port leaves the list when this is dropped"]
pub struct Held(SocketAddr);

/// Puts a listener's address on the list. An unspecified address means every one of this machine.
pub fn hold(listener: SocketAddr) -> Held {
    held().push(listener);
    Held(listener)
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = held();
        if let Some(index) = held.iter().position(|it| *it == self.0) {
            held.swap_remove(index);
        }
    }
}

/// Whether connecting to `target` would reach one of the process's listeners, or one of `more`.
#[must_use]
pub fn reaches(target: SocketAddr, more: &[SocketAddr]) -> bool {
    let same_port = |it: &&SocketAddr| it.port() == target.port();
    let mut listeners: Vec<SocketAddr> = held().iter().filter(same_port).copied().collect();
    listeners.extend(more.iter().filter(same_port));
    let to = canonical(target.ip());
    listeners.into_iter().any(|listener| {
        let at = listener.ip().to_canonical();
        if at.is_unspecified() {
            is_local(to)
        } else {
            at == to || at.is_loopback() && to.is_loopback()
        }
    })
}

/// Whether an address belongs to this machine: the kernel then takes it as the source as well.
/// Connecting a datagram socket sends nothing.
fn is_local(address: IpAddr) -> bool {
    if address.is_loopback() {
        return true;
    }
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    UdpSocket::bind((any, 0))
        .and_then(|socket| {
            socket
                .connect((address, 9))
                .and_then(|()| socket.local_addr())
        })
        .is_ok_and(|source| source.ip() == address)
}

fn held() -> MutexGuard<'static, Vec<SocketAddr>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}
