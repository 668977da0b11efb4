// The verbs that are offered to the characters (docs/actions.md). Examples are what players say.

import { DISHES, DRINKS } from "./props.js";

const choice = (choices, fallback) => ({ kind: "choice", choices, default: fallback });

export const VERBS = [
  {
    name: "pour", description: "fill a cup with drink", targets: ["cup"], npcs: ["innkeeper"], gates: true, needs: { empty: true },
    parameters: { drink: choice(Object.keys(DRINKS), "cider") },
    examples: ["Pour me a cider.", "Could I have a drink?", "I'll have an ale.", "I'm thirsty.", "Fill the cup with tea, please."],
  },
  {
    name: "serve", description: "fill a bowl with noodles", targets: ["bowl"], npcs: ["noodles"], gates: true, needs: { empty: true },
    parameters: { dish: choice(Object.keys(DISHES), "clam") },
    examples: ["One bowl of clam noodles, please.", "Give me some noodles.", "I'm hungry.", "I'll have the pepper noodles."],
  },
  { name: "open", targets: ["door"], needs: { open: false }, examples: ["Open the door.", "Could you open up?", "Let some air in."] },
  { name: "close", targets: ["door"], needs: { open: true }, examples: ["Close the door.", "Shut the door, please.", "It's cold, shut it."] },
  { name: "light", targets: ["candle"], needs: { lit: false }, examples: ["Light the candle.", "Make some light.", "It's too dark here."] },
  { name: "snuff", description: "put the light out", targets: ["candle"], needs: { lit: true }, examples: ["Put out the candle.", "Blow out the light.", "Snuff the candle."] },
  {
    name: "point", description: "point at something", targets: ["door", "map", "barrel", "hearth", "stall", "cup", "candle", "bowl", "cat"],
    examples: ["Point at the door.", "Show me where the map is.", "Where is the barrel? Point at it."],
  },
  { name: "give", description: "hand something to the player", targets: ["cup", "bowl", "map"], examples: ["Give me the cup.", "Hand me the map.", "Pass me that bowl, please."] },
  { name: "go", description: "walk to a place", targets: ["door", "map", "hearth", "stall", "player"], when: "after", examples: ["Go to the door.", "Walk over to the fire.", "Come here.", "Come over to me."] },
  { name: "back", description: "walk back to where one stands", when: "after", examples: ["Go back to your place.", "Go back.", "Return to your post."] },
  { name: "wave", description: "wave a hand", examples: ["Wave at me.", "Give us a wave.", "Wave your hand."] },
].map((verb) => ({ description: "", parameters: {}, when: "with", gates: false, needs: {}, ...verb }));

const PAST = {
  pour: (a, t) => `pours ${a.parameters.drink ?? "cider"} into ${t}`,
  serve: (a) => `ladles a bowl of ${a.parameters.dish ?? "clam"} noodles`,
  open: (_, t) => `opens ${t}`, close: (_, t) => `closes ${t}`, light: (_, t) => `lights ${t}`, snuff: (_, t) => `blows out ${t}`,
  point: (_, t) => `points at ${t}`, give: (_, t) => `gives you ${t}`, go: (_, t) => `walks over to ${t}`, back: () => "goes back", wave: () => "waves",
};

/** An action as a caption: "Mara Fenn pours cider into the red cup." */
export const told = (action, who, target) => `${who} ${PAST[action.verb]?.(action, target) ?? action.verb}.`;
