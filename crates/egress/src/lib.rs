//! Every way out: one resolver, one address check, and the forward proxy of the browsers.
