// What on the booth's screen is too small to touch, too small or too pale to read, or cut off.
() => {
  const found = [];
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const short = (e) => e.outerHTML.slice(0, 100);
  const colour = (text) => { const n = text.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), alpha: n[3] ?? 1 }; };
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => rgb.map((v) => linear(v / 255)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor); if (c.alpha > 0.8) return c.rgb; }
    return [22, 20, 18];
  };
  for (const e of document.querySelectorAll("button, [role=slider], label.keep")) {
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.width < 63.5 || box.height < 63.5)) found.push(`small target: ${short(e)}`);
    if (seen(e) && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1)) found.push(`cut off: ${short(e)}`);
  }
  for (const e of document.querySelectorAll(".panel :is(h1, p, li, button)")) {
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.top < -1 || box.bottom > innerHeight + 1)) found.push(`cut off: ${short(e)}`);
  }
  for (const e of document.querySelectorAll(".booth *")) {
    if (!seen(e) || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    if (parseFloat(getComputedStyle(e).fontSize) < 20) found.push(`small text: ${short(e)}`);
    const [a, b] = [light(colour(getComputedStyle(e).color).rgb), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 7) found.push(`contrast ${ratio.toFixed(1)}: ${short(e)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the screen");
  return found;
}
