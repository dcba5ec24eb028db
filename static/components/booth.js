// The booth's screen. How the booth stands comes from the server; here is only what a guest sees and touches.
import Camera, { present } from "/static/components/booth_camera.js";
import Compare from "/static/components/booth_compare.js";
import { lock, watch } from "/static/components/booth_lock.js";
import { play } from "/static/components/booth_sound.js";

const PLACES = { terms: 0, camera: 1, shots: 1, looks: 2, waiting: 3, result: 4, take: 4 };
const FOLLOWS_MS = 350; // a second tap of the same finger must not press what has just come up beneath it

const Person = {
  props: { kind: Number },
  template: `
    <svg class="person" viewBox="0 0 100 125" aria-hidden="true">
      <path v-if="kind % 4 === 1" d="M31 80c-6-20-5-54 19-54s25 34 19 54M36 50c8-2 15-6 19-13 2 6 5 10 9 13"/>
      <path v-else-if="kind % 4 === 2" d="M35 50c-3-17 5-25 15-25s18 8 15 25M35 48c5-9 10-11 15-11s10 2 15 11M42.500 26c-1-9 16-9 15 0"/>
      <path v-else-if="kind % 4 === 3" d="M34.500 51c-5-18 3-28 16-28s20 10 15 28c-1-7-3-10-5-12-8 1-15-1-19-5-4 4-6 9-7 17z"/>
      <path v-else d="M35 49c-3-16 4-26 17-26 11 0 16 10 13 26-1-6-2-9-4-12-9 2-17 1-21-3-3 4-4 8-5 15z"/>
      <path d="M35.500 48c0 16 6 25 14.500 25s14.500-9 14.500-25"/>
      <path v-if="kind % 4 === 3" d="M38.500 50h8.500v5.500h-8.500zM53 50h8.500v5.500H53zM47 52h6"/>
      <path d="M43 71v11C28 87 10 91 4 125M57 71v11c15 5 33 9 39 43"/>
      <path v-if="kind % 2" d="M43 82l7 13 7-13M43 82l-8 5 10 20 5-12 5 12 10-20-8-5M50 95v30"/>
      <path v-else d="M39 83.500c5 9 17 9 22 0"/>
    </svg>`,
};

