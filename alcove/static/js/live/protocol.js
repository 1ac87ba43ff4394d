// @ts-check
/**
 * The live protocol (docs/protocol/live.md) as the page knows it: the frames, their fields, the
 * close codes. `tests/live/test_protocol_document.py` holds these tables to the document.
 */

export const VERSION = 1;

/** The roles in the order of politeness: of two pages, the earlier one is the impolite. */
export const ROLES = ["provider", "owner", "partner"];

/** What a session can use, from the least. */
export const LEVELS = ["chat", "audio", "video"];

export const FROM_PAGE = {
  hello: ["version", "epoch", "device", "last_message"],
  join: ["take_over"],
  admit: ["role"],
  description: ["to", "to_epoch", "description"],
  candidate: ["to", "to_epoch", "candidate"],
  media: ["audio", "video", "screen"],
  level: ["level"],
  path: ["to", "state"],
  chat: ["id", "text"],
  problem: ["kind", "words"],
  ice: [],
  ping: [],
  leave: [],
};

export const FROM_SERVER = {
  welcome: ["version", "you", "lets_in", "elsewhere", "session", "people", "messages", "ice"],
  person: ["person"],
  description: ["from", "from_epoch", "to_epoch", "description"],
  candidate: ["from", "from_epoch", "to_epoch", "candidate"],
  level: ["level", "by"],
  message: ["message"],
  ice: ["ice"],
  noted: ["kind"],
  session: ["session"],
  error: ["code", "message", "re", "fatal"],
  pong: ["now"],
};

/**
 * Why the server closed, and after how many seconds the page comes back by itself; null is never.
 * What is not here is the network's doing: then with growing pauses.
 */
export const CLOSE_CODES = {
  4400: { error: "too_many_malformed", again: null },
  4401: { error: "not_signed_in", again: null },
  4403: { error: "not_open", again: null },
  4404: { error: "not_found", again: null },
  4409: { error: "replaced", again: null },
  4410: { error: "over", again: null },
  4413: { error: "too_large", again: null },
  4426: { error: "version", again: null },
  4429: { error: "flood", again: 60 },
};

/**
 * A fresh epoch, device or message id: 128 random bits.
 *
 * @returns {string}
 */
export function token() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whether the holder of `mine` is the polite one of the two.
 *
 * @param {string} mine
 * @param {string} other
 */
export function isPolite(mine, other) {
  return ROLES.indexOf(mine) > ROLES.indexOf(other);
}

/**
 * @typedef {{ role: string, name: string, state: "absent" | "door" | "waiting" | "here" | "away",
 *   epoch: string | null, audio: boolean, video: boolean, screen: boolean }} Person
 * @typedef {{ code: string, modality: string, level: string, starts_at: string, ends_at: string,
 *   closes_at: string, now: string, status: string }} Session
 * @typedef {{ number: number, id: string | null, from: string, name: string, text: string,
 *   at: string }} Message
 * @typedef {{ servers: RTCIceServer[], policy: RTCIceTransportPolicy, until: string }} Ice
 * @typedef {{ type: "offer" | "answer", sdp: string }} Description
 * @typedef {{ candidate: string, sdpMid: string | null, sdpMLineIndex: number | null,
 *   usernameFragment: string | null } | null} Candidate
 * @typedef {{ type: string, [field: string]: any }} Frame
 */
