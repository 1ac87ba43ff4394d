// @ts-check
/**
 * What a page shows of a call.
 *
 * @typedef {import("live/protocol").Person} Person
 * @typedef {import("live/protocol").Session} Session
 *
 * @typedef {Person & {
 *   path: "none" | "connecting" | "connected" | "disconnected" | "restarting" | "failed",
 *   quality: "good" | "fair" | "poor" | null,
 *   stream: MediaStream | null,
 * }} Other
 *
 * @typedef {object} State
 * @property {"connecting" | "open" | "lost" | "ended"} signalling
 * @property {{ code: string, message: string } | null} ending why it ended, but for leaving
 * @property {string} you the person's own role
 * @property {boolean} letsIn
 * @property {boolean} elsewhere whether another device of this person is in
 * @property {Session | null} session
 * @property {string} level
 * @property {number} offset milliseconds from this device's clock to the server's
 * @property {Record<string, Other>} people the others, by role
 * @property {{ state: string, audio: boolean, video: boolean, screen: boolean,
 *   stream: MediaStream }} mine
 * @property {string | null} safetyCode
 * @property {"audio" | "chat" | null} suggestion the level that would help a bad path
 * @property {"video" | "audio" | null} wants what somebody else's rise of the level asks to open
 */

/**
 * @param {MediaStream} stream for the person's own eyes
 * @returns {State}
 */
export function freshState(stream) {
  return {
    signalling: "connecting",
    ending: null,
    you: "",
    letsIn: false,
    elsewhere: false,
    session: null,
    level: "",
    offset: 0,
    people: {},
    mine: { state: "absent", audio: false, video: false, screen: false, stream },
    safetyCode: null,
    suggestion: null,
    wants: null,
  };
}
