using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>A message about one reply of one character.</summary>
    public abstract class OfReply : Message
    {
        /// <summary>Number of the reply.</summary>
        public readonly long Reply;

        /// <summary>Id of the character whose reply it is.</summary>
        public readonly string Npc;

        internal OfReply(Fields from)
        {
            Reply = from.Integer("reply");
            Npc = from.Text("npc");
        }
    }

    /// <summary>Something at a place in a reply: raised when that place is heard.</summary>
    public abstract class Cue : OfReply
    {
        /// <summary>Sample of the reply at which it is due.</summary>
        public readonly long At;

        internal Cue(Fields from, string at) : base(from)
        {
            At = from.Integer(at);
        }
    }

    /// <summary>A character begins to think of an answer.</summary>
    public sealed class Reply : OfReply
    {
        /// <summary>The turn it answers; null where the character speaks of its own accord.</summary>
        public readonly long? Turn;

        internal Reply(Fields from) : base(from)
        {
            long turn = from.Integer("turn", -1);
            Turn = turn < 0 ? (long?)null : turn;
        }
    }

    /// <summary>A clause of a reply: a caption, and when each word is said.</summary>
    public sealed class Line : Cue
    {
        /// <summary>Counts the lines of the reply from 0.</summary>
        public readonly long Index;

        public readonly string Text;

        /// <summary>The sample after its last.</summary>
        public readonly long End;

        /// <summary>Its words in time; empty where the voice cannot tell.</summary>
        public readonly IReadOnlyList<Word> Words;

        internal Line(Fields from) : base(from, "start")
        {
            Index = from.Integer("index");
            Text = from.Text("text");
            End = from.Integer("end");
            Words = from.Objects("words", each => new Word(each));
        }
    }

    /// <summary>A word and its samples in the reply.</summary>
    public sealed class Word
    {
        public readonly string Text;
        public readonly long Start;
        public readonly long End;

        internal Word(Fields from)
        {
            Text = from.Text("text");
            Start = from.Integer("start");
            End = from.Integer("end");
        }
    }

    /// <summary>A character does something that the game offered. Answer with Requests.Result.</summary>
    public sealed class Act : Cue
    {
        /// <summary>Names it in the result.</summary>
        public readonly long Number;

        public readonly string Verb;

        /// <summary>Id of an entity of the scene, or null.</summary>
        public readonly string Target;

        /// <summary>string, double or bool by name, as the verb declares them.</summary>
        public readonly IReadOnlyDictionary<string, object> Parameters;

        /// <summary>Speech behind it waits for its result, though not for ever.</summary>
        public readonly bool Gates;

        internal Act(Fields from) : base(from, "at")
        {
            Number = from.Integer("action");
            Verb = from.Text("verb");
            Target = from.Text("target", null);
            Parameters = from.Values("parameters");
            Gates = from.Flag("gates", false);
        }
    }

    /// <summary>What a character feels from here on.</summary>
    public sealed class Feeling : Cue
    {
        /// <summary>neutral, joy, sadness, anger, fear, disgust or surprise.</summary>
        public readonly string Emotion;

        /// <summary>0 to 1.</summary>
        public readonly float Intensity;

        /// <summary>-1 unpleasant to 1 pleasant.</summary>
        public readonly float Valence;

        /// <summary>-1 calm to 1 excited.</summary>
        public readonly float Arousal;

        internal Feeling(Fields from) : base(from, "at")
        {
            Emotion = from.Text("emotion");
            Intensity = (float)from.Number("intensity");
            Valence = (float)from.Number("valence", 0);
            Arousal = (float)from.Number("arousal", 0);
        }
    }

    /// <summary>A character's story went on.</summary>
    public sealed class Beat : Message
    {
        public readonly string Npc;
        public readonly string Section;

        /// <summary>What its writer wants the game to do: quest.bell.started.</summary>
        public readonly IReadOnlyList<string> Hooks;

        internal Beat(Fields from)
        {
            Npc = from.Text("npc");
            Section = from.Text("section");
            Hooks = from.Texts("hooks");
        }
    }
}
