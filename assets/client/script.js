// What a script asks of those who show it: blanks between words or none, and the right glyphs.

// Between these no blank is written: joined with one, Chinese, Japanese and Thai would be torn apart.
const UNSPACED = "\\u0e00-\\u0e7f\\u2e80-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uff00-\\uffef";
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]$`);
const CLOSES = /^[\u3000-\u303f\uff00-\uffef]/; // punctuation of full width follows at once

/** `word` behind `before`, with a blank where the script has one. */
export function joined(before, word) {
  if (!before || ENDS_UNSPACED.test(before) || CLOSES.test(word)) return before + word;
  return `${before} ${word}`;
}

/** The `lang` of a text by its script, or "": the same character is drawn in another way in China, Japan and Korea. */
export function languageOf(text) {
  if (/[\u3040-\u30ff]/.test(text)) return "ja";
  if (/[\uac00-\ud7af]/.test(text)) return "ko";
  if (/[\u3400-\u9fff]/.test(text)) return "zh";
  return /[\u0e00-\u0e7f]/.test(text) ? "th" : "";
}

/** Keep Enter in `field` with the input method while that composes: it picks a word there, and sends nothing. */
export function composing(field) {
  let composes = false;
  field.addEventListener("compositionstart", () => (composes = true));
  field.addEventListener("compositionend", () => (composes = false));
  field.addEventListener("keydown", (event) => {
    // 229: Safari ends the composition before it tells of the key that ended it.
    if (event.key === "Enter" && (composes || event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}
