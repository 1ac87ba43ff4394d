// @ts-check
/**
 * The page's side of the service worker (`service_worker.js`). It is there only on devices where
 * somebody installed the product, or turned something on: nothing is left on others.
 */

/** Whether the product was opened from a home screen and not in a browser's tab. */
export function isInstalled() {
  return (
    matchMedia("(display-mode: standalone)").matches ||
    // iOS before 15.4
    /** @type {{ standalone?: boolean }} */ (navigator).standalone === true
  );
}

/** The worker's registration, made where it is not there yet; rejects where none can be. */
export async function register() {
  if (!navigator.serviceWorker) throw new Error("this browser has no service workers");
  await navigator.serviceWorker.register("/sw.js");
  return navigator.serviceWorker.ready;
}

/** The registration that is there already. */
export async function registered() {
  return navigator.serviceWorker?.getRegistration("/");
}

/**
 * Has the worker do something, and returns its answer. `reader` is the mark of who is signed in.
 *
 * @param {ServiceWorkerRegistration | undefined} registration
 * @param {"keepSessions" | "dropSessions" | "keepsSessions" | "pushIsOn"} act
 * @param {string} [reader]
 * @returns {Promise<unknown>}
 */
export async function ask(registration, act, reader = "") {
  const worker = registration?.active;
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
  });
  worker.postMessage({ act, reader }, [port2]);
  return answer;
}
