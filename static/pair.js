// Lets this phone in: reads the code out of the address, takes it out of there at once, and gives it in.
const words = JSON.parse(document.body.dataset.words);
const api = document.body.dataset.api;
const at = (id) => document.getElementById(id);
const form = at("digits"), code = at("code"), retry = at("retry");
const TRY_MS = 10000, ASK_MS = 1500;
form.querySelector("label").textContent = words.or;
code.setAttribute("aria-label", words.label);
form.querySelector("button").textContent = words.connect;
retry.textContent = words.retry;

function say(title, text, { digits = false, again = null } = {}) {
  at("title").textContent = title;
  at("text").textContent = text;
  form.hidden = !digits;
  retry.hidden = !again;
  retry.onclick = again;
}

async function ask(path, told) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TRY_MS);
  try {
    const answer = await fetch(api + path, {
      method: "POST", body: JSON.stringify(told), headers: { "content-type": "application/json" }, signal: stop.signal,
    });
    return { status: answer.status, ...(await answer.json()) };
  } finally { clearTimeout(timer); }
}

async function connect(path, told) {
  say(words.busy, words.busy_text);
  try {
    let answer = await ask(path, told);
    while (answer.status === 202) {
      say(words.asked, words.asked_text);
      await new Promise((go) => setTimeout(go, ASK_MS));
      answer = await ask("/wait", { ticket: answer.ticket }).catch(() => answer);
    }
    if (answer.status === 200) { location.replace(answer.to); return; }
    say(answer.title + ".", answer.advice, { digits: true });
  } catch { say(words.lost, words.lost_text, { again: () => connect(path, told) }); }
}

function begin() {
  const said = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  const known = ["ended", "kept", "left"].includes(said);
  if (known) say(words[said], words[said + "_text"]);
  else if (said) connect("", { token: said });
  else say(words.heading, words.lead, { digits: true });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const digits = code.value;
  code.value = "";
  connect("/code", { code: digits });
});
addEventListener("hashchange", () => { if (location.hash) begin(); });
begin();
