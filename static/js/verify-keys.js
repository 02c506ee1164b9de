// The list of keys under the root key (JWS), and the list of withdrawn results (COSE), checked on this device. Knows no page.

import { decode, fromBase32, importKey, readSign1, Refused, signedBytes } from "./verify-cose.js";

const WITHDRAWN = "application/vnd.vn.dvc.withdrawn+cbor";
const KEY_SET = "jwk-set+jwt";
const CWT_CLAIMS = 15, IAT = 6, CONTENT_TYPE = 3;
const PARTS = { revoked: 1, replaced: 2, width: 3 };

function fromBase64url(text) {
  const bare = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(bare), (letter) => letter.charCodeAt(0));
}

const json = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64url(part)));

// A browser that cannot check says so; whatever else goes wrong means that the list is not to be trusted.
const refusal = (error, code) => (error instanceof Refused && error.code === "unsupported" ? error : new Refused(code));

// A list that is older than one this device has seen is no list: whoever shows it hides what was withdrawn since.
// `memory` has get(name) and set(name, seconds); throws Refused(code). Clocks of the portal's servers may differ a little.
const CLOCKS_DIFFER = 300;
export function notOlder(memory, name, seconds, code) {
  const newest = memory.get(name);
  if (seconds < newest - CLOCKS_DIFFER) throw new Refused(code);
  memory.set(name, Math.max(seconds, newest));
}

// The keys that a root signed: {iss, iat, keys}, or throws Refused("bad_keys").
export async function openKeySet(jws, root) {
  try {
    const [head, payload, signature, more] = jws.trim().split(".");
    const said = json(head);
    if (more !== undefined || said.alg !== "EdDSA" || said.typ !== KEY_SET || said.kid !== root.kid) throw new Refused("bad_keys");
    const signed = new TextEncoder().encode(`${head}.${payload}`);
    const good = await crypto.subtle.verify("Ed25519", await importKey(root), fromBase64url(signature), signed);
    if (!good) throw new Refused("bad_keys");
    return json(payload);
  } catch (error) {
    throw refusal(error, "bad_keys");
  }
}

// The list of withdrawn results: {asOf (seconds), stateOf(id)}, or throws Refused("bad_list").
export async function openWithdrawn(bytes, keys) {
  try {
    const { protectedHeader, payload, signature, head } = readSign1(bytes);
    const kid = Array.from(head.get(4), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const jwk = keys.keys.find((key) => key.kid === kid);
    const asOf = head.get(CWT_CLAIMS).get(IAT);
    if (head.get(CONTENT_TYPE) !== WITHDRAWN || !jwk || asOf < jwk.nbf || (jwk.exp && asOf > jwk.exp)) throw new Refused("bad_list");
    const good = await crypto.subtle.verify("Ed25519", await importKey(jwk), signature, signedBytes(protectedHeader, payload));
    if (!good) throw new Refused("bad_list");
    const lists = decode(payload);
    const width = lists.get(PARTS.width);
    return {
      asOf,
      stateOf(id) {
        const begin = fromBase32(id).subarray(0, width);
        return ["revoked", "replaced"].find((state) => holds(lists.get(PARTS[state]), begin)) || "";
      },
    };
  } catch (error) {
    throw refusal(error, "bad_list");
  }
}

// Whether beginnings of ids, sorted and all as long, hold one: by halves.
function holds(sorted, wanted) {
  let low = 0, high = sorted.length / wanted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = middle * wanted.length;
    const order = wanted.findIndex((byte, index) => byte !== sorted[at + index]);
    if (order < 0) return true;
    if (wanted[order] < sorted[at + order]) high = middle;
    else low = middle + 1;
  }
  return false;
}
