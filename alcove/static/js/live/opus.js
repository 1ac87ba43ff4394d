// @ts-check
/**
 * How audio is coded: twice over where the browser can (RFC 2198, "RED"), which hides one lost
 * packet in ten, and silent while nobody speaks.
 */

/**
 * Puts redundant audio first in what a transceiver offers.
 *
 * @param {RTCRtpTransceiver} transceiver
 */
export function preferRedundancy(transceiver) {
  const codecs = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
  const red = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === "audio/red");
  if (!red.length || !transceiver.setCodecPreferences) return;
  transceiver.setCodecPreferences([...red, ...codecs.filter((codec) => !red.includes(codec))]);
}

/**
 * Asks our own encoder for discontinuous transmission and forward error correction (RFC 7587
 * section 6.1): an encoder does what the *remote* description wishes, so that is the one to edit.
 * Fingerprints and everything else stay as they came.
 *
 * @param {string} sdp
 */
export function wishForOpus(sdp) {
  const found = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp);
  if (!found) return sdp;
  const line = new RegExp(`^(a=fmtp:${found[1]} )(.*)$`, "m");
  return sdp.replace(line, (_all, head, parameters) => {
    const kept = parameters
      .split(";")
      .map((/** @type {string} */ one) => one.trim())
      .filter((/** @type {string} */ one) => one && !/^(usedtx|useinbandfec)=/.test(one));
    return `${head}${[...kept, "useinbandfec=1", "usedtx=1"].join(";")}`;
  });
}
