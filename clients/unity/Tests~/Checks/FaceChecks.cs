using System;
using System.Linq;

namespace Townsfolk.Checks
{
    internal static class FaceChecks
    {
        private const int Rate = 24000, Fps = 60;

        public static void FramesAreBlendedAtTheSample()
        {
            var frames = new Frames(Rate, Fps); // 400 samples apart
            frames.Add(Faces(1, 0, 0, 0.2f, 0.4f, 0.8f));
            var shown = new float[2];
            Check.That(frames.Show(600, shown, null), "there are frames");
            Check.Near(0.3, shown[0], 0.004, "between the second and the third");
            Check.Equal(3, frames.Count, "the first was dropped");
            frames.Show(5000, shown, null);
            Check.Near(0.8, shown[0], 0.004, "the last stays");
            frames.Add(Faces(1, 400, 1f));
            Check.Equal(1, frames.Count, "what comes too late");
            frames.Show(100, shown, null);
            Check.Near(0.8, shown[0], 0.004, "before all there are");
            Check.That(!new Frames(Rate, Fps).Show(0, shown, null), "none");
        }

        public static void TheFaceFollowsTheVoiceAndComesToRest()
        {
            var clock = new Clock(Rate);
            var face = new Face(2, Rate, Fps);
            face.Add(Faces(3, 0, Enumerable.Repeat(1f, 30).ToArray()));
            face.Show(clock, 1);
            Check.Equal(0f, face.Weights[0], "before it is heard");
            clock.Take(new Report { State = Sound.Started, Reply = 3, At = 0, Time = 1 });
            face.Show(clock, 1.01);
            Check.Near(1, face.Weights[0], 0.001, "while it is heard");
            clock.Take(new Report { State = Sound.Interrupted, Reply = 3, At = 240, Time = 1.01 });
            face.Drop(3);
            face.Show(clock, 1.06);
            Check.Near(0.5, face.Weights[0], 0.01, "half way to rest");
            face.Show(clock, 1.12);
            Check.Equal(0f, face.Weights[0], "at rest after 100 ms");
        }

        public static void BetweenRepliesTheServersFaceIsShown()
        {
            var clock = new Clock(Rate);
            var face = new Face(2, Rate, Fps);
            face.Rest(9, 100);
            face.Add(Faces(9, 0, 0, 0.2f, 0.4f, 0.6f));
            face.Show(clock, 100 + 1.5 / Fps);
            Check.Near(0.3, face.Weights[0], 0.004, "its time counts from its message");
            face.Add(Faces(3, 0, Enumerable.Repeat(1f, 60).ToArray()));
            clock.Take(new Report { State = Sound.Started, Reply = 3, At = 0, Time = 100.05 });
            face.Show(clock, 100.125);
            Check.Near(0.5 * 0.6 + 0.5, face.Weights[0], 0.01, "they melt");
            face.Show(clock, 100.4);
            Check.Near(1, face.Weights[0], 0.001, "the voice has it");
        }

        public static void ActionsHappenWhenTheirPlaceIsHeard()
        {
            var timeline = new Timeline();
            timeline.Add(Cue("action", 7, 500));
            timeline.Add(Cue("action", 7, 100));
            timeline.Add(Cue("action", 8, 0));
            Check.Equal("8/0", Told(timeline.AtOnce()), "before the first word");
            Check.Equal("", Told(timeline.Heard(7, 99)), "too early");
            Check.Equal("7/100", Told(timeline.Heard(7, 100)), "in its place");
            timeline.Add(Cue("action", 7, 900));
            timeline.Add(Cue("action", 7, 1000));
            Check.Equal("7/500,7/900", Told(timeline.Cancelled(7, 900)), "begun, as the server sees it");
            Check.Equal("", Told(timeline.Heard(7, 5000)), "what was cancelled");
            timeline.Add(Cue("feeling", 0, 0));
            Check.Equal("0/0", Told(timeline.AtOnce()), "between replies");
            timeline.Add(Cue("action", 9, 9000));
            Check.Equal("9/9000", Told(timeline.Finished(9)), "at the latest with the end");
        }

