using System;
using System.Collections.Generic;
using UnityEngine;

namespace Townsfolk
{
    /// <summary>Shows a character's face on the blend shapes of meshes, and its pose on a head bone.</summary>
    [AddComponentMenu("Townsfolk/Townsfolk Face")]
    public sealed class TownsfolkFace : MonoBehaviour
    {
        /// <summary>A weight, and the blend shape it drives whatever their names.</summary>
        [Serializable]
        public sealed class Override
        {
            public string weight;

            [Tooltip("Empty for none.")]
            public string shape;
        }

        [Tooltip("Whose face; the one on this object or above it where empty.")]
        [SerializeField] private TownsfolkNpc npc;

        [Tooltip("Meshes with blend shapes; all below this object where empty.")]
        [SerializeField] private List<SkinnedMeshRenderer> meshes = new List<SkinnedMeshRenderer>();

        [SerializeField] private List<Override> overrides = new List<Override>();

        [Tooltip("Turned by poses, where the session asks for them (Settings, Pose).")]
        [SerializeField] private Transform head;

        private readonly List<int[]> maps = new List<int[]>();
        private Quaternion headAtRest;
        private Ready mapped;

        /// <summary>Meshes with blend shapes; change them before the session begins.</summary>
        public List<SkinnedMeshRenderer> Meshes
        {
            get { return meshes; }
        }

        /// <summary>The blend shape that each weight drives on a mesh, or -1.</summary>
        public int[] Map(SkinnedMeshRenderer mesh, IReadOnlyList<string> weights)
        {
            var names = new List<string>();
            for (int i = 0; i < mesh.sharedMesh.blendShapeCount; i++) names.Add(mesh.sharedMesh.GetBlendShapeName(i));
            var told = new Dictionary<string, string>();
            foreach (Override each in overrides) told[each.weight] = each.shape;
            return ShapeMap.Match(weights, names, told);
        }

        private void Awake()
        {
            if (npc == null) npc = GetComponentInParent<TownsfolkNpc>();
            if (meshes.Count == 0) GetComponentsInChildren(true, meshes);
            meshes.RemoveAll(mesh => mesh == null || mesh.sharedMesh == null || mesh.sharedMesh.blendShapeCount == 0);
            if (head != null) headAtRest = head.localRotation;
        }

        // After animation, which would else have the last word on the head.
        private void LateUpdate()
        {
            Character character = npc == null ? null : npc.Character;
            if (character == null) return;
            Ready ready = npc.Session.Conversation.Ready;
            if (ready != mapped) Prepare(ready);
            for (int i = 0; i < meshes.Count; i++) Show(meshes[i], maps[i], character.Face.Weights);
            if (head != null) Turn(character.Face.Pose);
        }

        private void Prepare(Ready ready)
        {
            mapped = ready;
            maps.Clear();
            foreach (SkinnedMeshRenderer mesh in meshes) maps.Add(Map(mesh, ready.Blendshapes));
            if (!maps.Exists(map => Array.Exists(map, shape => shape >= 0)))
                Debug.LogWarning("Townsfolk: no blend shape is named like a weight; use overrides or other shapes.", this);
        }

        private static void Show(SkinnedMeshRenderer mesh, int[] map, float[] weights)
        {
            if (mesh == null) return; // destroyed meanwhile
            for (int i = 0; i < map.Length && i < weights.Length; i++)
                if (map[i] >= 0) mesh.SetBlendShapeWeight(map[i], 100 * weights[i]);
        }

        // The wire turns to the character's own left, up, and to its own left shoulder; Unity is left-handed.
        private void Turn(float[] pose)
        {
            Quaternion root = npc.transform.rotation;
            Quaternion turn = root * Quaternion.Euler(-pose[1], -pose[0], pose[2]) * Quaternion.Inverse(root);
            Quaternion above = head.parent == null ? Quaternion.identity : head.parent.rotation;
            head.rotation = turn * above * headAtRest;
        }
    }
}
