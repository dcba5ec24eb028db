// Every look on the person's own photo. What was chosen lives in the address, so that back and reload keep it.
export default {
  props: { words: Object, photo: String, looks: Array, shapes: Array, backdrops: Array, seconds: Array, problem: Object },
  data: () => ({ group: "", chosen: [], shape: "", color: "", open: false, pressed: false, ready: {}, broken: {}, custom: "#4a6fa5" }),
  computed: {
    groups() { return [...new Set(this.looks.map((l) => l.group))]; },
    shown() { return this.looks.filter((l) => !this.group || l.group === this.group); },
    n() { return this.chosen.length; },
    query() {
      const q = new URLSearchParams();
      if (this.color) q.set("color", this.color);
      if (this.shape) q.set("crop", this.shape);
      return q.size ? "?" + q : "";
    },
    time() { return Math.ceil(this.seconds[0] + this.seconds[1] * this.n); },
  },
  created() {
    const q = new URLSearchParams(location.search);
    const known = new Set(this.looks.map((l) => l.id));
    this.chosen = (q.get("looks") || "").split(",").filter((id) => known.has(id));
    if (this.shapes.some(([v]) => v === q.get("crop"))) this.shape = q.get("crop");
    if (/^#[0-9a-f]{6}$/.test(q.get("color") || "")) { this.color = this.custom = q.get("color"); }
    this.open = Boolean(this.shape || this.color);
  },
  watch: { chosen: { handler: "remember", deep: true }, shape: "remember", color: "remember", problem() { this.pressed = false; } },
  methods: {
    remember() {
      const q = new URLSearchParams();
      if (this.n) q.set("looks", this.chosen.join(","));
      if (this.shape) q.set("crop", this.shape);
      if (this.color) q.set("color", this.color);
      history.replaceState(history.state, "", location.pathname + (q.size ? "?" + q.toString().replaceAll("%2C", ",") : ""));
    },
    src(look) { return "/media/photo/" + this.photo + "/look/" + look.id + this.query; },
    key(look) { return look.id + this.query; },
    say(text) { return text.split("|")[Math.min(2, this.n)].replace("{n}", this.n); },
    ratio(look) { const [w, h] = (this.shape || "4:5").split(":"); return w + " / " + h; },
    pick(color) { this.color = color; },
    own(e) { clearTimeout(this.wait); const value = e.target.value; this.wait = setTimeout(() => { this.custom = this.color = value; }, 250); },
    make() {
      if (!this.n || this.pressed) return;
      this.pressed = true;
      // In the order of the wall, whatever the order of the taps.
      const ids = this.looks.map((l) => l.id).filter((id) => this.chosen.includes(id));
      this.$emit("make", { looks: ids, color: this.color, crop: this.shape });
    },
  },
  template: `
    <div>
      <div class="looks-tools">
        <div class="chips" role="group" :aria-label="words.groups">
          <button type="button" class="chip" :aria-pressed="String(!group)" @click="group = ''">{{ words.all.replace('{n}', looks.length) }}</button>
          <button v-for="g in groups" :key="g" type="button" class="chip" :aria-pressed="String(group === g)" @click="group = g">{{ g }}</button>
        </div>
        <button type="button" class="chip" :aria-expanded="String(open)" aria-controls="adjust" @click="open = !open">
          <svg aria-hidden="true"><use href="/static/icons.svg#sliders"/></svg>{{ words.adjust }}</button>
      </div>
      <div v-if="open" id="adjust" class="adjust">
        <fieldset><legend>{{ words.shape }}</legend>
          <div class="chips">
            <label class="chip"><input type="radio" name="shape" value="" v-model="shape">{{ words.shape_own }}</label>
            <label v-for="[value, name] in shapes" :key="value" class="chip"><input type="radio" name="shape" :value="value" v-model="shape">{{ name }}</label>
          </div></fieldset>
        <fieldset><legend>{{ words.backdrop }}</legend>
          <div class="chips">
            <label class="chip"><input type="radio" name="backdrop" :checked="!color" @change="pick('')">{{ words.backdrop_own }}</label>
            <label v-for="[value, name] in backdrops" :key="value" class="chip"><input type="radio" name="backdrop" :checked="color === value" @change="pick(value)"><span class="swatch" :style="{ background: value }"></span>{{ name }}</label>
            <label class="chip own"><span class="swatch" :style="{ background: custom }"></span>{{ words.backdrop_custom }}<input type="color" :value="custom" :aria-label="words.backdrop_custom" @input="own"></label>
          </div></fieldset>
      </div>
      <p v-if="problem.title" class="note" role="alert"><b>{{ problem.title }}.</b> {{ problem.advice }}</p>
      <ul class="wall" :aria-label="words.looks">
        <li v-for="look in shown" :key="look.id">
          <label class="look">
            <input type="checkbox" :value="look.id" v-model="chosen">
            <span class="shot" :class="{ waits: !ready[key(look)] && !broken[key(look)] }" :style="{ background: color || look.color, aspectRatio: ratio(look) }">
              <img :key="key(look)" :src="src(look)" alt="" :class="{ in: ready[key(look)] }" loading="lazy" decoding="async"
                @load="ready[key(look)] = true" @error="broken[key(look)] = true" v-show="!broken[key(look)]">
            </span>
            <span v-if="chosen.includes(look.id)" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span>
            <span class="says"><span class="serif">{{ look.name }}</span><span class="fine">{{ look.audience }}</span><span class="fine">{{ broken[key(look)] ? words.failed : words.stay }}</span></span>
          </label>
        </li>
      </ul>
      <div class="bar">
        <div class="says" aria-live="polite">
          <div><b>{{ say(words.looks_n) }}</b><span v-if="n" class="soft"> · {{ words.keeps }}</span></div>
          <div class="fine">{{ words.free }}<template v-if="n"> · {{ words.time.replace('{s}', time) }}</template></div>
        </div>
        <button v-if="n" type="button" class="button quiet" @click="chosen = []">{{ words.clear }}</button>
        <button type="button" class="button accent" :disabled="!n || pressed" @click="make">{{ pressed ? words.making : say(words.make) }}</button>
      </div>
    </div>`,
};
