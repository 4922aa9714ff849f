//! Looking at pages and acting on them, with a real Chromium.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod controls;
mod downloads;
mod dragging;
mod drawings;
mod frames;
mod gateway;
mod hostile;
mod lists;
mod logins;
mod observing;
mod places;
mod remote;
mod storage;
mod styles;
mod support;
mod tables;
mod tabs;
mod view;
mod widgets;
