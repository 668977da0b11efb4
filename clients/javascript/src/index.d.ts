// Types of the townsfolk client. Messages are those of docs/protocol.md; fields that a newer server adds are ignored.

export const PROTOCOL: 1;

export interface Options {
  /** Character ids; empty for all there are. */
  cast?: string[];
  player?: Partial<Player>;
  /** Its name and version, for the server's log. */
  client?: string;
  /** What face frames hold. `rest` asks for faces between replies, too. */
  face?: Partial<FaceFormat>;
  /** Only for clients with a microphone of their own (`sendAudio`). */
  microphone?: { rate?: number; echo_cancelled?: boolean };
  /** The token of an earlier session: its conversations go on. */
  resume?: string;
  /** Emit "face" in every animation frame in which somebody speaks. `frame()` works without. */
  faces?: boolean;
  /** An audio context of your own; else one is opened. Its rate is asked of the server if it can. */
  sound?: AudioContext;
  /** Where the voice goes; a SilentOutput where there is no Web Audio. */
  output?: WebOutput | SilentOutput;
  /** Address of the folder with the two worklets, where this module has been bundled. Default: beside it. */
  worklets?: string | URL;
  /** A WebSocket class, where there is none built in: `ws` in Node before 22. */
  WebSocket?: unknown;
}

export interface Player { id: string; name: string; language: string; patience: number }
export interface FaceFormat { format: "u8" | "f32"; fps: 30 | 60; shapes: "arkit" | "mediapipe" | "ovr" | "vrm"; pose: boolean; rest: boolean }
export type State = "connecting" | "connected" | "reconnecting" | "refused" | "closed";
export type Doing = "idle" | "listening" | "thinking" | "speaking";
export type Emotion = "neutral" | "joy" | "sadness" | "anger" | "fear" | "disgust" | "surprise";
export type Value = string | boolean | number;
export type Vector = [number, number, number];

export interface Npc { id: string; name: string; description: string; greeting: string }
export interface Missed { reply: number; npc: string; text: string }
export interface Place { reply: number; at: number }

export interface Ready {
  type: "ready"; protocol: number; server: string; session: string; resume: string; resumed: boolean;
  cast: Npc[]; attending: string; blendshapes: string[]; audio_in: { rate: number; echo_cancelled: boolean };
  audio_out: { rate: number }; face: FaceFormat; look_ahead: number; missed?: Missed[];
  limits: { text: number; media: number; utterance: number; lead: number };
}
export interface StateChange { state: State; /** Until the next attempt. */ seconds: number; resumed: boolean; error: Failure | null }
export interface Hearing { type: "hearing"; state: "started" | "paused" | "resumed" | "ended" | "ignored" | "aside"; turn: number }
export interface Heard { type: "heard"; turn: number; to: string; text: string; final: boolean }
export interface Reply { type: "reply"; reply: number; npc: string; turn: number | null }
export interface SpokenWord { text: string; start: number; end: number }
export interface Line { type: "line"; reply: number; npc: string; index: number; text: string; start: number; end: number; words: SpokenWord[] }
export interface Word extends SpokenWord { reply: number; npc: string; /** Index of its line. */ line: number }
export interface Action {
  type: "action"; action: number; reply: number; npc: string; verb: string; at: number;
  target: string | null; parameters: Record<string, Value>; gates: boolean;
}
export interface Feeling { type: "feeling"; reply: number; npc: string; emotion: Emotion; intensity: number; valence: number; arousal: number; at: number }
export interface Beat { type: "beat"; npc: string; section: string; hooks: string[] }
export interface Done {
  type: "done"; reply: number; npc: string; text: string; samples: number; frames: number;
  latency: { ears: number; mind: number; voice: number; face: number; total: number };
}
export interface Held { type: "hold" | "release"; reply: number; npc: string }
export interface Rest { type: "rest"; reply: number; npc: string }
export interface Cancel { type: "cancel"; reply: number; npc: string; valid_through: number; reason: "interrupted" | "superseded" | "failed" | "closing" }
/** From the server, or of the client itself: `bad_server`, `no_sound`. */
export interface Failure { type: "error"; code: string; message: string; hint: string; fatal: boolean }
export interface Playback {
  reply: number; npc: string | null; /** Samples. */ at: number; /** It ran dry in the middle of a clause. */ late: boolean;
  state: "started" | "position" | "held" | "dry" | "finished" | "interrupted";
}
export interface Frame {
  npc: string; /** Null between replies. */ reply: number | null; at: number;
  /** 0 to 1, in the order of `ready.blendshapes`. Used again for the next frame. */ weights: Float32Array;
  /** Degrees: head yaw, pitch, roll, left eye yaw, pitch, right eye yaw, pitch. Zeros unless asked for. */ pose: Float32Array;
}
export interface VoicePacket { type: "voice"; reply: number; time: number; samples: Int16Array }
export interface FacePacket {
  type: "face"; reply: number; time: number; count: number; size: number; scale: number; degrees: number;
  weights: Uint8Array | Float32Array; pose: Int16Array | Float32Array | null;
}
export type Packet = VoicePacket | FacePacket;
export interface Message { type: string; [field: string]: unknown }

