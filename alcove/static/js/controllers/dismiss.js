// @ts-check
/**
 * A button that puts the element around it (`data-dismissible`) away. Hidden in the page, since it
 * does nothing without this.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const target = element.closest("[data-dismissible]");
  if (!target) return;
  element.hidden = false;
  element.addEventListener("click", () => {
    target.remove();
    // Keep the reading place: the focus was inside what went away.
    document.getElementById("main")?.focus();
  });
}
