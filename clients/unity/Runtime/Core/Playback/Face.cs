using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// The face of one character at the moment: that of the reply which sounds, at the sample that is heard, and
    /// at rest (or as the server lets it live between replies) otherwise.
    /// </summary>
    public sealed class Face
    {
        // How long the mouth takes to come to rest when a voice stops in the middle of a word.
        private const double EaseSeconds = 0.1;

        // How long two faces that are both alive melt into each other.
        private const double MeltSeconds = 0.2;

        private readonly int rate;
        private readonly int fps;
        private readonly Dictionary<long, Frames> speech = new Dictionary<long, Frames>();
        private readonly float[] spoken;
        private readonly float[] spokenPose = new float[Packet.Angles];
        private readonly float[] resting;
        private readonly float[] restingPose = new float[Packet.Angles];
        private Frames rest;
        private long restReply = -1;
        private double restBegan;
        private double speaking;
        private double last;

        /// <summary>For <paramref name="width"/> weights, and frames as in Ready.</summary>
        public Face(int width, int rate, int fps)
        {
            this.rate = rate;
            this.fps = fps;
            spoken = new float[width];
            resting = new float[width];
            Weights = new float[width];
        }

        /// <summary>0 to 1, in the order of Ready.Blendshapes.</summary>
        public float[] Weights { get; private set; }

        /// <summary>Degrees, as Packet.Angles has them; zeros where poses were not asked for.</summary>
        public float[] Pose { get; } = new float[Packet.Angles];

        /// <summary>
        /// Frames of this number are a face between replies, and count from <paramref name="now"/>.
        /// </summary>
        public void Rest(long reply, double now)
        {
            rest = new Frames(rate, fps);
            restReply = reply;
            restBegan = now;
        }

        public void Add(Packet packet)
        {
            if (packet.Reply == restReply)
            {
                rest.Add(packet);
                return;
            }
            if (!speech.TryGetValue(packet.Reply, out Frames frames))
                speech[packet.Reply] = frames = new Frames(rate, fps);
            frames.Add(packet);
        }

        /// <summary>Forget the frames of a reply, or of all where it is null.</summary>
        public void Drop(long? reply = null)
        {
            if (reply == null) speech.Clear();
            else speech.Remove(reply.Value);
        }

        /// <summary>Forget also the face between replies: it belonged to a connection that is gone.</summary>
        public void Forget()
        {
            Drop();
            rest = null;
            restReply = -1;
            Array.Clear(resting, 0, resting.Length);
            Array.Clear(restingPose, 0, restingPose.Length);
        }

        /// <summary>
        /// Work out Weights and Pose for the sample of a reply that is heard at <paramref name="now"/>.
        /// </summary>
        public void Show(Clock clock, double now)
        {
            double passed = Math.Max(0, now - last);
            last = now;
            bool living = rest != null && rest.Show((now - restBegan) * rate, resting, restingPose);
            bool talks = clock.Running && speech.TryGetValue(clock.Reply.Value, out Frames frames)
                && frames.Show(clock.At(now), spoken, spokenPose);
            double change = passed / (living ? MeltSeconds : EaseSeconds);
            // A face that was at rest begins with its first frame, which is near rest itself.
            speaking = !talks ? Math.Max(0, speaking - change) : living ? Math.Min(1, speaking + change) : 1;
            Frames.Blend(resting, spoken, (float)speaking, Weights);
            Frames.Blend(restingPose, spokenPose, (float)speaking, Pose);
        }
    }
}
