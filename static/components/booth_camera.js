// The booth's camera: awake only while a guest stands before it, mirrored by CSS alone, its shots kept in memory.
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" };
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Every camera of this computer by its name, as far as the browser tells it; a second one of the same name is numbered.
export async function cameras() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [], seen = {};
  return all.filter((device) => device.kind === "videoinput").map(({ label, deviceId }) => {
    seen[label] = (seen[label] ?? 0) + 1;
    return { name: label && seen[label] > 1 ? `${label} (${seen[label]})` : label, deviceId };
  });
}
// Whether the camera is there, asked without waking it; one that did not answer is tried for a moment.
export async function present(name, failed) {
  if ((await allowed()) === "denied") return false;
  const there = await cameras();
  if (!there.length || (name && named(there) && !there.some((camera) => camera.name === name))) return false;
  if (!failed) return true;
  try { stop(await open(name)); return true; } catch { return false; }
}
const named = (there) => there.some((camera) => camera.name);
const stop = (stream) => stream.getTracks().forEach((track) => track.stop());
async function allowed() {
  try { return (await navigator.permissions.query({ name: "camera" })).state; } catch { return "prompt"; }
}
// Wakes the camera of this name, or the first one; another one never takes its place, for it may look elsewhere.
export async function open(name) {
  const ask = (more) => navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 }, height: { ideal: 1440 }, ...more }, audio: false });
  if (!name) return ask({ facingMode: "user" });
  let there = await cameras();
  if (!named(there)) { stop(await ask({})); there = await cameras(); } // names are told after the first yes only
  const chosen = there.find((camera) => camera.name === name);
  if (!chosen) throw new DOMException("", "NotFoundError");
  return ask({ deviceId: { exact: chosen.deviceId } });
}

export default {
  props: { words: Object, label: String, seconds: Number, flash: Boolean },
  emits: ["shot", "state", "tick"],
  data: () => ({ state: "starting", left: 0, lit: false }),
  mounted() { this.alive = true; this.start(); },
  unmounted() { this.alive = false; this.release(); },
  methods: {
    async start() {
      this.tell("starting");
      while (this.alive) {
        try {
          const stream = await open(this.label);
          if (!this.alive) return stream.getTracks().forEach((track) => track.stop());
          this.stream = stream;
          stream.getVideoTracks()[0].addEventListener("ended", () => this.lost());
          this.$refs.video.srcObject = stream;
          await this.$refs.video.play();
          return this.tell("live");
        } catch (error) {
          this.release();
          if (!this.alive) return;
          this.tell(REASONS[error.name] || "busy");
          await wait(2000);
        }
      }
    },
    lost() { if (!this.alive || !this.stream) return; this.release(); this.start(); this.tell("none"); },
    tell(state) { this.state = state; this.$emit("state", state); },
    count() {
      if (this.state !== "live") return;
      this.left = this.seconds; this.tell("counting"); this.$emit("tick", this.left);
      this.timer = setInterval(() => {
        this.left -= 1;
        if (this.left > 0) this.$emit("tick", this.left);
        else { clearInterval(this.timer); this.take(); }
      }, 1000);
    },
    async take() {
      if (this.flash) { this.lit = true; await wait(320); }
      const video = this.$refs.video;
      if (!this.alive || !this.stream || !video.videoWidth) { this.lit = false; return; }
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth; canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
      canvas.width = canvas.height = 0;
      this.lit = false;
      if (this.alive && blob) { this.tell("live"); this.$emit("shot", blob); }
    },
    release() {
      clearInterval(this.timer); this.left = 0; this.lit = false;
      this.stream?.getTracks().forEach((track) => track.stop());
      this.stream = null;
      if (this.$refs.video) this.$refs.video.srcObject = null;
    },
  },
  template: `
    <div class="lens">
      <video ref="video" class="mirrored" muted playsinline disablepictureinpicture :aria-label="words.preview" v-show="state === 'live' || state === 'counting'"></video>
      <p v-if="state === 'starting'" class="waking">{{ words.starting }}</p>
      <svg v-if="state === 'live' || state === 'counting'" class="guide" viewBox="0 0 76 100" aria-hidden="true"><ellipse cx="38" cy="50" rx="37" ry="49"/></svg>
      <span v-if="state === 'live' || state === 'counting'" class="eyes left" aria-hidden="true"></span>
      <span v-if="state === 'live' || state === 'counting'" class="eyes right" aria-hidden="true"></span>
      <div v-if="state === 'counting' && left" class="count" role="status" :key="left"><svg viewBox="0 0 100 100" aria-hidden="true"><circle cx="50" cy="50" r="46"/></svg><span>{{ left }}</span></div>
      <div v-if="lit" class="flash" aria-hidden="true"></div>
    </div>`,
};
