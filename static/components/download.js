// What the headshot is for decides shape and size; the sample shown is cut exactly as the file will be.
export default {
  props: { words: Object, id: String, purposes: Array, kinds: Array, name: String, kept: Boolean, another: String },
  data: () => ({ purpose: 0, kind: "jpeg" }),
  computed: {
    chosen() { const [id, name, crop, px, round] = this.purposes[this.purpose]; return { id, name, crop, px, round }; },
    href() { return this.address(this.kind, this.chosen.px); },
    sample() { return this.address("jpeg", 288); },
  },
  methods: {
    address(kind, px) {
      const q = new URLSearchParams({ kind });
      if (this.chosen.crop) q.set("crop", this.chosen.crop);
      if (px) q.set("px", px);
      return "/download/headshot/" + this.id + "?" + q;
    },
  },
  template: `
    <div>
      <div class="actions">
        <a class="button accent" :href="href" download>{{ words.button }}<span class="aside"> {{ name }}, {{ chosen.name }}, {{ kind }}</span></a>
        <button type="button" class="button" :aria-pressed="String(kept)" @click="$emit('keep', !kept)"><svg aria-hidden="true"><use :href="'/static/icons.svg#' + (kept ? 'heart-full' : 'heart')"/></svg>{{ words.keep }}</button>
        <a class="button" :href="another">{{ words.another }}</a>
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
        </div>
        <figure class="sample"><img :src="sample" :class="{ round: chosen.round }" :alt="words.preview + (chosen.round ? ', ' + words.round : '')"></figure>
      </div>
    </div>`,
};
