// Where the time of a turn went: the server's steps as one bar, and what the player really waited, measured here.

const STEPS = [
  ["ears", "#8fc48a"],
  ["mind", "#f2ad55"],
  ["voice", "#ef6a45"],
  ["face", "#c58be0"],
  ["send", "#7fb2d6"],
];

/** The steps of `latency` are times since the player fell silent; a step's share begins where the one before ended. */
export function shares(latency) {
  let before = 0;
  return STEPS.map(([name, colour]) => {
    const until = Math.max(before, latency[name === "send" ? "total" : name]);
    const share = until - before;
    before = until;
    return { name, colour, ms: share };
  });
}

export class Waterfall {
  constructor(place) {
    this.place = place;
    this.latest = null;
  }

  clear() {
    this.place.hidden = true;
  }

  /** `page` is milliseconds from what `from` says to the first sound here, or null where it could not be told. */
  show(latency, page, from) {
    this.latest = { ...latency, page };
    const parts = shares(latency);
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.setAttribute("aria-hidden", "true");
    const whole = Math.max(latency.total, page ?? 0, 1);
    for (const { colour, ms } of parts) {
      const piece = document.createElement("i");
      piece.style.width = `${(100 * ms) / whole}%`;
      piece.style.background = colour;
      bar.append(piece);
    }
    const steps = document.createElement("dl");
    for (const { name, colour, ms } of parts) if (name !== "send" || ms >= 1) steps.append(entry(name, ms, colour));
    const sums = document.createElement("dl");
    sums.className = "sums";
    sums.append(entry("total", latency.total));
    if (page !== null) sums.append(entry(from, page));
    this.place.replaceChildren(bar, steps, sums);
    this.place.hidden = false;
  }
}

function entry(name, ms, colour = "") {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  term.textContent = name;
  if (colour) term.style.setProperty("--step", colour);
  const value = document.createElement("dd");
  value.textContent = `${Math.round(ms)} ms`;
  row.append(term, value);
  return row;
}
