namespace Townsfolk
{
    /// <summary>What became of a reply at the loudspeaker.</summary>
    public enum Sound
    {
        Started,
        Position,

        /// <summary>Stopped in its place by a hold.</summary>
        Held,

        /// <summary>The network was late; it goes on by itself.</summary>
        Dry,
        Finished,
        Interrupted
    }

    /// <summary>That <see cref="State"/> happened to a reply at a sample of it.</summary>
    public struct Report
    {
        public Sound State;
        public long Reply;
        public long At;

        /// <summary>
        /// Seconds, on the clock that Voice.Render is called with: when the device comes to that sample.
        /// </summary>
        public double Time;
    }
}
