using System;
using System.Collections.Generic;
using System.Linq;

namespace Townsfolk.Checks
{
    /// <summary>A conversation with `a`, of two weights at 24 kHz, and what it says on the wire.</summary>
    internal sealed class Talk
    {
        public readonly Conversation Conversation = new Conversation(new Settings(), Device.Rate);
        public readonly List<string> Happened = new List<string>();
        public double Now;
        private readonly float[] block = new float[Device.Block];

        public Talk()
        {
            Conversation.Link.Changed += state => Happened.Add("" + state);
            Conversation.Missed += missed => Happened.Add("missed " + missed.Text);
            Conversation.Failed += error => Happened.Add(error.Code);
            Conversation.Link.Open(Now);
            Check.That(Conversation.Link.Dial(Now), "it dials");
        }

        public Character A
        {
            get { return Conversation.Cast["a"]; }
        }

        public Talk Ready(bool resumed = false, string missed = "[]")
        {
            Conversation.Connected(Now);
            return Say("{'type':'ready','server':'s','resume':'t1','resumed':" + (resumed ? "true" : "false") + ",'missed':"
                + missed + ",'cast':[{'id':'a','name':'A'}],'attending':'a','blendshapes':['x','y'],'audio_in':{'rate':16000},"
                + "'audio_out':{'rate':24000},'face':{'fps':60}}");
        }

        public Talk Say(string message)
        {
            Conversation.Receive(new Data(message.Replace('\'', '"')), Now);
            return this;
        }

        public Talk Voice(uint reply, uint time, int count)
        {
            byte[] header = { 1, 0, 0, 0 };
            Conversation.Receive(new Data(header.Concat(BitConverter.GetBytes(reply)).Concat(BitConverter.GetBytes(time))
                .Concat(Enumerable.Repeat((byte)32, 2 * count)).ToArray()), Now);
            return this;
        }

        /// <summary>Let time pass: a device of 10 ms blocks, a frame of the game with each.</summary>
        public float Run(double seconds)
        {
            float loudest = 0;
            for (double until = Now + seconds - 1e-9; Now < until; Now += 0.01)
            {
                if (Conversation.Cast.Count > 0) A.Voice.Render(block, Device.Block, Now);
                loudest = Math.Max(loudest, block.Max());
                Conversation.Update(Now);
            }
            return loudest;
        }

        /// <summary>What is on its way to the server beside pings, without spaces and quotes.</summary>
        public string Sent()
        {
            return string.Join(" ", Texts().Where(text => !text.StartsWith("{type:ping")));
        }

        /// <summary>All that is on its way to the server as text.</summary>
        public List<string> Texts()
        {
            var texts = Conversation.Outbox.Where(data => data.Text != null).Select(data => data.Text.Replace("\"", ""));
            var sent = texts.ToList();
            Conversation.Outbox.Clear();
            return sent;
        }
    }

    internal static class ConversationChecks
    {
        public static void BackOffDoublesToFiveSeconds()
        {
            var link = new Link();
            link.Open(0);
            double now = 0;
            var waits = new List<double>();
            Check.That(link.Dial(now), "it dials");
            Check.That(!link.Dial(now), "it dials twice");
            while (waits.Count < 7)
            {
                link.Lost(now);
                double wait = 0;
                while (!link.Dial(now + wait)) wait += 0.0625;
                waits.Add(wait);
                now += wait;
            }
            Check.Same(new[] { 0.25, 0.5, 1, 2, 4, 5, 5 }, waits, "waits");
        }

        public static void WhatIsPlayedIsReported()
        {
            var talk = new Talk().Ready();
            talk.Sent();
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 24000);
            talk.Say("{'type':'done','reply':1,'npc':'a','text':'x','samples':24000}");
            talk.Run(1.2);
            string sent = talk.Sent();
            Check.That(sent.StartsWith("{type:playback,reply:1,state:started,at:0}"), sent);
            Check.That(sent.EndsWith("{type:playback,reply:1,state:finished,at:24000}"), sent);
            Check.Equal(3, sent.Split(new[] { "position" }, StringSplitOptions.None).Length - 1, "every quarter of a second");
        }

