using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Townsfolk.Checks
{
    internal static class WireChecks
    {
        private static readonly Random Dice = new Random(11);

        /// <summary>Path of tests/data/protocol.jsonl.</summary>
        public static string Golden { get; set; }

        public static void EveryGoldenMessageIsRead()
        {
            var kinds = new List<string>();
            foreach (string message in Messages()) kinds.Add(Message.Read(message).GetType().Name);
            var all = typeof(Message).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract);
            Check.Same(all.Select(type => type.Name).OrderBy(name => name), kinds.Distinct().OrderBy(name => name), "kinds");
        }

        public static void GoldenValues()
        {
            var ready = Golds<Ready>();
            Check.Equal(24000, ready.Rate, "rate");
            Check.Equal(60, ready.Fps, "fps");
            Check.Equal("mara", ready.Cast[0].Id, "cast");
            var act = Golds<Act>();
            Check.Equal(4L, act.Number, "action");
            Check.Equal(24000L, act.At, "at");
            Check.Equal("cider", act.Parameters["drink"], "parameter");
            Check.That(act.Gates, "gates");
            var line = Golds<Line>();
            Check.Equal(21600L, line.Words[3].End, "word");
            Check.Equal(12000L, Golds<Cancel>().ValidThrough, "valid through");
            Check.Equal(3L, Golds<Reply>().Turn, "turn");
        }

        public static void MissedIsRead()
        {
            string ready = Messages().First(message => message.Contains("\"ready\""));
            var plain = (Dictionary<string, object>)JsonReader.Read(ready);
            plain["missed"] = JsonReader.Read("[{\"reply\":7,\"npc\":\"mara\",\"text\":\"at the well.\"}]");
            Missed missed = ((Ready)Message.Read(JsonWriter.Write(plain))).Missed[0];
            Check.Equal("7 mara at the well.", missed.Reply + " " + missed.Npc + " " + missed.Text, "missed");
            plain.Remove("missed");
            Check.Equal(0, ((Ready)Message.Read(JsonWriter.Write(plain))).Missed.Count, "none");
        }

        public static void WhatIsNewIsIgnored()
        {
            Check.Equal(null, Message.Read("{\"type\":\"weather\",\"rain\":true}"), "unknown type");
            var hold = (Hold)Message.Read("{\"type\":\"hold\",\"reply\":4000000000,\"npc\":\"a\",\"gently\":{\"very\":[1]}}");
            Check.Equal(4000000000L, hold.Reply, "reply");
        }

        public static void SpoiltMessagesAreRefusedAndNothingElse()
        {
            object[] spoils = { null, true, -1.5, 1e300, "", new List<object> { 1.0 }, new Dictionary<string, object>() };
            int refused = 0;
            foreach (string message in Messages())
                foreach (string field in ((Dictionary<string, object>)JsonReader.Read(message)).Keys)
                    foreach (object spoil in spoils)
                    {
                        var members = (Dictionary<string, object>)JsonReader.Read(message);
                        members[field] = spoil;
                        if (!Check.Reads(() => Message.Read(JsonWriter.Write(members)))) refused++;
                    }
            Check.That(refused > 300, refused + " refused");
        }

        public static void GoldenPackets()
        {
            int seen = 0;
            foreach (Dictionary<string, object> gold in Lines().Where(line => line.ContainsKey("packet")))
            {
                if ((string)gold["kind"] == "microphone") continue;
                byte[] bytes = Bytes((string)gold["packet"]);
                int count = (int)(double)gold["count"];
                Packet packet = Packet.Read(bytes, 52);
                Check.Equal((long)(double)gold["reply"], packet.Reply, "reply");
                Check.Equal((long)(double)gold["time"], packet.Time, "time");
                float[] values = packet.Samples ?? packet.Frames.SelectMany(row => row).ToArray();
                var expected = Flat(gold["values"]).ToArray();
                Check.Equal(expected.Length, values.Length, "values");
                for (int i = 0; i < values.Length; i++) Check.Near(expected[i], values[i], 1e-5, "value " + i);
                if (packet.Frames != null) Check.Equal(count, packet.Frames.Length, "frames");
                if (packet.Poses != null) Check.Equal(count * Packet.Angles, packet.Poses.Sum(row => row.Length), "angles");
                seen++;
            }
            Check.Equal(5, seen, "golden packets");
        }

        public static void PosesComeBeforeWeights()
        {
            var gold = Lines().First(line => line.ContainsKey("packet") && (string)line["kind"] == "face"
                && (double)line["flags"] == 4);
            Packet packet = Packet.Read(Bytes((string)gold["packet"]), 52);
            Check.Near(12.5, packet.Poses[0][0], 1e-4, "head yaw"); // e2 04: 1250 hundredths
        }

        public static void TheMicrophoneIsGolden()
        {
            var gold = Lines().First(line => line.ContainsKey("packet") && (string)line["kind"] == "microphone");
            var samples = new[] { 0f, 0.25f, 0.5f, -1f };
            byte[] packet = Packet.Microphone(48000, samples, 4, true);
            Check.Same(Bytes((string)gold["packet"]).Take(12), packet.Take(12), "header");
            Check.Equal((short)-32767, BitConverter.ToInt16(packet, 18), "the lowest");
            Check.Same(new byte[] { 255, 255, 255, 255 }, Packet.Microphone(uint.MaxValue, samples, 0, false).Skip(8), "time");
        }

        public static void AnyBytesAreAPacketOrBadMessage()
        {
            int read = 0;
            for (int i = 0; i < 20000; i++)
            {
                var bytes = new byte[Dice.Next(200)];
                Dice.NextBytes(bytes);
                if (bytes.Length > 1) bytes[0] = (byte)Dice.Next(4);
                if (Check.Reads(() => Packet.Read(bytes, Dice.Next(60)))) read++;
            }
            Check.That(read > 0 && read < 20000, read + " read");
        }

        private static T Golds<T>() where T : Message
        {
            return Messages().Select(Message.Read).OfType<T>().First();
        }

        public static IEnumerable<string> Messages()
        {
            return Lines().Where(line => (string)line["from"] == "server" && line.ContainsKey("message"))
                .Select(line => JsonWriter.Write(line["message"]));
        }

        private static IEnumerable<Dictionary<string, object>> Lines()
        {
            return File.ReadAllLines(Golden).Select(line => (Dictionary<string, object>)JsonReader.Read(line));
        }

        private static byte[] Bytes(string hex)
        {
            return Enumerable.Range(0, hex.Length / 2).Select(i => Convert.ToByte(hex.Substring(2 * i, 2), 16)).ToArray();
        }

        private static IEnumerable<double> Flat(object values)
        {
            return values is List<object> ? ((List<object>)values).SelectMany(Flat) : new[] { (double)values };
        }
    }
}
