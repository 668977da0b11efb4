// An EventTarget whose listeners are given what happened, not an event to unwrap.

export class Events extends EventTarget {
  /** Call `listener(detail)` at each event of `type`; `options` as of addEventListener (`once`, `signal`). */
  on(type, listener, options) {
    this.addEventListener(type, (event) => listener(event.detail), options);
    return this;
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
