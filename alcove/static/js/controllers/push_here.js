// @ts-check
import { ask, isInstalled, register, registered } from "lib/worker";
import { post } from "lib/post";

/**
 * Notifications on this very device: shows the one `data-state` that holds here, turns them on by a
 * tap and off by another. The markup is `notifications/_push_here.html`. Without scripts its first
 * state stands.
 *
 * `data-key` is the practice's public key, `data-add-url` where a subscription goes, `data-reader`
 * the mark of who is signed in. Own devices are forms with `data-endpoint`, the digest of theirs.
 *
 * @param {HTMLElement} element
 */
export async function connect(element) {
  const { key = "", addUrl = "", reader = "" } = element.dataset;

  /** @param {string} name */
  const show = (name) => {
    for (const state of element.querySelectorAll("[data-state]")) {
      if (state instanceof HTMLElement) state.hidden = state.dataset.state !== name;
    }
  };

  element.querySelector("[data-turn-on]")?.addEventListener("click", async (event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        show(await stateHere());
        return;
      }
      const registration = await register();
      const subscription = await subscribe(registration, key);
      const { endpoint, keys } = subscription.toJSON();
      if (!(await post(addUrl, { endpoint: endpoint ?? "", ...keys }))) {
        await subscription.unsubscribe();
        throw new Error("the practice did not take it");
      }
      await ask(registration, "pushIsOn", reader);
      location.reload();
    } catch {
      show("failed");
    } finally {
      button.disabled = false;
    }
  });

  element.querySelector("[data-again]")?.addEventListener("click", async () => {
    show(await stateHere());
  });

  const here = await subscriptionHere();
  const form = here && document.querySelector(`[data-endpoint="${await digest(here.endpoint)}"]`);
  if (form instanceof HTMLFormElement) {
    showWhich(form);
    element.querySelector("[data-turn-off]")?.addEventListener("click", () => form.requestSubmit());
    form.addEventListener("submit", () => here?.unsubscribe());
    show("on");
  } else {
    show(await stateHere());
  }
}

/** What holds on a device that gets none: one of the states of the markup. */
async function stateHere() {
  if (!("PushManager" in window) || !("Notification" in window) || !navigator.serviceWorker) {
    // Safari on iPhone and iPad has push for what was installed only.
    return "standalone" in navigator && !isInstalled() ? "install" : "unsupported";
  }
  return Notification.permission === "denied" ? "denied" : "ask";
}

async function subscriptionHere() {
  if (!("PushManager" in window)) return null;
  return (await registered())?.pushManager.getSubscription() ?? null;
}

/** @param {ServiceWorkerRegistration} registration @param {string} key */
async function subscribe(registration, key) {
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  // One that is there and not in the list was made for another key, or for somebody else.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  return registration.pushManager.subscribe(options);
}

/** Says of the device in the list that it is this one. @param {HTMLFormElement} form */
function showWhich(form) {
  const mark = form.closest("li")?.querySelector("[data-this-device]");
  if (mark instanceof HTMLElement) mark.hidden = false;
}

/** @param {string} key Base64url. */
function bytesOf(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** SHA-256 in hexadecimal. @param {string} text */
async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
