// The settings for drawing elsewhere. A key goes in and never comes back: only its last four characters are shown.
export default {
  props: { words: Object, keys: Object, page: String, state: Object, news: Object },
  data() { return { key: "", replacing: false, busy: "", day: this.state.day, month: this.state.month, address: this.state.address, model: this.state.model, draft: this.state.draft, count: this.state.count, open: this.state.own || this.state.ends.length > 0 }; },
  watch: {
    news(news) {
      this.busy = "";
      if (news.good && ["key", "forget"].includes(news.about)) { this.key = ""; this.replacing = false; }
    },
    // What was typed stays until it is saved, and when it is refused; else a field shows what is set.
    state(s, before) {
      const forms = { budget: ["day", "month"], count: ["count"], server: ["address", "model", "draft"] };
      for (const [about, names] of Object.entries(forms))
        if ((this.news.good && this.news.about === about) || names.some((name) => s[name] !== before[name])) for (const name of names) this[name] = s[name];
      if (s.ends.length) this.open = true;
    },
  },
  methods: {
    send(what, value) { if (this.busy) return; this.busy = what; this.$emit(what, value); },
    fill(text) { return text.replaceAll("{to}", this.state.to).replaceAll("{host}", this.state.host).replaceAll("{where}", this.state.where).replaceAll("{currency}", this.state.currency).replaceAll("{most}", this.words.most); },
    keep() { if (this.key.trim()) this.send("key", this.key); },
    about(...names) { return !this.busy && names.includes(this.news.about) && (this.news.good || this.news.title); },
  },
  template: `
    <section class="provider">
      <h2 class="small" id="provider">{{ state.to }}</h2>
      <p>{{ words.text }}</p>
      <h3>{{ words.key }}</h3>
      <p v-if="state.key">{{ state.key }}</p>
      <template v-if="!state.key || replacing">
        <p v-if="state.own" class="fine">{{ words.key_none_needed }}</p>
        <p v-else class="fine">1. {{ fill(keys.one_text) }} <a :href="page" target="_blank" rel="noreferrer noopener">{{ fill(keys.one_link) }}<span class="aside">, {{ keys.new_tab }}</span></a></p>
        <form @submit.prevent="keep"><label><span class="fine">{{ state.own ? '' : '2. ' }}{{ keys.two }}. {{ fill(keys.stays) }}</span>
          <input type="password" v-model="key" :aria-label="keys.label" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="600"></label>
          <div class="actions"><button type="submit" class="button" :disabled="!key.trim() || busy === 'key'">{{ keys.save }}</button><button v-if="replacing" type="button" class="button quiet" @click="replacing = false; key = ''">{{ words.cancel }}</button></div></form>
      </template>
      <div class="actions" v-if="!replacing && (state.key || state.own)">
        <button type="button" class="button" :disabled="busy === 'test'" @click="send('test')">{{ busy === 'test' ? words.testing : words.test }}</button>
        <template v-if="state.key && !state.fixed"><button type="button" class="button quiet" @click="replacing = true">{{ words.replace }}</button>
        <button type="button" class="button quiet" @click="send('forget')">{{ words.remove }}</button></template>
      </div>
      <p v-if="!replacing && (state.key || state.own) && !about('test')" class="fine">{{ words.test_text }}</p>
      <div role="status" class="news"><p v-if="about('key', 'forget', 'test')" class="note" :class="{ calm: news.good }"><template v-if="news.good">{{ news.good }}</template><template v-else><b>{{ news.title }}.</b> {{ news.advice }} <a v-if="news.link" :href="news.link" target="_blank" rel="noreferrer noopener">{{ news.linktext }}<span class="aside">, {{ keys.new_tab }}</span></a></template></p>
        <p v-if="about('test') && news.request" class="fine request">{{ fill(words.request) }} <code>{{ news.request }}</code></p></div>

      <h3>{{ words.consent }}</h3>
      <p>{{ state.consent || words.consent_none }} <a v-if="state.consent" href="#agreed">{{ words.agreed }}</a></p>

      <h3 id="budget">{{ words.budget }}</h3>
      <p class="fine">{{ words.budget_text }} {{ state.spent }}</p>
      <form class="pair" @submit.prevent="send('budget', { day, month })">
        <label><span class="fine">{{ fill(words.day) }}</span><input type="text" inputmode="decimal" v-model="day" autocomplete="off"></label>
        <label><span class="fine">{{ fill(words.month) }}</span><input type="text" inputmode="decimal" v-model="month" autocomplete="off"></label>
        <button type="submit" class="button">{{ words.budget_save }}</button></form>
      <div role="status" class="news"><p v-if="about('budget')" :class="news.good ? 'fine' : 'note'"><template v-if="news.good">{{ news.good }}</template><template v-else><b>{{ news.title }}.</b> {{ news.advice }}</template></p></div>

      <h3>{{ words.count }}</h3>
      <p class="fine">{{ words.count_text }}</p>
      <form class="pair one" @submit.prevent="send('count', count)">
        <label><span class="fine">{{ fill(words.count_label) }}</span><input type="text" inputmode="numeric" v-model="count" autocomplete="off" maxlength="20"></label>
        <button type="submit" class="button">{{ words.count_save }}</button></form>
      <div role="status" class="news"><p v-if="about('count')" :class="news.good ? 'fine' : 'note'"><template v-if="news.good">{{ news.good }}</template><template v-else><b>{{ news.title }}.</b> {{ news.advice }}</template></p></div>

      <p v-for="[title, advice] in state.ends" :key="title" class="note ends"><b>{{ title }}</b> {{ advice }}</p>
      <details class="unfold" :open="open"><summary>{{ words.server }}</summary>
        <p class="fine">{{ words.server_text }}</p>
        <form class="stack" @submit.prevent="send('server', { address, model, draft })">
          <label><span class="fine">{{ words.address }}</span><input type="text" v-model="address" placeholder="https://api.openai.com/v1" inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
          <label><span class="fine">{{ words.model }}<template v-if="state.suggested">, {{ words.suggested.replace('{model}', state.suggested) }}</template></span><input type="text" v-model="model" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
          <label><span class="fine">{{ words.draft }}<template v-if="state.suggested_draft">, {{ words.suggested.replace('{model}', state.suggested_draft) }}</template></span><input type="text" v-model="draft" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
          <p v-if="address.trim() && !address.includes('api.openai.com')" class="note">{{ words.server_warning }}</p>
          <div class="actions"><button type="submit" class="button">{{ words.server_save }}</button><button v-if="state.own" type="button" class="button quiet" @click="send('server', {})">{{ words.server_back }}</button></div></form>
        <div role="status" class="news"><p v-if="about('server')" :class="news.good ? 'fine' : 'note'"><template v-if="news.good">{{ news.good }}</template><template v-else><b>{{ news.title }}.</b> {{ news.advice }}</template></p></div>
      </details>
      <p class="after"><a href="/sent">{{ words.sent }}</a></p>
    </section>`,
};
