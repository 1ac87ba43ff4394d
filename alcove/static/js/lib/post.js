// @ts-check
/**
 * Small notes to the server, with the page's token against forged requests.
 *
 * @param {Record<string, string>} fields
 */
function bodyOf(fields) {
  const token = document.querySelector('input[name="csrfmiddlewaretoken"]');
  return new URLSearchParams({
    ...fields,
    csrfmiddlewaretoken: token instanceof HTMLInputElement ? token.value : "",
  });
}

/**
 * Posts the fields; whether the server took them.
 *
 * @param {string} url @param {Record<string, string>} fields
 */
export async function post(url, fields) {
  try {
    const response = await fetch(url, { method: "POST", body: bodyOf(fields), redirect: "manual" });
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * The same from a page that is being put away: nobody waits for the answer.
 *
 * @param {string} url @param {Record<string, string>} fields
 */
export function postLast(url, fields) {
  navigator.sendBeacon(url, bodyOf(fields));
}
