using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Townsfolk
{
    /// <summary>
    /// Reads JSON (RFC 8259) into plain objects: Dictionary, List, string, double, bool and null.
    /// Unity's own JsonUtility can read neither dictionaries nor messages told apart by a field.
    /// </summary>
    public sealed class JsonReader
    {
        // Recursion is bounded so that a hostile server cannot overflow the stack; the protocol nests five deep.
        private const int MaxDepth = 64;

        private readonly string text;
        private int at;
        private int depth;

        private JsonReader(string text)
        {
            this.text = text;
        }

        /// <summary>The value that <paramref name="text"/> holds.</summary>
        /// <exception cref="BadMessage">It is not JSON.</exception>
        public static object Read(string text)
        {
            var reader = new JsonReader(text ?? "");
            object value = reader.Value();
            reader.Space();
            if (reader.at < reader.text.Length) throw reader.Wrong("the end");
            return value;
        }

        private object Value()
        {
            Space();
            switch (Peek())
            {
                case '{': return Nested(Members);
                case '[': return Nested(Items);
                case '"': return String();
                case 't': return Word("true", true);
                case 'f': return Word("false", false);
                case 'n': return Word("null", null);
                default: return Number();
            }
        }

        private object Nested(System.Func<object> read)
        {
            if (++depth > MaxDepth) throw new BadMessage("JSON nests more than " + MaxDepth + " deep");
            at++;
            object value = read();
            depth--;
            return value;
        }

        private object Members()
        {
            var members = new Dictionary<string, object>();
            if (Skip('}')) return members;
            do
            {
                Space();
                if (Peek() != '"') throw Wrong("a name");
                string name = String();
                if (!Skip(':')) throw Wrong("`:`");
                members[name] = Value();
            } while (Skip(','));
            if (!Skip('}')) throw Wrong("`,` or `}`");
            return members;
        }

        private object Items()
        {
            var items = new List<object>();
            if (Skip(']')) return items;
            do items.Add(Value());
            while (Skip(','));
            if (!Skip(']')) throw Wrong("`,` or `]`");
            return items;
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Wrong("a value");
            at += word.Length;
            return value;
        }

        private object Number()
        {
            int from = at;
            while (at < text.Length && (char.IsDigit(text[at]) || "+-.eE".IndexOf(text[at]) >= 0)) at++;
            const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
                | NumberStyles.AllowExponent;
            bool read = double.TryParse(text.Substring(from, at - from), style, CultureInfo.InvariantCulture,
                out double number);
            if (read && !double.IsInfinity(number) && !double.IsNaN(number)) return number;
            at = from;
            throw Wrong("a value");
        }

        private string String()
        {
            var said = new StringBuilder();
            for (at++; Peek() != '"'; at++)
            {
                if (text[at] < ' ') throw Wrong("a character that is not a control code");
                said.Append(text[at] == '\\' ? Escaped() : text[at]);
            }
            at++;
            return said.ToString();
        }

        private char Escaped()
        {
            at++;
            char code = Peek();
            if (code == 'u') return Unicode();
            int known = "\"\\/bfnrt".IndexOf(code);
            if (known < 0) throw Wrong("an escape");
            return "\"\\/\b\f\n\r\t"[known];
        }

        private char Unicode()
        {
            const NumberStyles hex = NumberStyles.AllowHexSpecifier;
            if (at + 4 < text.Length && ushort.TryParse(text.Substring(at + 1, 4), hex,
                CultureInfo.InvariantCulture, out ushort unit))
            {
                at += 4;
                return (char)unit;
            }
            throw Wrong("four hexadecimal digits");
        }

        private char Peek()
        {
            if (at >= text.Length) throw Wrong("more");
            return text[at];
        }

        private bool Skip(char wanted)
        {
            Space();
            if (Peek() != wanted) return false;
            at++;
            return true;
        }

        private void Space()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
        }

        private BadMessage Wrong(string wanted)
        {
            return new BadMessage("not JSON: " + wanted + " was expected at character " + at);
        }
    }
}
