using System;

namespace Townsfolk
{
    /// <summary>
    /// Which sample of which reply is at the player's ear, from what the device has asked for. Between two reports
    /// the clock runs on; where the device stalls, it stands.
    /// </summary>
    public sealed class Clock
    {
        // About three blocks of a device: running on for longer would overtake one that has stalled.
        private const double LongestGuess = 0.06;

        private readonly int rate;
        private Report last;

        /// <summary>A clock of <paramref name="rate"/> samples a second.</summary>
        public Clock(int rate)
        {
            this.rate = rate;
        }

        /// <summary>Seconds from the device's request for a sample to the ear.</summary>
        public double Latency { get; set; }

        /// <summary>The reply that sounds or is stopped in its place; null in silence.</summary>
        public long? Reply { get; private set; }

        /// <summary>False where the reply stands still, and where there is none.</summary>
        public bool Running { get; private set; }

        public void Take(Report report)
        {
            bool over = report.State == Sound.Finished || report.State == Sound.Interrupted;
            if (over && Reply != report.Reply) return;
            last = report;
            Reply = over ? (long?)null : report.Reply;
            Running = report.State == Sound.Started || report.State == Sound.Position;
        }

        /// <summary>The sample that is heard at <paramref name="now"/>, on the clock of Voice.Render.</summary>
        public double At(double now)
        {
            if (!Running) return last.At;
            double since = Math.Min(now - last.Time, LongestGuess + Latency);
            return Math.Max(0, last.At + (since - Latency) * rate);
        }
    }
}
