using System;
using UnityEditor;
using UnityEngine;

namespace Townsfolk.Editing
{
    /// <summary>Says which weights a face finds on its meshes, before the game is ever started.</summary>
    [CustomEditor(typeof(TownsfolkFace))]
    internal sealed class TownsfolkFaceEditor : Editor
    {
        // The shapes that no mouth can do without, by the name each set has for them.
        private static readonly string[][] Sets =
        {
            new[] { "ARKit", "jawOpen", "mouthFunnel", "mouthPucker", "mouthClose", "eyeBlinkLeft", "eyeBlinkRight" },
            new[] { "VRM", "aa", "ih", "ou", "ee", "oh", "blink" },
            new[] { "Oculus", "PP", "FF", "TH", "DD", "kk", "aa", "oh" }
        };

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            var face = (TownsfolkFace)target;
            foreach (SkinnedMeshRenderer mesh in face.GetComponentsInChildren<SkinnedMeshRenderer>(true))
                if (mesh.sharedMesh != null && mesh.sharedMesh.blendShapeCount > 0)
                    EditorGUILayout.HelpBox(Summary(face, mesh), MessageType.Info);
        }

        private static string Summary(TownsfolkFace face, SkinnedMeshRenderer mesh)
        {
            string summary = mesh.name + ":";
            foreach (string[] set in Sets)
            {
                var names = new ArraySegment<string>(set, 1, set.Length - 1);
                int found = Array.FindAll(face.Map(mesh, names), shape => shape >= 0).Length;
                summary += " " + set[0] + " " + found + " of " + names.Count + ";";
            }
            return summary.TrimEnd(';') + ". Ask for the best set in the session's settings (Shapes).";
        }
    }
}
