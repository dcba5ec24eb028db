// Prints a sheet by the booth's own browser: nothing else of the page comes onto the paper.
export default {
  props: { sheet: String, copies: Number, width: Number, height: Number },
  watch: { sheet(sheet) { if (sheet) this.put(sheet); } },
  methods: {
    async put(sheet) {
      try {
        await this.$nextTick();
        await this.$refs.picture.decode();
        for (let copy = 0; copy < this.copies; copy++) print();
        this.$emit("put", sheet, true);
      } catch { this.$emit("put", sheet, false); }
    },
  },
  template: `
    <div class="booth-paper" aria-hidden="true">
      <component :is="'style'">{{ '@page { size: ' + width + 'in ' + height + 'in; margin: 0 }' }}</component>
      <img v-if="sheet" ref="picture" alt="" :src="'/media/booth/sheet/' + sheet"></div>`,
};
