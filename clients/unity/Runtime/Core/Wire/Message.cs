namespace Townsfolk
{
    /// <summary>One control message of the server. Times are samples of its reply, at Ready.Rate.</summary>
    public abstract class Message
    {
        /// <summary>
        /// The message in <paramref name="json"/>; null for a type that this client does not know.
        /// </summary>
        /// <exception cref="BadMessage">It is not JSON, or a field is missing or of another type.</exception>
        public static Message Read(string json)
        {
            Fields fields = Fields.Read(json);
            switch (fields.Text("type"))
            {
                case "ready": return new Ready(fields);
                case "hearing": return new Hearing(fields);
                case "heard": return new Heard(fields);
                case "reply": return new Reply(fields);
                case "line": return new Line(fields);
                case "action": return new Act(fields);
                case "feeling": return new Feeling(fields);
                case "beat": return new Beat(fields);
                case "done": return new Done(fields);
                case "rest": return new Rest(fields);
                case "double": return new Double(fields);
                case "hold": return new Hold(fields);
                case "release": return new Release(fields);
                case "cancel": return new Cancel(fields);
                case "pong": return new Pong(fields);
                case "error": return new Error(fields);
                default: return null;
            }
        }
    }
}
