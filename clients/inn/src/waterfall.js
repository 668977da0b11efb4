// Where the time of a turn went, as one bar.

const STEPS = [["ears", "#8fc48a"], ["mind", "#f2ad55"], ["voice", "#ef6a45"], ["face", "#c58be0"], ["send", "#7fb2d6"]];

/** The steps of `latency` count from when the player fell silent; a step's share begins where the one before ended. */
export function shares(latency) {
  let before = 0;
  return STEPS.map(([name, colour]) => {
    const until = Math.max(before, latency[name === "send" ? "total" : name] || 0);
    const ms = until - before;
    before = until;
    return { name, colour, ms };
  });
}

/** `page` is milliseconds to the first sound here, or null where it could not be told. */
export function showWaterfall(place, latency, page) {
  const parts = shares(latency);
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.setAttribute("aria-hidden", "true");
  for (const { colour, ms } of parts) {
    const piece = document.createElement("i");
    piece.style.width = `${(100 * ms) / Math.max(latency.total, 1)}%`;
    piece.style.background = colour;
    bar.append(piece);
  }
  const words = document.createElement("p");
  const told = parts.filter(({ ms }) => ms >= 1).map(({ name, ms }) => `${name} ${Math.round(ms)}`);
  words.textContent = `${told.join(" · ")} = ${Math.round(latency.total)} ms${page === null ? "" : `; heard after ${Math.round(page)} ms`}`;
  place.replaceChildren(bar, words);
  place.hidden = false;
}
