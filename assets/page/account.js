// The page's account of itself, for tests and the curious; nothing on the page reads it.

export function account({ session, stage, replies, transcript, notices, waterfall, state }) {
  const { voice } = session.conversation;
  let heard = "";
  session.on("heard", ({ text }) => (heard = text));
  return Object.freeze({
    session,
    get connected() { return session.state === "connected"; },
    get link() { return session.state; },
    get ready() { return session.info; },
    get character() { return stage.actor?.id ?? null; },
    get state() { return state(); },
    get lastReply() {
      const { last } = replies;
      if (!last) return null;
      const { reply, text, samplesPlayed, finished } = last;
      return { reply, text, spokenText: transcript.shownOf(reply), samplesPlayed, finished };
    },
    get facePeak() { return stage.peak; },
    get framesDrawn() { return stage.drawn; },
    get audioPlayedSamples() { return voice.total; },
    get underruns() { return voice.underruns; },
    get heard() { return heard; },
    get errors() { return [...notices.all]; },
    get latency() { return waterfall.latest; },
    get held() { return session.held; },
    get position() { return session.position(); },
    get mouth() { return stage.mouth; },
  });
}
