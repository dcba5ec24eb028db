// One of a few, as chips.
export default {
  props: { label: String, options: Array, value: String },
  data() { return { chosen: this.value }; },
  template: `
    <div class="chips" role="radiogroup" :aria-label="label">
      <label v-for="[value, text] in options" :key="value" class="chip"><input type="radio" name="choice" :value="value" v-model="chosen" @change="$emit('choose', value)">{{ text }}</label>
    </div>`,
};
