namespace Townsfolk
{
    /// <summary>All of a reply has been sent.</summary>
    public sealed class Done : OfReply
    {
        public readonly string Text;

        /// <summary>Length of its audio.</summary>
        public readonly long Samples;

        internal Done(Fields from) : base(from)
        {
            Text = from.Text("text");
            Samples = from.Integer("samples");
        }
    }

    /// <summary>Announces the face of a character between its replies; its packets bear this number.</summary>
    public sealed class Rest : OfReply
    {
        internal Rest(Fields from) : base(from)
        {
        }
    }

    /// <summary>Announces the face of another player, as Watch asked for it; its packets bear this number.</summary>
    public sealed class Double : Message
    {
        public readonly long Reply;

        /// <summary>Id of the player whose face it is.</summary>
        public readonly string Player;

        internal Double(Fields from)
        {
            Reply = from.Integer("reply");
            Player = from.Text("player");
        }
    }

    /// <summary>Answers Ping: the line is alive, which Conversation knows by then.</summary>
    public sealed class Pong : Message
    {
        public readonly double At;

        internal Pong(Fields from)
        {
            At = from.Number("at");
        }
    }

    /// <summary>Fall silent in this place and keep what is there: the player may be interrupting.</summary>
    public sealed class Hold : OfReply
    {
        internal Hold(Fields from) : base(from)
        {
        }
    }

    /// <summary>It was no interruption: go on from where Hold stopped.</summary>
    public sealed class Release : OfReply
    {
        internal Release(Fields from) : base(from)
        {
        }
    }

    /// <summary>Forget the reply from sample ValidThrough on.</summary>
    public sealed class Cancel : OfReply
    {
        public readonly long ValidThrough;

        /// <summary>interrupted, superseded, failed or closing.</summary>
        public readonly string Reason;

        internal Cancel(Fields from) : base(from)
        {
            ValidThrough = from.Integer("valid_through");
            Reason = from.Text("reason", "");
        }
    }
}
