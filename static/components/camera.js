// The webcam: mirrored live picture (by CSS only), countdown, take again, use. Its tracks stop with the shot.
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };
export default {
  props: { words: Object },
  data: () => ({ state: "closed", left: 0, reason: "", shot: "" }),
  mounted() {
    this.opener = () => this.open();
    addEventListener("camera:open", this.opener);
    this.leaver = () => this.release();
    addEventListener("pagehide", this.leaver);
  },
  unmounted() {
    removeEventListener("camera:open", this.opener);
    removeEventListener("pagehide", this.leaver);
    this.release();
  },
  methods: {
    open() { this.$refs.dialog.showModal(); this.start(); },
    async start() {
      this.drop();
      if (!navigator.mediaDevices?.getUserMedia) return this.fail("unsafe");
      this.state = "starting";
      try {
        const wish = { video: { facingMode: "user", width: { ideal: 1920 }, height: { ideal: 1440 } }, audio: false };
        const stream = await navigator.mediaDevices.getUserMedia(wish);
        if (!this.$refs.dialog.open) return stream.getTracks().forEach((t) => t.stop());
        this.stream = stream;
        this.$refs.video.srcObject = stream;
        await this.$refs.video.play();
        this.state = "live";
        this.$nextTick(() => this.$refs.shoot?.focus());
      } catch (error) { this.fail(REASONS[error.name] || "none"); }
    },
    fail(reason) { this.release(); this.reason = reason; this.state = "failed"; },
    shoot() {
      this.left = 3; this.state = "counting";
      this.timer = setInterval(() => { this.left -= 1; if (this.left === 0) { clearInterval(this.timer); this.take(); } }, 1000);
    },
    take() {
      const video = this.$refs.video;
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth; canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      canvas.toBlob((blob) => {
        if (!blob || this.state === "closed") return;
        this.blob = blob; this.shot = URL.createObjectURL(blob); this.state = "taken";
        this.release();
        this.$nextTick(() => this.$refs.use?.focus());
      }, "image/jpeg", 0.95);
    },
    use() { const blob = this.blob; this.close(); dispatchEvent(new CustomEvent("photo:taken", { detail: blob })); },
    instead(how) { this.close(); dispatchEvent(new CustomEvent(how)); },
    drop() { if (this.shot) URL.revokeObjectURL(this.shot); this.shot = ""; this.blob = null; },
    release() {
      clearInterval(this.timer);
      this.stream?.getTracks().forEach((t) => t.stop());
      this.stream = null;
      if (this.$refs.video) this.$refs.video.srcObject = null;
    },
    close() { if (this.$refs.dialog.open) this.$refs.dialog.close(); },
    closed() { this.release(); this.drop(); this.state = "closed"; },
  },
  template: `
    <dialog ref="dialog" class="camera" aria-labelledby="camera-title" @close="closed">
      <div class="lens">
        <video ref="video" class="mirrored" muted playsinline :aria-label="words.preview" v-show="state === 'live' || state === 'counting'"></video>
        <img v-if="shot" :src="shot" :alt="words.taken" style="transform: scaleX(-1)">
        <div v-if="state === 'starting'" class="waiting">{{ words.starting }}</div>
        <div v-if="state === 'counting'" class="count" aria-live="assertive">{{ left }}</div>
      </div>
      <div class="side">
        <template v-if="state === 'failed'">
          <h2 id="camera-title">{{ words[reason].split('|')[0] }}</h2>
          <p class="soft" role="alert">{{ words[reason].split('|')[1] }}</p>
        </template>
        <template v-else><h2 id="camera-title">{{ words.title }}</h2><p class="soft">{{ words.lead }}</p></template>
        <div class="buttons">
          <template v-if="state === 'failed'">
            <button v-if="reason === 'unsafe'" type="button" class="button accent" @click="instead('photo:device')">{{ words.device }}</button>
            <button v-else type="button" class="button accent" @click="start">{{ words.retry }}</button>
            <button type="button" class="button" @click="instead('photo:choose')">{{ words.choose }}</button>
          </template>
          <template v-else-if="state === 'taken'">
            <button ref="use" type="button" class="button accent" @click="use">{{ words.use }}</button>
            <button type="button" class="button" @click="start">{{ words.again }}</button>
          </template>
          <button v-else ref="shoot" type="button" class="button accent" :disabled="state !== 'live'" @click="shoot">{{ words.shoot }}</button>
          <button type="button" class="button" @click="close">{{ words.close }}</button>
        </div>
      </div>
    </dialog>`,
};
