// What the headshot is for decides shape and size; the sample shown is cut exactly as the file will be.
export default {
  props: { words: Object, id: String, purposes: Array, kinds: Array, name: String, kept: Boolean, another: String, width: Number, height: Number, scale: Number, marks: Object },
  data: () => ({ purpose: 0, kind: "jpeg", marked: true }),
  computed: {
    chosen() { const [id, name, crop, px, round] = this.purposes[this.purpose]; return { id, name, crop, px, round }; },
    // The cut of this shape, and the file made from it: never larger than what there is.
    cut() {
      if (!this.chosen.crop) return [this.width, this.height];
      const [w, h] = this.chosen.crop.split(":");
      return [Math.min(this.width, Math.round((this.height * w) / h)), Math.min(this.height, Math.round((this.width * h) / w))];
    },
    px() { return this.chosen.px && Math.min(this.chosen.px, Math.max(...this.cut)); },
    share() { return this.px ? this.px / Math.max(...this.cut) : 1; },
    size() {
      const [width, height] = this.cut.map((side) => Math.max(1, Math.round(side * this.share)));
      const scale = this.scale * this.share;
      const sharp = scale < 1.05 ? this.words.sharp : this.words.enlarged.replace("{scale}", scale.toFixed(1));
      return this.words.pixels.replace("{width}", width).replace("{height}", height) + ", " + sharp;
    },
    href() { return "/download/headshot/" + this.id + "?" + this.query(this.marked ? { kind: this.kind } : { kind: this.kind, marks: "0" }, this.px); },
    sample() { return "/media/headshot/" + this.id + "/sample?" + this.query({}, 288); },
  },
  methods: {
    query(more, px) {
      const q = new URLSearchParams(more);
      if (this.chosen.crop) q.set("crop", this.chosen.crop);
      if (px) q.set("px", px);
      return q;
    },
  },
  template: `
    <div>
      <div class="actions thumb">
        <a class="button accent" :href="href" download>{{ words.button }}<span class="aside"> {{ name }}, {{ chosen.name }}, {{ kind }}</span></a>
        <button type="button" class="button" :aria-pressed="String(kept)" @click="$emit('keep', !kept)"><svg aria-hidden="true"><use :href="'/static/icons.svg#' + (kept ? 'heart-full' : 'heart')"/></svg>{{ words.keep }}</button>
        <a v-if="another" class="button" :href="another">{{ words.another }}</a>
      </div>
      <hr>
      <div class="purpose">
        <div>
          <h2 class="small" id="ready-for">{{ words.ready }}</h2>
          <div class="chips" role="radiogroup" aria-labelledby="ready-for">
            <label v-for="(p, n) in purposes" :key="p[0]" class="chip"><input type="radio" name="purpose" :value="n" v-model="purpose">{{ p[1] }}</label>
          </div>
          <div class="chips kinds" role="radiogroup" :aria-label="words.kind">
            <label v-for="[value, text] in kinds" :key="value" class="chip"><input type="radio" name="kind" :value="value" v-model="kind">{{ text }}</label>
          </div>
          <p class="fine size" role="status">{{ size }}</p>
          <label class="check marks"><input type="checkbox" v-model="marked"><span>{{ marks.label }}</span></label>
          <p class="note marks-left" v-if="!marked" role="status">{{ marks.left }}</p>
        </div>
        <figure class="sample"><img :src="sample" :class="{ round: chosen.round }" :alt="words.preview + (chosen.round ? ', ' + words.round : '')"></figure>
      </div>
    </div>`,
};
