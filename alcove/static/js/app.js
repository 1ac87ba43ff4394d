// @ts-check
/**
 * Brings pages to life: each `data-controller="name other_name"` loads `controllers/<name>.js`
 * and hands it the element. Pages work without any of it.
 *
 * A controller is a module whose `connect(element)` is called once for each element.
 *
 * @typedef {{ connect: (element: HTMLElement) => void }} Controller
 */

/** @type {WeakMap<Element, Set<string>>} */
const connected = new WeakMap();

/**
 * Connects the controllers that `element` asks for and that it has not met before.
 *
 * @param {HTMLElement} element
 */
function connectAll(element) {
  const names = connected.get(element) ?? new Set();
  connected.set(element, names);
  for (const name of (element.dataset.controller ?? "").split(/\s+/).filter(Boolean)) {
    if (names.has(name)) continue;
    names.add(name);
    // A bare name: the import map in the page leads it to the file with its hash.
    import(`controllers/${name}`).then((/** @type {Controller} */ module) => {
      module.connect(element);
    });
  }
}

/**
 * Connects every controller inside `root`, itself included.
 *
 * @param {ParentNode} root
 */
function mount(root) {
  if (root instanceof HTMLElement) connectAll(root);
  for (const element of root.querySelectorAll("[data-controller]")) {
    if (element instanceof HTMLElement) connectAll(element);
  }
}

mount(document);

// What was installed keeps its offline page at hand; in a browser's tab nothing is kept unasked.
if (matchMedia("(display-mode: standalone)").matches) {
  import("lib/worker").then((worker) => worker.register()).catch(() => undefined);
}
