// The operator's desk: how the booth is now, and what its event is set to. Whatever is changed is kept at once.
import { cameras, open } from "/static/components/booth_camera.js";
const Field = {
  props: { name: String, label: String, text: String, value: [String, Number], news: Object, kind: { default: "text" }, least: Number, most: Number, lines: Number },
  emits: ["change"],
  data() { return { now: this.value, id: "f-" + this.name.replace(".", "-") }; },
  watch: { value(value) { this.now = value; }, "news.turn"() { if (this.news.about === this.name && !this.news.good) this.now = this.value; } },
  methods: { done() { if (String(this.now) !== String(this.value)) this.$emit("change", this.name, this.now); } },
  template: `
    <div class="field" :class="kind"><label :for="id">{{ label }}</label>
      <textarea v-if="lines" :id="id" autocomplete="off" :rows="lines" v-model="now" maxlength="4000" @change="done" :aria-describedby="text ? id + 't' : null"></textarea>
      <input v-else :id="id" :type="kind === 'number' ? 'number' : kind" v-model="now" :min="least" :max="most" :inputmode="kind === 'number' ? 'numeric' : null" autocomplete="off" spellcheck="false" :aria-describedby="text ? id + 't' : null" @change="done">
      <span v-if="text" class="fine" :id="id + 't'">{{ text }}</span>
      <slot></slot></div>`,
};
const Choice = {
  props: { name: String, label: String, value: String, options: Array },
  emits: ["change"],
  template: `
    <fieldset class="field choice"><legend>{{ label }}</legend>
      <div :class="options.some(o => o[2]) ? 'picks' : 'chips'">
        <label v-for="[value_, title, text] in options" :key="value_" :class="options.some(o => o[2]) ? 'pick' : 'chip'">
          <input type="radio" :name="name" :value="value_" :checked="value_ === value" @change="$emit('change', name, value_)"><span><b>{{ title }}</b><span v-if="text" class="fine">{{ text }}</span></span></label>
      </div></fieldset>`,
};
const Switch = {
  props: { name: String, label: String, value: Boolean, text: String },
  emits: ["change"],
  template: `<label class="switch"><span><b>{{ label }}</b><span v-if="text" class="fine">{{ text }}</span></span><input type="checkbox" role="switch" :checked="value" @change="$emit('change', name, $event.target.checked)"></label>`,
};
export default {
  components: { Field, Choice, Switch },
  emits: ["change", "rest", "phones", "code", "end", "pin", "lock", "quit", "save", "look"], // not heard of the fields themselves as well
  props: { words: Object, looks: Array, setting: Object, now: Object, news: Object, receipt: Object, printers: Array, code: String, here: Boolean },
  data: ({ here }) => ({ at: location.hash.slice(1) || "now", busy: "", trouble: "", good: "", shot: "", also: [], old: "", fresh: "", cameras: [], asked: "", lens: here && !!navigator.mediaDevices }),
  computed: {
    w() { return this.words; },
    sections() { return ["now", "event", "making", "guests", "taking", "ending"].map(name => [name, this.w[name]]); },
    groups() { return [...new Set(this.looks.map(look => look.group))].map(group => [group, this.looks.filter(look => look.group === group)]); },
    state() {
      if (this.now.resting) return [this.w.is_resting, false];
      if (!this.now.open) return [this.w.is_closed, false];
      return [this.now.busy ? this.w.is_busy : this.w.is_open, true];
    },
    papers() { return ["4x6", "5x7", "2x6", "2x2"].map(size => [size, this.w["size_" + size]]); },
    printing() { return this.setting.printing; },
    names() { const chosen = this.printing.printer; return [...new Set(["browser", ...this.printers, chosen])]; },
  },
  watch: {
    at(at) { history.replaceState(null, "", "#" + at); scrollTo(0, 0); if (at === "guests") this.findCameras(); this.good = this.trouble = ""; },
    "news.turn"() { // the same news comes along with every look at how the booth is
      const news = this.news;
      this.busy = "";
      this.good = news.good || "";
      this.trouble = news.title ? `${news.title}. ${news.advice}` : "";
      if (news.about === "pin" && news.good) this.old = this.fresh = "";
      clearTimeout(this.fading);
      if (this.good && !/[/\\]/.test(this.good)) this.fading = setTimeout(() => { this.good = ""; }, 4000);
    },
  },
  mounted() { if (this.at === "guests") this.findCameras(); addEventListener("hashchange", this.hashed); },
  unmounted() { removeEventListener("hashchange", this.hashed); clearTimeout(this.fading); this.forget(); },
  methods: {
    hashed() { this.at = location.hash.slice(1) || "now"; },
    send(what, value) { this.busy = what; this.good = this.trouble = ""; this.$emit(what, value); },
    change(name, value) { this.busy = name; this.good = this.trouble = ""; this.$emit("change", { name, value }); },
    offer(id, on) { this.change("looks", { id, on }); },
    async findCameras() {
      if (this.here) this.cameras = (await cameras().catch(() => [])).map(one => one.name).filter(Boolean);
    },
    async post(to, body, good) {
      this.busy = to; this.good = this.trouble = "";
      let answer;
      try { answer = await fetch("/api/operator/" + to, { method: "POST", body }); } catch { answer = null; }
      this.busy = "";
      if (answer?.ok) return answer;
      const told = await answer?.json?.().catch(() => null);
      this.trouble = told?.title ? `${told.title}. ${told.advice}` : this.w.lost;
      return null;
    },
    async logo(event) {
      const file = event.target.files[0]; event.target.value = "";
      if (!file) return;
      let body = file;
      try { // smaller before it goes; what can't be drawn here is judged there
        const picture = await createImageBitmap(file), scale = Math.min(1, 900 / picture.width, 450 / picture.height);
        const canvas = new OffscreenCanvas(Math.max(1, picture.width * scale), Math.max(1, picture.height * scale));
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        body = await canvas.convertToBlob({ type: "image/png" });
        if (body.size > 900000) body = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
      } catch { body = file; }
      if (await this.post("logo", body)) this.send("look", "logo");
    },
    async load(event) {
      const file = event.target.files[0]; event.target.value = "";
      if (file && await this.post("event", file)) { this.send("look", "event"); this.asked = "loaded"; }
    },
    forget() { if (this.shot) URL.revokeObjectURL(this.shot); this.shot = ""; },
    async test() {
      this.forget(); this.busy = "test"; this.good = this.trouble = "";
      let stream;
      try {
        stream = await open(this.setting.camera);
        const video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true, playsInline: true });
        await video.play();
        await new Promise(done => setTimeout(done, 1200));
        const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
        canvas.getContext("2d").drawImage(video, 0, 0);
        const picture = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
        stream.getTracks().forEach(track => track.stop());
        const answer = await this.post("test", picture);
        if (answer) this.shot = URL.createObjectURL(await answer.blob());
      } catch { this.trouble = this.w.test_camera; }
      finally { stream?.getTracks().forEach(track => track.stop()); this.busy = ""; }
    },
  },
  template: `
    <div class="desk">
      <div class="top">
        <div><h1 class="small">{{ setting.name }}</h1><p class="state" :class="{ good: state[1] }"><i></i>{{ state[0] }}</p></div>
        <div class="actions"><button type="button" class="button" :class="{ accent: now.open }" @click="send('lock')">{{ here ? w.booth : w.lock }}</button></div>
      </div>
      <p v-if="!now.ready && at !== 'event'" class="note ask">{{ w.needed }} <button type="button" class="button accent" @click="at = 'event'">{{ w.needed_go }}</button></p>
      <nav class="tabs" :aria-label="w.sections"><button v-for="[name, title] in sections" :key="name" type="button" :aria-current="at === name ? 'page' : null" @click="at = name">{{ title }}</button></nav>
      <div class="told" role="status"><p v-if="trouble" class="note">{{ trouble }}</p><p v-else-if="good" class="saved"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg>{{ good }}</p></div>

      <section v-if="at === 'now'" class="now">
        <div class="card pad status">
          <ul v-if="now.ready && now.closed?.length && !now.resting" class="plain"><li v-for="reason in now.closed" :key="reason">{{ reason }}</li></ul>
          <div class="actions">
            <button v-if="now.resting" type="button" class="button accent" @click="send('rest', false)">{{ w.open }}</button>
            <button v-else-if="now.ready" type="button" class="button" @click="send('rest', true)">{{ w.close }}</button>
            <button v-if="lens" type="button" class="button" :disabled="busy === 'test'" @click="test">{{ busy === 'test' ? w.testing : w.test }}</button>
          </div>
          <p v-if="lens && !shot" class="fine">{{ w.test_text }}</p>
          <figure v-if="shot" class="shot"><img :src="shot" :alt="w.test_alt"><figcaption class="fine">{{ w.test_done }}</figcaption></figure>
        </div>
        <h2 class="small">{{ w.numbers }}</h2>
        <dl class="numbers"><div v-for="one in now.totals" :key="one.name"><dt>{{ one.name }}</dt><dd>{{ one.value }}</dd></div></dl>
        <h2 class="small">{{ w.parts }}</h2>
        <ul class="plain parts"><li v-for="part in now.parts" :key="part.name"><span class="mark" :class="part.good ? 'good' : 'bad'">{{ part.good ? w.good : w.bad }}</span><b>{{ part.name }}</b><span>{{ part.text }}</span></li></ul>
        <p v-if="now.restarts" class="fine">{{ w.restarts.replace('{n}', now.restarts) }}</p>
        <p v-if="now.spool" class="note">{{ w.spool }}</p>
        <h2 class="small">{{ w.error }}</h2>
        <p v-if="now.error"><span class="fine">{{ now.error.at }}</span> <b>{{ now.error.title }}.</b> {{ now.error.advice }}</p><p v-else class="soft">{{ w.no_error }}</p>
        <h2 class="small">{{ w.hours }}</h2>
        <table v-if="now.hours?.length" class="hours"><thead><tr><th scope="col">{{ w.hour }}</th><th scope="col">{{ w.guests_n }}</th><td></td><th scope="col">{{ w.headshots_n }}</th></tr></thead>
          <tbody><tr v-for="one in now.hours" :key="one.hour"><th scope="row">{{ one.hour }}</th><td>{{ one.guests }}</td><td class="bar" aria-hidden="true"><i :style="{ width: one.share * 100 + '%' }"></i></td><td>{{ one.headshots }}</td></tr></tbody></table>
        <p v-else class="soft">{{ w.none_yet }}</p>
        <div class="actions"><button v-if="here" type="button" class="button" @click="send('save', 'numbers')">{{ w.csv_here }}</button><a v-else class="button" href="/api/operator/numbers" download>{{ w.csv }}</a></div>
      </section>

      <section v-else-if="at === 'event'">
        <p class="soft">{{ w.event_text }}</p>
        <p v-if="!now.ready" class="note">{{ w.needed }}</p>
        <div class="pairs">
          <Field name="operator_name" :label="w.operator_name" :text="w.operator_name_text" :value="setting.operator_name" :news="news" @change="change"/>
          <Field name="name" :label="w.name" :text="w.name_text" :value="setting.name" :news="news" @change="change"/>
          <Field name="title" :label="w.title" :text="w.title_text" :value="setting.title" :news="news" @change="change"/>
          <Field name="accent" kind="color" :label="w.accent" :text="w.accent_text" :value="setting.accent" :news="news" @change="change"><span class="sample" :style="{ background: setting.shown_accent }" :title="w.accent_sample">{{ setting.heading }}</span></Field>
          <Field name="starts_on" kind="date" :label="w.starts_on" :text="w.days_text" :value="setting.starts_on" :news="news" @change="change"/>
          <Field name="ends_on" kind="date" :label="w.ends_on" :value="setting.ends_on" :news="news" @change="change"/>
        </div>
        <div class="field"><b>{{ w.logo }}</b><span class="fine">{{ w.logo_text }}</span>
          <div class="actions"><img v-if="setting.logo" class="logo" :src="'/api/operator/logo?' + setting.id + (news.about || '')" :alt="w.logo_alt">
            <label class="button file">{{ w.logo_choose }}<input type="file" accept="image/png,image/jpeg,image/webp" @change="logo"></label>
            <button v-if="setting.logo" type="button" class="button quiet" @click="change('logo', '')">{{ w.logo_remove }}</button></div></div>
        <Field name="terms_text" :lines="4" :label="w.terms_text" :text="w.terms_text_text" :value="setting.terms_text" :news="news" @change="change"/>
        <div class="field"><b>{{ w.file }}</b><span class="fine">{{ w.file_text }}</span>
          <div class="actions"><button v-if="here" type="button" class="button" @click="send('save', 'event')">{{ w.file_here }}</button><a v-else class="button" href="/api/operator/event" download>{{ w.file_save }}</a>
            <label class="button file">{{ w.file_load }}<input type="file" accept=".toml" @change="load"></label></div>
          <p v-if="asked === 'loaded'" class="fine" role="status">{{ w.file_loaded }}</p></div>
      </section>

      <section v-else-if="at === 'making'">
        <p class="soft">{{ w.making_text }}</p>
        <Choice name="engine" :label="w.engine" :value="setting.engine" @change="change" :options="[['on-device', w.engine_here, w.engine_here_text], ['openai', w.engine_openai, w.engine_openai_text], ['openai-else-here', w.engine_else, w.engine_else_text]]"/>
        <template v-if="setting.engine !== 'on-device'">
          <Choice name="quality" :label="w.quality" :value="setting.quality" @change="change" :options="[['draft', w.quality_draft], ['final', w.quality_final]]"/>
          <h2 class="small">{{ w.limits }}</h2>
          <div class="pairs four">
            <Field name="paid_per_guest" kind="number" :least="0" :most="20" :label="w.paid_per_guest" :value="setting.paid_per_guest" :news="news" @change="change"/>
            <Field name="paid_per_hour" kind="number" :least="0" :most="10000" :label="w.paid_per_hour" :value="setting.paid_per_hour" :news="news" @change="change"/>
            <Field name="paid_in_all" kind="number" :least="0" :most="100000" :label="w.paid_in_all" :value="setting.paid_in_all" :news="news" @change="change"/>
            <Field name="budget" :label="w.budget" :text="w.budget_text" :value="setting.budget" :news="news" @change="change"/>
          </div>
        </template>
        <fieldset class="field looks"><legend>{{ w.looks }} · {{ setting.looks.length }}</legend><p class="fine">{{ w.looks_text }}</p>
          <div class="actions"><button type="button" class="button quiet" @click="change('looks', looks.map(l => l.id))">{{ w.all_looks }}</button><button type="button" class="button quiet" @click="change('looks', looks.slice(0, 8).map(l => l.id))">{{ w.few_looks }}</button></div>
          <div v-for="[group, some] in groups" :key="group" class="group"><h3>{{ group }}</h3><div class="chips"><label v-for="look in some" :key="look.id" class="chip"><input type="checkbox" :checked="setting.looks.includes(look.id)" @change="offer(look.id, $event.target.checked)"><svg v-if="setting.looks.includes(look.id)" aria-hidden="true"><use href="/static/icons.svg#tick"/></svg>{{ look.name }}</label></div></div></fieldset>
      </section>

      <section v-else-if="at === 'guests'">
        <p class="soft">{{ w.guests_text }}</p>
        <div class="pairs four">
          <Field name="headshots_per_guest" kind="number" :least="1" :most="20" :label="w.headshots_per_guest" :value="setting.headshots_per_guest" :news="news" @change="change"/>
          <Field name="shots" kind="number" :least="1" :most="4" :label="w.shots" :value="setting.shots" :news="news" @change="change"/>
          <Field name="countdown_s" kind="number" :least="1" :most="10" :label="w.countdown_s" :value="setting.countdown_s" :news="news" @change="change"/>
        </div>
        <div class="switches"><Switch name="flash" :label="w.flash" :value="setting.flash" @change="change"/><Switch name="sounds" :label="w.sounds" :value="setting.sounds" @change="change"/></div>
        <Choice name="placement" :label="w.placement" :value="setting.placement" @change="change" :options="['left', 'centre', 'right', 'low'].map(p => [p, w[p]])"/>
        <div class="field"><label for="camera">{{ w.camera }}</label><select id="camera" class="chip" :value="setting.camera" :disabled="!here" :aria-describedby="here ? null : 'camera-there'" @change="change('camera', $event.target.value)"><option value="">{{ w.camera_first }}</option><option v-for="name in [...new Set([...cameras, setting.camera].filter(Boolean))]" :key="name" :value="name">{{ name }}</option></select><p v-if="!here" id="camera-there" class="fine">{{ w.camera_there }}</p></div>
        <Choice name="keep" :label="w.keep" :value="setting.keep" @change="change" :options="[['nothing', w.keep_nothing, w.keep_nothing_text], ['until-event-ends', w.keep_end, w.keep_end_text], ['handed-over', w.keep_over, w.keep_over_text]]"/>
        <div class="pairs four"><Field v-if="setting.keep === 'nothing' || setting.keep === 'handed-over'" name="grace_min" kind="number" :least="0" :most="1440" :label="w.grace_min" :value="setting.grace_min" :news="news" @change="change"/></div>
        <h2 class="small">{{ w.idle }}</h2>
        <div class="pairs four"><Field name="idle_s" kind="number" :least="10" :most="600" :label="w.idle_s" :value="setting.idle_s" :news="news" @change="change"/><Field name="idle_warning_s" kind="number" :least="5" :most="120" :label="w.idle_warning_s" :value="setting.idle_warning_s" :news="news" @change="change"/></div>
      </section>

      <section v-else-if="at === 'taking'">
        <p class="soft">{{ w.taking_text }}</p>
        <div class="switches"><Switch name="share_by_qr" :label="w.share_by_qr" :value="setting.share_by_qr" @change="change"/></div>
        <div v-if="setting.share_by_qr" class="under">
          <p v-if="!now.phones?.there" class="soft">{{ w.phones_none }}</p>
          <template v-else><p>{{ now.phones.address ? w.phones_on.replace('{address}', now.phones.address).replace('{until}', now.phones.until) : w.phones_off }}</p>
            <div class="actions"><button v-if="now.phones.address && here" type="button" class="button" @click="send('code')">{{ w.own_phone }}</button><button v-if="now.phones.address" type="button" class="button" @click="send('phones', false)">{{ w.phones_close }}</button><button v-else type="button" class="button accent" :disabled="busy === 'phones'" @click="send('phones', true)">{{ w.phones_open }}</button></div>
            <figure v-if="code && now.phones.address" class="code"><div v-html="code"></div><figcaption class="fine">{{ w.own_phone_text }}</figcaption></figure></template>
        </div>
        <div class="switches"><Switch name="printing.enabled" :label="w.printing" :value="printing.enabled" @change="change"/></div>
        <div v-if="printing.enabled" class="under">
          <div class="field"><label for="printer">{{ w.printer }}</label><select id="printer" class="chip" :value="printing.printer" @change="change('printing.printer', $event.target.value)"><option v-for="name in names" :key="name" :value="name">{{ name === 'browser' ? w.printer_browser : name }}</option></select></div>
          <Choice name="printing.size" :label="w.size" :value="printing.size" @change="change" :options="papers"/>
          <div class="pairs four"><Field name="printing.copies_most" kind="number" :least="1" :most="20" :label="w.copies_most" :value="printing.copies_most" :news="news" @change="change"/></div>
        </div>
      </section>

      <section v-else class="ending">
        <div v-if="receipt.title" class="card pad receipt" role="status"><h2 class="small">{{ receipt.title }}</h2><p class="fine">{{ receipt.at }}</p><ul class="plain"><li v-for="line in receipt.lines" :key="line">{{ line }}</li></ul></div>
        <p class="soft">{{ w.ending_text }}</p>
        <div class="actions"><button type="button" class="button warn" aria-haspopup="dialog" @click="also = []; $refs.end.showModal()">{{ w.end }}</button></div>
        <dialog ref="end" class="ask" aria-labelledby="end-title" aria-describedby="end-text">
          <h2 class="small" id="end-title">{{ w.end_title.replace('{event}', setting.name) }}</h2><p class="soft" id="end-text">{{ w.end_text }}</p>
          <fieldset class="also"><legend>{{ w.end_also }}</legend><label class="check"><input type="checkbox" value="numbers" v-model="also"><span>{{ w.end_numbers }}</span></label><label class="check"><input type="checkbox" value="event" v-model="also"><span>{{ w.end_event }}</span></label></fieldset>
          <div class="actions"><button type="button" class="button" autofocus @click="$refs.end.close()">{{ w.cancel }}</button><button type="button" class="button fill" @click="$refs.end.close(); send('end', [...also])">{{ w.end_yes }}</button></div></dialog>
        <h2 class="small">{{ w.pin }}</h2>
        <form class="pairs four" @submit.prevent="send('pin', { old, new: fresh })">
          <div class="field"><label for="old">{{ w.pin_old }}</label><input id="old" type="password" inputmode="numeric" autocomplete="off" maxlength="12" v-model="old"></div>
          <div class="field"><label for="fresh">{{ w.pin_new }}</label><input id="fresh" type="password" inputmode="numeric" autocomplete="off" maxlength="12" v-model="fresh"></div>
          <div class="field end"><button type="submit" class="button" :disabled="old.length < 6 || fresh.length < 6 || busy === 'pin'">{{ w.pin_save }}</button></div></form>
        <template v-if="here"><h2 class="small">{{ w.quit }}</h2><p class="soft">{{ w.quit_text }}</p><div class="actions"><button type="button" class="button" @click="send('quit')">{{ w.quit }}</button></div></template>
      </section>
    </div>`,
};
