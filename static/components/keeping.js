// What is deleted by itself, off until somebody sets it; what would go at once is named before it goes.
export default {
  props: { words: Object, now: String, days: String, originals: Boolean, news: Object },
  data() { return { after: this.days, first: this.originals, busy: false }; },
  watch: {
    news(news) {
      this.busy = false;
      if (news.good) { this.after = this.days; this.first = this.originals; }
      if (news.ask) this.$nextTick(() => this.$refs.sure?.focus());
    },
  },
  methods: {
    save(sure) { if (this.busy) return; this.busy = true; this.$emit("save", { days: this.after, originals: this.first, sure }); },
    drop() { this.after = this.days; this.first = this.originals; this.news.ask = ""; },
  },
  template: `
    <div class="keeping">
      <h3>{{ words.heading }}</h3>
      <p role="status">{{ now }}</p>
      <form @submit.prevent="save(false)">
        <label><span class="fine">{{ words.days }}</span><input type="text" inputmode="numeric" maxlength="5" v-model="after" autocomplete="off"></label>
        <label class="check"><input type="checkbox" v-model="first"><span>{{ words.originals }}<span class="fine">{{ words.originals_text }}</span></span></label>
        <div class="actions" v-if="!news.ask"><button type="submit" class="button" :disabled="busy">{{ words.save }}</button></div>
      </form>
      <div aria-live="polite" class="news">
        <div v-if="news.ask" class="note"><p><b>{{ news.ask }}</b></p>
          <div class="actions"><button ref="sure" type="button" class="button warn" :disabled="busy" @click="save(true)">{{ words.sure }}</button><button type="button" class="button" @click="drop">{{ words.cancel }}</button></div></div>
        <p v-else-if="news.title" class="note"><b>{{ news.title }}</b> {{ news.advice }}</p>
        <p v-else-if="news.good" class="fine">{{ news.good }}</p>
      </div>
    </div>`,
};
