using System.Diagnostics;

namespace Townsfolk
{
    /// <summary>
    /// Seconds since the start, for the audio thread too: Unity's own Time may be asked by the main one only.
    /// </summary>
    internal static class WallClock
    {
        private static readonly Stopwatch Watch = Stopwatch.StartNew();

        public static double Now
        {
            get { return Watch.Elapsed.TotalSeconds; }
        }
    }
}
