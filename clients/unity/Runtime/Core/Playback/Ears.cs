using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// What the microphone records, resampled and cut into packets. Its clock counts from when it is made.
    /// </summary>
    public sealed class Ears
    {
        // Short enough to add no wait that anybody notices, long enough that headers cost little.
        private const double PacketSeconds = 0.02;

        private readonly Resampler resampler;
        private readonly List<float> waiting = new List<float>();
        private readonly int size;
        private uint sent;

        /// <summary>From a device of <paramref name="from"/> hertz to Ready.MicrophoneRate.</summary>
        public Ears(int from, int to)
        {
            resampler = new Resampler(from, to);
            size = (int)(to * PacketSeconds);
        }

        /// <summary>
        /// The packets that mono <paramref name="block"/> (-1 to 1) completes; <paramref name="audible"/> says that a
        /// character may be heard in it.
        /// </summary>
        public List<byte[]> Push(float[] block, bool audible)
        {
            waiting.AddRange(resampler.Push(block));
            var packets = new List<byte[]>();
            int at = 0;
            for (; waiting.Count - at >= size; at += size, sent += (uint)size)
                packets.Add(Packet.Microphone(sent, waiting.GetRange(at, size).ToArray(), size, audible));
            waiting.RemoveRange(0, at);
            return packets;
        }
    }
}
