using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>The session is open.</summary>
    public sealed class Ready : Message
    {
        /// <summary>Name and version of the server.</summary>
        public readonly string Server;

        /// <summary>Shown by the client after a lost connection, so that its conversations go on.</summary>
        public readonly string Resume;

        /// <summary>The conversations of the token that was shown go on.</summary>
        public readonly bool Resumed;

        /// <summary>What was not heard of the reply that broke off with the connection.</summary>
        public readonly IReadOnlyList<Missed> Missed;

        /// <summary>The characters of this session.</summary>
        public readonly IReadOnlyList<Npc> Cast;

        /// <summary>Id of the character that the player's voice is meant for.</summary>
        public readonly string Attending;

        /// <summary>Names of the weights of a face frame, in their order.</summary>
        public readonly IReadOnlyList<string> Blendshapes;

        /// <summary>Hertz of the microphone.</summary>
        public readonly int MicrophoneRate;

        /// <summary>Hertz of the voices, and the unit of every time in a reply.</summary>
        public readonly int Rate;

        /// <summary>Face frames a second.</summary>
        public readonly int Fps;

        internal Ready(Fields from)
        {
            Server = from.Text("server");
            Resume = from.Text("resume");
            Resumed = from.Flag("resumed", false);
            Missed = from.Objects("missed", each => new Missed(each));
            Cast = from.Objects("cast", each => new Npc(each));
            Attending = from.Text("attending");
            Blendshapes = from.Texts("blendshapes");
            MicrophoneRate = Positive(from.Object("audio_in"), "rate");
            Rate = Positive(from.Object("audio_out"), "rate");
            Fps = Positive(from.Object("face"), "fps");
        }

        // Everything that follows is divided by these.
        private static int Positive(Fields from, string name)
        {
            long number = from.Integer(name);
            if (number < 1 || number > 1000000) throw new BadMessage("`" + name + "` is out of range");
            return (int)number;
        }
    }

    /// <summary>One character of the cast.</summary>
    public sealed class Npc
    {
        public readonly string Id;
        public readonly string Name;

        /// <summary>One sentence for the player.</summary>
        public readonly string Description;

        internal Npc(Fields from)
        {
            Id = from.Text("id");
            Name = from.Text("name", Id);
            Description = from.Text("description", "");
        }
    }

    /// <summary>
    /// What a character had still to say when the connection was lost: to be shown, it is not said again.
    /// </summary>
    public sealed class Missed
    {
        public readonly long Reply;
        public readonly string Npc;
        public readonly string Text;

        internal Missed(Fields from)
        {
            Reply = from.Integer("reply");
            Npc = from.Text("npc");
            Text = from.Text("text");
        }
    }
}
