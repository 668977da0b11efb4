using System;

namespace Townsfolk
{
    /// <summary>
    /// One binary packet: a header of 12 bytes, then samples or face frames. All is little-endian.
    /// </summary>
    public sealed class Packet
    {
        public const int HeaderSize = 12;
        public const byte VoiceKind = 1, FaceKind = 2, MicrophoneKind = 16;

        /// <summary>
        /// Angles of a pose, in degrees: head yaw, pitch, roll, left eye yaw, pitch, right eye yaw, pitch.
        /// </summary>
        public const int Angles = 7;

        private const byte Audible = 1, Floats = 2, Posed = 4;

        public readonly byte Kind;
        public readonly long Reply;

        /// <summary>Of the first sample or frame, in samples of the reply.</summary>
        public readonly long Time;

        /// <summary>Of a voice: -1 to 1.</summary>
        public readonly float[] Samples;

        /// <summary>Of a face: one row of weights (0 to 1) a frame.</summary>
        public readonly float[][] Frames;

        /// <summary>Of a face that was asked for with poses: one row of angles a frame; else null.</summary>
        public readonly float[][] Poses;

        private readonly byte[] data;
        private readonly byte flags;
        private int at = HeaderSize;

        private Packet(byte[] data, int width)
        {
            this.data = data;
            Kind = data[0];
            flags = data[1];
            Reply = BitConverter.ToUInt32(data, 4);
            Time = BitConverter.ToUInt32(data, 8);
            if (Kind == VoiceKind) Samples = ReadSamples();
            else if (Kind == FaceKind) Frames = ReadFace(BitConverter.ToUInt16(data, 2), width, out Poses);
        }

        /// <summary>
        /// The packet in <paramref name="data"/>, with <paramref name="width"/> weights a face frame. Of a kind
        /// that this client does not know, neither Samples nor Frames are there.
        /// </summary>
        /// <exception cref="BadMessage">It is not what its header says.</exception>
        public static Packet Read(byte[] data, int width)
        {
            if (data.Length < HeaderSize) throw new BadMessage("a packet of " + data.Length + " bytes has no header");
            return new Packet(data, width);
        }

        /// <summary>
        /// A stretch of the microphone; <paramref name="audible"/> says that a character can be heard there.
        /// </summary>
        public static byte[] Microphone(uint time, float[] samples, int count, bool audible)
        {
            var packet = new byte[HeaderSize + 2 * count];
            packet[0] = MicrophoneKind;
            packet[1] = audible ? Audible : (byte)0;
            for (int i = 0; i < 4; i++) packet[8 + i] = (byte)(time >> (8 * i));
            for (int i = 0; i < count; i++)
            {
                int level = (int)Math.Round(Math.Max(-1f, Math.Min(1f, samples[i])) * 32767f);
                packet[HeaderSize + 2 * i] = (byte)level;
                packet[HeaderSize + 2 * i + 1] = (byte)(level >> 8);
            }
            return packet;
        }

        private float[] ReadSamples()
        {
            int size = data.Length - HeaderSize;
            if (size % 2 != 0) throw new BadMessage("PCM16 comes in pairs of bytes; the last one is missing");
            var samples = new float[size / 2];
            for (int i = 0; i < samples.Length; i++)
                samples[i] = BitConverter.ToInt16(data, HeaderSize + 2 * i) / 32768f;
            return samples;
        }

        private float[][] ReadFace(int count, int width, out float[][] poses)
        {
            bool floats = (flags & Floats) != 0, posed = (flags & Posed) != 0;
            int row = width * (floats ? 4 : 1) + (posed ? Angles * (floats ? 4 : 2) : 0);
            if (data.Length - HeaderSize != count * row)
                throw new BadMessage(count + " frames of " + width + " weights do not fit " + data.Length + " bytes");
            // All poses come before the first weight.
            poses = posed ? Rows(count, Angles, floats ? (Func<float>)ReadFloat : ReadAngle) : null;
            return Rows(count, width, floats ? (Func<float>)ReadWeight : ReadByte);
        }

        private static float[][] Rows(int count, int width, Func<float> read)
        {
            var rows = new float[count][];
            for (int i = 0; i < count; i++)
            {
                rows[i] = new float[width];
                for (int j = 0; j < width; j++) rows[i][j] = read();
            }
            return rows;
        }

        private float ReadByte()
        {
            return data[at++] / 255f;
        }

        private float ReadAngle()
        {
            at += 2;
            return BitConverter.ToInt16(data, at - 2) / 100f;
        }

        private float ReadFloat()
        {
            at += 4;
            float value = BitConverter.ToSingle(data, at - 4);
            return float.IsNaN(value) || float.IsInfinity(value) ? 0 : value;
        }

        // A mesh given a weight far out of range is torn, so what the protocol promises is enforced here.
        private float ReadWeight()
        {
            return Math.Max(0f, Math.Min(1f, ReadFloat()));
        }
    }
}
