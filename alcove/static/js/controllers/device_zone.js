// @ts-check
/**
 * Chooses this device's time zone in the selects named time_zone of a form that nobody has
 * filled in yet. Without scripts the practice's, or UTC, stays chosen.
 *
 *   <form data-controller="submit_once device_zone" data-zone-untouched> … <select name="time_zone">
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  if (element.dataset.zoneUntouched === undefined) return;
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of element.querySelectorAll("select[name=time_zone]")) {
    const choice = /** @type {HTMLSelectElement} */ (select);
    if ([...choice.options].some((option) => option.value === device)) choice.value = device;
  }
}
