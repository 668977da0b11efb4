using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// One character as the player perceives it: a voice, a face, and what happens in time with them.
    /// </summary>
    public sealed class Character
    {
        // As exact as the words are that the character remembers to have said, at little traffic.
        private const double ReportSeconds = 0.25;

        // A room still rings this long after the loudspeaker falls silent.
        private const double RoomSeconds = 0.25;

        private readonly int rate;
        private readonly Action<long, string, long> tell;
        private readonly Timeline timeline = new Timeline();
        private readonly Dictionary<long, long> complete = new Dictionary<long, long>();
        private long toldAt;
        private Played played;
        private double soundedAt = double.NegativeInfinity;

        /// <summary>
        /// The character <paramref name="id"/> on a device of <paramref name="output"/> hertz; how far it has been
        /// played is told to <paramref name="tell"/> as (reply, state, samples).
        /// </summary>
        public Character(string id, Ready ready, int output, Action<long, string, long> tell)
        {
            Id = id;
            rate = ready.Rate;
            this.tell = tell;
            Voice = new Voice(ready.Rate, output);
            Clock = new Clock(ready.Rate);
            Face = new Face(ready.Blendshapes.Count, ready.Rate, ready.Fps);
        }

        public string Id { get; }

        /// <summary>To be rendered by the audio thread.</summary>
        public Voice Voice { get; }

        /// <summary>What is at the player's ear; its Latency is the game's to set.</summary>
        public Clock Clock { get; }

        /// <summary>To be put on a mesh, after Update.</summary>
        public Face Face { get; }

        /// <summary>Times that the network was late and the voice had to wait.</summary>
        public int Underruns { get; private set; }

        /// <summary>The first sample of a reply is heard.</summary>
        public event Action<long> Started;

        /// <summary>A clause begins to be heard.</summary>
        public event Action<Line> Said;

        /// <summary>It does something now.</summary>
        public event Action<Act> Acted;

        /// <summary>From now on it feels this.</summary>
        public event Action<Feeling> Felt;

        /// <summary>A reply was heard to its end.</summary>
        public event Action<long> Finished;

        /// <summary>A reply ends early.</summary>
        public event Action<Cancel> Cancelled;

        /// <summary>It can be heard where the microphone is.</summary>
        public bool IsAudible(double now)
        {
            return Clock.Running || now - soundedAt < RoomSeconds;
        }

        internal void Take(Packet packet)
        {
            if (packet.Frames != null) Face.Add(packet);
            else if (packet.Samples != null) Voice.Add(packet.Reply, packet.Time, packet.Samples);
        }

        internal void Take(Cue cue)
        {
            timeline.Add(cue);
        }

        internal void Take(Done done)
        {
            complete[done.Reply] = done.Samples;
            Voice.End(done.Reply, done.Samples);
        }

        internal void Take(Cancel cancel, double now)
        {
            Silence(cancel.Reply, now);
            Raise(timeline.Cancelled(cancel.Reply, cancel.ValidThrough));
            Cancelled?.Invoke(cancel);
        }

        /// <summary>Play nothing more of a reply.</summary>
        internal void Silence(long reply, double now)
        {
            Voice.Drop(reply);
            Face.Drop(reply);
            complete.Remove(reply);
            Drain(now);
        }

        /// <summary>
        /// The connection is lost: end a reply that broke off. Returns how much of it was played.
        /// </summary>
        internal Played Part(long reply, double now)
        {
            // What has all been sent needs no network: it will be heard to its end.
            if (complete.TryGetValue(reply, out long all)) return new Played { Reply = reply, At = all };
            Silence(reply, now);
            timeline.Clear();
            return new Played { Reply = reply, At = played.Reply == reply ? played.At : 0 };
        }

        /// <summary>Forget everything: another session counts its replies from the start.</summary>
        internal void Forget(double now)
        {
            Voice.Drop();
            Drain(now);
            Face.Forget();
            timeline.Clear();
            complete.Clear();
        }

        /// <summary>Bring clock, face and what is due up to <paramref name="now"/>.</summary>
        internal void Update(double now)
        {
            Drain(now);
            if (Clock.Running) soundedAt = now;
            if (Clock.Reply != null) Raise(timeline.Heard(Clock.Reply.Value, Clock.At(now)));
            Raise(timeline.AtOnce());
            Face.Show(Clock, now);
        }

        private void Drain(double now)
        {
            while (Voice.TryReport(out Report report))
            {
                Clock.Take(report);
                played = new Played { Reply = report.Reply, At = report.At };
                Tell(report);
                if (report.State == Sound.Dry) Underruns++;
                if (report.State == Sound.Started) Started?.Invoke(report.Reply);
                if (report.State == Sound.Finished) Finish(report.Reply);
            }
        }

        private void Finish(long reply)
        {
            Raise(timeline.Finished(reply));
            Face.Drop(reply);
            complete.Remove(reply);
            Finished?.Invoke(reply);
        }

        private void Tell(Report report)
        {
            long at = report.At;
            switch (report.State)
            {
                case Sound.Started:
                    toldAt = at;
                    tell(report.Reply, "started", at);
                    break;
                case Sound.Position:
                    if (at - toldAt < ReportSeconds * rate) break;
                    toldAt = at;
                    tell(report.Reply, "position", Math.Max(0, at - (long)(Clock.Latency * rate)));
                    break;
                case Sound.Held:
                    toldAt = at;
                    tell(report.Reply, "position", at); // what is on its way to the ear sounds all the same
                    break;
                case Sound.Finished:
                    tell(report.Reply, "finished", at);
                    break;
                case Sound.Interrupted:
                    tell(report.Reply, "interrupted", at);
                    break;
            }
        }

        private void Raise(List<Cue> due)
        {
            foreach (Cue cue in due)
            {
                if (cue is Line) Said?.Invoke((Line)cue);
                else if (cue is Act) Acted?.Invoke((Act)cue);
                else if (cue is Feeling) Felt?.Invoke((Feeling)cue);
            }
        }
    }
}
