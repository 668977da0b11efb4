// What the player's own hands do: a click (or Enter) on a thing.

const USES = {
  door: async (world) => {
    const door = world.thing("door");
    await world.swing(door, !door.state.open);
    return door.state.open ? "The front door swings open, and rain blows in." : "The player shuts the front door.";
  },
  candle: async (world) => {
    const candle = world.thing("candle");
    candle.state = { lit: !candle.state.lit };
    candle.show();
    world.changed("candle");
    return candle.state.lit ? "The player lights the candle." : "The player snuffs out the candle.";
  },
  map: async (world) => held(world, "map", "The player picks up the map of the harbour.", "The player lays the map back on the table."),
  cat: async () => "The player strokes the cat.",
  hearth: async () => "The player warms both hands at the hearth.",
};

/** Use a thing; resolves with the sentence that the characters are told, or null. */
export async function use(world, id) {
  const thing = world.things.get(id);
  if (thing?.kind === "cup") return drink(world, thing, (cup) => (cup.full = 0), `The player drinks the ${thing.state.holds}.`);
  if (thing?.kind === "bowl") return drink(world, thing, () => {}, "The player eats the noodles.");
  return (await USES[id]?.(world)) ?? null;
}

async function drink(world, thing, drain, sentence) {
  if (thing.state.empty) return held(world, thing.id, `The player picks up ${thing.name}.`, `The player puts ${thing.name} back.`);
  if (!thing.holder) return held(world, thing.id, `The player picks up ${thing.name}.`, "");
  thing.state = { empty: true, held_by_player: true };
  drain(thing);
  thing.show();
  world.changed(thing.id);
  return sentence;
}

function held(world, id, taken, back) {
  const thing = world.thing(id);
  if (thing.holder) world.putBack(thing);
  else world.hand(thing);
  return thing.holder ? taken : back || null;
}
