// What the headshot is for decides shape and size; the sample shown is cut exactly as the file will be.
export default {
  props: { words: Object, id: String, purposes: Array, kinds: Array, name: String, kept: Boolean, another: String, width: Number, height: Number, scale: Number, marks: Object },
  data: () => ({ purpose: 0, kind: "jpeg", marked: true, shares: false, sharing: false }),
  // A phone's own sheet saves a picture among the photos; browsers open it to encrypted pages only.
  mounted() {
    const probe = new File([""], "headshot.jpg", { type: "image/jpeg" });
    this.shares = matchMedia("(pointer: coarse)").matches && Boolean(navigator.canShare?.({ files: [probe] }));
  },
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
    async share() {
      if (this.sharing) return;
      this.sharing = true;
      try {
        const answer = await fetch(this.href);
        if (!answer.ok) throw new Error("not here");
        const type = answer.headers.get("content-type");
        const file = new File([await answer.blob()], this.name + "." + this.kind.replace("jpeg", "jpg"), { type });
        await navigator.share({ files: [file] });
      } catch (error) {
        if (error.name !== "AbortError") location.assign(this.href);
      } finally { this.sharing = false; }
    },
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
        <button v-if="shares" type="button" class="button accent" :disabled="sharing" @click="share">{{ words.save }}<span class="aside"> {{ name }}, {{ chosen.name }}, {{ kind }}</span></button>
        <a v-else class="button accent" :href="href" download>{{ words.button }}<span class="aside"> {{ name }}, {{ chosen.name }}, {{ kind }}</span></a>
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
