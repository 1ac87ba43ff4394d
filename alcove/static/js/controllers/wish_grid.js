// @ts-check
/**
 * A grid of checkboxes that is marked by drawing over it with a mouse or pen, walked through with
 * the arrow keys, and counted. Touch taps, so that the page still scrolls under a finger.
 *
 *   <form data-controller="wish_grid"> … <table class="wish-grid"> …
 *   <p data-count data-one="1 time marked" data-many="{number} times marked" hidden></p>
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  count(element);
  element.addEventListener("change", () => count(element));
  draw(element);
  element.addEventListener("keydown", (event) => walk(element, event));
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLInputElement | null} the checkbox of the cell that an event is about
 */
function cellOf(target) {
  const cell = target instanceof Element ? target.closest(".wish-cell") : null;
  const box = cell?.querySelector("input");
  return box instanceof HTMLInputElement && !box.disabled ? box : null;
}

/** @param {HTMLElement} element */
function count(element) {
  const place = element.querySelector("[data-count]");
  if (!(place instanceof HTMLElement)) return;
  const number = element.querySelectorAll(".wish-cell input:checked").length;
  const words = number === 1 ? place.dataset.one : place.dataset.many;
  place.textContent = (words ?? "").replace("{number}", String(number));
  place.hidden = number === 0;
}

/**
 * The first cell decides whether the others are marked or cleared.
 *
 * @param {HTMLElement} element
 */
function draw(element) {
  /** @type {boolean | null} */
  let marks = null;
  /** @type {HTMLInputElement | null} */
  let first = null;
  element.addEventListener("pointerdown", (event) => {
    first = event.pointerType === "touch" || event.button !== 0 ? null : cellOf(event.target);
    marks = first ? !first.checked : null;
  });
  element.addEventListener("pointerover", (event) => {
    const box = marks === null ? null : cellOf(event.target);
    if (!box || marks === null || (event.buttons & 1) === 0) return;
    if (box === first) return;
    for (const one of [first, box]) {
      if (one) one.checked = marks;
    }
    count(element);
  });
  // A click that ends a stroke in the cell where it began would turn that one back.
  window.addEventListener("pointerup", () => {
    marks = null;
    first = null;
  });
}

/**
 * Arrows lead from cell to cell; the space bar marks, as in every checkbox.
 *
 * @param {HTMLElement} element
 * @param {KeyboardEvent} event
 */
function walk(element, event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[
    event.key
  ];
  const box = cellOf(event.target);
  const cell = box?.closest("td");
  const row = cell?.closest("tr");
  const rows = row?.parentElement?.children;
  if (!step || !cell || !row || !rows || !element.contains(row)) return;
  const [down, across] = step;
  const nextRow = rows[[...rows].indexOf(row) + (down ?? 0)];
  const next = nextRow?.children[[...row.children].indexOf(cell) + (across ?? 0)];
  const target = next?.querySelector("input");
  if (target instanceof HTMLInputElement) {
    event.preventDefault();
    target.focus();
  }
}
