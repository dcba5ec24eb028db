// The photo, and when several people are in it, a tap on the one the headshot is for.
export default {
  props: { words: Object, src: String, width: Number, height: Number, faces: Array, chosen: Number },
  methods: {
    box(face) {
      // Wider than the face, so that the ring never touches it.
      const grow = 0.22;
      const left = Math.max(0, face.left - face.width * grow), top = Math.max(0, face.top - face.height * grow);
      const right = Math.min(1, face.left + face.width * (1 + grow)), bottom = Math.min(1, face.top + face.height * (1 + grow));
      const percent = (x) => (100 * x).toFixed(2) + "%";
      return { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) };
    },
    name(n) { return this.words.person.replace("{n}", n + 1).replace("{total}", this.faces.length); },
    step(event, n) {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const next = (n + by + this.faces.length) % this.faces.length;
      this.$emit("choose", next);
      this.$refs.faces[next].focus();
    },
  },
  template: `
    <div class="faces" :style="{ '--ratio': width / height }">
      <img :src="src" :width="width" :height="height" :alt="words.alt">
      <div v-if="faces.length > 1" role="radiogroup" :aria-label="words.group">
        <button v-for="(face, n) in faces" ref="faces" :key="n" type="button" role="radio" class="face" :style="box(face)" :aria-checked="String(n === chosen)"
          :tabindex="n === chosen || (chosen < 0 && n === 0) ? 0 : -1" :aria-label="name(n)" @click="$emit('choose', n)" @keydown="step($event, n)">
          <span v-if="n === chosen" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span>
        </button>
      </div>
    </div>`,
};
