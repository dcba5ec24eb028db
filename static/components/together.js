// Several headshots in one ZIP, each file with its note on how it was made, or without.
export default {
  props: { words: Object, ids: Array },
  data: () => ({ marked: true }),
  computed: {
    href() { return "/download/headshots.zip?" + new URLSearchParams({ ids: this.ids.join(","), marks: this.marked ? "1" : "0" }); },
  },
  template: `
    <div v-if="ids.length > 1" class="together">
      <a class="button" :href="href" download>{{ words.zip.replace('{n}', ids.length) }}</a>
      <div class="marks"><label class="check"><input type="checkbox" v-model="marked"><span>{{ words.label }}</span></label>
        <p v-if="!marked" class="note" role="status">{{ words.left }}</p></div>
    </div>`,
};
