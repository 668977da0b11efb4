using System;

namespace Townsfolk
{
    /// <summary>One reply while it waits or sounds. A gap between its packets is silence.</summary>
    internal sealed class Track
    {
        public readonly long Reply;

        /// <summary>Samples there are.</summary>
        public long Written;

        /// <summary>Samples played; between two where device and voice differ in rate.</summary>
        public double Position;

        /// <summary>Its length, -1 until all of it has been sent.</summary>
        public long End = -1;

        /// <summary>When the first sample came that has not been played; NaN while there is none.</summary>
        public double Since = double.NaN;

        public bool Started, Running;

        /// <summary>0 to 1: where it stands in its fade in.</summary>
        public float Level;

        /// <summary>The last sample that went to the device.</summary>
        public float Last;

        /// <summary>Samples of the device since the last report.</summary>
        public int Unreported;

        private float[] samples = new float[1 << 14];

        public Track(long reply)
        {
            Reply = reply;
        }

        /// <summary>Whole samples played, never more than there are.</summary>
        public long At
        {
            get { return Math.Min((long)Position, Written); }
        }

        /// <summary>Add what begins at <paramref name="time"/>; what is there already stays.</summary>
        public void Write(long time, float[] voice, double now)
        {
            long end = time + voice.Length;
            if (end <= Written) return;
            if (end > samples.Length) Array.Resize(ref samples, (int)Math.Max(end, 2L * samples.Length));
            int skip = (int)Math.Max(0, Written - time);
            Array.Copy(voice, skip, samples, time + skip, voice.Length - skip);
            Written = end;
            if (double.IsNaN(Since)) Since = now;
        }

        /// <summary>The level at <paramref name="position"/>, interpolated between two samples.</summary>
        public float Sample(double position)
        {
            long whole = (long)position;
            float here = Whole(whole), part = (float)(position - whole);
            return part == 0 ? here : here + (Whole(whole + 1) - here) * part;
        }

        private float Whole(long at)
        {
            return at < Written ? samples[at] : 0;
        }
    }
}
