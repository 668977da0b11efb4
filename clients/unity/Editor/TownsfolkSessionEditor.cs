using UnityEditor;
using UnityEngine;

namespace Townsfolk.Editing
{
    /// <summary>Shows while the game runs how it stands with the server, and sends a typed line.</summary>
    [CustomEditor(typeof(TownsfolkSession))]
    internal sealed class TownsfolkSessionEditor : Editor
    {
        private string line = "Good evening!";

        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying;
        }

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            if (!Application.isPlaying) return;
            var session = (TownsfolkSession)target;
            EditorGUILayout.LabelField("State", session.State.ToString());
            line = EditorGUILayout.TextField("Say", line);
            if (GUILayout.Button("Send") && line.Length > 0) session.Say(line);
        }
    }
}
