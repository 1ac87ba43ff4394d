// @ts-check
import { troubleOf } from "live/devices";
import { permissions } from "./browser.js";
import { find, findAll, onClick } from "./page.js";
import { troubleHelp } from "./trouble.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").State} State */
/** @typedef {"asking" | "opening" | "open" | "problem"} Stage */

/**
 * The device check: asks for camera and microphone, shows what they give, says what is wrong and
 * how to mend it, and joins. One who allowed them before sees at once that all is ready.
 *
 * @param {Page} page
 * @param {() => void} onDevices called when devices were opened, so that their names are known
 */
export function ready(page, onDevices) {
  const { root, call } = page;
  const part = find(root, '[data-part="ready"]');
  const join = find(part, "[data-join]");
  const error = find(part, "[data-join-error]");
  const modality = root.dataset.modality ?? "chat";
  const isVideo = modality === "video";
  /** @type {Stage} */
  let stage = "asking";
  let problem = "";
  let isJoining = false;
  /** Join was pressed while the devices were still being opened. */
  let joinsWhenOpen = false;
  /** What opens the devices now, or did last. @type {Promise<void>} */
  let opening = Promise.resolve();

  /**
   * Opens what is asked for; a missing camera does not keep the microphone closed.
   *
   * @param {{ audio: boolean, video: boolean }} wanted
   */
  const open = (wanted) => {
    opening = openNow(wanted);
    return opening;
  };

  /** @param {{ audio: boolean, video: boolean }} wanted */
  const openNow = async (wanted) => {
    stage = "opening";
    problem = "";
    show(call.state);
    try {
      call.media.adopt(await call.devices.open(wanted));
    } catch (reason) {
      problem = troubleOf(reason);
      if (wanted.video && wanted.audio) await openMicrophone();
    }
    stage = problem ? "problem" : "open";
    onDevices();
    show(call.state);
  };

  const openMicrophone = async () => {
    try {
      call.media.adopt(await call.devices.open({ audio: true }));
    } catch {
      // Said already: what stood in the way of both stands in the way of one.
    }
  };

  /** @param {boolean} takeOver */
  const enter = (takeOver) => {
    isJoining = true;
    error.textContent = "";
    call.join({ takeOver });
    show(call.state);
  };

  join.addEventListener("click", async () => {
    if (isJoining || joinsWhenOpen) return;
    if (stage === "opening") {
      joinsWhenOpen = true;
      show(call.state);
      await opening;
      joinsWhenOpen = false;
      show(call.state);
      // What is wrong stands on the page now: the person decides how to come in.
      if (problem) return;
    }
    if (call.state.level !== "chat" && !call.media.microphone) {
      await open({ audio: true, video: isVideo });
      if (!call.media.microphone) return;
    }
    enter(call.state.elsewhere);
  });
  onClick(part, "[data-join-audio]", async () => {
    await call.setVideo(false);
    if (!call.media.microphone) await open({ audio: true, video: false });
    if (call.media.microphone) enter(call.state.elsewhere);
  });
  onClick(part, "[data-join-chat]", () => {
    call.media.dropAll();
    stage = "asking";
    enter(call.state.elsewhere);
  });
  const openAll = () => open({ audio: true, video: isVideo });
  onClick(part, "[data-open-devices]", openAll);
  const help = modality === "chat" ? null : troubleHelp(part, openAll);

  /** @param {State} state */
  const show = (state) => {
    if (state.mine.state === "here" || state.mine.state === "waiting") isJoining = false;
    find(part, "[data-elsewhere]").hidden = !state.elsewhere;
    const { joinWords, busyWords, hereWords } = join.dataset;
    const isBusy = isJoining || joinsWhenOpen;
    const words = isBusy ? busyWords : state.elsewhere ? hereWords : joinWords;
    if (join.textContent !== words) join.textContent = words ?? "";
    join.setAttribute("aria-disabled", String(isBusy));
    help?.show(problem);
    if (modality !== "chat") showDevices(page, part, stage);
  };

  return {
    render: show,
    open,
    enter,
    /** @param {string} words why joining was refused */
    refuse(words) {
      isJoining = false;
      error.textContent = words;
      show(call.state);
    },
    /** Opens what the browser allows without a question; else waits for the person. */
    async begin() {
      if (modality === "chat") return;
      const allowed = await permissions(isVideo);
      if (allowed !== "prompt") await open({ audio: true, video: isVideo });
    },
  };
}

/**
 * @param {Page} page
 * @param {HTMLElement} part
 * @param {Stage} stage
 */
function showDevices(page, part, stage) {
  const { media, state } = page.call;
  const hasMicrophone = Boolean(media.microphone);
  find(part, "[data-ask]").hidden = stage !== "asking";
  find(part, "[data-devices-details]").hidden = !hasMicrophone;
  find(part, "[data-ready-meter]").hidden = !hasMicrophone;
  for (const button of findAll(part, "[data-toggle]")) button.hidden = !hasMicrophone;

  const stead = find(part, "[data-preview-stead]");
  stead.hidden = state.mine.video;
  find(stead, "[data-preview-words]").textContent = page.say(`preview.${steadWords(page, stage)}`);

  const summary = find(part, "[data-ready-summary]");
  const camera = media.camera?.label ?? "";
  const microphone = media.microphone?.label ?? "";
  summary.hidden = !hasMicrophone;
  const words = page.say(camera ? "ready.video" : "ready.audio", { camera, microphone });
  if (summary.textContent !== words) summary.textContent = words;
}

/**
 * What stands where the picture would be.
 *
 * @param {Page} page
 * @param {Stage} stage
 */
function steadWords(page, stage) {
  if (page.call.state.level === "chat") return "chat";
  if (stage === "opening") return "opening";
  if (!page.call.media.microphone) return "asking";
  return page.root.dataset.modality === "video" ? "no_camera" : "audio";
}
