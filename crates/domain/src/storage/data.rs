//! Values as browsers clone them, which are more than JSON can say.

/// A value of a script that can be stored.
///
/// Lists, objects, maps and sets carry a number if something in the same value refers to them:
/// then the same thing stands in two places, or in itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Undefined,
    /// None.
    Null,
    /// Yes or no.
    Bool(bool),
    /// Also the numbers that JSON lacks: not a number, infinities, minus zero.
    Number(f64),
    /// A whole number of any length, in decimal digits.
    BigInt(String),
    /// Text.
    String(String),
    /// A point in time as ISO 8601 in UTC with milliseconds; `None` for an invalid one.
    Date(Option<String>),
    /// A regular expression.
    RegExp {
        /// Between the slashes.
        source: String,
        /// After them.
        flags: String,
    },
    /// An error that was kept.
    Error {
        /// `TypeError`.
        name: String,
        /// In words.
        message: String,
        /// Where it came from.
        stack: String,
    },
    /// An `ArrayBuffer`.
    Buffer(Vec<u8>),
    /// A typed array, or a `DataView`.
    View(View, Vec<u8>),
    /// A `Blob`, or a `File` if it has a name.
    Blob(Blob),
    /// An array.
    List(Option<u32>, Vec<Data>),
    /// A plain object.
    Object(Option<u32>, Vec<(String, Data)>),
    /// A `Map`.
    Map(Option<u32>, Vec<(Data, Data)>),
    /// A `Set`.
    Set(Option<u32>, Vec<Data>),
    /// What carries that number.
    Same(u32),
}

/// The kinds of views on bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// `Int8Array`.
    I8,
    /// `Uint8Array`.
    U8,
    /// `Uint8ClampedArray`.
    U8Clamped,
    /// `Int16Array`.
    I16,
    /// `Uint16Array`.
    U16,
    /// `Int32Array`.
    I32,
    /// `Uint32Array`.
    U32,
    /// `Float16Array`.
    F16,
    /// `Float32Array`.
    F32,
    /// `Float64Array`.
    F64,
    /// `BigInt64Array`.
    I64,
    /// `BigUint64Array`.
    U64,
    /// `DataView`.
    Raw,
}

impl View {
    pub(super) const ALL: [(&str, Self); 13] = [
        ("i8", Self::I8),
        ("ui8", Self::U8),
        ("ui8c", Self::U8Clamped),
        ("i16", Self::I16),
        ("ui16", Self::U16),
        ("i32", Self::I32),
        ("ui32", Self::U32),
        ("f16", Self::F16),
        ("f32", Self::F32),
        ("f64", Self::F64),
        ("bi64", Self::I64),
        ("bui64", Self::U64),
        ("dv", Self::Raw),
    ];

    /// Bytes of one element.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::U8Clamped | Self::Raw => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }
}

/// Bytes with a media type, and for a file its name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Blob {
    /// The content.
    pub bytes: Vec<u8>,
    /// Media type; may be empty.
    pub content_type: String,
    /// Name and time of the last change in milliseconds since 1970, for a `File`.
    pub file: Option<(String, i64)>,
}
