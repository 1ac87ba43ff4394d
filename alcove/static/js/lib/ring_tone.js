// @ts-check
/**
 * A soft ring of two notes, made by the browser itself. It sounds only where the person has done
 * something on the page before: browsers keep others silent, and so would we.
 */

/** @type {AudioContext | null} */
let context = null;

/** Plays the ring once, about a second long; nothing where sound is not allowed. */
export async function playOnce() {
  if (!window.AudioContext || !navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  const begin = context.currentTime + 0.02;
  for (const [pitch, after] of [
    [659.25, 0],
    [523.25, 0.32],
  ]) {
    const note = context.createOscillator();
    const loudness = context.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, begin + after);
    loudness.gain.linearRampToValueAtTime(0.18, begin + after + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + after + 0.6);
    note.connect(loudness).connect(context.destination);
    note.start(begin + after);
    note.stop(begin + after + 0.65);
  }
}
