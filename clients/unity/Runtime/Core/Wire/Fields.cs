using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>
    /// The fields of one JSON object. A field that is absent or null takes the default, if there is one. All
    /// throw BadMessage for what is missing or of another type; what is not asked for is ignored.
    /// </summary>
    public sealed class Fields
    {
        private readonly Dictionary<string, object> members;

        private Fields(Dictionary<string, object> members)
        {
            this.members = members;
        }

        public static Fields Read(string json)
        {
            return Of(JsonReader.Read(json), "the message");
        }

        public string Text(string name)
        {
            return Get<string>(name, "a text");
        }

        public string Text(string name, string absent)
        {
            return Has(name) ? Text(name) : absent;
        }

        public double Number(string name)
        {
            return Get<double>(name, "a number");
        }

        public double Number(string name, double absent)
        {
            return Has(name) ? Number(name) : absent;
        }

        public long Integer(string name)
        {
            double number = Number(name);
            // Beyond 2^53 a double no longer tells whole numbers apart.
            if (Math.Floor(number) != number || Math.Abs(number) > 9007199254740992.0)
                throw new BadMessage("`" + name + "` is no whole number");
            return (long)number;
        }

        public long Integer(string name, long absent)
        {
            return Has(name) ? Integer(name) : absent;
        }

        public bool Flag(string name, bool absent)
        {
            return Has(name) ? Get<bool>(name, "true or false") : absent;
        }

        public Fields Object(string name)
        {
            return Of(Get<object>(name, "an object"), name);
        }

        public Dictionary<string, object> Values(string name)
        {
            return Has(name) ? Object(name).members : new Dictionary<string, object>();
        }

        public List<string> Texts(string name)
        {
            return Items(name).ConvertAll(item => item as string ?? throw Wrong(name, "a list of texts"));
        }

        public List<T> Objects<T>(string name, Func<Fields, T> read)
        {
            return Has(name) ? Items(name).ConvertAll(item => read(Of(item, name))) : new List<T>();
        }

        private static Fields Of(object value, string name)
        {
            return new Fields(value as Dictionary<string, object> ?? throw Wrong(name, "an object"));
        }

        private List<object> Items(string name)
        {
            return Get<List<object>>(name, "a list");
        }

        private bool Has(string name)
        {
            return members.TryGetValue(name, out object value) && value != null;
        }

        private T Get<T>(string name, string wanted)
        {
            if (members.TryGetValue(name, out object value) && value is T) return (T)value;
            throw Wrong(name, wanted);
        }

        private static BadMessage Wrong(string name, string wanted)
        {
            return new BadMessage("`" + name + "` is not " + wanted);
        }
    }
}
