using System.Collections.Generic;
using UnityEngine;

namespace Townsfolk.Samples
{
    /// <summary>
    /// Put this on an empty object of an empty scene and press play: it makes a session, a character, a head with
    /// blend shapes, a microphone (hold V) and a text field.
    /// </summary>
    public sealed class TalkingHead : MonoBehaviour
    {
        [SerializeField] private string url = "ws://127.0.0.1:8765/ws";
        [SerializeField] private string character = "innkeeper";

        private TownsfolkSession session;
        private TownsfolkNpc npc;
        private string typed = "";
        private string caption = "";
        private string note = "";

        private void Awake()
        {
            gameObject.SetActive(false); // nothing of it starts before all is set
            session = gameObject.AddComponent<TownsfolkSession>();
            session.Url = url;
            session.Verbs.Add(Pour());
            gameObject.AddComponent<TownsfolkMicrophone>();
            npc = gameObject.AddComponent<TownsfolkNpc>();
            npc.Session = session;
            npc.Id = character;
            gameObject.AddComponent<TownsfolkFace>().Meshes.Add(HeadShape.Build(transform));
            Listen();
            gameObject.SetActive(true);
        }

        private static Verb Pour()
        {
            return new Verb
            {
                Name = "pour",
                Description = "fill a cup with drink",
                Examples = new List<string> { "Pour me a cider.", "I'm thirsty.", "Fill my cup, please." }
            };
        }

        private void Listen()
        {
            session.OnState.AddListener(state => note = state.ToString());
            session.OnHeard.AddListener((text, final) => note = "You: " + text);
            session.OnMissed.AddListener((id, text) => note = "Missed: " + text);
            session.OnError.AddListener(text => note = text);
            npc.OnSaid.AddListener(text => caption = text);
            npc.OnCancelled.AddListener(reason => caption = "");
            npc.OnAction.AddListener(Do);
        }

        private void Do(Act action)
        {
            note = character + ": " + action.Verb;
            session.Result(action, true);
        }

        private void OnGUI()
        {
            GUI.Label(new Rect(20, 20, 600, 30), note);
            GUI.Label(new Rect(20, Screen.height - 100, Screen.width - 40, 40), caption);
            typed = GUI.TextField(new Rect(20, Screen.height - 50, Screen.width - 240, 30), typed);
            if (GUI.Button(new Rect(Screen.width - 210, Screen.height - 50, 90, 30), "Say") && typed.Length > 0
                && npc.Say(typed)) typed = "";
            if (GUI.Button(new Rect(Screen.width - 110, Screen.height - 50, 90, 30), "Be quiet")) session.Interrupt();
        }
    }
}
