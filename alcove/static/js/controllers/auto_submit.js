// @ts-check
/**
 * A GET form that answers to a tap on its radios and selects, without its button.
 *
 *   <form method="get" data-controller="auto_submit"> … <button class="button">Show times</button>
 *
 * Only after a tap or click: with the keyboard, arrows pass through values that nobody chose
 * (WCAG 3.2.2), so there the button, which always stays, does it.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const form = /** @type {HTMLFormElement} */ (element);
  let byPointer = false;
  form.addEventListener("pointerdown", () => {
    byPointer = true;
  });
  form.addEventListener("keydown", () => {
    byPointer = false;
  });
  form.addEventListener("change", (event) => {
    const control = event.target;
    const chosen =
      control instanceof HTMLSelectElement ||
      (control instanceof HTMLInputElement && control.type === "radio");
    if (chosen && byPointer) form.requestSubmit();
  });
}
