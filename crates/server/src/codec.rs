//! Messages that are bytes already.

use bytes::{Buf as _, BufMut as _, Bytes};
use prost::Message;
use tonic::{
    Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_prost::ProstDecoder;

/// Bytes both ways: who uses it knows the messages by their descriptors only.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Raw;

/// Requests as `T`, answers that were encoded once for all who get them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoded<T>(std::marker::PhantomData<T>);

impl<T> Default for Encoded<T> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl<T: Message + Default + Send + 'static> Codec for Encoded<T> {
    type Encode = Bytes;
    type Decode = T;
    type Encoder = Raw;
    type Decoder = ProstDecoder<T>;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> ProstDecoder<T> {
        ProstDecoder::new(BufferSettings::default())
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
