// Before and after in the same framing, by touch and by keyboard.
export default {
  props: { words: Object, before: String, after: String, name: String, ratio: Number },
  data: () => ({ at: 100, held: false, there: false }),
  computed: {
    said() { return this.words.value.replace("{n}", Math.round(this.at)); },
    box() { return { "--ratio": this.ratio }; },
  },
  methods: {
    // Once both are here, the photo makes room for the headshot by itself; the guest may take over at any time.
    reveal() {
      this.there = true;
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.at = 50; return; }
      const begun = performance.now();
      const step = (now) => {
        if (this.held || this.own || !this.$refs.box) return;
        const t = Math.min(1, (now - begun) / 1400);
        this.at = 100 - 50 * (1 - Math.pow(1 - t, 3));
        if (t < 1) requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    },
    move(event) {
      const box = this.$refs.box.getBoundingClientRect();
      this.at = Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width));
    },
    down(event) { if (!event.isPrimary) return; this.own = this.held = true; this.$refs.box.setPointerCapture(event.pointerId); this.move(event); },
    drag(event) { if (this.held && event.isPrimary) this.move(event); },
    let() { this.held = false; },
    key(event) {
      const step = event.shiftKey ? 10 : 2;
      const to = { ArrowLeft: this.at - step, ArrowDown: this.at - step, ArrowRight: this.at + step, ArrowUp: this.at + step, Home: 0, End: 100 }[event.key];
      if (to === undefined) return;
      event.preventDefault(); this.own = true;
      this.at = Math.min(100, Math.max(0, to));
    },
  },
  template: `
    <div ref="box" class="compare" :style="box" @pointerdown="down" @pointermove="drag" @pointerup="let" @pointercancel="let">
      <img :src="after" :alt="words.alt_after.replace('{name}', name)" draggable="false">
      <img :src="before" :alt="words.alt_before" draggable="false" :style="{ clipPath: 'inset(0 ' + (100 - at) + '% 0 0)' }" @load="reveal" @error="at = 0" v-show="there || at > 0">
      <span class="label left" :style="{ opacity: at < 30 ? 0 : 1 }">{{ words.before }}</span>
      <span class="label right" :style="{ opacity: at > 70 ? 0 : 1 }">{{ name }}</span>
      <span class="cut" :style="{ left: at + '%' }" v-show="there"></span>
      <div class="grip" role="slider" tabindex="0" v-show="there" :style="{ left: 'clamp(36px, ' + at + '%, calc(100% - 36px))' }" :aria-label="words.handle" aria-orientation="horizontal"
        aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(at)" :aria-valuetext="said" @keydown="key">
        <svg aria-hidden="true"><use href="/static/icons.svg#compare"/></svg></div>
    </div>`,
};