export interface Events {
  state: StateChange; ready: Ready; hearing: Hearing; heard: Heard; reply: Reply; line: Line; beat: Beat; done: Done;
  cancel: Cancel; hold: Held; release: Held; rest: Rest; error: Failure; missed: Missed;
  /** These wait until the ear has reached their sample. */
  word: Word; action: Action; feeling: Feeling;
  playback: Playback; activity: Doing; face: Frame;
  /** Peak of the microphone, 0 to 1. */
  level: number;
  /** Everything the server sends. */
  message: Message; packet: Packet;
}

export interface Entity {
  id: string; kind: string; name?: string; description?: string; state?: Record<string, Value>; position?: Vector | null;
  distance?: Record<string, number>; visible_to?: string[] | null;
}
export interface Scene { replace?: boolean; entities?: Entity[]; gone?: string[]; attention?: string | null; setting?: string }
export interface Parameter { kind: "text" | "number" | "integer" | "flag" | "choice"; choices?: string[]; description?: string; default?: Value | null }
export interface Verb {
  name: string; description?: string; examples?: string[]; targets?: string[] | null; parameters?: Record<string, Parameter>;
  when?: "before" | "with" | "after"; gates?: boolean; needs?: Record<string, Value>; npcs?: string[] | null;
}
export interface Perceived {
  present?: boolean | null; distance?: number | null; looks_at?: string | null; expression?: Emotion | null; intensity?: number;
  gesture?: "nod" | "shake" | "wave" | "palm" | "thumb_up" | "thumb_down" | "point" | null; target?: string | null;
}

/** Opens a session at once and keeps it open until `close`. `url` may be ws, http, or relative to the page. */
export function connect(url: string | URL, options?: Options): Session;

export class Session extends EventTarget {
  constructor(url: string, options: Options);
  /** Call `listener` with what happened, at each event of `type`. */
  on<Type extends keyof Events>(type: Type, listener: (detail: Events[Type]) => void, options?: AddEventListenerOptions): this;

  readonly state: State;
  readonly activity: Doing;
  /** Whether there is something to interrupt. */
  readonly busy: boolean;
  /** The latest `ready`. */
  readonly info: Ready | null;
  /** For `options.resume`. */
  readonly token: string | null;
  /** The reply that the server has stopped in its place. */
  readonly held: number | null;
  readonly sound: AudioContext | null;
  readonly microphone: Microphone;
  /** What is at the player's ear. */
  position(): Place | null;
  /** The face of `npc`, else of whoever speaks, at what is at the player's ear. */
  frame(npc?: string | null): Frame | null;

  // Each returns whether the message was sent: false while there is no connection.
  send(message: Message): boolean;
  ask(message: Message): boolean;
  say(text: string, to?: string | null): boolean;
  greet(to: string): boolean;
  attend(to: string): boolean;
  interrupt(): boolean;
  scene(scene: Scene): boolean;
  event(text: string, more?: { run?: boolean | "auto"; to?: string | null; source?: string | null }): boolean;
  actions(verbs: Verb[]): boolean;
  result(action: number, ok: boolean, text?: string): boolean;
  variables(values: Record<string, Value>): boolean;
  place(npc: string, id: string, position: Vector): boolean;
  direct(npc: string, direction: { emotion?: Emotion | null; intensity?: number; look?: string | null }): boolean;
  perceive(seen: Perceived): boolean;
  watch(player: string): boolean;
  talk(down: boolean | null): boolean;
  sendAudio(time: number, samples: Int16Array): boolean;

  /** Silence here and now, without telling the server. */
  hush(): void;
  /** Opens the microphone. Rejects with a NotAllowedError, NotFoundError or NotSupportedError. */
  listen(): Promise<void>;
  press(): boolean;
  release(): boolean;
  handsFree(on: boolean): Promise<void>;
  close(): void;
}

export interface Microphone { readonly isOpen: boolean; readonly held: boolean; readonly handsFree: boolean; open(): Promise<void>; close(): void }

export class WebOutput {
  constructor(context: AudioContext, worklets: string | URL);
  readonly rate: number;
  /** Seconds of the audio clock: rendered, and at the ear. */
  readonly now: number;
  readonly heard: number;
}
export class SilentOutput {
  constructor(rate?: number);
  readonly rate: number;
  readonly now: number;
  readonly heard: number;
}

/** A packet, or null for one that is not known or not whole. */
export function decode(buffer: ArrayBuffer): Packet | null;
export function encodeMicrophone(time: number, samples: Int16Array, audible: boolean): ArrayBuffer;
export function wordsOf(line: Pick<Line, "text" | "start" | "end" | "words">): SpokenWord[];
/** `word` behind `before`, with a blank where the script has one: Chinese, Japanese and Thai have none. */
export function joined(before: string, word: string): string;
/** The `lang` of a text by its script ("zh", "ja", "ko", "th"), or "". */
export function languageOf(text: string): string;
/** Keep Enter in `field` with the input method while that composes. */
export function composing(field: HTMLElement): void;
export function openSound(): AudioContext;
export function voiceRate(rate: number): 16000 | 24000 | 44100 | 48000;
export function wakeOnTouch(context: AudioContext, unheard?: () => void): void;
