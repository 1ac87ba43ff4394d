// @ts-check
/**
 * What the browser was told before: "granted", "denied", or "prompt" where it would ask.
 *
 * @param {boolean} withCamera
 */
export async function permissions(withCamera) {
  const names = withCamera ? ["microphone", "camera"] : ["microphone"];
  try {
    const found = await Promise.all(
      names.map((name) =>
        navigator.permissions.query({ name: /** @type {PermissionName} */ (name) }),
      ),
    );
    if (found.some((one) => one.state === "denied")) return "denied";
    return found.every((one) => one.state === "granted") ? "granted" : "prompt";
  } catch {
    // Some browsers do not answer for devices: then the person is asked.
    return "prompt";
  }
}

/** Whose settings are to be explained: a name of `live/_permissions.html`. */
export function browserAtHand() {
  const agent = navigator.userAgent;
  const isTabletAsDesktop = agent.includes("Macintosh") && navigator.maxTouchPoints > 1;
  if (/iPhone|iPad|iPod/.test(agent) || isTabletAsDesktop) return "ios";
  if (agent.includes("Android")) return "android";
  if (agent.includes("Firefox/")) return "firefox";
  if (agent.includes("Safari/") && !agent.includes("Chrome/")) return "safari";
  return "chrome";
}
