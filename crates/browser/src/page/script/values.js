// Stands alone, in a function of its own: `name` is the command, `input` its JSON.
const commands = Object.create(null);
const brief = (text, limit) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`).toWellFormed();

// Values as the browser stores them, as JSON and back. The form is told in `domain::storage`.
const MAX_VALUE_DEPTH = 32;
class Unkept extends Error {}
const VIEWS = [
  ['i8', Int8Array], ['ui8', Uint8Array], ['ui8c', Uint8ClampedArray], ['i16', Int16Array],
  ['ui16', Uint16Array], ['i32', Int32Array], ['ui32', Uint32Array], ['f32', Float32Array],
  ['f64', Float64Array], ['bi64', BigInt64Array], ['bui64', BigUint64Array], ['dv', DataView],
  ...(typeof Float16Array === 'function' ? [['f16', Float16Array]] : []),
];
const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

const toBase64 = (bytes) => {
  if (bytes.toBase64) return bytes.toBase64();
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
};
const fromBase64 = (text) => Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
const classOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

// Encodes a value. What has to be waited for is put into `later`; what can't be said, throws.
const encodeValue = (root, later) => {
  const met = new Map();
  const said = (text) => {
    if (!text.isWellFormed()) throw new Unkept('a text that is no valid Unicode');
    return text;
  };
  const visit = (value, depth) => {
    if (depth >= MAX_VALUE_DEPTH) throw new Unkept(`a value nested deeper than ${MAX_VALUE_DEPTH} levels`);
    if (value === null || typeof value === 'boolean') return value;
    if (value === undefined) return { v: 'undefined' };
    if (typeof value === 'string') return said(value);
    if (typeof value === 'bigint') return { bi: String(value) };
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return { v: String(value) };
      return Object.is(value, -0) ? { v: '-0' } : value;
    }
    if (met.has(value)) return { ref: met.get(value) };
    if (value instanceof Date) return { d: Number.isNaN(value.getTime()) ? null : value.toISOString() };
    if (value instanceof RegExp) return { r: { p: said(value.source), f: value.flags } };
    if (value instanceof Error) {
      return { e: { n: said(String(value.name)), m: said(String(value.message)), s: said(String(value.stack ?? '')) } };
    }
    if (value instanceof ArrayBuffer) return { ab: { b: toBase64(new Uint8Array(value)) } };
    if (ArrayBuffer.isView(value)) {
      const view = VIEWS.find(([, type]) => value instanceof type);
      if (!view || !(value.buffer instanceof ArrayBuffer)) throw new Unkept(`a ${classOf(value)}`);
      return { ta: { b: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), k: view[0] } };
    }
    if (value instanceof Blob) {
      const inner = { b: '', t: said(value.type) };
      if (value instanceof File) Object.assign(inner, { n: said(value.name), m: value.lastModified });
      later.push({ bytes: value.size * 1.4, fill: async () => { inner.b = toBase64(new Uint8Array(await value.arrayBuffer())); } });
      return { bl: inner };
    }
    const id = met.size + 1;
    met.set(value, id);
    const item = (inner) => visit(inner, depth + 1);
    if (Array.isArray(value)) return { a: Array.from(value, item), id };
    if (value instanceof Map) return { m: Array.from(value, ([k, v]) => ({ k: item(k), v: item(v) })), id };
    if (value instanceof Set) return { s: Array.from(value, item), id };
    if (classOf(value) !== 'Object') throw new Unkept(`a ${classOf(value)}`);
    return { o: Object.entries(value).map(([k, v]) => ({ k: said(k), v: item(v) })), id };
  };
  return visit(root, 0);
};

// Makes the value that was encoded.
const decodeValue = (root) => {
  const met = new Map();
  const made = (value, id) => { if (id) met.set(id, value); return value; };
  const read = (value) => {
    if (value === null || typeof value !== 'object') return value;
    if ('v' in value) return value.v === 'undefined' ? undefined : value.v === 'null' ? null : Number(value.v);
    if ('bi' in value) return BigInt(value.bi);
    if ('d' in value) return new Date(value.d ?? NaN);
    if ('r' in value) return new RegExp(value.r.p, value.r.f);
    if ('e' in value) {
      const Kind = ERRORS.find((kind) => kind.name === value.e.n) ?? Error;
      const error = new Kind(value.e.m);
      Object.defineProperty(error, 'stack', { value: value.e.s, configurable: true, writable: true });
      return error;
    }
    if ('ab' in value) return fromBase64(value.ab.b).buffer;
    if ('ta' in value) {
      const view = VIEWS.find(([kind]) => kind === value.ta.k);
      if (!view) throw new Unkept(`an array of ${value.ta.k}`);
      return new view[1](fromBase64(value.ta.b).buffer);
    }
    if ('bl' in value) {
      const { b, t, n, m } = value.bl;
      const bytes = fromBase64(b);
      return n === undefined ? new Blob([bytes], { type: t }) : new File([bytes], n, { type: t, lastModified: m });
    }
    if ('ref' in value) return met.get(value.ref);
    if ('a' in value) {
      const list = made([], value.id);
      for (const inner of value.a) list.push(read(inner));
      return list;
    }
    if ('m' in value) {
      const map = made(new Map(), value.id);
      for (const { k, v } of value.m) map.set(read(k), read(v));
      return map;
    }
    if ('s' in value) {
      const set = made(new Set(), value.id);
      for (const inner of value.s) set.add(read(inner));
      return set;
    }
    const object = made({}, value.id);
    // Defined, not set: a key may be called like something of the prototype's.
    for (const { k, v } of value.o) Object.defineProperty(object, k, { value: read(v), configurable: true, enumerable: true, writable: true });
    return object;
  };
  return read(root);
};
