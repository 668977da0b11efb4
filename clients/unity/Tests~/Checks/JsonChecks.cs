using System;
using System.Collections.Generic;
using System.Linq;

namespace Townsfolk.Checks
{
    internal static class JsonChecks
    {
        private static readonly Random Dice = new Random(7);

        public static void Values()
        {
            Check.Equal(-12.5e3, JsonReader.Read(" -12.5E3 "), "number");
            Check.Equal(true, JsonReader.Read("true"), "flag");
            Check.Equal(null, JsonReader.Read("null"), "null");
            Check.Equal("a\"\\/\b\f\n\r\té\ud83d\ude00", JsonReader.Read(@"""a\""\\\/\b\f\n\r\t\u00e9\ud83d\ude00"""), "text");
            var list = (List<object>)JsonReader.Read("[1, [], {}, \"x\"]");
            Check.Equal(4, list.Count, "items");
            var members = (Dictionary<string, object>)JsonReader.Read("{\"a\":{\"b\":[1,2]},\"a b\":null}");
            Check.Equal(2.0, ((List<object>)((Dictionary<string, object>)members["a"])["b"])[1], "nested");
        }

        public static void WhatIsNotJsonIsRefused()
        {
            string[] wrong =
            {
                "", " ", "{", "}", "[", "[1", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "\"a", "\"\\x\"", "\"\\u12\"",
                "tru", "nul", "1.2.3", "--1", "1e999", "NaN", "Infinity", "{} {}", "\"\n\"", "'a'", "[1,]", "{\"a\":1,}"
            };
            foreach (string text in wrong) Check.That(!Check.Reads(() => JsonReader.Read(text)), "`" + text + "` was read");
            Check.That(!Check.Reads(() => JsonReader.Read(null)), "null was read");
            Check.That(!Check.Reads(() => JsonReader.Read(new string('[', 100000))), "a tower was read");
            Check.That(Check.Reads(() => JsonReader.Read(new string('[', 60) + new string(']', 60))), "60 deep");
        }

        public static void WhatIsWrittenIsReadAgain()
        {
            for (int i = 0; i < 3000; i++)
            {
                object value = Any(0);
                string json = JsonWriter.Write(value);
                Check.Equal(json, JsonWriter.Write(JsonReader.Read(json)), "round trip");
            }
        }

        public static void LettersThatHaveNoUtf8AreEscaped()
        {
            Check.Equal("\"a\\ud83d\"", JsonWriter.Write("a\ud83d"), "half a pair");
            Check.Equal("\"\\ude00b\"", JsonWriter.Write("\ude00b"), "the other half");
            Check.Equal("\"\ud83d\ude00\"", JsonWriter.Write("\ud83d\ude00"), "a pair");
        }

        public static void NumbersThatJsonHasNotAreRefused()
        {
            foreach (object bad in new object[] { double.NaN, float.PositiveInfinity, DateTime.Now })
            {
                bool refused = false;
                try
                {
                    JsonWriter.Write(bad);
                }
                catch (ArgumentException)
                {
                    refused = true;
                }
                Check.That(refused, bad + " was written");
            }
        }

        public static void NoiseNeverDoesWorseThanBadMessage()
        {
            const string letters = "{}[]\",:\\u0123e+-.truefalsn \n";
            for (int i = 0; i < 20000; i++)
            {
                string noise = new string(Enumerable.Range(0, Dice.Next(40)).Select(_ => letters[Dice.Next(letters.Length)])
                    .ToArray());
                Check.Reads(() => JsonReader.Read(noise));
            }
        }

        private static object Any(int depth)
        {
            switch (Dice.Next(depth > 3 ? 5 : 7))
            {
                case 0: return null;
                case 1: return Dice.Next(2) == 0;
                case 2: return (double)Dice.Next(-100000, 100000);
                case 3: return (Dice.NextDouble() - 0.5) * Math.Pow(10, Dice.Next(-20, 20));
                case 4: return new string(Enumerable.Range(0, Dice.Next(8)).Select(_ => (char)Dice.Next(0x3000)).ToArray());
                case 5: return Enumerable.Range(0, Dice.Next(4)).Select(_ => Any(depth + 1)).ToList();
                default: return Enumerable.Range(0, Dice.Next(4)).ToDictionary(n => "k" + n, _ => Any(depth + 1));
            }
        }
    }
}
