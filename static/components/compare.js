// Before and after in the same framing, by mouse, touch and keyboard; and every pixel at its own size.
export default {
  props: { words: Object, before: String, after: String, alt: String, name: String, width: Number, height: Number },
  data: () => ({ at: 50, zoom: false }),
  computed: {
    said() { return this.words.value.replace("{n}", Math.round(this.at)); },
    box() {
      const ratio = this.width / this.height;
      return { aspectRatio: this.width + " / " + this.height, width: "min(100%, calc(" + ratio + " * max(320px, min(700px, 100dvh - 200px))))" };
    },
  },
  methods: {
    move(event) {
      const box = this.$refs.box.getBoundingClientRect();
      this.at = Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width));
    },
    down(event) {
      if (!event.isPrimary) return this.let();
      if (event.button > 0) return;
      this.begun = { x: event.clientX, y: event.clientY };
      // A finger on the picture may be about to scroll or to spread: it says what it wants by moving sideways, or by a tap.
      if (event.pointerType !== "touch" || this.$refs.grip.contains(event.target)) this.hold(event);
    },
    hold(event) {
      this.$refs.box.setPointerCapture(event.pointerId);
      this.held = true; this.move(event);
      this.$refs.grip.focus({ preventScroll: true });
    },
    drag(event) {
      if (!event.isPrimary) return;
      if (this.held) return this.move(event);
      if (!this.begun) return;
      const [x, y] = [Math.abs(event.clientX - this.begun.x), Math.abs(event.clientY - this.begun.y)];
      if (x > 4 && x > y) this.hold(event);
    },
    up(event) {
      if (event.isPrimary && this.begun && !this.held) this.move(event);
      this.let();
    },
    let() { this.held = false; this.begun = null; },
    key(event) {
      const step = event.shiftKey ? 10 : 2;
      const to = { ArrowLeft: this.at - step, ArrowDown: this.at - step, ArrowRight: this.at + step, ArrowUp: this.at + step, PageDown: this.at - 20, PageUp: this.at + 20, Home: 0, End: 100 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.at = Math.min(100, Math.max(0, to));
    },
    async swap() {
      const box = (this.$refs.box || this.$refs.window).getBoundingClientRect();
      this.zoom = !this.zoom;
      await this.$nextTick();
      if (!this.zoom) return;
      const w = this.$refs.window;
      w.style.width = box.width + "px"; w.style.height = box.height + "px";
      // Begin at the eyes, which stand a third from the top.
      w.scrollLeft = (w.scrollWidth - w.clientWidth) / 2;
      w.scrollTop = Math.max(0, w.scrollHeight * 0.38 - w.clientHeight / 2);
    },
    grab(event) {
      if (event.pointerType !== "mouse") return;
      const w = this.$refs.window;
      w.setPointerCapture(event.pointerId);
      this.from = { x: event.clientX + w.scrollLeft, y: event.clientY + w.scrollTop };
    },
    pan(event) {
      if (!this.from) return;
      this.$refs.window.scrollTo(this.from.x - event.clientX, this.from.y - event.clientY);
    },
    native() { return { width: this.width / devicePixelRatio + "px" }; },
  },
  template: `
    <div>
      <div v-if="!zoom && !before" ref="box" class="compare still" :style="box"><img :src="after" :alt="alt" draggable="false"></div>
      <div v-else-if="!zoom" ref="box" class="compare" :style="box" @pointerdown="down" @pointermove="drag" @pointerup="up" @pointercancel="let">
        <img :src="after" :alt="alt" draggable="false">
        <img :src="before" :alt="words.alt_before" draggable="false" :style="{ clipPath: 'inset(0 ' + (100 - at) + '% 0 0)' }">
        <span class="label left" :style="{ opacity: at < 28 ? 0 : 1 }">{{ words.before }}</span>
        <span class="label right" :style="{ opacity: at > 66 ? 0 : 1 }">{{ name }}</span>
        <span class="cut" :style="{ left: at + '%' }"></span>
        <div ref="grip" class="grip" role="slider" tabindex="0" :style="{ left: 'clamp(24px, ' + at + '%, calc(100% - 24px))' }" :aria-label="words.handle" aria-orientation="horizontal"
          aria-valuemin="0" aria-valuemax="100" :aria-valuenow="Math.round(at)" :aria-valuetext="said" @keydown="key">
          <svg aria-hidden="true"><use href="/static/icons.svg#compare"/></svg></div>
      </div>
      <div v-else ref="window" class="zoomed" tabindex="0" role="region" :aria-label="words.zoom_label" @pointerdown="grab" @pointermove="pan" @pointerup="from = null" @pointercancel="from = null">
        <img :src="after" :alt="alt" :style="native()" draggable="false">
      </div>
      <div class="stage-tools"><button type="button" class="button quiet" :aria-pressed="String(zoom)" @click="swap"><svg aria-hidden="true"><use href="/static/icons.svg#zoom"/></svg>{{ zoom ? words.zoom_out : words.zoom }}</button></div>
    </div>`,
};
