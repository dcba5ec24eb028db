// The booth's few sounds, made here: a tick, a shutter, a chime.
let context = null;
function note(hertz, begin, seconds, loud, kind = "sine") {
  const at = context.currentTime + begin, tone = context.createOscillator(), volume = context.createGain();
  tone.type = kind; tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loud, at + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  tone.connect(volume).connect(context.destination);
  tone.start(at); tone.stop(at + seconds);
}
const PLAYS = {
  touch: () => note(420, 0, 0.07, 0.05),
  tick: () => note(660, 0, 0.12, 0.12),
  shutter: () => { note(1500, 0, 0.04, 0.12, "triangle"); note(900, 0.06, 0.06, 0.12, "triangle"); },
  ready: () => { note(523, 0, 0.5, 0.1); note(659, 0.13, 0.5, 0.1); note(784, 0.26, 0.8, 0.1); },
  warning: () => { note(440, 0, 0.25, 0.08); note(440, 0.35, 0.25, 0.08); },
};
export function play(name) {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
    if (context.state === "running") PLAYS[name]();
  } catch { /* a booth without loudspeakers */ }
}
