// An order under way: each headshot its own card with named steps; cancel; what failed and trying again.
// What is drawn elsewhere also shows its unfinished pictures, how long it has taken, and how long a pause still is.
export default {
  props: { words: Object, jobs: Array, steps: Array, retry: String, photo: String, provider: Object, trouble: Array },
  data: () => ({ pressed: {}, retrying: false, now: Date.now(), heard: Date.now(), came: {}, gone: {}, settled: false }),
  watch: { finished() { this.$nextTick(this.settle); }, trouble() { this.retrying = false; this.pressed = {}; }, jobs() { this.retrying = false; this.heard = this.now = Date.now(); for (const job of this.jobs) if (!job.working) delete this.pressed["cancel" + job.id]; else { delete this.pressed["again" + job.id]; } } },
  computed: {
    finished() { return this.jobs.every((j) => !j.working); },
    // At the end, what was made comes first.
    shown() { return this.settled ? [...this.jobs].sort((a, b) => !a.headshot - !b.headshot) : this.jobs; },
    made() { return this.jobs.some((j) => j.headshot); },
    dues() { return this.retry.split(" · ").slice(1).join(" · "); },
    // Why it waits before it goes on by itself, by the step it is then at.
    pauses() { return { paused: this.provider.words.pause, reconnecting: this.provider.words.reconnect }; },
    passed() { return (this.now - this.heard) / 1000; },
  },
  mounted() { this.settle(); this.clock = setInterval(() => { if (!this.finished) this.now = Date.now(); }, 500); },
  unmounted() { clearInterval(this.clock); },
  methods: {
    // Nothing moves from under a finger or the keyboard.
    settle() { this.settled = this.settled || (this.finished && !this.$el.contains(document.activeElement)); },
    mine(job) { return job.sent ? this.provider.steps : this.steps; },
    shownStep(job) { return job.step in this.pauses ? "sending" : job.step; },
    index(job) { return this.mine(job).findIndex(([id]) => id === this.shownStep(job)); },
    kind(job, n) { const at = this.index(job); return n < at ? "done" : n === at ? "now" : ""; },
    press(job, what) { this.pressed[what + job.id] = true; this.$emit(what, job.id); },
    again() { this.retrying = true; this.pressed = {}; this.$emit("retry"); },
    name(template, job) { return template.replace("{name}", job.name); },
    clock_(seconds) { const s = Math.max(0, Math.floor(seconds)); return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0"); },
    elapsed(job) { return this.clock_(job.since + this.passed); },
    left(job) { return this.clock_(Math.ceil(job.resumes - this.passed)); },
    // What may be said while it is drawn: each has its place from the start, so that no card grows.
    ahead(job) {
      const patience = job.draft ? this.provider.words.patience_draft : this.provider.words.patience_final;
      return [["before", patience + " " + this.provider.words.cancel_free], ["out", patience + " " + this.provider.words.cancel_cost]];
    },
    moment(job) { return this.pausing(job) ? job.step : job.step === "waiting" ? "before" : ["sending", "drawing"].includes(job.step) ? "out" : ""; },
    room(job, id, text) { return job.sent && id === "drawing" ? text + " · 00:00" : text; },
    pausing(job) { return job.step in this.pauses && job.resumes > 0; },
    base(job) { return job.sent ? "/media/photo/" + this.photo + "/sending?crop=" + job.crop : "/media/photo/" + this.photo + "/look/" + job.style + job.query; },
  },
  template: `
    <div>
      <ul class="jobs" :class="{ finished }" :aria-label="words.list">
        <li v-for="job in shown" :key="job.id" class="card job" :data-state="job.state" :data-step="job.step">
          <a v-if="job.headshot" class="shot" :class="{ arrives: job.sent }" :href="'/headshot/' + job.headshot" tabindex="-1" aria-hidden="true"><img :src="'/media/headshot/' + job.headshot + '/thumbnail'" alt=""></a>
          <span v-else class="shot" :class="{ unfinished: !job.partial, shimmer: job.working }"><img :src="base(job)" alt="" @error="$event.target.style.visibility = 'hidden'">
            <img v-for="n in (job.working ? job.partial || 0 : 0)" :key="n" v-show="!gone[job.id + n]" class="layer" :class="{ in: came[job.id + n] }" :src="'/media/job/' + job.id + '/partial?n=' + n" alt="" @load="came[job.id + n] = true" @error="gone[job.id + n] = true"></span>
          <div class="says">
            <h2 class="small"><a v-if="job.headshot && finished" :href="'/headshot/' + job.headshot" :aria-label="name(words.see, job)">{{ job.name }}</a><template v-else>{{ job.name }}</template></h2>
            <p v-if="job.headshot && job.cost" class="fine cost">{{ job.cost }}</p>
            <ol v-if="job.working" class="steps">
              <li v-for="([id, text], n) in mine(job)" :key="id" :class="kind(job, n)" :aria-current="kind(job, n) === 'now' ? 'step' : null"><span class="room" :data-room="room(job, id, text)"><span>{{ text }}<span v-if="job.sent && id === 'drawing' && kind(job, n) === 'now'" class="clock"> · {{ elapsed(job) }}</span></span></span></li>
            </ol>
            <div v-if="job.working && job.sent" class="ahead"><p v-for="[when, text] in ahead(job)" :key="when" class="fine" :class="{ away: when !== moment(job) }" :data-room="text">{{ when === moment(job) ? text : '' }}</p>
              <p v-for="(text, step) in pauses" :key="step" class="fine pause" :class="{ away: moment(job) !== step }" :role="moment(job) === step ? 'timer' : null" :data-room="text.replace('{time}', '00:00')">{{ moment(job) === step ? text.replace('{time}', left(job)) : '' }}</p></div>
            <template v-if="!job.working && job.title">
              <p class="fine"><b>{{ job.title }}.</b> {{ job.advice }}</p>
              <p v-if="job.link || job.settings" class="fine"><a v-if="job.link" :href="job.link" target="_blank" rel="noreferrer noopener">{{ job.linktext }}<span class="aside">, {{ provider.words.new_tab }}</span></a><template v-if="job.link && job.settings"> · </template><a v-if="job.settings" href="/settings#provider">{{ provider.words.settings }}</a></p>
              <p v-if="job.request" class="fine request">{{ provider.words.request }} <code>{{ job.request }}</code></p>
            </template>
            <div class="actions">
              <a v-if="job.headshot && !finished" class="button" :href="'/headshot/' + job.headshot" :aria-label="name(words.see, job)">{{ words.see_short }}</a>
              <template v-if="job.working"><button type="button" class="button quiet flush" :disabled="pressed['cancel' + job.id]" :aria-label="name(words.cancel, job)" @click="press(job, 'cancel')">{{ words.cancel_short }}</button></template>
              <template v-else>
                <a v-if="job.unkept && !job.raw" class="button accent" :href="job.unkept" download>{{ job.unkepttext }}<span class="aside">: {{ job.name }}</span></a>
                <button v-if="job.here" type="button" class="button" :disabled="pressed['here' + job.id]" @click="press(job, 'here')">{{ provider.words.here }}<span class="aside">: {{ job.name }}</span></button>
                <button v-if="job.again" type="button" class="button" :class="{ twoline: job.price }" :disabled="pressed['again' + job.id]" @click="press(job, 'again')"><span>{{ job.again }}</span><span v-if="job.price" class="sub"><span class="aside"> · </span>{{ job.price }}</span><span class="aside">: {{ job.name }}</span></button>
                <a v-if="job.raw" class="button quiet flush" :href="job.unkept" download>{{ job.unkepttext }}<span class="aside">: {{ job.name }}</span></a>
              </template>
            </div>
          </div>
        </li>
      </ul>
      <p v-if="trouble" class="note after" role="alert"><b>{{ trouble[0] }}.</b> {{ trouble[1] }}</p>
      <div v-if="retry" class="actions after"><button type="button" class="button" :class="{ accent: !made, twoline: dues }" :disabled="retrying" @click="again"><span>{{ retry.split(" · ")[0] }}</span><span v-if="dues" class="sub"><span class="aside"> · </span>{{ dues }}</span></button></div>
      <p class="aside" role="status">{{ jobs.filter((j) => j.working).map((j) => j.name + ': ' + (mine(j)[index(j)] || ['', ''])[1]).join('. ') }}</p>
    </div>`,
};
