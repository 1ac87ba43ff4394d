// @ts-check
/**
 * A code that everybody in a call can compare: equal only if nobody sits between them.
 *
 * It is made from the fingerprints of all certificates (RFC 8122), which a server that listens
 * would have to replace by its own. The derivation is slow on purpose: such a server would have to
 * try pairs of certificates during the call until the short codes agree by chance.
 */

const ROUNDS = 300_000;

/**
 * The fingerprint in a description; "" when there is none.
 *
 * @param {RTCSessionDescriptionInit | null} description
 */
export function fingerprintOf(description) {
  const found = /^a=fingerprint:(\S+) (\S+)/m.exec(description?.sdp ?? "");
  return found ? `${found[1].toLowerCase()} ${found[2].toUpperCase()}` : "";
}

/**
 * Eight digits in two groups, the same for all who hold the same fingerprints.
 *
 * @param {string[]} fingerprints in any order
 * @param {string} salt the session's code
 */
export async function safetyCode(fingerprints, salt) {
  const text = new TextEncoder();
  const material = text.encode([...new Set(fingerprints)].sort().join("\n"));
  const key = await crypto.subtle.importKey("raw", material, "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: text.encode(salt), iterations: ROUNDS },
    key,
    64,
  );
  const digits = new DataView(bits).getBigUint64(0) % 100_000_000n;
  const shown = digits.toString().padStart(8, "0");
  return `${shown.slice(0, 4)} ${shown.slice(4)}`;
}
