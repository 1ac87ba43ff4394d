// @ts-check
/**
 * A code that everybody in a call can compare: equal only if nobody sits between them.
 *
 * It is made from the fingerprints of all certificates (RFC 8122), which a server that listens
 * would have to replace by its own. The derivation is slow on purpose: such a server would have to
 * try pairs of certificates, while the call is being set up, until the short codes of both sides
 * agree by chance.
 */

const ROUNDS = 300_000;

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
