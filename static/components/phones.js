// Letting phones in: the code to scan, the digits to type, until when, and who is here.
export default {
  props: { words: Object, state: Object, qr: String },
  data: () => ({ now: performance.now(), got: performance.now(), busy: "", leaving: null, id: "phones-" + Math.random().toString(36).slice(2) }),
  watch: { state() { this.got = this.now = performance.now(); this.busy = ""; } },
  mounted() { this.clock = setInterval(() => { this.now = performance.now(); }, 1000); },
  unmounted() { clearInterval(this.clock); clearTimeout(this.patience); },
  computed: {
    passed() { return (this.now - this.got) / 1000; },
    left() {
      const minutes = Math.ceil((this.state.left_s - this.passed) / 60), w = this.words;
      if (minutes <= 1) return w.left_soon;
      return minutes < 60 ? this.say(w.left_minutes, { m: minutes }) : this.say(minutes % 60 ? w.left_hours : w.left_whole, { h: Math.floor(minutes / 60), m: minutes % 60 });
    },
    fresh() { return this.say(this.words.fresh, { s: Math.max(0, Math.round(this.state.fresh_s - this.passed)) }); },
    question() {
      const one = this.leaving, w = this.words;
      if (!one) return {};
      if (one === "all") return { title: w.off_title, text: this.state.phones?.length ? this.state.off_text : w.off_text, confirm: w.off_confirm };
      return { title: this.say(w.disconnect_title, one), text: w["disconnect_" + one.end], confirm: w.disconnect };
    },
  },
  methods: {
    say: (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]),
    tell(what, value) {
      const told = what + (value ?? "");
      if (this.busy === told) return;
      this.busy = told;
      this.$emit(what, value ?? null);
      clearTimeout(this.patience);
      this.patience = setTimeout(() => { this.busy = ""; }, 4000);
    },
    ask(who) { this.leaving = who; this.$nextTick(() => this.$refs.dialog.showModal()); },
    yes() {
      const one = this.leaving;
      this.$refs.dialog.close();
      this.tell(one === "all" ? "switchoff" : "disconnect", one === "all" ? null : one.id);
    },
  },
  template: `
    <div>
      <div v-if="!state.open" class="phones-off">
        <h1>{{ words.heading }}</h1>
        <p class="lead">{{ words.lead }}</p>
        <p v-if="state.news" class="note" role="status">{{ state.news }}</p>
        <p v-if="state.trouble" class="note" role="alert"><b>{{ state.trouble[0] }}.</b> {{ state.trouble[1] }}</p>
        <ol class="numbered"><li v-for="[title, text] in state.steps"><span><b>{{ title }}</b> {{ text }}</span></li></ol>
        <div class="actions">
          <button type="button" class="button accent" :disabled="!!busy" @click="tell('switchon')">{{ busy ? words.switching : state.trouble ? words.look_again : words.switch_on }}</button>
          <span v-if="state.where" class="fine">{{ state.where }}</span>
        </div>
      </div>
      <div v-else class="phones">
        <section class="card scan">
          <template v-if="qr">
            <h1 class="small">{{ words.scan_title }}</h1>
            <p class="soft">{{ words.scan_text }}</p>
            <div class="code" v-html="qr"></div>
            <p class="fine tabular fresh">{{ fresh }}</p>
            <div class="typed">
              <h2 class="small">{{ words.type_title }}</h2>
              <p class="fine">{{ words.type_text }}</p>
              <p class="address">{{ state.address }}<template v-for="name in state.named"><br><span class="fine">{{ say(words.named, { address: name }) }}</span></template></p>
              <p v-if="state.digits" class="digits"><span class="aside">{{ words.digits }}: </span>{{ state.digits.slice(0, 4) }}<span class="gap"></span>{{ state.digits.slice(4) }}</p>
              <p v-else class="fine">{{ words.no_digits }}</p>
            </div>
          </template>
          <h1 v-else class="small">{{ words.no_network }}</h1>
        </section>
        <div class="beside">
          <p v-if="state.news" class="note" role="status">{{ state.news }}</p>
          <p v-if="state.trouble" class="note" role="alert"><b>{{ state.trouble[0] }}.</b> {{ state.trouble[1] }}</p>
          <div v-for="one in state.waiting" :key="one.id" class="note calm knock" role="alert">
            <p><b>{{ say(words.waiting_title, one) }}</b></p>
            <div class="actions">
              <button type="button" class="button accent" :aria-label="say(words.approve_name, one)" @click="tell('approve', one.id)">{{ words.approve }}</button>
              <button type="button" class="button" :aria-label="say(words.decline_name, one)" @click="tell('decline', one.id)">{{ words.decline }}</button>
            </div>
          </div>
          <section class="time">
            <h2>{{ say(words.open_until, { time: state.until }) }}</h2>
            <p class="soft tabular">{{ left }}</p>
            <p v-if="!state.https" class="fine">{{ words.read_along }}</p>
            <div class="actions">
              <button type="button" class="button" :disabled="!!busy || !state.can_prolong" @click="tell('prolong')">{{ words.prolong }}</button>
              <button type="button" class="button" :disabled="!!busy" @click="ask('all')">{{ words.switch_off }}</button>
            </div>
          </section>
          <section>
            <h2 class="small">{{ words.phones_title }}</h2>
            <p v-if="!state.phones.length" class="soft">{{ words.no_phones }}</p>
            <ul v-else class="plain here">
              <li v-for="one in state.phones" :key="one.id">
                <span><b>{{ one.name }}</b><span class="fine">{{ one.seen }} · {{ words[one.role] }}</span></span>
                <button type="button" class="button quiet" :aria-label="say(words.disconnect_name, one)" @click="ask(one)">{{ words.disconnect }}</button>
              </li>
            </ul>
          </section>
          <details v-if="state.https" class="unfold">
            <summary>{{ state.warning.title }}</summary>
            <p>{{ state.warning.text }}</p>
            <template v-for="part in state.warning.parts">
              <h3>{{ part.title }}</h3>
              <p v-if="part.text">{{ part.text }}</p>
              <ol class="numbered"><li v-for="step in part.steps"><span>{{ step }}</span></li></ol>
            </template>
            <p class="fine">{{ state.warning.compare }}</p>
            <p class="print">{{ state.warning.print }}</p>
            <a href="/certificate" download>{{ state.warning.save }}</a>
          </details>
        </div>
      </div>
      <dialog ref="dialog" class="ask" :aria-labelledby="id" :aria-describedby="id + 'd'" @click.self="$refs.dialog.close()">
        <h2 class="small" :id="id">{{ question.title }}</h2>
        <p class="soft" :id="id + 'd'">{{ question.text }}</p>
        <div class="actions">
          <button type="button" class="button" autofocus @click="$refs.dialog.close()">{{ words.cancel }}</button>
          <button type="button" class="button fill" @click="yes">{{ question.confirm }}</button>
        </div>
      </dialog>
    </div>`,
};
