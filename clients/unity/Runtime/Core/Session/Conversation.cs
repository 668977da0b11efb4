using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// A player's session with its characters, through any number of connections. Knows no socket and no engine:
    /// what arrives is given to it, what is to be sent is taken from Outbox, and `now` is the clock of the voices.
    /// Not for several threads at once.
    /// </summary>
    public sealed class Conversation
    {
        // These pass: the server asks to come back later.
        private static readonly HashSet<string> Passing = new HashSet<string>
        {
            "busy", "not_ready", "closing", "slow_client", "hello_timeout"
        };

        private readonly Settings settings;
        private readonly int output;
        private readonly Dictionary<string, Character> cast = new Dictionary<string, Character>();
        private readonly Dictionary<long, Character> speakers = new Dictionary<long, Character>();
        private readonly Dictionary<long, Character> resting = new Dictionary<long, Character>();
        private Character latestSpeaker;
        private long latest = -1;
        private long first = long.MaxValue;
        private readonly Pulse pulse = new Pulse();
        private bool passing;

        /// <summary>For voices on a device of <paramref name="output"/> hertz.</summary>
        public Conversation(Settings settings, int output)
        {
            this.settings = settings;
            this.output = output;
        }

        public Link Link { get; } = new Link();

        /// <summary>To be sent, in this order.</summary>
        public Queue<Data> Outbox { get; } = new Queue<Data>();

        /// <summary>
        /// What the server said first, on the present connection or the last; null before there was one.
        /// </summary>
        public Ready Ready { get; private set; }

        /// <summary>
        /// The characters, by id; empty before Opened. They stay the same through lost connections.
        /// </summary>
        public IReadOnlyDictionary<string, Character> Cast
        {
            get { return cast; }
        }

        /// <summary>Packets that came for a reply which had ended, and were not played.</summary>
        public int Stale { get; private set; }

        /// <summary>
        /// There is a session. Where it is not resumed, scene, actions and variables have to be sent anew.
        /// </summary>
        public event Action<Ready> Opened;

        /// <summary>What a character had still to say when the connection was lost.</summary>
        public event Action<Missed> Missed;

        public event Action<Hearing> Hearing;

        public event Action<Heard> Heard;

        /// <summary>A character begins to think.</summary>
        public event Action<Reply> Thinking;

        public event Action<Beat> Beat;

        /// <summary>Something was refused, by the server or (code `bad_server`) by this client.</summary>
        public event Action<Error> Failed;

        /// <summary>
        /// Send one of Requests. False where there is no session: then it is not sent, now or later.
        /// </summary>
        public bool Send(string request)
        {
            if (Link.IsOpen) Outbox.Enqueue(new Data(request));
            return Link.IsOpen;
        }

        /// <summary>Send what the microphone recorded (see Ears); dropped where there is no session.</summary>
        public void Send(byte[] packet)
        {
            if (Link.IsOpen) Outbox.Enqueue(new Data(packet));
        }

        /// <summary>Fall silent now, without waiting for the server, which is told.</summary>
        public void Interrupt(double now)
        {
            foreach (long reply in new List<long>(speakers.Keys))
            {
                speakers[reply].Silence(reply, now);
                speakers.Remove(reply);
            }
            Send(Requests.Interrupt());
        }

        /// <summary>Whether any character can be heard where the microphone is.</summary>
        public bool IsAudible(double now)
        {
            foreach (Character character in cast.Values)
                if (character.IsAudible(now)) return true;
            return false;
        }

        /// <summary>A connection is open: the session begins, or goes on.</summary>
        public void Connected(double now)
        {
            pulse.Begin(now);
            passing = false;
            Outbox.Clear();
            Played? played = null;
            if (latestSpeaker != null) played = latestSpeaker.Part(latest, now);
            // Nothing that still sounds is of this connection, so none of it is reported.
            first = long.MaxValue;
            speakers.Clear();
            resting.Clear();
            Outbox.Enqueue(new Data(Requests.Hello(settings, Link.Token, played)));
        }

        /// <summary>
        /// The connection is gone; <paramref name="inPeace"/> where the server closed it as agreed (1000).
        /// </summary>
        public void Disconnected(bool inPeace, double now)
        {
            Outbox.Clear(); // it was meant for this one
            if (inPeace && !passing && Link.IsOpen) Link.End(false);
            else Link.Lost(now);
        }

        /// <summary>Take what the server sent. Whatever that is, nothing is thrown: Failed tells of it.</summary>
        public void Receive(Data data, double now)
        {
            pulse.Heard();
            try
            {
                if (data.Bytes != null) Take(data.Bytes);
                else Take(Message.Read(data.Text), now);
            }
            catch (BadMessage bad)
            {
                Failed?.Invoke(new Error("bad_server", bad.Message, ""));
            }
        }

        /// <summary>
        /// Bring the characters up to now. True where the connection should be given up as lost.
        /// </summary>
        public bool Update(double now)
        {
            foreach (Character character in cast.Values) character.Update(now);
            if (!Link.IsOpen) return Link.Overdue(now);
            if (pulse.Look(now)) return true;
            if (pulse.IsTimeToAsk()) Send(Requests.Ping(now));
            return false;
        }

        private void Take(byte[] bytes)
        {
            Packet packet = Packet.Read(bytes, Ready == null ? 0 : Ready.Blendshapes.Count);
            if (speakers.TryGetValue(packet.Reply, out Character character)) character.Take(packet);
            else if (resting.TryGetValue(packet.Reply, out character)) character.Take(packet);
            else Stale++;
        }

        private void Take(Message message, double now)
        {
            if (message is Ready) Begin((Ready)message, now);
            else if (message is OfReply) Take((OfReply)message, now);
            else if (message is Hearing) Hearing?.Invoke((Hearing)message);
            else if (message is Heard) Heard?.Invoke((Heard)message);
            else if (message is Beat) Beat?.Invoke((Beat)message);
            else if (message is Error) Fail((Error)message);
        }

        private void Take(OfReply message, double now)
        {
            if (!cast.TryGetValue(message.Npc, out Character character)) return;
            if (message is Reply) Begin((Reply)message, character);
            else if (message is Rest) Begin((Rest)message, character, now);
            else if (message is Cancel) End((Cancel)message, character, now);
            // A reply that has been silenced here already has nothing more to say, but its server goes on a while.
            if (message.Reply != 0 && !speakers.ContainsKey(message.Reply)) return;
            if (message is Cue) character.Take((Cue)message);
            else if (message is Done) character.Take((Done)message);
            else if (message is Hold) character.Voice.Hold(message.Reply);
            else if (message is Release) character.Voice.Release(message.Reply);
        }

        private void Begin(Ready ready, double now)
        {
            if (!ready.Resumed) Forget(now);
            Ready = ready;
            foreach (Npc npc in ready.Cast)
                if (!cast.ContainsKey(npc.Id)) cast[npc.Id] = new Character(npc.Id, ready, output, Tell);
            Link.Ready(ready);
            Opened?.Invoke(ready);
            foreach (Missed missed in ready.Missed) Missed?.Invoke(missed);
        }

        private void Begin(Reply reply, Character character)
        {
            speakers[reply.Reply] = latestSpeaker = character;
            latest = reply.Reply;
            first = Math.Min(first, latest);
            Thinking?.Invoke(reply);
        }

        private void Begin(Rest rest, Character character, double now)
        {
            // The one before has ended: a character has one life between its replies at a time.
            foreach (long other in new List<long>(resting.Keys))
                if (resting[other] == character) resting.Remove(other);
            resting[rest.Reply] = character;
            character.Face.Rest(rest.Reply, now);
        }

        private void End(Cancel cancel, Character character, double now)
        {
            speakers.Remove(cancel.Reply);
            character.Take(cancel, now);
        }

        private void Forget(double now)
        {
            foreach (Character character in cast.Values) character.Forget(now);
            latestSpeaker = null;
            latest = -1;
        }

        private void Fail(Error error)
        {
            passing = passing || Passing.Contains(error.Code);
            Failed?.Invoke(error);
            if (error.Fatal && !Passing.Contains(error.Code)) Link.End(true);
        }

        private void Tell(long reply, string state, long at)
        {
            if (reply >= first) Send(Requests.Playback(reply, state, at));
            if (state == "finished") speakers.Remove(reply);
        }
    }
}
