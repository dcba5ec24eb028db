// What left this computer, newest first. Each line unfolds to all that is known of it; more is fetched when asked for.
export default {
  props: { words: Object, first: Array, total: Number, size: Number },
  data() { return { rows: [...this.first], loading: false, failed: false }; },
  computed: { more() { return this.rows.length < this.total; } },
  methods: {
    async load() {
      if (this.loading) return;
      this.loading = true;
      try {
        const answer = await fetch("/api/sent?" + new URLSearchParams({ offset: this.rows.length, limit: this.size }));
        if (!answer.ok) throw new Error(answer.status);
        const known = new Set(this.rows.map((row) => row.n));
        const { items } = await answer.json();
        const fresh = items.filter((row) => !known.has(row.n));
        const at = this.rows.length;
        this.rows.push(...fresh);
        this.failed = false;
        this.$nextTick(() => this.$refs.list.children[at]?.querySelector("summary")?.focus({ preventScroll: true }));
      } catch { this.failed = true; } finally { this.loading = false; }
    },
    sha(row) { const [one, many] = this.words.sha.split("|"); return row.pictures.length > 1 ? many : one; },
    thumb(row) { return row.headshot ? "/media/headshot/" + row.headshot + "/thumbnail" : row.photo ? "/media/photo/" + row.photo + "/thumbnail" : ""; },
  },
  template: `
    <div>
      <ul ref="list" class="sent" :aria-label="words.list">
        <li v-for="row in rows" :key="row.n"><details>
          <summary>
            <span class="pic"><img v-if="thumb(row)" :src="thumb(row)" alt="" loading="lazy" decoding="async" @error="$event.target.style.display = 'none'"><svg v-else aria-hidden="true"><use href="/static/icons.svg#frame"/></svg></span>
            <span class="main"><b class="name">{{ row.name }}</b><span class="fine">{{ row.when }}</span><span class="fine">{{ row.host }} · {{ row.size }}<template v-if="row.deleted"> · {{ words.deleted }}</template></span></span>
            <span class="end"><span class="cost">{{ row.cost }}</span><span class="fine" :class="{ warned: row.outcome === 'unclear' }">{{ row.said }}</span></span>
          </summary>
          <dl class="facts">
            <dt>{{ words.to }}</dt><dd>{{ row.host }}, {{ row.secure ? words.secure : words.plain }}</dd>
            <dt>{{ words.what }}</dt><dd>{{ words.what_value.replace('{size}', row.size) }}</dd>
            <dt>{{ words.fields }}</dt><dd>{{ row.fields }}</dd>
            <dt>{{ words.model }}</dt><dd>{{ row.model }}</dd>
            <dt>{{ sha(row) }}</dt><dd><code v-for="s in row.pictures" :key="s">{{ s }}</code></dd>
            <dt>{{ words.answer }}</dt><dd>{{ row.said }}<template v-if="row.status">, {{ words.status.replace('{status}', row.status) }}</template></dd>
            <template v-if="row.request"><dt>{{ words.request }}</dt><dd><code>{{ row.request }}</code></dd></template>
            <dt>{{ words.cost }}</dt><dd>{{ row.cost }}</dd>
            <dt>{{ words.gone }}</dt><dd>{{ row.gone }}</dd>
            <dt>{{ words.for }}</dt><dd><a v-if="row.headshot" :href="'/headshot/' + row.headshot">{{ words.open }}</a><template v-if="row.headshot && row.photo">, </template><a v-if="row.photo" :href="'/photo/' + row.photo">{{ words.photo }}</a><template v-if="!row.headshot && !row.photo">{{ words.deleted }}</template></dd>
          </dl>
        </details></li>
      </ul>
      <p v-if="failed" class="note" role="alert">{{ words.failed }}</p>
      <div v-if="more" class="actions after"><button type="button" class="button" :disabled="loading" @click="load">{{ loading ? words.loading : words.more }}</button>
        <span class="fine" role="status">{{ words.of.replace('{n}', rows.length.toLocaleString()).replace('{total}', total.toLocaleString()) }}</span></div>
    </div>`,
};