        public static void NamesAreFoundHoweverTheyAreSpelt()
        {
            string[] arkit = { "eyeBlinkLeft", "jawOpen", "mouthSmileRight", "tongueOut" };
            Check.Same(new[] { 1, 0, 2, -1 }, ShapeMap.Match(arkit, new[] { "jaw_open", "Face.eyeBlink_L", "MouthSmileR" }),
                "ARKit");
            Check.Same(new[] { 0, 1, -1, -1 }, ShapeMap.Match(arkit, new[] { "blendShape1.EyeBlinkLeft", "JAWOPEN" }), "again");
            Check.Same(new[] { 1, 0, 2 }, ShapeMap.Match(new[] { "aa", "blinkLeft", "happy" },
                new[] { "Fcl_EYE_Close_L", "Fcl_MTH_A", "Joy" }), "VRM");
            Check.Same(new[] { 1, 0, 2 }, ShapeMap.Match(new[] { "PP", "aa", "E" }, new[] { "viseme_aa", "viseme_PP",
                "viseme_E" }), "Oculus");
            var told = new System.Collections.Generic.Dictionary<string, string> { { "jawOpen", "Mund" }, { "tongueOut", "" } };
            Check.Same(new[] { 1, 0, -1, -1 }, ShapeMap.Match(arkit, new[] { "Mund", "eyeBlinkLeft", "tongueOut" }, told), "told");
        }

        public static void ResamplingKeepsSpeechAndDropsWhatIsAbove()
        {
            Check.Near(0.5, Loudness(1000), 0.005, "1 kHz");
            Check.Near(0.5, Loudness(6000), 0.01, "6 kHz");
            Check.That(Loudness(10000) < 0.001, "10 kHz folds back: " + Loudness(10000));
        }

        public static void ResamplingKeepsTheTime()
        {
            foreach (int from in new[] { 16000, 22050, 44100, 48000, 96000 })
            {
                var resampler = new Resampler(from, 16000);
                int got = 0;
                for (int i = 0; i < 100; i++) got += resampler.Push(new float[from / 100]).Length;
                Check.Near(from / 100 * 100 * 16000.0 / from, got, 1, "samples of a second at " + from);
            }
        }

        public static void TheMicrophoneIsCutIntoPackets()
        {
            var ears = new Ears(48000, 16000);
            var packets = Enumerable.Range(0, 50).SelectMany(_ => ears.Push(new float[1000], true)).ToList();
            Check.Equal(52, packets.Count, "packets of 20 ms");
            for (int i = 0; i < packets.Count; i++)
            {
                Check.Equal(12 + 640, packets[i].Length, "size");
                Check.Equal((uint)(320 * i), BitConverter.ToUInt32(packets[i], 8), "time");
                Check.Equal((byte)1, packets[i][1], "audible");
            }
        }

        private static double Loudness(double hertz)
        {
            var resampler = new Resampler(48000, 16000);
            float[] tone = Enumerable.Range(0, 48000).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / 48000)))
                .ToArray();
            float[] heard = Enumerable.Range(0, 100).SelectMany(i => resampler.Push(tone.Skip(480 * i).Take(480).ToArray()))
                .ToArray();
            return Math.Sqrt(2 * heard.Skip(1000).Average(sample => (double)sample * sample));
        }

        private static string Told(System.Collections.Generic.List<Cue> due)
        {
            return string.Join(",", due.Select(cue => cue.Reply + "/" + cue.At));
        }

        private static Cue Cue(string type, long reply, long at)
        {
            return (Cue)Message.Read("{\"type\":\"" + type + "\",\"reply\":" + reply + ",\"npc\":\"a\",\"at\":" + at
                + ",\"action\":1,\"verb\":\"nod\",\"emotion\":\"joy\",\"intensity\":1}");
        }

        /// <summary>Frames of two weights, both of the same value.</summary>
        public static Packet Faces(uint reply, uint time, params float[] values)
        {
            byte[] header = { 2, 0, (byte)values.Length, 0 };
            var rows = values.SelectMany(value => Enumerable.Repeat((byte)Math.Round(255 * value), 2));
            return Packet.Read(header.Concat(BitConverter.GetBytes(reply)).Concat(BitConverter.GetBytes(time)).Concat(rows)
                .ToArray(), 2);
        }
    }
}
