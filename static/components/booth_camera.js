// The booth's camera: awake only while a guest stands before it, mirrored by CSS alone, its shots kept in memory.
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" };
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Whether a camera is there, asked without waking it; one that did not answer is tried for a moment.
export async function present(label, failed) {
  if (!navigator.mediaDevices?.enumerateDevices) return false;
  if ((await allowed()) === "denied") return false;
  if (!(await navigator.mediaDevices.enumerateDevices()).some((device) => device.kind === "videoinput")) return false;
  if (!failed) return true;
  try { (await open(label)).getTracks().forEach((track) => track.stop()); return true; } catch { return false; }
}
async function allowed() {
  try { return (await navigator.permissions.query({ name: "camera" })).state; } catch { return "prompt"; }
}
async function open(label) {
  const wish = { width: { ideal: 1920 }, height: { ideal: 1440 }, facingMode: "user" };
  const found = label && (await navigator.mediaDevices.enumerateDevices()).find((d) => d.kind === "videoinput" && d.label === label);
  if (found) wish.deviceId = { exact: found.deviceId };
  return navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
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
