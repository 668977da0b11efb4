using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>One thing or person of the scene, as the characters may notice it.</summary>
    [Serializable]
    public sealed class Entity
    {
        /// <summary>Names it in actions, places and events; 1 to 64 characters.</summary>
        public string Id;

        /// <summary>What it is, in a word or two: door, cup, guard, player.</summary>
        public string Kind;

        /// <summary>What people call it ("the red cup"); its kind where empty.</summary>
        public string Name;

        /// <summary>What is to be known of it, in a clause.</summary>
        public string Description;

        /// <summary>What may change of it: text, number or flag by name, up to 16.</summary>
        public Dictionary<string, object> State = new Dictionary<string, object>();

        /// <summary>Metres in the world, y up, three of them; null where it is nowhere.</summary>
        public float[] Position;

        /// <summary>
        /// Metres from characters, by their ids, where the game knows better than Position does.
        /// </summary>
        public Dictionary<string, object> Distance = new Dictionary<string, object>();

        /// <summary>Ids of the characters that can see it; null for all.</summary>
        public List<string> VisibleTo;
    }

    /// <summary>Something that the game lets a character do.</summary>
    [Serializable]
    public sealed class Verb
    {
        /// <summary>What an Act calls it: pour.</summary>
        public string Name;

        /// <summary>What it does, in a clause: "fill a cup with drink".</summary>
        public string Description;

        /// <summary>
        /// What players say when they want it; three or more make the embedded selector reliable.
        /// </summary>
        public List<string> Examples = new List<string>();

        /// <summary>Kinds of entities it is done to; null or empty for a verb without a target.</summary>
        public List<string> Targets;

        /// <summary>What else it has to be told.</summary>
        public List<Parameter> Parameters = new List<Parameter>();

        /// <summary>before the first word, with (after the first clause), or after the last word.</summary>
        public string When = "with";

        /// <summary>Speech behind it waits for its result.</summary>
        public bool Gates;

        /// <summary>State its target must have: {"open": false} for open.</summary>
        public Dictionary<string, object> Needs = new Dictionary<string, object>();

        /// <summary>Ids of the characters that can do it; null or empty for all.</summary>
        public List<string> Npcs;
    }

    /// <summary>What a verb has to be told beside its target.</summary>
    [Serializable]
    public sealed class Parameter
    {
        public string Name;

        /// <summary>text, number, integer, flag or choice.</summary>
        public string Kind = "text";

        /// <summary>The values of a choice.</summary>
        public List<string> Choices = new List<string>();

        public string Description;

        /// <summary>Text, number or flag, taken where the player says nothing of it; null for none.</summary>
        public object Default;
    }

    /// <summary>
    /// What the game itself sees of the player, by camera or headset. Null leaves a thing as it was.
    /// </summary>
    public sealed class Perception
    {
        public bool? Present;

        /// <summary>Metres from the character who is attended to.</summary>
        public float? Distance;

        /// <summary>Id of a character or an entity; empty for neither.</summary>
        public string LooksAt;

        /// <summary>neutral, joy, sadness, anger, fear, disgust or surprise.</summary>
        public string Expression;

        /// <summary>0 to 1.</summary>
        public float Intensity = 1;

        /// <summary>
        /// Just done, once for each time: nod, shake, wave, palm, thumb_up, thumb_down or point.
        /// </summary>
        public string Gesture;

        /// <summary>Id of the entity that is pointed at.</summary>
        public string Target;
    }
}
