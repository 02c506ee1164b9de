// The credential of a result, checked on this device: base32, CBOR, COSE_Sign1, Ed25519 (docs/adr/0010). Knows no page.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FIELDS = ["", "title", "number", "agency_name", "holder_name", "holder_id", "dossier_code", "procedure_code", "content_digest", "scope"];
const ISS = 1, EXP = 4, IAT = 6, CTI = 7, RESULT = -65537;

// A reason has a code: unreadable, unknown_key, bad_signature, key_time, unsupported.
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export function fromBase32(text) {
  const bytes = [];
  let bits = 0, buffer = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new Refused("unreadable");
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  // Idle bits must be nought and at most four: only one spelling of a token is a token.
  if (bits > 4 || buffer & ((1 << bits) - 1)) throw new Refused("unreadable");
  return new Uint8Array(bytes);
}

export function toBase32(bytes) {
  let text = "", bits = 0, buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(buffer >> bits) & 31];
    }
  }
  return bits ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text;
}

// As much CBOR (RFC 8949) as a credential has: whole numbers, bytes, text, arrays, maps and tags of definite length.
export function decode(bytes) {
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const take = (count) => {
    if (at + count > bytes.length) throw new Refused("unreadable");
    at += count;
    return at - count;
  };
  const length = (info) => {
    if (info < 24) return info;
    if (info === 24) return view.getUint8(take(1));
    if (info === 25) return view.getUint16(take(2));
    if (info === 26) return view.getUint32(take(4));
    if (info === 27) return Number(view.getBigUint64(take(8)));
    throw new Refused("unreadable");
  };
  const item = (depth) => {
    if (depth > 8) throw new Refused("unreadable");
    const first = view.getUint8(take(1));
    const kind = first >> 5;
    const count = length(first & 31);
    if (kind === 0) return count;
    if (kind === 1) return -1 - count;
    if (kind === 2) return bytes.slice(take(count), at);
    if (kind === 3) return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(take(count), at));
    if (kind === 4) return Array.from({ length: count }, () => item(depth + 1));
    if (kind === 5) {
      const map = new Map();
      for (let index = 0; index < count; index += 1) map.set(item(depth + 1), item(depth + 1));
      return map;
    }
    if (kind === 6) return { tag: count, value: item(depth + 1) };
    throw new Refused("unreadable");
  };
  const value = item(0);
  if (at !== bytes.length) throw new Refused("unreadable");
  return value;
}

function header(kind, count) {
  if (count < 24) return [kind << 5 | count];
  if (count < 256) return [kind << 5 | 24, count];
  return [kind << 5 | 25, count >> 8, count & 255];
}

// Sig_structure of RFC 9052 §4.4.
export function signedBytes(protectedHeader, payload) {
  const name = new TextEncoder().encode("Signature1");
  return new Uint8Array([
    ...header(4, 4), ...header(3, name.length), ...name,
    ...header(2, protectedHeader.length), ...protectedHeader,
    ...header(2, 0),
    ...header(2, payload.length), ...payload,
  ]);
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// The parts of a tagged COSE_Sign1 by Ed25519 with an empty unprotected header.
export function readSign1(token) {
  const message = decode(token);
  const [protectedHeader, unprotected, payload, signature] = message.value;
  const head = decode(protectedHeader);
  const strict = message.tag === 18 && message.value.length === 4 && unprotected.size === 0 && head.get(1) === -8
    && signature.length === 64;
  if (!strict) throw new Refused("unreadable");
  return { protectedHeader, payload, signature, head };
}

function read(token) {
  try {
    const { protectedHeader, payload, signature, head } = readSign1(token);
    if (head.size !== 2) throw new Refused("unreadable");
    return { protectedHeader, payload, signature, kid: hex(head.get(4)) };
  } catch {
    throw new Refused("unreadable");
  }
}

export async function importKey(jwk) {
  try {
    return await crypto.subtle.importKey("jwk", { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Refused("unsupported");
  }
}

// Returns what the credential says, or throws Refused. `keys` is the JSON Web Key Set of the portal.
export async function check(text, keys) {
  const token = fromBase32(text.trim().toUpperCase());
  const { protectedHeader, payload, signature, kid } = read(token);
  const jwk = keys.keys.find((key) => key.kid === kid);
  if (!jwk) throw new Refused("unknown_key");
  if (!globalThis.crypto?.subtle) throw new Refused("unsupported");
  const good = await crypto.subtle.verify("Ed25519", await importKey(jwk), signature, signedBytes(protectedHeader, payload));
  if (!good) throw new Refused("bad_signature");
  const claims = decode(payload);
  const fields = claims.get(RESULT);
  const said = { public_id: toBase32(claims.get(CTI)), system: claims.get(ISS), issued_at: claims.get(IAT), expires_at: claims.get(EXP) };
  for (const [number, value] of fields) if (FIELDS[number]) said[FIELDS[number]] = value;
  if (said.issued_at < jwk.nbf || (jwk.exp && said.issued_at > jwk.exp)) throw new Refused("key_time");
  return said;
}
