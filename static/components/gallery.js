// All headshots, newest first. Only the rows near the window are in the page; the rest is fetched as it is needed.
const GAP = 16, SAYS = 66, THREAD = 10;
export default {
  props: { words: Object, marks: Object, looks: Array, version: Number, kept: Number, size: Number, coming: Array },
  data: () => ({
    items: {}, total: null, width: 0, top: 0, view: 0, style: "", favourites: false, choosing: false, chosen: [], marked: true, failed: false, asking: false, ahead: 0, shown: false,
  }),
  computed: {
    columns() { return Math.max(2, Math.floor((this.width + GAP) / (this.width < 700 ? 150 + GAP : 190 + GAP))); },
    cell() { return (this.width - GAP * (this.columns - 1)) / this.columns; },
    shot() { return Math.round(this.cell * 1.25); },
    row() { return this.shot + SAYS + THREAD + GAP; },
    height() { return Math.ceil((this.total || 0) / this.columns) * this.row; },
    first() { return Math.max(0, Math.floor(this.top / this.row) - this.ahead) * this.columns; },
    last() { return Math.min(this.total || 0, (Math.ceil((this.top + this.view) / this.row) + this.ahead) * this.columns); },
    window() { return Array.from({ length: Math.max(0, this.last - this.first) }, (_, i) => this.first + i); },
    filtered() { return Boolean(this.style || this.favourites); },
  },
  watch: {
    version() { this.chosen = []; this.fresh(); },
    kept() {
      if (this.kept < this.asked) return;
      this.waiting.splice(0).forEach((settled) => settled());
      if (this.late && this.favourites) this.fresh();
      this.late = false;
    },
    style: "refilter", favourites: "refilter",
    first: "fill", last: "fill",
  },
  created() {
    const q = new URLSearchParams(location.search);
    this.style = this.looks.some(([id]) => id === q.get("look")) ? q.get("look") : "";
    this.favourites = q.has("favourites");
    this.fetching = new Set(); this.turn = 0;
    this.asked = 0; this.waiting = []; this.late = false; this.settling = Promise.resolve();
  },
  mounted() {
    this.measure();
    this.watcher = new ResizeObserver(() => this.measure());
    this.watcher.observe(this.$refs.space);
    this.scrolled = () => this.measure();
    addEventListener("scroll", this.scrolled, { passive: true });
    addEventListener("resize", this.scrolled);
    this.load(0);
    this.showPictures();
  },
  unmounted() {
    this.watcher.disconnect();
    removeEventListener("scroll", this.scrolled);
    removeEventListener("resize", this.scrolled);
  },
  methods: {
    measure() {
      const box = this.$refs.space.getBoundingClientRect();
      this.width = box.width; this.top = Math.max(0, -box.top); this.view = innerHeight;
    },
    fresh() { this.turn += 1; this.fetching.clear(); this.load(Math.floor(this.first / this.size) * this.size, true); },
    refilter() {
      const q = new URLSearchParams();
      if (this.style) q.set("look", this.style);
      if (this.favourites) q.set("favourites", "1");
      history.replaceState(history.state, "", location.pathname + (q.size ? "?" + q : ""));
      this.chosen = []; scrollTo(0, 0); this.fresh();
    },
    fill() {
      for (let page = Math.floor(this.first / this.size) * this.size; page < this.last; page += this.size) if (!this.items[page]) this.load(page);
    },
    async load(offset, anew) {
      if (this.fetching.has(offset)) return;
      this.fetching.add(offset);
      const turn = this.turn;
      const q = new URLSearchParams({ offset, limit: this.size });
      if (this.style) q.set("style", this.style);
      if (this.favourites) q.set("favourites", "true");
      try {
        await this.settling;
        const answer = await fetch("/api/headshots?" + q);
        if (!answer.ok) throw new Error(answer.status);
        const { total, items } = await answer.json();
        if (turn !== this.turn) return;
        if (anew) this.items = {};
        items.forEach((item, i) => { this.items[offset + i] = item; });
        this.total = total; this.failed = false;
        this.$nextTick(() => { this.measure(); this.fill(); this.lookAhead(); });
      } catch { if (turn === this.turn) this.failed = true; } finally { if (turn === this.turn) this.fetching.delete(offset); }
    },
    // The first pictures come with the page. The others wait, shortly, until it can be used: they would hold its connection up.
    picture({ id }) { return this.shown || this.coming.includes(id) ? "/media/headshot/" + id + "/thumbnail" : null; },
    showPictures(waited = 0) {
      if (window.did_handshake || waited > 600) this.shown = true;
      else setTimeout(() => this.showPictures(waited + 15), 15);
    },
    // What is in the window comes first; the rows beyond it follow when there is time.
    lookAhead() { (window.requestIdleCallback || ((later) => setTimeout(later, 300)))(() => { this.ahead = 2; }, { timeout: 2000 }); },
    place(i) {
      return { left: (i % this.columns) * (this.cell + GAP) + "px", top: Math.floor(i / this.columns) * this.row + "px", width: this.cell + "px" };
    },
    begins(i) { return i === 0 || this.items[i - 1]?.photo !== this.items[i]?.photo; },
    goesOn(i) { return (i + 1) % this.columns && this.items[i + 1] && this.items[i + 1].photo === this.items[i].photo; },
    day(item) { return new Date(item.created).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }); },
    fits(template, item) { return template.replace("{name}", item.name).replace("{date}", this.day(item)); },
    say(key, n) { return this.words[key].split("|")[Math.min(2, n)].replace("{n}", n.toLocaleString("en-GB")); },
    toggle() { this.choosing = !this.choosing; this.chosen = []; },
    keep(item) {
      item.favourite = !item.favourite;
      this.$emit("keep", { id: item.id, on: item.favourite });
      this.asked += 1;
      // A list that is asked for now waits, shortly, until it knows of this.
      this.settling = new Promise((settled) => {
        this.waiting.push(settled);
        setTimeout(() => { this.late = this.late || this.waiting.includes(settled); settled(); }, 3000);
      });
    },
    zip() {
      const form = Object.assign(document.createElement("form"), { action: "/download/headshots.zip", method: this.chosen.length > 100 ? "post" : "get" });
      for (const [name, value] of [["ids", this.chosen.join(",")], ["kind", "jpeg"], ["marks", this.marked ? "1" : "0"]]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      document.body.append(form); form.submit(); form.remove();
    },
    ask() { this.$refs.ask.showModal(); },
    forget() { this.$emit("forget", [...this.chosen]); this.$refs.ask.close(); this.choosing = false; },
  },
  template: `
    <div>
      <div v-if="total || filtered" class="gallery-tools">
        <span class="soft" role="status">{{ say('n', total || 0) }}</span>
        <span class="push"></span>
        <button type="button" class="chip" :aria-pressed="String(favourites)" @click="favourites = !favourites"><svg aria-hidden="true"><use :href="'/static/icons.svg#' + (favourites ? 'heart-full' : 'heart')"/></svg><span class="word">{{ words.favourites }}</span></button>
        <select class="chip" v-model="style" :aria-label="words.look"><option value="">{{ words.all_looks }}</option><option v-for="[id, name] in looks" :key="id" :value="id">{{ name }}</option></select>
        <button type="button" class="chip" :aria-pressed="String(choosing)" @click="toggle">{{ choosing ? words.done : words.select }}</button>
      </div>
      <p v-if="failed" class="note" role="alert">{{ words.failed }}</p>
      <section v-if="total === 0" class="empty">
        <svg aria-hidden="true"><use href="/static/icons.svg#frame"/></svg>
        <h2>{{ filtered ? words.no_match_title : words.empty_title }}</h2>
        <p class="soft">{{ filtered ? words.no_match_text : words.empty_text }}</p>
        <div class="actions"><button v-if="filtered" type="button" class="button" @click="style = ''; favourites = false">{{ words.show_all }}</button>
          <a v-else class="button accent" href="/">{{ words.empty_button }}</a></div>
      </section>
      <div ref="space">
      <ul v-show="total" class="rows" role="list" :aria-label="words.list" :style="{ height: height + 'px' }">
        <li v-for="i in window" :key="i" class="tile" :style="place(i)" role="listitem" :aria-setsize="total" :aria-posinset="i + 1">
          <span class="shot" v-if="!items[i]" :style="{ height: shot + 'px' }"></span>
          <template v-else>
            <span class="thread" :style="{ width: goesOn(i) ? cell + 16 + 'px' : '100%' }"></span>
            <label v-if="choosing">
              <input type="checkbox" :value="items[i].id" v-model="chosen" :aria-label="fits(words.choose, items[i])">
              <span class="shot" :style="{ height: shot + 'px' }"><img :src="picture(items[i])" alt="" decoding="async">
                <span v-if="chosen.includes(items[i].id)" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span><span v-else class="untick"></span></span>
              <span class="says"><span class="name">{{ items[i].name }}</span><span class="fine">{{ day(items[i]) }}</span></span>
            </label>
            <template v-else>
              <a class="open" :href="'/headshot/' + items[i].id" :aria-label="fits(words.open, items[i])">
                <span class="shot" :style="{ height: shot + 'px' }"><img :src="picture(items[i])" alt="" decoding="async"></span>
                <span class="says"><span class="name">{{ items[i].name }}</span><span class="fine">{{ day(items[i]) }}</span></span>
              </a>
              <button type="button" class="heart" :style="{ top: shot - 28 + 'px' }" :aria-pressed="String(items[i].favourite)" :aria-label="fits(words.keep, items[i])" @click="keep(items[i])"><span><svg aria-hidden="true"><use :href="'/static/icons.svg#' + (items[i].favourite ? 'heart-full' : 'heart')"/></svg></span></button>
              <a v-if="begins(i)" class="origin" :href="'/photo/' + items[i].photo" :style="{ top: shot - 32 + 'px' }" :aria-label="words.from" :title="words.from"><img :src="shown ? '/media/photo/' + items[i].photo + '/thumbnail' : null" alt="" loading="lazy" @error="$event.target.parentElement.style.display = 'none'"></a>
            </template>
          </template>
        </li>
      </ul>
      </div>
      <div v-if="choosing" class="bar pick">
        <div class="says"><b role="status">{{ say('chosen', chosen.length) }}</b>
          <label class="check marks"><input type="checkbox" v-model="marked"><span>{{ marks.label }}</span></label>
          <p v-if="!marked" class="fine" role="status">{{ marks.left }}</p></div>
        <button type="button" class="button warn" :disabled="!chosen.length" @click="ask">{{ say('delete', chosen.length) }}</button>
        <button type="button" class="button accent" :disabled="!chosen.length" @click="zip">{{ say('zip', chosen.length) }}</button>
      </div>
      <dialog ref="ask" class="ask" aria-labelledby="forget-title" aria-describedby="forget-text" @click.self="$refs.ask.close()">
        <h2 class="small" id="forget-title">{{ chosen.length === 1 ? words.confirm_title_one : words.confirm_title_many.replace('{n}', chosen.length) }}</h2>
        <p class="soft" id="forget-text">{{ chosen.length === 1 ? words.confirm_text_one : words.confirm_text }}</p>
        <div class="actions"><button type="button" class="button" autofocus @click="$refs.ask.close()">{{ words.cancel }}</button>
          <button type="button" class="button fill" @click="forget">{{ say('delete', chosen.length) }}</button></div>
      </dialog>
    </div>`,
};
