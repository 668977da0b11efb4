using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Townsfolk
{
    /// <summary>Writes dictionaries, lists, strings, numbers, flags and null as JSON.</summary>
    public static class JsonWriter
    {
        /// <summary><paramref name="value"/> as JSON.</summary>
        /// <exception cref="ArgumentException">It is of a type that JSON has nothing for, or no finite number.</exception>
        public static string Write(object value)
        {
            var json = new StringBuilder();
            Append(json, value);
            return json.ToString();
        }

        private static void Append(StringBuilder json, object value)
        {
            if (value == null) json.Append("null");
            else if (value is string) AppendString(json, (string)value);
            else if (value is bool) json.Append((bool)value ? "true" : "false");
            else if (value is IDictionary<string, object>) AppendMembers(json, (IDictionary<string, object>)value);
            else if (value is IEnumerable) AppendItems(json, (IEnumerable)value);
            else AppendNumber(json, value);
        }

        private static void AppendMembers(StringBuilder json, IDictionary<string, object> members)
        {
            string separator = "{";
            foreach (KeyValuePair<string, object> member in members)
            {
                json.Append(separator);
                AppendString(json, member.Key);
                json.Append(':');
                Append(json, member.Value);
                separator = ",";
            }
            json.Append(members.Count == 0 ? "{}" : "}");
        }

        private static void AppendItems(StringBuilder json, IEnumerable items)
        {
            string separator = "";
            json.Append('[');
            foreach (object item in items)
            {
                json.Append(separator);
                Append(json, item);
                separator = ",";
            }
            json.Append(']');
        }

        private static void AppendNumber(StringBuilder json, object value)
        {
            if (value is int || value is long || value is uint)
            {
                json.Append(Convert.ToInt64(value).ToString(CultureInfo.InvariantCulture));
                return;
            }
            if (!(value is float || value is double))
                throw new ArgumentException("JSON has nothing for a " + value.GetType().Name);
            double number = Convert.ToDouble(value);
            if (double.IsNaN(number) || double.IsInfinity(number))
                throw new ArgumentException("JSON has no number for " + number);
            // A float in the digits of a double would be another number: 0.6 becomes 0.60000002.
            json.Append(value is float ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
                : number.ToString("R", CultureInfo.InvariantCulture));
        }

        private static void AppendString(StringBuilder json, string text)
        {
            json.Append('"');
            for (int i = 0; i < text.Length; i++)
            {
                char character = text[i];
                if (character == '"' || character == '\\') json.Append('\\').Append(character);
                else if (character < ' ' || Lone(text, i)) json.Append("\\u").Append(((int)character).ToString("x4"));
                else json.Append(character);
            }
            json.Append('"');
        }

        // Half of a surrogate pair has no UTF-8: sent as it is, the server would refuse the whole message.
        private static bool Lone(string text, int at)
        {
            if (char.IsHighSurrogate(text[at])) return at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]);
            return char.IsLowSurrogate(text[at]) && (at == 0 || !char.IsHighSurrogate(text[at - 1]));
        }
    }
}
