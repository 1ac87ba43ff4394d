// @ts-check
/**
 * A form that is sent once: the second tap does nothing while the first is under way.
 *
 *   <form data-controller="submit_once">
 *     <button class="button" data-busy-label="Booking …">Book session</button>
 *
 * The server is safe against repeats by itself; this spares people the doubt.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const form = /** @type {HTMLFormElement} */ (element);
  /** @type {(() => void) | null} */
  let restore = null;

  form.addEventListener("submit", (event) => {
    if (restore) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    restore = button instanceof HTMLElement ? showBusy(button) : () => {};
  });

  // Coming back (the browser keeps pages whole) finds the form as it was before sending.
  window.addEventListener("pageshow", () => {
    restore?.();
    restore = null;
  });
}

/**
 * Marks the button as busy, without `disabled`: that would take its name and value out of the
 * form and the focus away from the person. Returns the way back.
 *
 * @param {HTMLElement} button
 */
function showBusy(button) {
  const before = [...button.childNodes];
  button.setAttribute("aria-disabled", "true");
  button.dataset.busy = "";
  if (button.dataset.busyLabel) button.replaceChildren(button.dataset.busyLabel);
  return () => {
    button.removeAttribute("aria-disabled");
    delete button.dataset.busy;
    button.replaceChildren(...before);
  };
}
