using System;
using System.Collections.Generic;
using System.Globalization;
using UnityEngine;

namespace Townsfolk
{
    /// <summary>
    /// A thing or person that characters may notice, speak of and act on. Told of when a session begins.
    /// </summary>
    [AddComponentMenu("Townsfolk/Townsfolk Entity")]
    public sealed class TownsfolkEntity : MonoBehaviour
    {
        /// <summary>Something that may change: open = true, holds = ale.</summary>
        [Serializable]
        public sealed class StateField
        {
            public string name;

            [Tooltip("true, false, a number or a word.")]
            public string value;
        }

        [Tooltip("Names it in actions; the name of the object where empty.")]
        [SerializeField] private string id = "";

        [Tooltip("What it is, in a word or two: door, cup, guard.")]
        [SerializeField] private string kind = "thing";

        [Tooltip("What people call it: the red cup.")]
        [SerializeField] private string spokenName = "";

        [Tooltip("What is to be known of it, in a clause.")]
        [SerializeField] private string description = "";

        [SerializeField] private List<StateField> state = new List<StateField>();

        public string Id
        {
            get { return id.Length > 0 ? id : name; }
        }

        /// <summary>
        /// Change a state (true or false, a number or a word); TownsfolkSession.Tell passes it on.
        /// </summary>
        public void Set(string field, object value)
        {
            StateField known = state.Find(each => each.name == field);
            if (known == null) state.Add(known = new StateField { name = field });
            known.value = Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        /// <summary>What is told of it, with its place in the world.</summary>
        public Entity Describe()
        {
            Vector3 at = transform.position;
            var entity = new Entity
            {
                Id = Id,
                Kind = kind,
                Name = spokenName,
                Description = description,
                Position = new[] { at.x, at.y, at.z }
            };
            foreach (StateField each in state) entity.State[each.name] = Value(each.value);
            return entity;
        }

        private static object Value(string written)
        {
            if (bool.TryParse(written, out bool flag)) return flag;
            bool number = double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            return number && !double.IsNaN(value) && !double.IsInfinity(value) ? value : (object)written;
        }
    }
}
