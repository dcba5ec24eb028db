// What was deleted a moment ago, and the button that puts it back while there is time.
export default {
  props: { words: Object, said: String, seconds: Number, over: Boolean },
  data() { return { left: Math.ceil(this.seconds), spoken: "", busy: false, away: false }; },
  watch: { over(over) { if (over) this.end(); } },
  mounted() {
    const ends = performance.now() + this.seconds * 1000;
    // A live region speaks only of what changes after it is there.
    setTimeout(() => { this.spoken = this.said + " " + this.words.say.replace("{n}", this.left); }, 300);
    this.timer = setInterval(() => {
      this.left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      if (!this.left) this.end();
    }, 200);
    this.keys = (e) => {
      if (e.key === "z" && (e.ctrlKey || e.metaKey) && !e.shiftKey && !e.target.closest?.("input, textarea")) { e.preventDefault(); this.back(); }
    };
    addEventListener("keydown", this.keys);
  },
  unmounted() { this.stop(); },
  methods: {
    back() { if (!this.busy && this.left) { this.busy = true; this.$emit("undo"); } },
    stop() { clearInterval(this.timer); removeEventListener("keydown", this.keys); },
    end() { this.stop(); this.left = 0; this.spoken = this.words.gone; setTimeout(() => { this.away = true; }, 2500); },
  },
  template: `
    <section v-if="!away" class="undo" :aria-label="words.label">
      <span class="says"><b>{{ said }}</b> <span class="fine" v-if="left" aria-hidden="true">{{ words.left.replace('{n}', left) }}</span><span class="fine" v-else>{{ words.gone }}</span></span>
      <button v-if="left" type="button" class="button" :disabled="busy" @click="back">{{ words.button }}</button>
      <span class="aside" role="status">{{ spoken }}</span>
    </section>`,
};
