// @ts-check
import { Advice } from "live/advice";
import { freshState } from "live/call_state";
import { Devices } from "live/devices";
import { Mesh } from "live/mesh";
import { Outbox } from "live/outbox";
import { OwnMedia } from "live/own_media";
import { LEVELS, token } from "live/protocol";
import { Signalling } from "live/signalling";

/**
 * What comes of what the server says and of what happens to devices and paths: the half of a call
 * that nobody asks for. The other half, a person's acts, is `live/call`.
 *
 * @typedef {import("live/protocol").Frame} Frame
 * @typedef {import("live/protocol").Person} Person
 * @typedef {import("live/protocol").Message} Message
 */

const INSIDE = ["waiting", "here", "away"];
/** Refusals that a person hears of; the others answer what the page does by itself. */
const ASKED_FOR = ["join", "admit", "level", "problem"];

export class Conversation extends EventTarget {
  #advice;
  #lastMessage = 0;
  #wasGreeted = false;
  epoch = token();
  isClosed = false;
  /** Whether the person wants to be in, and so comes back in after each loss of the socket. */
  hasJoined = false;
  isTakingOver = false;
  /** Whether the server has let this socket in: what it stood for before, it must be told again. */
  isIn = false;

  /** @param {{ socketUrl: string, storage: Storage, session: Storage }} options */
  constructor({ socketUrl, storage, session }) {
    super();
    this.devices = new Devices({ storage });
    this.media = new OwnMedia({ devices: this.devices });
    this.state = freshState(this.media.stream);
    this.signalling = new Signalling({
      url: socketUrl,
      epoch: this.epoch,
      session,
      lastMessage: () => this.#lastMessage,
    });
    this.outbox = new Outbox((id, text) => {
      if (this.isIn) this.signalling.send("chat", { id, text });
    });
    this.mesh = new Mesh({
      epoch: this.epoch,
      state: this.state,
      tracks: () => this.media.tracks,
      signalling: this.signalling,
      isIn: () => this.isIn,
    });
    this.#advice = new Advice({
      state: this.state,
      peers: this.mesh.peers,
      changed: () => this.changed(),
    });
    this.#listen();
  }

  /** The one teardown: leaving, errors, takeovers and putting the page away all come here. */
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#advice.close();
    this.mesh.close();
    this.media.close();
    this.signalling.close();
    this.outbox.close();
  }

  /** @param {{ code: string, message: string } | null} ending */
  end(ending) {
    this.state.signalling = "ended";
    this.state.ending = ending;
    this.close();
    this.changed();
  }

  /** @param {{ code: string, [more: string]: unknown }} detail */
  notice(detail) {
    this.dispatchEvent(new CustomEvent("notice", { detail }));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  #listen() {
    on(this.signalling, "state", (state) => {
      this.state.signalling = state;
      if (state !== "open") this.isIn = false;
      this.changed();
    });
    on(this.signalling, "frame", (frame) => this.#take(frame));
    on(this.signalling, "end", ({ code, message }) => this.end({ code, message }));
    on(this.mesh, "change", () => this.changed());
    on(this.media, "change", () => this.#mediaChanged());
    on(this.media, "trouble", ({ kind, code }) =>
      this.notice({ code: "trouble", kind, trouble: code }),
    );
  }

  /** @param {Frame} frame */
  #take(frame) {
    const act = {
      welcome: () => this.#welcome(frame),
      person: () => this.#takePerson(frame.person),
      description: () => this.mesh.take(frame),
      candidate: () => this.mesh.take(frame),
      level: () => this.#takeLevel(frame.level, frame.by),
      message: () => this.#takeMessage(frame.message),
      ice: () => this.mesh.takeIce(frame.ice),
      noted: () => this.notice({ code: "noted", kind: frame.kind }),
      session: () => this.#takeSession(frame.session),
      error: () => this.#takeError(frame),
    }[frame.type];
    act?.();
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    const { state } = this;
    state.you = frame.you;
    state.letsIn = frame.lets_in;
    state.elsewhere = frame.elsewhere;
    state.session = frame.session;
    state.offset = Date.parse(frame.session.now) - Date.now();
    this.mesh.takeIce(frame.ice);
    this.#applyLevel(frame.session.level);
    for (const message of frame.messages) this.#takeMessage(message);
    for (const person of frame.people) {
      if (person.role === frame.you) this.#takeMyself(person);
      else this.mesh.takePerson(person);
    }
    if (this.hasJoined) this.signalling.send("join", { take_over: this.isTakingOver });
    if (this.#wasGreeted) this.notice({ code: "reconnected" });
    this.#wasGreeted = true;
    this.changed();
  }

  /** @param {Person} person */
  #takePerson(person) {
    if (person.role !== this.state.you) {
      this.mesh.takePerson(person);
    } else {
      this.#takeMyself(person);
      const isHere = person.epoch === this.epoch && person.state === "here";
      if (isHere && !this.isIn) this.#arrive();
      if (!isHere) this.isIn = false;
    }
    this.changed();
  }

  /** @param {Person} person */
  #takeMyself(person) {
    const { state } = this;
    const before = state.mine.state;
    if (person.epoch === this.epoch) {
      state.mine.state = person.state;
      state.elsewhere = false;
      this.isTakingOver = false;
    } else if (person.epoch) {
      // Another page of this person is in; this one stands at the door, or is about to be told.
      state.elsewhere = true;
    }
    // The stay was over before this page came back: the others have closed their ends.
    if (person.state === "absent" && INSIDE.includes(before)) this.mesh.closeAll();
    if (before === "absent" && state.mine.state === "absent") state.mine.state = "door";
    this.mesh.meetAll();
  }

  /** In, or in again after the socket was lost: says again what may have been lost with it. */
  #arrive() {
    this.isIn = true;
    this.#sendMedia();
    this.outbox.sendAgain();
    this.mesh.resume();
  }

  /** @param {Message} message */
  #takeMessage(message) {
    this.outbox.receive(message);
    if (message.number <= this.#lastMessage) return;
    this.#lastMessage = message.number;
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  /** @param {Frame} frame */
  #takeError({ code, message, re, fatal }) {
    if (fatal || (re && this.outbox.refuse(re, { code, message }))) return;
    if (code === "joined_elsewhere") {
      // Taken over while the socket was lost: the other device is where the person is now.
      if (INSIDE.includes(this.state.mine.state)) return this.end({ code: "replaced", message });
      this.hasJoined = false;
      this.state.elsewhere = true;
      this.changed();
    }
    if (ASKED_FOR.includes(re)) this.notice({ code, message });
  }

  /** @param {import("live/protocol").Session} session */
  #takeSession(session) {
    this.state.session = session;
    this.notice({ code: "session_changed" });
    this.changed();
  }

  /**
   * @param {string} level
   * @param {string} by
   */
  #takeLevel(level, by) {
    const before = this.state.level;
    this.#applyLevel(level);
    this.#advice.forget();
    const isRise = LEVELS.indexOf(level) > LEVELS.indexOf(before);
    if (isRise && by === this.state.you) {
      if (before === "chat") this.media.setAudio(true);
      if (level === "video") this.media.setVideo(true);
    } else if (isRise) {
      // Nobody's device is opened by another person's act: the page asks.
      this.state.wants = level === "video" ? "video" : "audio";
    }
    this.notice({ code: "level_changed", level, by });
    this.changed();
  }

  /** @param {string} level */
  #applyLevel(level) {
    if (level === this.state.level) return;
    this.state.level = level;
    this.state.wants = null;
    this.media.keepTo(level);
    this.mesh.meetAll();
  }

  #mediaChanged() {
    const { audio, video, sharesScreen, stream } = this.media;
    Object.assign(this.state.mine, { audio, video, screen: sharesScreen, stream });
    if (this.isClosed) return;
    this.mesh.use(this.media.tracks);
    this.#sendMedia();
    this.changed();
  }

  #sendMedia() {
    const { audio, video, screen } = this.state.mine;
    if (this.isIn) this.signalling.send("media", { audio, video, screen });
  }
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: any) => void} act
 */
function on(target, type, act) {
  target.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
}
