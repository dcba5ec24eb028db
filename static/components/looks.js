// Every look on the person's own photo. What was chosen lives in the address, so that back and reload keep it.
export default {
  props: { words: Object, photo: String, looks: Array, shapes: Array, backdrops: Array, seconds: Array, problem: Object, who: Object, price: Object },
  data: () => ({
    group: "", chosen: [], shape: "", color: "", open: false, pressed: false, ready: {}, broken: {}, custom: "#4a6fa5",
    by: "here", quality: "final", count: 1, others: [], adding: false, pasted: "", saving: false,
  }),
  computed: {
    groups() { return [...new Set(this.looks.map((l) => l.group))]; },
    shown() { return this.looks.filter((l) => !this.group || l.group === this.group); },
    n() { return this.chosen.length; },
    sent() { return this.by === "provider" && this.who.ready; },
    total() { return this.n * (this.sent ? this.count : 1); },
    // In the order of the wall, whatever the order of the taps.
    wanted() {
      const mine = { looks: this.looks.map((l) => l.id).filter((id) => this.chosen.includes(id)), color: this.color, crop: this.shape };
      return this.sent ? { ...mine, by: "provider", quality: this.quality, count: this.count, others: this.others } : { ...mine, by: "here" };
    },
    asked() { return JSON.stringify(this.wanted); },
    // No price is shown, and nothing can be pressed, that belongs to an earlier choice.
    known() { return !this.sent || this.price.asked === this.asked; },
    over() { return this.sent && this.known && this.price.over && this.n > 0; },
    leaves() { return this.fill(this.others.length ? this.who.words.leaves_many.replace("{n}", this.others.length) : this.who.words.leaves); },
    query() {
      const q = new URLSearchParams();
      if (this.color) q.set("color", this.color);
      if (this.shape) q.set("crop", this.shape);
      return q.size ? "?" + q : "";
    },
    time() { return Math.ceil(this.seconds[0] + this.seconds[1] * this.n); },
  },
  created() {
    this.turn = 0;
    const q = new URLSearchParams(location.search);
    const known = new Set(this.looks.map((l) => l.id));
    this.chosen = (q.get("looks") || "").split(",").filter((id) => known.has(id));
    if (this.shapes.some(([v]) => v === q.get("crop"))) this.shape = q.get("crop");
    if (/^#[0-9a-f]{6}$/.test(q.get("color") || "")) { this.color = this.custom = q.get("color"); }
    this.open = Boolean(this.shape || this.color);
    this.by = q.get("by") === "here" || !this.who.ready ? "here" : "provider";
    if (["draft", "final"].includes(q.get("quality"))) this.quality = q.get("quality");
    this.count = Math.min(4, Math.max(1, Math.floor(Number(q.get("n"))) || 1));
    this.others = (q.get("others") || "").split(",").filter((id) => this.who.others.some((o) => o.id === id)).slice(0, 3);
  },
  mounted() { this.ask(); },
  watch: {
    asked() { this.remember(); this.ask(); },
    problem() { this.pressed = this.saving = false; },
    "who.ready"(is) { this.saving = this.adding = false; this.pasted = ""; this.by = is ? "provider" : "here"; },
  },
  methods: {
    ask() { if (this.sent) this.$emit("price", { ...this.wanted, asked: this.asked, turn: ++this.turn }); },
    save() { if (!this.pasted.trim() || this.saving) return; this.saving = true; this.$emit("key", this.pasted); },
    fill(text) { return text.replaceAll("{to}", this.who.to).replaceAll("{host}", this.who.host).replaceAll("{where}", this.who.where); },
    many(c) { const [one, more] = this.who.words.variants.split("|"); return c === 1 ? one : more.replace("{n}", c); },
    remember() {
      const q = new URLSearchParams();
      if (this.n) q.set("looks", this.chosen.join(","));
      if (this.shape) q.set("crop", this.shape);
      if (this.color) q.set("color", this.color);
      if (this.who.ready && !this.sent) q.set("by", "here");
      if (this.sent && this.quality !== "final") q.set("quality", this.quality);
      if (this.sent && this.count > 1) q.set("n", this.count);
      if (this.sent && this.others.length) q.set("others", this.others.join(","));
      history.replaceState(history.state, "", location.pathname + (q.size ? "?" + q.toString().replaceAll("%2C", ",") : ""));
    },
    src(look) { return "/media/photo/" + this.photo + "/look/" + look.id + this.query; },
    key(look) { return look.id + this.query; },
    say(text, n = this.n) { return text.split("|")[Math.min(2, n)].replace("{n}", n); },
    worn(look) { return !this.sent || look.keeps ? this.words.stay : look.attire; },
    ratio(look) { const [w, h] = (this.shape || "4:5").split(":"); return w + " / " + h; },
    pick(color) { this.color = color; },
    own(e) { clearTimeout(this.wait); const value = e.target.value; this.wait = setTimeout(() => { this.custom = this.color = value; }, 250); },
    makeHere() { this.by = "here"; this.$nextTick(() => this.make()); },
    make() {
      if (!this.n || this.pressed || !this.known || this.over) return;
      this.pressed = true;
      this.$emit("make", this.wanted);
    },
  },
  template: `
    <div>
      <fieldset class="who"><legend class="aside">{{ who.words.legend }}</legend>
        <div class="ways">
          <label v-if="who.ready" class="way"><input type="radio" name="who" value="provider" v-model="by">
            <span class="text"><b>{{ who.to }}</b><span>{{ who.words.provider_text }}</span><span class="fine">{{ price.each || '\u00a0' }}</span></span>
            <span class="tick" v-if="sent"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span></label>
          <div v-else-if="who.spent" class="way off"><span class="text"><b>{{ who.to }}</b><span>{{ who.words.provider_text }}</span><span class="fine">{{ who.spent }}</span></span></div>
          <div v-else-if="!who.guest" class="way off"><span class="text"><b>{{ who.to }}</b><span>{{ who.words.provider_text }}</span></span>
            <p v-if="who.trouble" class="fine warned">{{ who.trouble }} <a href="/settings#provider">{{ who.words.settings }}</a></p>
            <button v-else type="button" class="button" :aria-expanded="String(adding)" aria-controls="add-key" @click="adding = !adding">{{ who.words.add_key }}</button></div>
          <label class="way"><input type="radio" name="who" value="here" v-model="by">
            <span class="text"><b>{{ who.words.here }}</b><span>{{ who.words.here_text }}</span><span class="fine">{{ who.words.here_fine }}</span></span>
            <span class="tick" v-if="!sent"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span></label>
        </div>
        <form v-if="adding && !who.ready" id="add-key" class="keying" @submit.prevent="save">
          <h2 class="small">{{ who.keys.heading }}</h2>
          <p class="fine">{{ fill(who.keys.text) }}</p>
          <ol class="numbered">
            <li><span><b>{{ who.keys.one }}.</b> {{ fill(who.keys.one_text) }}<br><a :href="who.page" target="_blank" rel="noreferrer noopener">{{ fill(who.keys.one_link) }}<span class="aside">, {{ who.keys.new_tab }}</span></a></span></li>
            <li><label><b>{{ who.keys.two }}.</b> {{ fill(who.keys.stays) }}
              <input type="password" v-model="pasted" :aria-label="who.keys.label" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="600"></label></li>
          </ol>
          <p v-if="problem.title" class="note" role="alert"><b>{{ problem.title }}.</b> {{ problem.advice }}</p>
          <div class="actions"><button type="submit" class="button accent" :disabled="!pasted.trim() || saving">{{ saving ? who.keys.saving : who.keys.save }}</button>
            <button type="button" class="button quiet" @click="adding = false; pasted = ''">{{ who.keys.close }}</button></div>
        </form>
        <div v-if="sent" class="sent-options">
          <fieldset><legend>{{ who.words.quality }}</legend><div class="chips">
            <label v-for="[value, name, text] in who.qualities" :key="value" class="chip"><input type="radio" name="quality" :value="value" v-model="quality">{{ name }}<span class="aside">, {{ text }}</span></label></div></fieldset>
          <fieldset><legend>{{ who.words.count }}</legend><div class="chips">
            <label v-for="c in 4" :key="c" class="chip digit"><input type="radio" name="count" :value="c" v-model="count" :aria-label="many(c)">{{ c }}</label></div></fieldset>
          <fieldset v-if="who.others.length"><legend>{{ who.words.others }}</legend>
            <div class="mates"><label v-for="o in who.others" :key="o.id" class="mate"><input type="checkbox" :value="o.id" v-model="others" :disabled="others.length >= 3 && !others.includes(o.id)" :aria-label="o.label"><img :src="'/media/photo/' + o.id + '/thumbnail'" alt="" loading="lazy"><span v-if="others.includes(o.id)" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span></label></div>
            <p class="fine">{{ who.words.others_text }}</p></fieldset>
          <p class="fine wide">{{ fill(who.words.lead) }} <button v-if="n" type="button" class="linklike" @click="$emit('see', wanted)">{{ who.words.see }}</button><template v-if="n && !who.guest"> · </template><a v-if="!who.guest" href="/settings#provider">{{ who.words.settings }}</a></p>
        </div>
      </fieldset>
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
      <ul class="wall" :aria-label="words.looks">
        <li v-for="look in shown" :key="look.id">
          <label class="look">
            <input type="checkbox" :value="look.id" v-model="chosen">
            <span class="shot" :class="{ waits: !ready[key(look)] && !broken[key(look)] }" :style="{ background: color || look.color, aspectRatio: ratio(look) }">
              <img :key="key(look)" :src="src(look)" alt="" :class="{ in: ready[key(look)] }" loading="lazy" decoding="async"
                @load="ready[key(look)] = true" @error="broken[key(look)] = true" v-show="!broken[key(look)]">
            </span>
            <span v-if="chosen.includes(look.id)" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span>
            <span class="says"><span class="serif">{{ look.name }}</span><span class="fine">{{ look.audience }}</span><span class="fine">{{ broken[key(look)] ? words.failed : worn(look) }}</span></span>
          </label>
        </li>
      </ul>
      <div class="bar" :class="{ sends: sent && n }">
        <div class="says" aria-live="polite">
          <div><b>{{ say(words.looks_n) }}</b><span v-if="n" class="soft what"> · {{ sent ? who.words.new : words.keeps }}</span></div>
          <div v-if="problem.title && !adding" class="fine warned" role="alert"><b>{{ problem.title }}.</b> {{ problem.advice }}</div>
          <div v-else-if="sent && known && n && price.title" class="fine" :class="{ warned: over }"><b>{{ price.title }}</b> {{ price.advice }}</div>
          <div v-else-if="sent" class="fine">{{ leaves }}</div>
          <div v-else class="fine">{{ words.free }}<template v-if="n"> · {{ words.time.replace('{s}', time) }}</template></div>
        </div>
        <button v-if="n" type="button" class="button quiet" @click="chosen = []">{{ words.clear }}</button>
        <button v-if="over && who.guest" type="button" class="button accent" :disabled="pressed" @click="makeHere">{{ who.words.over_here }}</button>
        <a v-else-if="over" class="button" href="/settings#budget">{{ who.words.over_do }}</a>
        <button v-else type="button" class="button accent" :class="{ twoline: sent && n }" :disabled="!n || pressed || !known" @click="make"><span>{{ pressed ? words.making : say(words.make, total) }}</span><span v-if="sent && n" class="sub"><span class="aside"> · </span>{{ who.to }}<template v-if="price.total"> · {{ price.total }}</template></span></button>
      </div>
    </div>`,
};
