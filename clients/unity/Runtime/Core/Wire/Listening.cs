namespace Townsfolk
{
    /// <summary>What the ears notice of the player's voice.</summary>
    public sealed class Hearing : Message
    {
        /// <summary>started, paused, resumed, ended, ignored (it was noise) or aside ("uh-huh").</summary>
        public readonly string State;

        /// <summary>Counts the player's turns from 1.</summary>
        public readonly long Turn;

        internal Hearing(Fields from)
        {
            State = from.Text("state");
            Turn = from.Integer("turn");
        }
    }

    /// <summary>The player's words so far; each takes the place of the one before.</summary>
    public sealed class Heard : Message
    {
        public readonly long Turn;

        /// <summary>Id of the character that they are meant for.</summary>
        public readonly string To;

        public readonly string Text;

        /// <summary>The turn is over and these are its words.</summary>
        public readonly bool Final;

        internal Heard(Fields from)
        {
            Turn = from.Integer("turn");
            To = from.Text("to");
            Text = from.Text("text");
            Final = from.Flag("final", false);
        }
    }

    /// <summary>Something was refused or went wrong.</summary>
    public sealed class Error : Message
    {
        /// <summary>One of docs/protocol.md; never changes its meaning.</summary>
        public readonly string Code;

        public readonly string Text;

        /// <summary>What to do about it; may be empty.</summary>
        public readonly string Hint;

        /// <summary>The server closes the connection.</summary>
        public readonly bool Fatal;

        internal Error(Fields from) : this(from.Text("code"), from.Text("message"), from.Text("hint", ""))
        {
            Fatal = from.Flag("fatal", false);
        }

        internal Error(string code, string text, string hint)
        {
            Code = code;
            Text = text;
            Hint = hint;
        }

        public override string ToString()
        {
            return Hint.Length == 0 ? Code + ": " + Text : Code + ": " + Text + " (" + Hint + ")";
        }
    }
}
