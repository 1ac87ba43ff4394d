// @ts-check
/**
 * Measures how loud a stream is, ten times a second, until stopped.
 *
 * @param {MediaStream} stream
 * @param {(level: number) => void} onLevel from 0 (silence) to 1
 * @returns {() => void} stops it
 */
export function meter(stream, onLevel) {
  if (!stream.getAudioTracks().length) return () => {};
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    // A context that was made before the first tap sleeps until there was one.
    if (audio.state === "suspended") audio.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudness(samples));
  }, 100);
  return () => {
    clearInterval(timer);
    audio.close().catch(() => {});
  };
}

/**
 * Root mean square on the scale that ears use: -60 dB is 0, full scale is 1.
 *
 * @param {Float32Array} samples
 */
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}
