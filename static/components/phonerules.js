// How phones connect and what guests may do: each choice is kept as soon as it is made.
export default {
  props: { words: Object, rules: Object, networks: Array, provider: String, used: String, news: Object },
  data() { return { each: String(this.rules.guest_paid), all: String(this.rules.guests_paid), about: "" }; },
  computed: {
    groups() {
      const w = this.words, few = (pairs) => pairs.map(([value, key]) => ({ value, text: w[key], more: w[key + "_text"] }));
      const found = [
        { name: "phones_family", title: w.space, options: few([[false, "space_own"], [true, "space_family"]]) },
        { name: "phones_https", title: w.crypt, options: few([[false, "plain"], [true, "https"]]) },
      ];
      if (!this.rules.phones_family) found.splice(1, 0, { name: "guests_keep", title: w.end, options: few([[false, "end_delete"], [true, "end_keep"]]) });
      if (this.networks.length > 1)
        found.unshift({ name: "phones_network", title: w.network, options: this.networks.map(([value, text]) => ({ value, text })) });
      if (this.provider)
        found.push({ name: "guest_engine", title: w.drawn.replace("{provider}", this.provider), options: few([["here", "drawn_none"], ["provider", "drawn_guests"]]) });
      return found;
    },
  },
  methods: { choose(name, value) { this.about = name; this.$emit("choose", [name, value]); } },
  template: `
    <div class="rules">
      <fieldset v-for="group in groups" :key="group.name">
        <legend>{{ group.title }}</legend>
        <label v-for="one in group.options" :key="one.value" class="check">
          <input type="radio" :name="group.name" :checked="rules[group.name] === one.value" @change="choose(group.name, one.value)">
          <span>{{ one.text }}<span v-if="one.more" class="fine">{{ one.more }}</span></span>
        </label>
        <p v-if="group.name === 'phones_https'" class="fine">{{ words.crypt_here }}</p>
        <form v-if="group.name === 'guest_engine' && rules.guest_engine === 'provider'" class="limits" @submit.prevent="choose('limits', [each, all])">
          <label><span class="fine">{{ words.each }}</span><input type="text" inputmode="numeric" maxlength="6" autocomplete="off" v-model="each"></label>
          <label><span class="fine">{{ words.all }}</span><input type="text" inputmode="numeric" maxlength="6" autocomplete="off" v-model="all"></label>
          <button type="submit" class="button">{{ words.save }}</button>
          <p class="fine tabular">{{ used }}</p>
          <div aria-live="polite" class="told"><p v-if="about === 'limits' && news.title" class="note"><b>{{ news.title }}</b> {{ news.advice }}</p><p v-else-if="about === 'limits' && news.good" class="fine good">{{ news.good }}</p></div>
          <label class="check"><input type="checkbox" :checked="rules.guest_costs" @change="choose('guest_costs', $event.target.checked)"><span>{{ words.costs }}</span></label>
        </form>
      </fieldset>
      <fieldset>
        <legend>{{ words.ask_group }}</legend>
        <label class="check"><input type="checkbox" :checked="rules.phones_ask" @change="choose('phones_ask', $event.target.checked)"><span>{{ words.ask }}<span class="fine">{{ words.ask_text }}</span></span></label>
      </fieldset>
      <div aria-live="polite" class="news">
        <p v-if="about !== 'limits' && news.title" class="note"><b>{{ news.title }}</b> {{ news.advice }}</p>
        <p v-else-if="about !== 'limits' && news.good" class="fine">{{ news.good }}</p>
      </div>
    </div>`,
};
