// What can be done at the three doors of this page, and how it reads when it is: it has no room to show it in.

const at = (npc) => ({ distance: { [npc]: 1 }, visible_to: [npc] });

export const SCENE = {
  replace: true,
  entities: [
    { id: "cup", kind: "cup", name: "a cup", ...at("innkeeper") },
    { id: "bowl", kind: "bowl", name: "a bowl", ...at("noodles") },
    { id: "gate", kind: "gate", name: "the gate", ...at("guard") },
  ],
};

const FILL = ["Could you fill it up, please?", "I'll take one.", "Give me another one."];

export const VERBS = [
  {
    name: "pour",
    description: "fill a cup with drink for the player",
    examples: ["Pour me a cider.", "A cup of cider, please.", "I'd like something to drink.", ...FILL],
    targets: ["cup"],
    parameters: { drink: { kind: "choice", choices: ["cider", "ale", "tea"], default: "cider" } },
    npcs: ["innkeeper"],
  },
  {
    name: "serve",
    description: "fill a bowl with noodles for the player",
    examples: ["A bowl of noodles, please.", "Serve me some noodles.", "I'm hungry, feed me.", ...FILL],
    targets: ["bowl"],
    parameters: { with: { kind: "choice", choices: ["noodles", "broth"], default: "noodles" } },
    npcs: ["noodles"],
  },
  {
    name: "knock",
    description: "knock on the gate so that it is opened",
    examples: ["Please open the gate.", "Let me in.", "Knock on the gate for me.", "Have them open up."],
    targets: ["gate"],
    npcs: ["guard"],
  },
];

/** "Mara Fenn pours a cup of cider." for any action there may be. */
export function deed(name, { verb, target, parameters }) {
  const thing = SCENE.entities.find((entity) => entity.id === target)?.name ?? target;
  const more = Object.values(parameters ?? {}).join(", ");
  const link = verb === "knock" ? "on " : "";
  return `${name} ${verb}s${thing ? ` ${link}${thing}` : ""}${more ? ` of ${more}` : ""}.`;
}

const LOOKS = {
  joy: "brightens",
  sadness: "looks sad",
  anger: "looks angry",
  fear: "looks afraid",
  disgust: "pulls a face",
  surprise: "is taken aback",
};
const PLAIN = 0.35; // below, a face says it well enough by itself

/** "Mara Fenn brightens.", or nothing where it hardly shows. */
export function feeling(name, { emotion, intensity }) {
  return intensity >= PLAIN && LOOKS[emotion] ? `${name} ${LOOKS[emotion]}.` : "";
}
