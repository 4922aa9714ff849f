//! What the head of a JPEG says.

/// Width and height in pixels, if it is one.
pub(super) fn size(jpeg: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| {
        let bytes = jpeg.get(at..at + 2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    };
    if number(0)? != 0xffd8 {
        return None;
    }
    let mut at = 2;
    loop {
        let marker = number(at)?;
        match marker {
            // A frame's head; the four left out in between are tables and the like.
            0xffc0..=0xffcf if !matches!(marker, 0xffc4 | 0xffc8 | 0xffcc) => {
                let (height, width) = (number(at + 5)?, number(at + 7)?);
                return (width > 0 && height > 0).then_some((width.into(), height.into()));
            }
            0xff00..=0xffff => at += 2 + usize::from(number(at + 2)?).max(2),
            _ => return None,
        }
    }
}
