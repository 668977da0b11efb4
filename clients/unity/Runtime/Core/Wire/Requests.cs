using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// What a client may say to the server, as JSON. Limits are those of docs/protocol.md; the server answers what
    /// is beyond them with an error that names the field.
    /// </summary>
    public static class Requests
    {
        // The version of the protocol that this client speaks.
        private const int Protocol = 1;

        /// <summary>Opens the session; <paramref name="played"/> goes with <paramref name="resume"/>.</summary>
        public static string Hello(Settings settings, string resume, Played? played)
        {
            return Write("hello", "protocol", Protocol, "client", settings.Client, "player", Record("id",
                settings.PlayerId, "name", settings.PlayerName, "language", settings.Language, "patience",
                settings.Patience, "camera", settings.Camera, "double", settings.Double), "cast", settings.Cast, "audio_in", Record("rate", settings.MicrophoneRate,
                "echo_cancelled", settings.EchoCancelled), "audio_out", Record("rate", settings.VoiceRate), "face",
                Record("format", "u8", "fps", settings.Fps, "shapes", settings.Shapes, "pose", settings.Pose,
                "rest", settings.Rest), "resume", resume, "played", played == null || resume == null ? null
                : Record("reply", played.Value.Reply, "at", played.Value.At));
        }

        /// <summary>
        /// The player types this; the attended character is meant where <paramref name="to"/> is null.
        /// </summary>
        public static string Say(string text, string to = null)
        {
            return Write("say", "text", Given(text, "text"), "to", string.IsNullOrEmpty(to) ? null : to);
        }

        /// <summary>From now on the player's voice is meant for this character.</summary>
        public static string Attend(string to)
        {
            return Write("attend", "to", Given(to, "to"));
        }

        /// <summary>The player comes up to a character, who speaks first.</summary>
        public static string Greet(string to)
        {
            return Write("greet", "to", Given(to, "to"));
        }

        /// <summary>Push to talk: true while the key is down; null for hands-free from now on.</summary>
        public static string Talk(bool? down)
        {
            Dictionary<string, object> message = Record("type", "talk");
            message["down"] = down; // null is an answer here, and not left out
            return JsonWriter.Write(message);
        }

        /// <summary>
        /// What is around. With <paramref name="replace"/> everything else is gone; without it only what is named
        /// changes, and the ids in <paramref name="gone"/> leave.
        /// </summary>
        public static string Scene(IEnumerable<Entity> entities, bool replace = true, IEnumerable<string> gone = null,
            string attention = null, string setting = null)
        {
            return Write("scene", "replace", replace, "entities", Records(entities, Record), "gone", gone,
                "attention", attention, "setting", setting);
        }

        /// <summary>
        /// Something happens. <paramref name="run"/>: true for a character to speak of it now, false for it only to
        /// be known, null for the runtime to decide.
        /// </summary>
        public static string Event(string text, bool? run = null, string to = null, string source = null)
        {
            return Write("event", "text", Given(text, "text"), "run", run ?? (object)"auto", "to", to, "source", source);
        }

        /// <summary>What characters can do from now on; takes the place of all that was offered before.</summary>
        public static string Actions(IEnumerable<Verb> verbs)
        {
            return Write("actions", "verbs", Records(verbs, Record));
        }

        /// <summary>How an action ended, in a sentence that the character knows from then on.</summary>
        public static string Result(long action, bool ok, string text = null)
        {
            return Write("result", "action", action, "ok", ok, "text", text);
        }

        /// <summary>Facts of the game: text, number or flag by name. Others stay as they are.</summary>
        public static string Variables(IDictionary<string, object> values)
        {
            return Write("variables", "values", values);
        }

        /// <summary>
        /// Where something is, in metres from between a character's eyes: to its own left, up, ahead.
        /// </summary>
        public static string Place(string npc, string id, float left, float up, float ahead)
        {
            return Write("place", "npc", Given(npc, "npc"), "id", Given(id, "id"), "position", new[] { left, up, ahead });
        }

        /// <summary>Directs a character's face; what is null stays as it is.</summary>
        public static string Direct(string npc, string emotion = null, float intensity = 1, string look = null)
        {
            return Write("direct", "npc", Given(npc, "npc"), "emotion", emotion, "intensity", intensity, "look", look);
        }

        public static string Perceive(Perception seen)
        {
            return Write("perceive", "present", seen.Present, "distance", seen.Distance, "looks_at", seen.LooksAt,
                "expression", seen.Expression, "intensity", seen.Intensity, "gesture", seen.Gesture,
                "target", seen.Target);
        }

        /// <summary>Show the face of another player of this server, if they agree to it.</summary>
        public static string Watch(string player)
        {
            return Write("watch", "player", Given(player, "player"));
        }

        /// <summary>Be quiet: cancels the reply under way, also while it is still being thought.</summary>
        public static string Interrupt()
        {
            return Write("interrupt");
        }

        /// <summary>How far a reply has been played; <paramref name="state"/> as in docs/protocol.md.</summary>
        public static string Playback(long reply, string state, long at)
        {
            return Write("playback", "reply", reply, "state", state, "at", at);
        }

        /// <summary>Is the line alive? The server answers at once. Conversation asks by itself.</summary>
        public static string Ping(double at)
        {
            return Write("ping", "at", at);
        }

        private static Dictionary<string, object> Record(Entity entity)
        {
            return Record("id", entity.Id, "kind", entity.Kind, "name", entity.Name, "description",
                entity.Description, "state", entity.State, "position", entity.Position, "distance", entity.Distance,
                "visible_to", entity.VisibleTo);
        }

        private static Dictionary<string, object> Record(Verb verb)
        {
            var parameters = new Dictionary<string, object>();
            foreach (Parameter each in verb.Parameters) parameters[each.Name] = Record("kind", each.Kind, "choices",
                each.Choices, "description", each.Description, "default", each.Default);
            return Record("name", verb.Name, "description", verb.Description, "examples", verb.Examples, "targets",
                Some(verb.Targets), "parameters", parameters, "when", verb.When, "gates", verb.Gates, "needs",
                verb.Needs, "npcs", Some(verb.Npcs));
        }

        // Unity's inspector makes an empty list of null; on the wire they differ: nothing, and no restriction.
        private static List<string> Some(List<string> list)
        {
            return list == null || list.Count == 0 ? null : list;
        }

        private static List<object> Records<T>(IEnumerable<T> items, Func<T, object> record)
        {
            var records = new List<object>();
            foreach (T item in items) records.Add(record(item));
            return records;
        }

        private static string Write(string type, params object[] fields)
        {
            Dictionary<string, object> message = Record("type", type);
            foreach (KeyValuePair<string, object> field in Record(fields)) message[field.Key] = field.Value;
            return JsonWriter.Write(message);
        }

        // Names and values in turn; what is null is left out, so that the server takes its default.
        private static Dictionary<string, object> Record(params object[] fields)
        {
            var record = new Dictionary<string, object>();
            for (int i = 0; i < fields.Length; i += 2)
                if (fields[i + 1] != null) record[(string)fields[i]] = fields[i + 1];
            return record;
        }

        private static string Given(string value, string name)
        {
            if (string.IsNullOrEmpty(value)) throw new ArgumentException("`" + name + "` is empty");
            return value;
        }
    }
}
