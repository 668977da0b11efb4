using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// The voice of one character: plays its replies one after the other, sample-exact, and is the clock that lips
    /// and captions follow. <see cref="Render"/> is called by the audio thread, all others by any one thread.
    /// </summary>
    public sealed class Voice
    {
        // Too long to click; two of them, one after the other, stay below 15 ms.
        private const double FadeSeconds = 0.006;

        // One late packet on a home network does not break the voice.
        private const double CushionSeconds = 0.07;

        // A server that paces itself stays far below; what is beyond is dropped, so that memory is bounded.
        private const double AheadSeconds = 120;

        // About 20 ms of a device at 48 kHz; in between the clock is extrapolated.
        private const int ReportSamples = 1024;

        private readonly object gate = new object();
        private readonly int rate;
        private readonly int output;
        private readonly double step;
        private readonly float fade;
        private readonly List<Track> tracks = new List<Track>();
        private readonly Queue<Report> reports = new Queue<Report>();
        private Track fading;
        private double fadingAt;
        private float fadingLevel;
        private long held = -1;
        private double now;

        /// <summary>
        /// A voice at <paramref name="rate"/> hertz for a device of <paramref name="output"/> hertz.
        /// </summary>
        public Voice(int rate, int output)
        {
            this.rate = rate;
            this.output = output;
            step = (double)rate / output;
            fade = (float)(1 / (FadeSeconds * output));
        }

        /// <summary>Add sound (-1 to 1) that begins at sample <paramref name="time"/> of the reply.</summary>
        public void Add(long reply, long time, float[] samples)
        {
            lock (gate)
            {
                Track track = Of(reply);
                if (time + samples.Length <= track.Position + AheadSeconds * rate) track.Write(time, samples, now);
            }
        }

        /// <summary>All of the reply has been given: <paramref name="samples"/> of it.</summary>
        public void End(long reply, long samples)
        {
            // What was promised and never came is silence that nobody has to wait for.
            lock (gate) Of(reply).End = Math.Max(0, samples);
        }

        /// <summary>Stop the reply in its place. Nothing of it is lost.</summary>
        public void Hold(long reply)
        {
            lock (gate) held = reply;
        }

        /// <summary>Go on from where Hold stopped.</summary>
        public void Release(long reply)
        {
            lock (gate)
            {
                if (held == reply) held = -1;
            }
        }

        /// <summary>Fall silent: forget the reply, or all there are where it is null.</summary>
        public void Drop(long? reply = null)
        {
            lock (gate)
            {
                foreach (Track track in tracks.FindAll(each => reply == null || each.Reply == reply))
                {
                    tracks.Remove(track);
                    if (held == track.Reply) held = -1;
                    Withdraw(track);
                    Tell(Sound.Interrupted, track);
                    if (track.Running) FadeFrom(track);
                }
            }
        }

        /// <summary>The next thing that happened; false where there is none.</summary>
        public bool TryReport(out Report report)
        {
            lock (gate)
            {
                bool any = reports.Count > 0;
                report = any ? reports.Dequeue() : default(Report);
                return any;
            }
        }

        /// <summary>
        /// Fill <paramref name="block"/> with what the device plays next; <paramref name="time"/> in seconds, on
        /// any clock that does not go back.
        /// </summary>
        public void Render(float[] block, int count, double time)
        {
            Array.Clear(block, 0, count);
            lock (gate)
            {
                now = time;
                Track track = tracks.Count > 0 ? tracks[0] : null;
                // A fade in is finished first: with the fade out that mirrors it nothing is lost between the two.
                if (track != null && track.Reply == held && track.Running && track.Level >= 1) Stop(track);
                if (fading != null) FadeOut(block, count);
                if (track == null) return;
                if (Due(track)) Play(track, block, count);
                else LetDown(track, block, count);
            }
        }

        // Where it was a moment ago is of no interest once it is known where it ends.
        private void Withdraw(Track track)
        {
            for (int left = reports.Count; left > 0; left--)
            {
                Report report = reports.Dequeue();
                if (report.Reply != track.Reply || report.State != Sound.Position) reports.Enqueue(report);
            }
        }

        private Track Of(long reply)
        {
            Track track = tracks.Find(each => each.Reply == reply);
            if (track == null) tracks.Add(track = new Track(reply));
            return track;
        }

        // What fades out now is played again, rising, when the reply goes on; so its clock stands here.
        private void Stop(Track track)
        {
            FadeFrom(track);
            track.Running = false;
            track.Level = track.Last = 0;
            Tell(Sound.Held, track);
        }

        // Whether enough has come in to begin, or to go on after the network was late.
        private bool Due(Track track)
        {
            if (track.Running) return true;
            if (track.Reply == held || fading == track) return false;
            track.Running = track.End >= 0 || track.Written - track.Position >= CushionSeconds * rate
                || now - track.Since >= CushionSeconds;
            if (track.Running && !track.Started)
            {
                track.Started = true;
                Tell(Sound.Started, track);
            }
            return track.Running;
        }

        private void Play(Track track, float[] block, int count)
        {
            int i = 0;
            for (; i < count && track.Position < track.Written; i++)
            {
                track.Level = Math.Min(1f, track.Level + fade);
                track.Last = track.Sample(track.Position) * track.Level;
                track.Position += step;
                block[i] += track.Last;
            }
            track.Unreported += i;
            if (track.Position >= track.Written) RunDry(track, i);
            else if (track.Unreported >= ReportSamples) Tell(Sound.Position, track, i);
        }

        private void RunDry(Track track, int played)
        {
            Tell(track.End >= 0 ? Sound.Finished : Sound.Dry, track, played);
            if (track.End >= 0) tracks.Remove(track);
            track.Running = false;
            track.Level = 0;
            track.Since = double.NaN;
        }

        // The wave is let down softly instead of cut.
        private static void LetDown(Track track, float[] block, int count)
        {
            for (int i = 0; i < count; i++) block[i] += track.Last *= 0.97f;
            if (Math.Abs(track.Last) < 1e-4f) track.Last = 0;
        }

        private void FadeFrom(Track track)
        {
            fading = track;
            fadingAt = track.Position;
            fadingLevel = track.Level;
        }

        private void FadeOut(float[] block, int count)
        {
            for (int i = 0; i < count && fading != null; i++)
            {
                fadingLevel -= fade;
                if (fadingLevel > 0 && fadingAt < fading.Written) block[i] += fading.Sample(fadingAt) * fadingLevel;
                else fading = null;
                fadingAt += step;
            }
        }

        // What has been played of a block is heard that much after the block is asked for.
        private void Tell(Sound state, Track track, int played = 0)
        {
            track.Unreported = 0;
            double time = now + (double)played / output;
            reports.Enqueue(new Report { State = state, Reply = track.Reply, At = track.At, Time = time });
        }
    }
}
