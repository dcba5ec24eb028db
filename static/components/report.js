// A report is written only when asked for, and copied by hand: nothing is sent.
export default {
  props: { words: Object, text: String },
  data: () => ({ busy: false, news: "" }),
  watch: { text() { this.busy = false; this.$nextTick(() => this.$refs.text?.focus()); } },
  methods: {
    write() { this.busy = true; this.news = ""; this.$emit("write"); setTimeout(() => { this.busy = false; }, 4000); },
    async copy() {
      try { await navigator.clipboard.writeText(this.text); this.news = this.words.copied; }
      catch { this.news = this.words.not_copied; getSelection().selectAllChildren(this.$refs.text); }
    },
  },
  template: `
    <div>
      <pre v-if="text" ref="text" class="report" tabindex="0" role="region" :aria-label="words.label">{{ text }}</pre>
      <div class="actions"><button v-if="text" type="button" class="button" @click="copy">{{ words.copy }}</button>
        <button type="button" class="button" :class="{ quiet: text }" :disabled="busy" @click="write">{{ text ? words.renew : words.show }}</button></div>
      <p class="fine" role="status">{{ news }}</p>
    </div>`,
};