export default {
  components: { Camera, Compare, Person },
  props: { words: Object, setting: Object, view: Object, fine: String },
  data: () => ({ shots: [], at: 0, lens: "starting", picked: "", ready: {}, broken: {}, keep: false, copies: 1, lost: false, partial: "", sending: false, mine: "", wiped: 0 }),
  computed: {
    step() { return this.view.closed ? "closed" : this.view.step; },
    place() { return PLACES[this.view.step]; },
    names() { const w = this.words; return [w.step_photo, w.step_look, w.step_make, w.step_take]; },
    media() { return "/media/booth/" + this.view.visit; },
    shot() { return this.shots[this.at] || this.shots[this.shots.length - 1]; },
    own() { return this.view.made.find((one) => one.id === this.view.shown) || { id: this.view.shown, name: "", ratio: 0.8 }; },
    look() { return this.setting.looks.find((one) => one.id === this.picked); },
    drawn() { const all = this.setting.looks; return Array.from({ length: 9 }, (_, i) => ({ ...all[(i * 2 + Math.floor(i * 2 / all.length)) % all.length], key: i })); },
    waits() { return this.view.work || { steps: [], at: 0, left: "", by: "", look: "", partial: 0 }; },
    promise() {
      const s = this.setting, w = this.words;
      if (s.kept || this.view.step === "terms") return "";
      return this.view.code || this.view.step === "take" && s.phones ? w.grace.replace("{n}", s.grace) : w.grace_none;
    },
  },
  mounted() {
    lock(() => { if (this.view.visit) this.send("stay"); });
    watch((lost) => { this.lost = lost; });
    this.look_around = () => this.check();
    navigator.mediaDevices?.addEventListener?.("devicechange", this.look_around);
    this.watching = setInterval(this.look_around, 3000);
    this.check();
  },
  unmounted() {
    clearInterval(this.watching);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.look_around);
    this.wipe();
  },
  watch: {
    "view.visit"(now, before) { if (now !== before) this.wipe(); },
    "view.step"(now, before) {
      this.since = performance.now();
      if (now === "result" && before === "waiting") this.sound("ready");
      if (now === "looks" || now === "attract") this.drop();
      if (now === "looks" && !this.look) this.picked = "";
      if (before === "waiting") this.partial = "";
      this.$nextTick(() => this.$refs.head?.focus({ preventScroll: true }));
    },
    "view.warned"(now) { if (now) { this.sound("warning"); this.$nextTick(() => this.$refs.stay?.focus()); } },
    "view.work.partial"(n) { if (n) { const src = this.media + "/partial/" + n, img = new Image(); img.onload = () => { if (this.view.work?.partial === n) this.partial = src; }; img.src = src; } },
  },
  methods: {
    send(kind, more = {}) { this.$emit("touch", { kind, visit: this.view.visit, ...more }); },
    press(kind, more) { if (performance.now() - (this.since || 0) < FOLLOWS_MS) return; this.sound("touch"); this.send(kind, more); },
    sound(name) { if (this.setting.sounds) play(name); },
    many(text, n) { return text.split("|")[Math.min(2, n)].replace("{n}", n); },
    // The camera
    async check() {
      if (this.awake() || this.checking) return;
      this.checking = true;
      const there = await present(this.setting.camera, this.lens === "denied" || this.lens === "busy");
      this.checking = false;
      if (there && !this.awake()) this.lens = "starting";
      this.$emit("camera", { missing: !there });
    },
    awake() { return this.view.visit && ["camera", "shots"].includes(this.view.step) && !["none", "denied", "busy"].includes(this.lens); },
    state(now) {
      this.lens = now;
      if (now === "live") this.$emit("camera", { missing: false });
      if (now === "none" || now === "denied" || now === "busy") this.$emit("camera", { missing: true });
    },
    tick() { this.sound("tick"); this.send("stay"); },
    count() { if (performance.now() - (this.since || 0) < FOLLOWS_MS) return; this.$refs.camera?.count(); },
    taken(blob) {
      this.sound("shutter");
      this.shots.push({ blob, src: URL.createObjectURL(blob), key: Date.now() });
      if (this.shots.length > this.setting.shots) URL.revokeObjectURL(this.shots.shift().src);
      this.at = this.shots.length - 1;
      this.send("shot");
    },
    async use() {
      if (this.sending || !this.shot || performance.now() - (this.since || 0) < FOLLOWS_MS) return;
      this.sending = true; this.sound("touch");
      const visit = this.view.visit, blob = this.shot.blob;
      // The guest's own photo stays in view while work goes on, without being asked for again.
      if (this.mine) URL.revokeObjectURL(this.mine);
      this.mine = URL.createObjectURL(blob);
      try { await fetch("/api/booth/photo?visit=" + visit, { method: "POST", body: blob, headers: { "content-type": "image/jpeg" } }); }
      catch { /* the booth says it */ }
      this.sending = false;
    },
    drop() { for (const shot of this.shots) URL.revokeObjectURL(shot.src); this.shots = []; this.at = 0; },
    wipe() { this.drop(); if (this.mine) URL.revokeObjectURL(this.mine); this.mine = ""; this.picked = ""; this.ready = {}; this.broken = {}; this.keep = false; this.copies = 1; this.partial = ""; this.sending = false; this.wiped += 1; },
    pick(id) { if (performance.now() - (this.since || 0) < FOLLOWS_MS) return; this.sound("touch"); this.picked = id; },
    make() { if (this.picked) this.press("choose", { style: this.picked }); },
    again() { this.press("choose", { style: this.picked || this.setting.looks[0].id }); },
    copy(n) { this.copies = Math.min(this.setting.copies, Math.max(1, this.copies + n)); },
    operator() { location.assign("/operator"); },
  },
  template: `
  <div class="booth" :class="['at-' + step, 'place-' + setting.placement]" :style="{ '--accent': setting.accent }">
    <div v-if="view.step === 'elsewhere'" class="closed-page"><div class="middle"><h1>{{ words.elsewhere_title }}</h1><button type="button" class="button accent" @click="$emit('seat')">{{ words.elsewhere }}</button></div></div>

    <div v-else-if="step === 'closed'" class="closed-page"><div class="middle">
      <img v-if="setting.logo" class="logo" :src="setting.logo" alt="">
      <p class="kicker">{{ setting.title }}</p>
      <h1 ref="head" tabindex="-1">{{ view.closed[0] }}</h1><p class="lead">{{ view.closed[1] }}</p><p class="soft">{{ fine }}</p>
      <button v-if="view.visit" type="button" class="button" @click="press('leave')">{{ words.stop }}</button></div>
      <button type="button" class="operator" :aria-label="words.operator" @click="operator"><svg aria-hidden="true"><use href="/static/icons.svg#settings"/></svg></button></div>

    <div v-else-if="step === 'attract'" class="attract" @click="press('begin')">
      <div class="hello">
        <img v-if="setting.logo" class="logo" :src="setting.logo" alt="">
        <h1 ref="head" tabindex="-1">{{ setting.title }}</h1>
        <p class="lead">{{ words.pitch }}</p>
        <button type="button" class="button accent start" @click.stop="press('begin')"><svg aria-hidden="true"><use href="/static/icons.svg#camera"/></svg>{{ words.begin }}</button>
        <p v-if="!setting.kept && !setting.asks_keep && !setting.by" class="soft">{{ words.pitch_keep }}</p>
      </div>
      <ul class="fan" aria-hidden="true">
        <li v-for="(one, i) in drawn" :key="one.key" :class="{ pale: one.pale }" :style="{ background: one.color, '--i': i }"><img :src="'/media/booth/drawn/' + one.id" alt="" draggable="false"><Person :kind="i"/></li>
      </ul>
      <button type="button" class="operator" :aria-label="words.operator" @click.stop="operator"><svg aria-hidden="true"><use href="/static/icons.svg#settings"/></svg></button>
    </div>

    <template v-else>
      <section class="stage" :class="{ plain: step === 'terms' || step === 'looks' }">
        <div v-if="step === 'terms'" class="terms"><h1 ref="head" tabindex="-1">{{ words.terms_title }}</h1><ul>
          <li v-for="line in setting.terms" :key="line[0]"><span class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span><span><b>{{ line[0] }}</b> {{ line[1] }}</span></li>
          <li v-if="setting.own" class="own" tabindex="0" role="group" :aria-label="words.own_terms.replace('{booth}', setting.booth)"><span class="soft">{{ words.own_terms.replace('{booth}', setting.booth) }}</span><span class="text">{{ setting.own }}</span></li>
        </ul></div>
        <Camera v-if="step === 'camera' || step === 'shots'" v-show="step === 'camera'" :key="'c' + wiped" ref="camera" :words="words" :label="setting.camera" :seconds="setting.countdown" :flash="setting.flash" @shot="taken" @state="state" @tick="tick"/>
        <template v-if="step === 'shots'">
          <div class="lens"><img v-if="shot" class="mirrored" :src="shot.src" :alt="words.chosen_shot" draggable="false"></div>
          <div v-if="shots.length > 1" class="strip" role="radiogroup" :aria-label="words.shots_title">
            <button v-for="(one, i) in shots" :key="one.key" type="button" role="radio" :aria-checked="String(i === at)" :aria-label="words.shot.replace('{n}', i + 1)" @click="at = i"><img class="mirrored" :src="one.src" alt="" draggable="false"><span v-if="i === at" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span></button>
          </div>
        </template>
        <div v-if="step === 'looks'" class="wall" role="radiogroup" :aria-label="words.looks_group" :class="'of-' + Math.min(setting.looks.length, 9)">
          <button v-for="one in setting.looks" :key="one.id" type="button" class="look" role="radio" :aria-checked="String(picked === one.id)" @click="pick(one.id)">
            <span class="shot" :class="{ waits: !ready[one.id] && !broken[one.id] }" :style="{ background: one.color }"><img :src="media + '/look/' + one.id" alt="" draggable="false" :class="{ in: ready[one.id] }" @load="ready[one.id] = true" @error="broken[one.id] = true" v-show="!broken[one.id]"></span>
            <span v-if="picked === one.id" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span>
            <span class="name">{{ one.name }}</span>
          </button>
        </div>
        <div v-if="step === 'waiting'" class="lens working" :class="{ still: view.trouble }">
          <img :src="mine || media + '/photo'" :alt="words.yours" draggable="false">
          <transition name="fade"><img v-if="partial" :key="partial" class="over" :src="partial" :alt="words.partial" draggable="false"></transition>
        </div>
        <Compare v-if="step === 'result'" :key="own.id" :words="words" :name="own.name" :ratio="own.ratio" :before="media + '/headshot/' + own.id + '/before'" :after="media + '/headshot/' + own.id"/>
        <div v-if="step === 'take'" class="compare" :style="{ '--ratio': own.ratio }"><img :src="media + '/headshot/' + own.id" :alt="words.alt_after.replace('{name}', own.name)" draggable="false"></div>
        <div v-if="(step === 'result' || step === 'take') && view.made.length > 1" class="strip" role="radiogroup" :aria-label="words.mine">
          <button v-for="one in view.made" :key="one.id" type="button" role="radio" :aria-checked="String(one.id === view.shown)" :aria-label="words.see.replace('{name}', one.name)" @click="send('see', { headshot: one.id })"><img :src="media + '/headshot/' + one.id + '/thumbnail'" alt="" draggable="false"><span v-if="one.id === view.shown" class="tick"><svg aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span></button>
        </div>
      </section>

      <section class="panel">
        <ol class="dots" v-if="place" :aria-label="words.step.replace('{n}', place).replace('{name}', names[place - 1])"><li v-for="n in 4" :key="n" :class="{ on: n <= place }" aria-hidden="true"></li><li class="here" aria-hidden="true">{{ names[place - 1] }}</li></ol>

        <template v-if="step === 'terms'">
          <label v-if="setting.asks_keep" class="keep"><input type="checkbox" v-model="keep"><span class="box"><svg v-if="keep" aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span><span><b>{{ words.keep.replace('{booth}', setting.booth) }}</b><span class="soft">{{ words.keep_text }}</span></span></label>
          <div class="buttons"><button type="button" class="button accent" @click="press('agree', { keep })">{{ words.agree }}</button><button type="button" class="button" @click="press('leave')">{{ words.decline }}</button></div>
        </template>

        <template v-else-if="step === 'camera'">
          <h1 ref="head" tabindex="-1">{{ words.camera_title }}</h1><p class="soft">{{ words.camera_text }}</p>
          <div class="buttons"><button type="button" class="button accent big" :disabled="lens !== 'live'" @click="count"><svg aria-hidden="true"><use href="/static/icons.svg#camera"/></svg>{{ lens === 'counting' ? words.counting : words.shoot }}</button>
            <button type="button" class="button" @click="press(shots.length ? 'back' : 'leave')">{{ shots.length ? words.back : words.stop }}</button></div>
        </template>

        <template v-else-if="step === 'shots'">
          <h1 ref="head" tabindex="-1">{{ words.shots_title }}</h1>
          <p v-if="view.trouble" class="note" role="alert"><b>{{ view.trouble[0] }}</b> {{ view.trouble[1] }}</p>
          <p v-else class="soft">{{ shots.length >= setting.shots && setting.shots > 1 ? words.shots_full : words.shots_text }}</p>
          <div class="buttons"><button type="button" class="button accent" :disabled="view.taking || sending || !shot" @click="use">{{ view.taking || sending ? words.using : words.use }}</button>
            <button type="button" class="button" :disabled="view.taking" @click="press('again')">{{ words.again }}</button>
            <button type="button" class="button quiet" @click="press('leave')">{{ words.stop }}</button></div>
        </template>

        <template v-else-if="step === 'looks'">
          <h1 ref="head" tabindex="-1">{{ words.looks_title }}</h1>
          <p v-if="look" class="chosen" aria-live="polite"><b class="serif">{{ look.name }}</b><span class="soft">{{ broken[look.id] ? words.look_failed : look.text }}</span></p>
          <p v-else class="soft">{{ words.looks_text }}</p>
          <p class="soft by" v-if="setting.by">{{ setting.by }}</p>
          <div class="buttons"><button type="button" class="button accent" :disabled="!look || !view.left" @click="make">{{ look ? words.make : words.choose_first }}</button>
            <button v-if="view.made.length" type="button" class="button" @click="press('back')">{{ words.back }}</button>
            <button v-else type="button" class="button" @click="press('again')">{{ words.other_photo }}</button>
            <button type="button" class="button quiet" @click="press('leave')">{{ words.stop }}</button></div>
        </template>

        <template v-else-if="step === 'waiting' && view.trouble">
          <h1 ref="head" tabindex="-1" class="small">{{ view.trouble[0] }}</h1><p class="soft" role="alert">{{ view.trouble[1] }}</p>
          <div class="buttons"><button v-if="view.left && picked" type="button" class="button accent" @click="again">{{ words.again_same }}</button>
            <button v-if="view.left" type="button" class="button" @click="press('back')">{{ words.other_look }}</button>
            <button v-if="!view.left && view.made.length" type="button" class="button accent" @click="press('back')">{{ words.to_mine }}</button>
            <button type="button" class="button" :class="{ accent: !view.left && !view.made.length }" @click="press('leave')">{{ words.finish }}</button></div>
        </template>

        <template v-else-if="step === 'waiting'">
          <h1 ref="head" tabindex="-1">{{ words.waiting_title }}</h1>
          <ol class="work"><li v-for="(name, i) in waits.steps" :key="i" :class="{ done: i < waits.at, now: i === waits.at }" :aria-current="i === waits.at ? 'step' : null"><span class="mark"><svg v-if="i < waits.at" aria-hidden="true"><use href="/static/icons.svg#tick"/></svg></span>{{ name }}</li></ol>
          <p class="left" role="status">{{ waits.left }}</p><p class="soft by">{{ waits.by }}</p>
          <div v-if="view.code" class="code"><img :src="view.code.picture" :alt="words.code.replace('{url}', view.code.url)"><p>{{ words.later_text }}</p></div>
          <div class="buttons"><button v-if="setting.phones && !view.code" type="button" class="button" @click="press('share')"><svg aria-hidden="true"><use href="/static/icons.svg#download"/></svg>{{ words.later }}</button>
            <button v-if="view.code" type="button" class="button accent" @click="press('leave')">{{ words.done }}</button>
            <button type="button" class="button quiet" @click="press('cancel')">{{ words.cancel }}</button></div>
        </template>

        <template v-else-if="step === 'result'">
          <h1 ref="head" tabindex="-1">{{ words.result_title }}</h1><p class="soft">{{ words.result_text }}</p><p v-if="view.instead" class="note calm">{{ view.instead }}</p>
          <div class="buttons"><button type="button" class="button accent" @click="press('take')">{{ words.take }}</button>
            <button v-if="view.left" type="button" class="button" @click="press('another')">{{ many(words.another, view.left) }}</button>
            <button type="button" class="button quiet" @click="press('leave')">{{ words.finish }}</button></div>
        </template>

        <template v-else-if="step === 'take'">
          <h1 ref="head" tabindex="-1">{{ words.take_title }}</h1>
          <div v-if="view.code" class="code large"><img :src="view.code.picture" :alt="words.code.replace('{url}', view.code.url)"><p><b>{{ words.scan }}</b><span class="soft">{{ words.scan_text }}</span></p></div>
          <p v-else-if="setting.phones" class="soft">{{ words.no_phone }}</p>
          <div v-if="setting.prints" class="prints"><button type="button" class="button round" :aria-label="words.fewer" :disabled="copies < 2" @click="copy(-1)">−</button>
            <button type="button" class="button" :disabled="view.printing === 'printing'" @click="press('print', { copies })">{{ copies === 1 ? words.print.split('|')[0] : words.print.split('|')[1].replace('{n}', copies) }}</button>
            <button type="button" class="button round" :aria-label="words.more" :disabled="copies >= setting.copies" @click="copy(1)">+</button></div>
          <p v-if="view.printing" class="soft" role="status">{{ view.printing === 'printing' ? words.printing : view.printing === 'printed' ? words.printed : words.print_failed.replace('{booth}', setting.booth) }}</p>
          <div class="buttons pair"><button type="button" class="button" @click="press('back')">{{ words.back }}</button><button type="button" class="button accent" @click="press('leave')">{{ words.done }}</button></div>
        </template>
        <p v-if="promise" class="soft promise">{{ promise }}</p>
      </section>
    </template>

    <div v-if="view.warned" class="idle" role="alertdialog" aria-modal="true" aria-labelledby="idle-title" aria-describedby="idle-text">
      <div class="middle"><svg class="ring" viewBox="0 0 100 100" aria-hidden="true"><circle class="base" cx="50" cy="50" r="44"/><circle class="runs" cx="50" cy="50" r="44" :style="{ animationDuration: setting.warning + 's' }"/></svg>
        <h2 id="idle-title">{{ words.idle_title }}</h2><p id="idle-text" class="lead">{{ words.idle_text }}</p>
        <button ref="stay" type="button" class="button accent" @click="send('stay')">{{ words.stay }}</button></div></div>
    <div v-if="lost" class="idle" role="alert"><div class="middle"><p class="lead">{{ words.lost }}</p></div></div>
  </div>`,
};
