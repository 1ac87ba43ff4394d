// @ts-check
/**
 * Whether media could flow: two ends in this page, joined through the same relays that a session
 * would use.
 *
 * @typedef {import("live/protocol").Ice} Ice
 * @typedef {{state: "good" | "slow" | "no_relay" | "failed", milliseconds: number, via: string}}
 *   Verdict
 */

const PATIENCE = 8_000;
const SLOW = 400;

/**
 * Where the relay does not answer, a direct path may still do, and the verdict is "no_relay".
 *
 * @param {Ice} ice
 * @returns {Promise<Verdict>}
 */
export async function testConnection(ice) {
  const hasRelay = ice.servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
  const relayed = hasRelay ? await attempt(ice, "relay") : null;
  if (relayed) return relayed;
  const direct = ice.policy === "all" ? await attempt(ice, "all") : null;
  if (!direct) return { state: "failed", milliseconds: 0, via: "" };
  return { ...direct, state: "no_relay" };
}

/**
 * @param {Ice} ice
 * @param {RTCIceTransportPolicy} policy
 * @returns {Promise<Verdict | null>} null when nothing came through
 */
async function attempt(ice, policy) {
  /** @type {RTCPeerConnection[]} */
  const ends = [];
  try {
    const configuration = { iceServers: ice.servers, iceTransportPolicy: policy };
    ends.push(new RTCPeerConnection(configuration), new RTCPeerConnection(configuration));
    return await within(PATIENCE, roundTrip(ends[0], ends[1]));
  } catch {
    // Too slow, or no such thing as a connection in this browser: nothing came through.
    return null;
  } finally {
    for (const end of ends) end.close();
  }
}

/**
 * @param {RTCPeerConnection} near
 * @param {RTCPeerConnection} far
 * @returns {Promise<Verdict>}
 */
async function roundTrip(near, far) {
  passCandidates(near, far);
  passCandidates(far, near);
  far.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
  };
  const channel = near.createDataChannel("test");
  const opened = new Promise((done) => channel.addEventListener("open", done, { once: true }));
  await near.setLocalDescription();
  await far.setRemoteDescription(/** @type {RTCSessionDescription} */ (near.localDescription));
  await far.setLocalDescription();
  await near.setRemoteDescription(/** @type {RTCSessionDescription} */ (far.localDescription));
  await opened;
  // The first answer carries the set-up of the path; the second one tells its speed.
  await echo(channel);
  const began = performance.now();
  await echo(channel);
  const milliseconds = Math.round(performance.now() - began);
  return {
    state: milliseconds > SLOW ? "slow" : "good",
    milliseconds,
    via: await relayProtocol(near),
  };
}

/**
 * Candidates wait until the other end has the description that they belong to.
 *
 * @param {RTCPeerConnection} from
 * @param {RTCPeerConnection} to
 */
function passCandidates(from, to) {
  /** @type {RTCIceCandidate[]} */
  const waiting = [];
  const pass = () => {
    if (!to.remoteDescription) return;
    for (const candidate of waiting.splice(0)) to.addIceCandidate(candidate);
  };
  to.addEventListener("signalingstatechange", pass);
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate) waiting.push(candidate);
    pass();
  });
}

/** @param {RTCDataChannel} channel */
function echo(channel) {
  const heard = new Promise((done) => channel.addEventListener("message", done, { once: true }));
  channel.send("?");
  return heard;
}

/** @param {RTCPeerConnection} connection */
async function relayProtocol(connection) {
  for (const stat of (await connection.getStats()).values()) {
    if (stat.type === "local-candidate" && stat.relayProtocol) return String(stat.relayProtocol);
  }
  return "";
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function within(milliseconds, work) {
  return Promise.race([
    work,
    new Promise((_done, fail) => {
      setTimeout(() => fail(new Error("too slow")), milliseconds);
    }),
  ]);
}
