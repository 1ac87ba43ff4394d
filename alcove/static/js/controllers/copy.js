// @ts-check
/**
 * A button that copies, and says so in its own words for a moment.
 *
 *   <button type="button" class="button" data-controller="copy" data-copy-from="feed-address"
 *           data-copied-label="Copied" hidden>Copy</button>
 *
 * `data-copy-from` is the id of an input or of an element with the text. Hidden in the page, since
 * it does nothing without this.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const source = document.getElementById(element.dataset.copyFrom ?? "");
  if (!source || !navigator.clipboard) return;
  const label = element.textContent;
  element.hidden = false;
  element.setAttribute("aria-live", "polite");
  element.addEventListener("click", async () => {
    const text = source instanceof HTMLInputElement ? source.value : source.textContent;
    await navigator.clipboard.writeText((text ?? "").trim());
    element.textContent = element.dataset.copiedLabel ?? label;
    setTimeout(() => {
      element.textContent = label;
    }, 2500);
  });
}
