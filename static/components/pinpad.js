// The operator's PIN: by touch or by keyboard. What is typed is shown as dots alone.
export default {
  props: { words: Object, first: Boolean, news: Object, rests: Number },
  data: () => ({ typed: "", once: "", differ: false, busy: false, left: 0 }),
  computed: {
    lead() { return !this.first ? this.words.enter : this.once ? this.words.again : this.words.first; },
    ready() { return this.typed.length >= 6 && !this.busy && !this.left; },
    dots() { return Array.from({ length: Math.max(6, this.typed.length) }, (_, n) => n < this.typed.length); },
  },
  watch: {
    news() { this.busy = false; this.typed = ""; this.once = ""; },
    rests: { immediate: true, handler(seconds) { this.left = seconds; } },
  },
  mounted() {
    this.tick = setInterval(() => { if (this.left > 0) this.left--; }, 1000);
    addEventListener("keydown", this.key);
  },
  unmounted() { clearInterval(this.tick); removeEventListener("keydown", this.key); },
  methods: {
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) this.add(event.key);
      else if (event.key === "Backspace") this.back();
      else if (event.key === "Enter" && event.target.tagName !== "BUTTON" && event.target.tagName !== "A") this.go();
      else return;
      event.preventDefault();
    },
    add(digit) { if (this.typed.length < 12 && !this.busy && !this.left) { this.typed += digit; this.differ = false; } },
    back() { this.typed = this.typed.slice(0, -1); },
    go() {
      if (!this.ready) return;
      if (this.first && !this.once) { this.once = this.typed; this.typed = ""; return; }
      if (this.first && this.once !== this.typed) { this.differ = true; this.once = this.typed = ""; return; }
      this.busy = true;
      this.$emit("pin", this.typed);
    },
    clock(seconds) { return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`; },
  },
  template: `
    <section class="pinpad">
      <h1 class="small">{{ words.heading }}</h1>
      <p class="soft">{{ lead }} <span v-if="first" class="fine">{{ words.digits }}</span></p>
      <div class="dots" role="img" :aria-label="words.typed.replace('{n}', typed.length)"><i v-for="(full, n) in dots" :key="n" :class="{ full }"></i></div>
      <div role="status" class="news">
        <p v-if="differ" class="note">{{ words.differ }}</p>
        <p v-else-if="left" class="note"><b>{{ news.title }}</b> {{ clock(left) }}</p>
        <p v-else-if="news.title && !typed" class="note"><b>{{ news.title }}.</b> {{ news.advice }}</p>
      </div>
      <div class="keys" role="group" :aria-label="words.pin">
        <button v-for="digit in '123456789'" :key="digit" type="button" class="button" :disabled="!!left" @click="add(digit)">{{ digit }}</button>
        <button type="button" class="button quiet" :aria-label="words.delete" @click="back"><svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"><path d="M8.5 5.5H20v13H8.5L3 12zM11.5 9.5l5 5m0-5l-5 5"/></svg></button>
        <button type="button" class="button" :disabled="!!left" @click="add('0')">0</button>
        <button type="button" class="button accent" :disabled="!ready" @click="go">{{ busy ? words.looking : words.ok }}</button>
      </div>
      <p><a href="/">{{ words.back }}</a></p>
      <p v-if="!first" class="fine">{{ words.forgot }}</p>
    </section>`,
};
