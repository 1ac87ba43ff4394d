// @ts-check
/**
 * A code that everybody in a call can compare: equal only if nobody sits between them.
 *
 * It is made from the fingerprints of all certificates (RFC 8122), which a server that listens
 * would have to replace by its own. The derivation is slow on purpose: such a server would have to
 * try pairs of certificates, while the call is being set up, until the short codes of both sides
 * agree by chance.
 */

const ROUNDS = 600_000;
const DIGITS = 20;

/**
 * The one fingerprint that a description states, as its line says it; null where it states none or
 * several. Of several a browser holds to one, and a code made of all would hide whom it speaks to.
 *
 * @param {string} sdp
 */
export function fingerprintIn(sdp) {
  // Any mention counts, however it is written: what a browser may read must not escape this look.
  const found = new Set(sdp.match(/fingerprint[^\r\n]*/gi));
  return found.size === 1 ? [...found][0] : null;
}

/**
 * The fingerprints of both ends of a connection, as the descriptions in force state them; the
 * browser speaks with no certificate that does not fit.
 *
 * @param {RTCPeerConnection} connection
 */
export function fingerprintsOf(connection) {
  const descriptions = [connection.currentLocalDescription, connection.currentRemoteDescription];
  return descriptions.flatMap((description) =>
    [...(description?.sdp ?? "").matchAll(/^a=fingerprint:(\S+) (\S+)/gm)].map(
      ([, algorithm, digest]) => `${algorithm.toLowerCase()} ${digest.toUpperCase()}`,
    ),
  );
}

/**
 * Twenty digits in groups of four, the same for all who hold the same fingerprints.
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
    128,
  );
  const view = new DataView(bits);
  const number = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  const digits = String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, "0");
  return digits.replace(/\d{4}(?=\d)/g, "$& ");
}
