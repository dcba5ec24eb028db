// Brings a photo in: dropped, chosen, pasted, or taken. The file goes to our own address by POST, with progress.
export default {
  props: { words: Object, limit: Number, guest: Boolean },
  data: () => ({ over: false, sending: false, sent: 0, thumb: "", problem: null, phone: false, kept: null }),
  computed: {
    kinds() { return this.words.kinds.replace("{mb}", this.limit); },
    arrived() { return this.sent >= 100; },
  },
  mounted() {
    this.phone = matchMedia("(pointer: coarse)").matches;
    this.handlers = {
      paste: (e) => this.pasted(e),
      "photo:taken": (e) => this.send(e.detail),
      "photo:choose": () => this.$refs.file.click(),
      "photo:device": () => this.$refs.device.click(),
      dragover: (e) => { if (this.carriesFile(e)) { e.preventDefault(); this.over = true; } },
      dragleave: (e) => { if (!e.relatedTarget) this.over = false; },
      drop: (e) => { if (this.carriesFile(e)) { e.preventDefault(); this.over = false; this.take(e.dataTransfer.files); } },
      online: () => { if (this.kept && !this.sending) this.send(this.kept); },
      beforeunload: (e) => { if (this.sending && !this.arrived) e.preventDefault(); },
    };
    for (const [name, handler] of Object.entries(this.handlers)) addEventListener(name, handler);
  },
  unmounted() {
    for (const [name, handler] of Object.entries(this.handlers)) removeEventListener(name, handler);
    this.forget();
  },
  methods: {
    carriesFile: (e) => [...(e.dataTransfer?.types || [])].includes("Files"),
    take(files) {
      if (this.sending || !files.length) return;
      this.send(files[0]);
    },
    chosen(e) { this.take([...e.target.files]); e.target.value = ""; },
    pasted(e) {
      const files = [...(e.clipboardData?.files || [])];
      if (files.length) { e.preventDefault(); this.take(files); }
    },
    async paste() {
      try {
        for (const item of await navigator.clipboard.read()) {
          const kind = item.types.find((t) => t.startsWith("image/"));
          if (kind) return this.send(await item.getType(kind));
        }
      } catch { /* the browser keeps the clipboard closed: the same advice helps */ }
      this.problem = { title: this.words.paste_title, advice: this.words.paste_advice };
    },
    // On a phone, its own camera app; the live picture with a countdown where the browser allows it to a guest.
    camera() {
      const live = this.guest ? navigator.mediaDevices?.getUserMedia : !this.phone;
      if (!live) this.$refs.device.click();
      else dispatchEvent(new CustomEvent("camera:open"));
    },
    send(file) {
      if (this.sending) return;
      this.problem = null; this.sent = 0; this.sending = true; this.kept = null;
      this.forget();
      this.thumb = URL.createObjectURL(file);
      const lost = { title: this.words.lost_title, advice: this.words.lost_advice };
      const request = (this.request = new XMLHttpRequest());
      request.open("POST", "/api/photos");
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = (e) => { if (e.lengthComputable) this.sent = Math.round((100 * e.loaded) / e.total); };
      request.upload.onload = () => { this.sent = 100; };
      request.onload = () => {
        if (request.status === 201 && request.response?.photo) location.assign("/photo/" + request.response.photo);
        else this.stop(request.response?.title ? request.response : lost);
      };
      // The way broke, not the photo: it is held here, and goes again at a tap or once the phone is back.
      request.onerror = () => { this.stop({ title: this.words.lost_title, advice: this.words.lost_held }); this.kept = file; };
      request.onabort = () => this.stop(null);
      request.send(file);
    },
    stop(problem) {
      this.sending = false; this.problem = problem; this.forget();
      this.$nextTick(() => this.$refs.choose?.focus());
    },
    forget() { if (this.thumb) URL.revokeObjectURL(this.thumb); this.thumb = ""; },
  },
  template: `
    <section class="drop" :class="{ over, guest }" aria-labelledby="drop-title">
      <template v-if="sending">
        <img class="thumb" :src="thumb" alt="" @error="$event.target.style.visibility = 'hidden'">
        <h2 id="drop-title">{{ arrived ? words.reading : words.sending }}</h2>
        <p class="fine">{{ words.stays }}</p>
        <div class="meter" role="progressbar" :aria-label="words.sending" aria-valuemin="0" aria-valuemax="100" :aria-valuenow="sent"><i :style="{ width: sent + '%' }"></i></div>
        <button type="button" class="button" @click="request.abort()">{{ words.cancel }}</button>
      </template>
      <template v-else-if="kept">
        <svg class="outline" aria-hidden="true"><use href="/static/icons.svg#frame"/></svg>
        <h2 id="drop-title">{{ words.held }}</h2>
        <div class="actions">
          <span class="first"><button ref="choose" type="button" class="button accent" @click="send(kept)">{{ words.resend }}</button></span>
          <button type="button" class="button" @click="kept = null; problem = null; $refs.file.click()">{{ words.again }}</button>
        </div>
      </template>
      <template v-else-if="guest">
        <svg class="outline" aria-hidden="true"><use href="/static/icons.svg#person"/></svg>
        <h2 id="drop-title">{{ words.title_phone }}</h2>
        <div class="actions stacked">
          <button ref="choose" type="button" class="button accent" @click="camera">{{ words.take }}</button>
          <button type="button" class="button" @click="$refs.file.click()">{{ problem ? words.again : words.choose }}</button>
        </div>
        <p class="fine after">{{ kinds }}</p>
      </template>
      <template v-else>
        <svg class="outline" aria-hidden="true"><use href="/static/icons.svg#person"/></svg>
        <h2 id="drop-title">{{ over ? words.release : phone ? words.title_phone : words.title }}</h2>
        <p class="fine">{{ kinds }}</p>
        <div class="actions">
          <span class="first"><button ref="choose" type="button" class="button accent" @click="$refs.file.click()">{{ problem ? words.again : words.choose }}</button></span>
          <button type="button" class="button" @click="camera">{{ words.camera }}</button>
          <button type="button" class="button" @click="paste">{{ words.paste }}</button>
        </div>
      </template>
      <div aria-live="polite" style="width: 100%">
        <p v-if="problem" class="note"><b>{{ problem.title }}.</b> {{ problem.advice }}</p>
        <span v-if="sending" class="aside">{{ arrived ? words.reading : words.sending }}</span>
      </div>
      <input ref="file" type="file" accept="image/*,.heic,.heif,.avif" hidden @change="chosen">
      <input ref="device" type="file" accept="image/*" capture="user" hidden @change="chosen">
    </section>`,
};
