using System;
using System.Collections.Generic;

namespace Townsfolk.Checks
{
    internal static class RequestChecks
    {
        /// <summary>
        /// The golden messages of a client, in their order, as this client writes them; then corner cases.
        /// </summary>
        public static IEnumerable<string> Examples()
        {
            yield return Requests.Hello(Ines(), null, null);
            yield return Requests.Hello(Ines(), "token", new Played { Reply = 7, At = 12000 });
            yield return Requests.Say("Which road leads to the mill?", "mara");
            yield return Requests.Attend("mara");
            yield return Requests.Greet("mara");
            yield return Requests.Talk(true);
            yield return Requests.Talk(null);
            yield return Requests.Scene(new[] { Door(), Cup() }, true, null, "cup-2", "the inn, late at night");
            yield return Requests.Scene(new Entity[0], false, new[] { "door" });
            yield return Requests.Event("A soaked sailor comes in.", null, null, "door");
            yield return Requests.Event("It thunders.", true, "mara");
            yield return Requests.Actions(new[] { Pour(), Open() });
            yield return Requests.Result(4, false, "The barrel is empty.");
            yield return Requests.Variables(new Dictionary<string, object> { { "coins", 12 }, { "has_key", true } });
            yield return Requests.Place("mara", "door", -1.5f, 0, 3);
            yield return Requests.Direct("mara", "surprise", 0.6f, "door");
            yield return Requests.Perceive(new Perception { Present = true, Distance = 1.5f, LooksAt = "", Expression = "joy",
                Intensity = 0.5f, Gesture = "point", Target = "door" });
            yield return Requests.Perceive(new Perception());
            yield return Requests.Watch("p-18");
            yield return Requests.Interrupt();
            yield return Requests.Playback(7, "position", 12000);
            yield return Requests.Ping(81.5);
            yield return Requests.Say("\"Ünïcode\" \\ \n\ud83d\ude00");
        }

        public static void WhatIsEmptyIsRefusedHere()
        {
            foreach (Action bad in new Action[] { () => Requests.Say(""), () => Requests.Greet(null) })
            {
                bool refused = false;
                try
                {
                    bad();
                }
                catch (ArgumentException)
                {
                    refused = true;
                }
                Check.That(refused, "it was written");
            }
        }

        private static Settings Ines()
        {
            return new Settings { Client = "lantern-quest 0.3", PlayerId = "p-17", PlayerName = "Ines", Cast = { "mara" },
                EchoCancelled = true };
        }

        private static Entity Door()
        {
            return new Entity { Id = "door", Kind = "door", Name = "the front door", State = { { "open", false } },
                Position = new[] { 4f, 0, 1 } };
        }

        private static Entity Cup()
        {
            return new Entity { Id = "cup-2", Kind = "cup", Name = "the red cup", Description = "chipped",
                Distance = { { "mara", 0.5 } } };
        }

        private static Verb Pour()
        {
            return new Verb { Name = "pour", Description = "fill a cup with drink",
                Examples = { "Pour me a cider.", "I'm thirsty.", "Fill my cup, please." }, Targets = new List<string> { "cup" },
                Parameters = { new Parameter { Name = "drink", Kind = "choice", Choices = { "cider", "tea" },
                    Default = "cider" } }, Gates = true };
        }

        private static Verb Open()
        {
            return new Verb { Name = "open", Examples = { "Open the door." }, Targets = new List<string> { "door" },
                Needs = { { "open", false } } };
        }
    }
}
