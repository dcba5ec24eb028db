// A button, and the question it asks in a native dialog before anything is deleted.
export default {
  props: { trigger: String, title: String, text: String, confirm: String, cancel: String, word: String, wordlabel: String, look: String, choices: Array, also: String, limits: Array, reach: String },
  data: () => ({ typed: "", busy: false, chosen: [], id: "ask-" + Math.random().toString(36).slice(2) }),
  computed: {
    allowed() { return !this.busy && (!this.word || this.typed.trim().toLowerCase() === this.word); },
  },
  methods: {
    open() { this.typed = ""; this.busy = false; this.chosen = []; this.$refs.dialog.showModal(); },
    close() { this.$refs.dialog.close(); },
    yes() {
      if (!this.allowed) return;
      this.busy = true;
      this.$emit("confirm", [...this.chosen]);
      setTimeout(() => this.close(), 150);
    },
  },
  template: `
    <button type="button" :class="look" @click="open" aria-haspopup="dialog">{{ trigger }}</button>
    <dialog ref="dialog" class="ask" :aria-labelledby="id" :aria-describedby="id + 'd'" @click.self="close">
      <h2 class="small" :id="id">{{ title }}</h2>
      <p class="soft" :id="id + 'd'">{{ text }}</p>
      <fieldset v-if="choices?.length" class="also"><legend>{{ also }}</legend>
        <label v-for="[value, text] in choices" :key="value" class="check"><input type="checkbox" :value="value" v-model="chosen"><span>{{ text }}</span></label></fieldset>
      <template v-if="limits?.length"><h3>{{ reach }}</h3><p v-for="limit in limits" :key="limit" class="fine">{{ limit }}</p></template>
      <label v-if="word"><span class="fine">{{ wordlabel }}</span>
        <input type="text" v-model="typed" autofocus autocomplete="off" autocapitalize="none" spellcheck="false" @keyup.enter="yes"></label>
      <div class="actions">
        <button type="button" class="button" @click="close" :autofocus="!word">{{ cancel }}</button>
        <button type="button" class="button fill" :disabled="!allowed" @click="yes">{{ confirm }}</button>
      </div>
    </dialog>`,
};
