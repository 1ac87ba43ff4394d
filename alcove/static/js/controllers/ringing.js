// @ts-check
/**
 * Asks every two seconds how a ring stands, and goes on by itself when it is over.
 *
 *   <div data-controller="ringing" data-url="/schedule/rings/…/state/">
 *
 * The answer is `{state, url}`; anything but "ringing" leads to `url`.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const pause = 2000;

  const ask = async () => {
    try {
      const response = await fetch(element.dataset.url ?? "", {
        headers: { Accept: "application/json" },
      });
      if (response.redirected) {
        // Signed out meanwhile: the page itself leads to the sign-in.
        location.reload();
        return;
      }
      if (response.ok) {
        const { state, url } = await response.json();
        if (state !== "ringing") {
          location.replace(url);
          return;
        }
      }
    } catch {
      // Out of reach for a moment: ask again.
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}