        public static void HeldReleasedCancelled()
        {
            var talk = new Talk().Ready();
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 48000);
            talk.Run(0.2);
            talk.Sent();
            talk.Say("{'type':'hold','reply':1,'npc':'a'}").Run(0.02);
            Check.Equal("{type:playback,reply:1,state:position,at:4800}", talk.Sent(), "held");
            Check.Equal(0f, talk.Run(0.3), "silence");
            Check.Near(4800, talk.A.Clock.At(talk.Now), 0, "the clock stands");
            talk.Say("{'type':'release','reply':1,'npc':'a'}").Run(0.1);
            Check.That(talk.A.Clock.Running, "it goes on");
            talk.Say("{'type':'cancel','reply':1,'npc':'a','valid_through':9000,'reason':'interrupted'}");
            Check.Equal("{type:playback,reply:1,state:interrupted,at:7200}", talk.Sent(), "cancelled");
            talk.Run(0.01);
            Check.Equal(0f, talk.Run(0.2), "silence");
            talk.Voice(1, 48000, 100);
            Check.Equal(1, talk.Conversation.Stale, "stale");
            Check.Equal(0f, talk.Run(0.2), "what comes late is not played");
        }

        public static void InterruptIsSilentAtOnce()
        {
            var talk = new Talk().Ready();
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 48000);
            talk.Run(0.2);
            talk.Sent();
            talk.Conversation.Interrupt(talk.Now);
            Check.Equal("{type:playback,reply:1,state:interrupted,at:4800} {type:interrupt}", talk.Sent(), "told");
            talk.Run(0.01);
            talk.Voice(1, 48000, 4800);
            Check.Equal(0f, talk.Run(0.3), "silence");
            bool told = false;
            talk.A.Cancelled += cancel => told = true;
            talk.Say("{'type':'cancel','reply':1,'npc':'a','valid_through':4800,'reason':'interrupted'}");
            Check.That(told, "the game hears of it");
            Check.Equal("", talk.Sent(), "once is enough");
        }

        public static void ALostConnectionIsResumed()
        {
            var talk = new Talk().Ready();
            Check.That(talk.Sent().Contains("{type:hello,protocol:1,client:townsfolk-unity"), "hello");
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 9600);
            talk.Run(0.2);
            talk.Conversation.Disconnected(false, talk.Now);
            Check.That(!talk.Conversation.Send(Requests.Say("Hello?")), "nobody is there");
            talk.Run(0.05);
            Check.That(talk.A.Clock.Running, "what is here sounds on");
            talk.Run(0.2);
            Check.That(talk.Conversation.Link.Dial(talk.Now), "it dials");
            Character before = talk.A;
            talk.Conversation.Connected(talk.Now);
            string hello = talk.Sent();
            Check.That(hello.Contains("resume:t1,played:{reply:1,at:9600}"), hello);
            talk.Ready(true, "[{'reply':1,'npc':'a','text':'at the well.'}]");
            Check.Same(new[] { "Connecting", "Connected", "Reconnecting", "Resumed", "missed at the well." }, talk.Happened, "");
            Check.That(ReferenceEquals(before, talk.A), "the same characters");
            talk.Sent();
            talk.Run(0.3);
            Check.Equal("", talk.Sent(), "nothing is reported of what was before");
        }

        public static void WhatWasAllSentIsHeardToItsEnd()
        {
            var talk = new Talk().Ready();
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 24000);
            talk.Say("{'type':'done','reply':1,'npc':'a','text':'x','samples':24000}").Run(0.2);
            talk.Conversation.Disconnected(false, talk.Now);
            talk.Run(0.3);
            talk.Conversation.Connected(talk.Now);
            Check.That(talk.Sent().Contains("played:{reply:1,at:24000}"), "it will be heard");
            talk.Ready(true);
            Check.That(talk.Run(0.3) > 0, "it sounds on");
            long finished = 0;
            talk.A.Finished += reply => finished = reply;
            talk.Run(0.5);
            Check.Equal(1L, finished, "to its end");
        }

        public static void AnotherSessionStartsAfresh()
        {
            var talk = new Talk().Ready();
            talk.Say("{'type':'reply','reply':9,'npc':'a'}").Voice(9, 0, 48000);
            talk.Run(0.2);
            talk.Conversation.Disconnected(false, talk.Now);
            talk.Ready(false);
            talk.Run(0.01);
            Check.Equal(0f, talk.Run(0.2), "silence");
            Check.Equal("Connected", talk.Happened.Last(), "not resumed");
            talk.Say("{'type':'reply','reply':1,'npc':'a'}").Voice(1, 0, 4800);
            Check.That(talk.Run(0.2) > 0, "replies count from 1");
        }

        public static void WhoIsRefusedStaysAway()
        {
            var talk = new Talk();
            talk.Conversation.Connected(talk.Now);
            talk.Say("{'type':'error','code':'unknown_character','message':'no','fatal':true}");
            talk.Conversation.Disconnected(true, talk.Now);
            Check.Same(new[] { "Connecting", "unknown_character", "Refused" }, talk.Happened, "");
            Check.That(!talk.Conversation.Link.Dial(1000), "it dials again");
        }

        public static void ABusyServerIsAskedAgain()
        {
            var talk = new Talk();
            talk.Conversation.Connected(talk.Now);
            talk.Say("{'type':'error','code':'busy','message':'no','fatal':true}");
            talk.Conversation.Disconnected(true, talk.Now);
            Check.That(talk.Conversation.Link.Dial(0.3), "it does not dial");
        }

        public static void AServerThatSaysGoodbyeIsLeftAlone()
        {
            var talk = new Talk().Ready();
            talk.Conversation.Disconnected(true, talk.Now);
            Check.Equal(LinkState.Closed, talk.Conversation.Link.State, "state");
            Check.That(!talk.Conversation.Link.Dial(1000), "it dials");
        }

        public static void AServerThatNeverAnswersIsGivenUp()
        {
            var talk = new Talk();
            Check.That(!talk.Conversation.Update(9), "too early");
            Check.That(talk.Conversation.Update(11), "it waits for ever");
        }

        public static void ALineThatAnswersNothingIsLost()
        {
            var talk = new Talk().Ready();
            talk.Sent();
            for (int i = 0; i < 15; i++)
            {
                talk.Run(2.1);
                Check.That(!talk.Conversation.Update(talk.Now), "thinking may take long");
                Check.Equal(2, talk.Texts().Count(text => text.StartsWith("{type:ping,at:")), "questions in two seconds");
                talk.Say("{'type':'pong','at':1}");
            }
            talk.Run(4.9);
            Check.That(!talk.Conversation.Update(talk.Now), "too early");
            talk.Run(0.2);
            Check.That(talk.Conversation.Update(talk.Now), "it waits for ever");
        }

        public static void AGameThatStoodStillBlamesNoNetwork()
        {
            var talk = new Talk().Ready();
            talk.Run(1);
            Check.That(!talk.Conversation.Update(talk.Now + 60), "a level was loaded");
            Check.That(!talk.Conversation.Update(talk.Now + 61), "it has half a second more");
        }

        public static void NoServerThrowsAClientOver()
        {
            var dice = new Random(5);
            string[] messages = WireChecks.Messages().ToArray();
            var talk = new Talk().Ready();
            for (int i = 0; i < 6000; i++)
            {
                string message = messages[dice.Next(messages.Length)].Replace("mara", "a");
                if (dice.Next(2) == 0) message = message.Remove(dice.Next(message.Length), 1);
                if (dice.Next(2) == 0) message = message.Replace("7", "" + dice.Next(-2, 9));
                talk.Conversation.Receive(new Data(message), talk.Now);
                var bytes = new byte[12 + 2 * dice.Next(100)];
                dice.NextBytes(bytes);
                bytes[0] = (byte)dice.Next(1, 3);
                Array.Clear(bytes, 1, 10);
                bytes[4] = (byte)dice.Next(9);
                bytes[2] = (byte)((bytes.Length - 12) / 2);
                talk.Conversation.Receive(new Data(bytes), talk.Now);
                talk.Run(0.01);
            }
            Check.That(talk.Happened.Contains("bad_server"), "what was wrong is told");
        }
    }
}
