using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// What is due at a place of a reply: captions with their first sample, actions and feelings at theirs. What
    /// comes after the end of a cancelled reply never happens.
    /// </summary>
    public sealed class Timeline
    {
        private readonly List<Cue> waiting = new List<Cue>();

        public void Add(Cue cue)
        {
            int after = waiting.FindIndex(each => each.Reply == cue.Reply && each.At > cue.At);
            waiting.Insert(after < 0 ? waiting.Count : after, cue);
        }

        /// <summary>What is due now that sample <paramref name="at"/> of a reply is heard, in its order.</summary>
        public List<Cue> Heard(long reply, double at)
        {
            return Take(cue => cue.Reply == reply && cue.At <= at);
        }

        /// <summary>
        /// What need not wait for a voice: what an action does before the first word, and what belongs to no reply.
        /// </summary>
        public List<Cue> AtOnce()
        {
            return Take(cue => cue.Reply == 0 || cue.At <= 0 && !(cue is Line));
        }

        /// <summary>The reply has been played to its end: all that is left of it.</summary>
        public List<Cue> Finished(long reply)
        {
            return Take(cue => cue.Reply == reply);
        }

        /// <summary>
        /// The reply ends. Returns the actions that the server takes for begun: they wait for their results.
        /// </summary>
        public List<Cue> Cancelled(long reply, long validThrough)
        {
            List<Cue> begun = Take(cue => cue.Reply == reply && cue is Act && cue.At <= validThrough);
            Finished(reply);
            return begun;
        }

        /// <summary>Nothing of what waits will happen.</summary>
        public void Clear()
        {
            waiting.Clear();
        }

        private List<Cue> Take(System.Predicate<Cue> wanted)
        {
            List<Cue> taken = waiting.FindAll(wanted);
            waiting.RemoveAll(wanted);
            return taken;
        }
    }
}
