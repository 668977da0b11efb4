using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// Face frames of one reply, by the sample that is heard. Those that have been shown are dropped.
    /// </summary>
    public sealed class Frames
    {
        // Two minutes at 60 a second, as for the voice: memory is bounded whatever a server sends.
        private const int Most = 7200;

        private readonly double spacing;
        private readonly List<double> times = new List<double>();
        private readonly List<float[]> rows = new List<float[]>();
        private readonly List<float[]> poses = new List<float[]>();

        /// <summary>For <paramref name="fps"/> frames a second of <paramref name="rate"/> samples.</summary>
        public Frames(int rate, int fps)
        {
            spacing = (double)rate / fps;
        }

        public int Count
        {
            get { return rows.Count; }
        }

        /// <summary>Add the frames of a packet; what is not after the last there is, is dropped.</summary>
        public void Add(Packet packet)
        {
            for (int i = 0; i < packet.Frames.Length && rows.Count < Most; i++)
            {
                double time = packet.Time + i * spacing;
                if (times.Count > 0 && time <= times[times.Count - 1]) continue;
                times.Add(time);
                rows.Add(packet.Frames[i]);
                poses.Add(packet.Poses == null ? null : packet.Poses[i]);
            }
        }

        /// <summary>
        /// Blend the two frames around sample <paramref name="at"/> into <paramref name="weights"/> and, where
        /// there are poses, <paramref name="pose"/>. False where there is no frame.
        /// </summary>
        public bool Show(double at, float[] weights, float[] pose)
        {
            if (rows.Count == 0) return false;
            int next = times.FindIndex(time => time > at);
            int before = next < 0 ? rows.Count - 1 : next == 0 ? 0 : next - 1;
            if (next < 0) next = before;
            double gap = times[next] - times[before];
            float part = gap > 0 ? (float)((at - times[before]) / gap) : 0;
            Blend(rows[before], rows[next], part, weights);
            if (poses[before] != null && poses[next] != null) Blend(poses[before], poses[next], part, pose);
            Forget(before);
            return true;
        }

        internal static void Blend(float[] from, float[] to, float part, float[] into)
        {
            int width = System.Math.Min(into.Length, System.Math.Min(from.Length, to.Length));
            for (int i = 0; i < width; i++) into[i] = from[i] + (to[i] - from[i]) * part;
        }

        private void Forget(int count)
        {
            times.RemoveRange(0, count);
            rows.RemoveRange(0, count);
            poses.RemoveRange(0, count);
        }
    }
}
