// What a browser can do beside the page leads nowhere: menus, selecting, dragging, pinching, shortcuts, going back.
const stop = (event) => event.preventDefault();
const KEYS = new Set(["F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "BrowserBack", "BrowserForward", "BrowserHome", "BrowserRefresh", "BrowserSearch", "ContextMenu"]);

export function lock(touched) {
  for (const kind of ["contextmenu", "selectstart", "dragstart", "dragover", "drop", "gesturestart", "gesturechange", "auxclick"]) addEventListener(kind, stop, { capture: true });
  addEventListener("touchmove", (event) => { if (event.touches.length > 1) stop(event); }, { passive: false, capture: true });
  addEventListener("wheel", (event) => { if (event.ctrlKey) stop(event); }, { passive: false, capture: true });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || KEYS.has(event.key)) { stop(event); event.stopPropagation(); }
  }, { capture: true });
  // There is always one more page of the booth to go back to.
  history.pushState({ booth: 1 }, "", location.pathname);
  addEventListener("popstate", () => history.pushState({ booth: 1 }, "", location.pathname));
  window.open = () => null;
  let last = 0;
  const ping = () => { const now = Date.now(); if (now - last > 900) { last = now; touched(); } };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, ping, { capture: true, passive: true });
}

// When the server is gone, the page comes back by itself as soon as it answers.
export function watch(lost) {
  let misses = 0, away = false;
  setInterval(async () => {
    if (!window.socket) return;
    misses = window.socket.connected ? 0 : misses + 1;
    if (misses < 2 && !away) return;
    away = true; lost(true);
    try { await fetch("/api/booth/alive", { cache: "no-store" }); location.reload(); } catch { /* not yet */ }
  }, 700);
}
