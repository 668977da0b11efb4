using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Townsfolk.Console
{
    /// <summary>
    /// A game without a picture, on the package's core: `console.exe [--folder FOLDER | --room] URL`. Plays
    /// silently what comes (in a room: beside an open microphone, with faces that live between replies), prints what happens as lines of JSON, takes commands from its input (say TEXT, greet ID, interrupt,
    /// hear FILE, send JSON, quit), and ends when the server does.
    /// </summary>
    internal sealed class Program
    {
        private readonly Client client;
        private readonly Conversation conversation;
        private readonly Room room = new Room();
        private readonly BinaryWriter shown;
        private readonly BlockingCollection<string> commands = new BlockingCollection<string>();
        private volatile Voice[] voices = new Voice[0];
        private double silentFrom = double.PositiveInfinity;
        private float residue;

        private Program(string url, string folder, bool inRoom)
        {
            var packets = new BinaryWriter(File.Create(Path.Combine(folder, "packets")));
            shown = new BinaryWriter(File.Create(Path.Combine(folder, "shown")));
            var settings = new Settings { Client = "townsfolk-unity-console", EchoCancelled = true, Rest = inRoom };
            conversation = new Conversation(settings, Device.Rate);
            client = new Client(url, conversation, () => new Tap(packets));
            if (inRoom) room.Open();
            Listen();
        }

        private static void Main(string[] arguments)
        {
            string url = arguments.LastOrDefault() ?? Environment.GetEnvironmentVariable("TOWNSFOLK_URL");
            string folder = arguments.Length > 2 ? arguments[1] : Path.GetTempPath();
            var program = new Program(url, folder, arguments.Contains("--room"));
            new Thread(program.Read) { IsBackground = true }.Start();
            using (var device = new Device(() => program.voices, Path.Combine(folder, "heard"))) program.Run(device);
        }

        private void Listen()
        {
            conversation.Link.Changed += state => Tell("state", "state", "" + state, "reason", client.Reason);
            conversation.Opened += Begin;
            conversation.Missed += missed => Tell("missed", "npc", missed.Npc, "text", missed.Text);
            conversation.Hearing += hearing => Tell("hearing", "state", hearing.State);
            conversation.Heard += heard => Tell("heard", "text", heard.Text, "final", heard.Final);
            conversation.Failed += error => Tell("error", "text", "" + error, "fatal", error.Fatal);
            conversation.Thinking += reply =>
            {
                silentFrom = double.PositiveInfinity;
                Tell("thinking", "reply", reply.Reply, "npc", reply.Npc);
            };
        }

        private void Begin(Ready ready)
        {
            Tell("ready", "resumed", ready.Resumed, "cast", ready.Cast.Select(npc => npc.Id).ToList());
            foreach (Character character in conversation.Cast.Values)
                if (!voices.Contains(character.Voice)) Meet(character);
        }

        private void Meet(Character character)
        {
            voices = voices.Concat(new[] { character.Voice }).ToArray();
            character.Started += reply => Tell("started", "reply", reply);
            character.Said += line => Tell("said", "reply", line.Reply, "text", line.Text, "start", line.At);
            character.Felt += feeling => Tell("felt", "emotion", feeling.Emotion);
            character.Finished += reply => Tell("finished", "reply", reply);
            character.Cancelled += cancel => Tell("cancelled", "reply", cancel.Reply, "reason", cancel.Reason);
            character.Acted += act =>
            {
                Tell("acted", "verb", act.Verb, "target", act.Target, "at", act.At, "heard", character.Clock.At(Device.Now));
                conversation.Send(Requests.Result(act.Number, true));
            };
        }

        private void Run(Device device)
        {
            client.Open(Device.Now);
            do
            {
                double now = Device.Now;
                room.Record(conversation, now);
                client.Update(now);
                foreach (Character character in conversation.Cast.Values) Show(character, now);
                if (now > silentFrom) residue = Math.Max(residue, Math.Max(device.Loudest, Loudest()));
                Thread.Sleep(16); // about 60 frames a second
            } while (conversation.Link.IsWanted && Obey());
            Tell("end", "stale", conversation.Stale, "residue", residue, "underruns",
                conversation.Cast.Values.Sum(character => character.Underruns));
            client.Close();
            // The goodbye has its time; a Mono that ends while a timer is being set may fail (mono/mono#15418).
            Thread.Sleep(200);
            shown.Dispose();
        }

        private float Loudest()
        {
            return conversation.Cast.Values.SelectMany(character => character.Face.Weights).Max();
        }

        private void Show(Character character, double now)
        {
            if (!character.Clock.Running) return;
            shown.Write(now);
            shown.Write((double)character.Clock.Reply.Value);
            foreach (float weight in character.Face.Weights) shown.Write(weight);
        }

        private bool Obey()
        {
            while (commands.TryTake(out string line))
            {
                string[] words = line.Split(new[] { ' ' }, 2);
                string rest = words.Last();
                if (words[0] == "quit") return false;
                if (words[0] == "say") conversation.Send(Requests.Say(rest));
                if (words[0] == "greet") conversation.Send(Requests.Greet(rest));
                if (words[0] == "send") conversation.Send(rest);
                if (words[0] == "hear") room.Play(rest);
                if (words[0] == "interrupt") Interrupt();
            }
            return true;
        }

        private void Interrupt()
        {
            conversation.Interrupt(Device.Now);
            // The voice fades in one block, and the one before may just be written; the face eases within 100 ms.
            silentFrom = Device.Now + 0.15;
        }

        private void Read()
        {
            for (string line; (line = System.Console.ReadLine()) != null;) commands.Add(line);
        }

        private static void Tell(string happened, params object[] fields)
        {
            var line = new Dictionary<string, object> { { "event", happened }, { "now", Device.Now } };
            for (int i = 0; i < fields.Length; i += 2) line[(string)fields[i]] = fields[i + 1];
            System.Console.WriteLine(JsonWriter.Write(line));
            System.Console.Out.Flush();
        }
    }
}
