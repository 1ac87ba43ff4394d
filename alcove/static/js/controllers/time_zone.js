// @ts-check
/**
 * Offers to change the account's time zone where this device keeps another time.
 * The markup is `components/time_zone_notice.html`, hidden until this reveals it.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const account = element.dataset.accountZone ?? "UTC";
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const declined = `time-zone-kept:${account}:${device}`;
  if (!device || sessionStorage.getItem(declined) || keepSameTime(account, device)) return;

  for (const place of element.querySelectorAll("[data-device-zone]")) {
    place.textContent = device.replaceAll("_", " ");
  }
  for (const input of element.querySelectorAll("input[name=time_zone]")) {
    /** @type {HTMLInputElement} */ (input).value = device;
  }
  element.querySelector("[data-keep]")?.addEventListener("click", () => {
    sessionStorage.setItem(declined, "1");
    element.hidden = true;
    document.getElementById("main")?.focus();
  });
  element.hidden = false;
}

/**
 * Whether two zones show the same wall time through the coming year. Names alone mislead:
 * browsers still say Asia/Calcutta for what the server calls Asia/Kolkata.
 *
 * @param {string} one
 * @param {string} other
 */
function keepSameTime(one, other) {
  const month = 30 * 24 * 3600 * 1000;
  /** @type {Intl.DateTimeFormatOptions} */
  const wall = { dateStyle: "short", timeStyle: "short" };
  const first = new Intl.DateTimeFormat("en", { ...wall, timeZone: one });
  const second = new Intl.DateTimeFormat("en", { ...wall, timeZone: other });
  return Array.from({ length: 12 }, (_, index) => Date.now() + index * month).every(
    (instant) => first.format(instant) === second.format(instant),
  );
}
