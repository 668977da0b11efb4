using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>Finds the blend shape of a mesh that each weight of a face frame drives.</summary>
    public static class ShapeMap
    {
        // What common avatars call the expressions of VRM: VRM 0, VRoid Studio, MikuMikuDance.
        private static readonly Dictionary<string, string[]> Aliases = new Dictionary<string, string[]>
        {
            { "aa", new[] { "a", "fclmtha", "あ" } },
            { "ih", new[] { "i", "fclmthi", "い" } },
            { "ou", new[] { "u", "fclmthu", "う" } },
            { "ee", new[] { "e", "fclmthe", "え" } },
            { "oh", new[] { "o", "fclmtho", "お" } },
            { "blink", new[] { "fcleyeclose", "まばたき" } },
            { "blinkleft", new[] { "fcleyecloseleft", "ウィンク" } },
            { "blinkright", new[] { "fcleyecloseright", "ウィンク右" } },
            { "happy", new[] { "joy", "fclalljoy" } },
            { "angry", new[] { "fclallangry" } },
            { "sad", new[] { "sorrow", "fclallsorrow" } },
            { "relaxed", new[] { "fun", "fclallfun" } },
            { "surprised", new[] { "fclallsurprised" } },
            { "neutral", new[] { "fclallneutral" } }
        };

        /// <summary>
        /// For each name of <paramref name="wire"/> the index of a name of <paramref name="mesh"/>, or -1. Spelling
        /// (eyeBlinkLeft, eyeBlink_L, Face.eyeBlinkLeft, viseme_PP) does not matter; <paramref name="overrides"/>
        /// (wire name to mesh name, empty for none) come first.
        /// </summary>
        public static int[] Match(IReadOnlyList<string> wire, IReadOnlyList<string> mesh,
            IReadOnlyDictionary<string, string> overrides = null)
        {
            var known = new Dictionary<string, int>();
            for (int i = mesh.Count - 1; i >= 0; i--) known[Plain(mesh[i])] = i;
            var map = new int[wire.Count];
            for (int i = 0; i < map.Length; i++)
            {
                string wanted = null;
                bool told = overrides != null && overrides.TryGetValue(wire[i], out wanted);
                map[i] = told ? Exactly(wanted, mesh) : Find(Plain(wire[i]), known);
            }
            return map;
        }

        private static int Find(string plain, Dictionary<string, int> known)
        {
            if (known.TryGetValue(plain, out int index)) return index;
            if (Aliases.TryGetValue(plain, out string[] others))
                foreach (string other in others)
                    if (known.TryGetValue(other, out index)) return index;
            return -1;
        }

        private static int Exactly(string name, IReadOnlyList<string> mesh)
        {
            for (int i = 0; i < mesh.Count; i++)
                if (mesh[i] == name) return i;
            return -1;
        }

        private static string Plain(string name)
        {
            int dot = name.LastIndexOf('.');
            if (dot >= 0 && name.Length - dot > 2) name = name.Substring(dot + 1);
            string plain = "";
            foreach (char letter in name)
                if (char.IsLetterOrDigit(letter)) plain += char.ToLowerInvariant(letter);
            if (plain.StartsWith("viseme")) plain = plain.Substring(6);
            return Side(name, plain);
        }

        // A last letter that stands alone (eyeBlink_L) or large behind a small one (eyeBlinkL) names a side.
        private static string Side(string name, string plain)
        {
            if (name.Length < 3) return plain;
            char last = name[name.Length - 1], before = name[name.Length - 2];
            bool alone = !char.IsLetterOrDigit(before) || char.IsLower(before) && char.IsUpper(last);
            if (!alone || plain.Length < 2) return plain;
            string stem = plain.Substring(0, plain.Length - 1);
            char side = char.ToLowerInvariant(last);
            return side == 'l' ? stem + "left" : side == 'r' ? stem + "right" : plain;
        }
    }
}
