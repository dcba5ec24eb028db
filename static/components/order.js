// An order under way: each headshot its own card with named steps; cancel; what failed and trying again.
export default {
  props: { words: Object, jobs: Array, steps: Array, retry: String, photo: String },
  data: () => ({ pressed: {}, retrying: false }),
  watch: { jobs() { this.retrying = false; } },
  computed: { finished() { return this.jobs.every((j) => !j.working); }, made() { return this.jobs.some((j) => j.headshot); } },
  methods: {
    index(job) { return this.steps.findIndex(([id]) => id === job.step); },
    kind(job, n) { const at = this.index(job); return n < at ? "done" : n === at ? "now" : ""; },
    cancel(job) { this.pressed[job.id] = true; this.$emit("cancel", job.id); },
    again() { this.retrying = true; this.pressed = {}; this.$emit("retry"); },
    name(template, job) { return template.replace("{name}", job.name); },
  },
  template: `
    <div>
      <ul class="jobs" :class="{ finished }" :aria-label="words.list">
        <li v-for="job in jobs" :key="job.id" class="card job" :data-state="job.state">
          <a v-if="job.headshot" class="shot" :href="'/headshot/' + job.headshot" tabindex="-1" aria-hidden="true"><img :src="'/media/headshot/' + job.headshot + '/thumbnail'" alt=""></a>
          <span v-else class="shot" :class="{ unfinished: true, shimmer: job.working }"><img :src="'/media/photo/' + photo + '/look/' + job.style + job.query" alt="" @error="$event.target.style.visibility = 'hidden'"></span>
          <div class="says">
            <h2 class="small"><a v-if="job.headshot && finished" :href="'/headshot/' + job.headshot" :aria-label="name(words.see, job)">{{ job.name }}</a><template v-else>{{ job.name }}</template></h2>
            <ol v-if="job.working" class="steps">
              <li v-for="([id, text], n) in steps" :key="id" :class="kind(job, n)" :aria-current="kind(job, n) === 'now' ? 'step' : null">{{ text }}</li>
            </ol>
            <p v-else-if="job.title" class="fine"><b>{{ job.title }}.</b> {{ job.advice }}</p>
            <div class="actions">
              <a v-if="job.headshot && !finished" class="button" :href="'/headshot/' + job.headshot" :aria-label="name(words.see, job)">{{ words.see_short }}</a>
              <button v-if="job.working" type="button" class="button quiet flush" :disabled="pressed[job.id]" :aria-label="name(words.cancel, job)" @click="cancel(job)">{{ words.cancel_short }}</button>
            </div>
          </div>
        </li>
      </ul>
      <div v-if="retry" class="actions after"><button type="button" class="button" :class="{ accent: !made }" :disabled="retrying" @click="again">{{ retry }}</button></div>
      <p class="aside" role="status">{{ jobs.filter((j) => j.working).map((j) => j.name + ': ' + (steps[index(j)] || ['', ''])[1]).join('. ') }}</p>
    </div>`,
};
