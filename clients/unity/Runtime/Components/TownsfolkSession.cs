using System.Collections.Generic;
using UnityEngine;

namespace Townsfolk
{
    /// <summary>
    /// The connection to a Townsfolk server; one in a scene, shared by all its characters. It opens another by
    /// itself when the network is lost, and the conversations go on.
    /// </summary>
    [AddComponentMenu("Townsfolk/Townsfolk Session")]
    [DefaultExecutionOrder(-100)] // characters show this frame what arrives in it
    public sealed class TownsfolkSession : MonoBehaviour
    {
        [Tooltip("Websocket of the server.")]
        [SerializeField] private string url = "ws://127.0.0.1:8765/ws";

        [SerializeField] private Settings settings = new Settings();

        [Tooltip("What characters can do. It is offered whenever a session begins.")]
        [SerializeField] private List<Verb> verbs = new List<Verb>();

        [Tooltip("Where and when, in a clause: the inn, late at night.")]
        [SerializeField] private string setting = "";

        [Header("Events")]
        [SerializeField] private StateEvent onState = new StateEvent();
        [SerializeField] private HeardEvent onHeard = new HeardEvent();
        [SerializeField] private TextEvent onHearing = new TextEvent();
        [SerializeField] private MissedEvent onMissed = new MissedEvent();
        [SerializeField] private TextEvent onError = new TextEvent();

        private Client client;
        private readonly HashSet<string> told = new HashSet<string>();

        /// <summary>
        /// What is said and heard; for all that has no method here. Null while this is disabled.
        /// </summary>
        public Conversation Conversation
        {
            get { return client == null ? null : client.Conversation; }
        }

        /// <summary>How it stands with the server.</summary>
        public LinkState State
        {
            get { return client == null ? LinkState.Closed : client.Conversation.Link.State; }
        }

        /// <summary>Set before this is enabled; afterwards it counts from the next time on.</summary>
        public string Url
        {
            get { return url; }
            set { url = value; }
        }

        public Settings Settings
        {
            get { return settings; }
        }

        /// <summary>
        /// What is offered when a session begins; call <see cref="OfferActions"/> after a change.
        /// </summary>
        public List<Verb> Verbs
        {
            get { return verbs; }
        }

        /// <summary>Connected, reconnecting, resumed, refused: show it to the player.</summary>
        public StateEvent OnState
        {
            get { return onState; }
        }

        /// <summary>The player's words so far, and whether they are final.</summary>
        public HeardEvent OnHeard
        {
            get { return onHeard; }
        }

        /// <summary>
        /// started, paused, resumed, ended, ignored, aside: what the ears notice of the player's voice.
        /// </summary>
        public TextEvent OnHearing
        {
            get { return onHearing; }
        }

        /// <summary>
        /// Whose words, and which, were lost with the connection: show them, they are not said again.
        /// </summary>
        public MissedEvent OnMissed
        {
            get { return onMissed; }
        }

        /// <summary>What was refused or went wrong, with what to do about it. It is logged as well.</summary>
        public TextEvent OnError
        {
            get { return onError; }
        }

        /// <summary>
        /// The player types this; without <paramref name="to"/> the attended character is meant.
        /// </summary>
        public bool Say(string text, string to = null)
        {
            return Send(Requests.Say(text, to));
        }

        /// <summary>The player comes up to a character, who speaks first.</summary>
        public bool Greet(string npc)
        {
            return Send(Requests.Greet(npc));
        }

        /// <summary>From now on the player's voice is meant for this character.</summary>
        public bool Attend(string npc)
        {
            return Send(Requests.Attend(npc));
        }

        /// <summary>Whoever speaks falls silent at once.</summary>
        public void Interrupt()
        {
            if (client != null) Conversation.Interrupt(WallClock.Now);
        }

        /// <summary>Tell of all TownsfolkEntity of the scene, in the place of what was told before.</summary>
        public bool TellScene()
        {
            told.Clear();
            var entities = new List<Entity>();
            foreach (TownsfolkEntity each in FindObjectsOfType<TownsfolkEntity>())
                if (told.Add(each.Id)) entities.Add(each.Describe());
            return Send(Requests.Scene(entities, true, null, null, setting));
        }

        /// <summary>Tell how one of them is now; what the others are like stays.</summary>
        public bool Tell(TownsfolkEntity changed)
        {
            told.Add(changed.Id);
            return Send(Requests.Scene(new[] { changed.Describe() }, false));
        }

        /// <summary>Offer <see cref="Verbs"/>, in the place of what was offered before.</summary>
        public bool OfferActions()
        {
            return Send(Requests.Actions(verbs));
        }

        /// <summary>How an action ended, in a sentence: "The barrel is empty."</summary>
        public bool Result(Act action, bool ok, string text = null)
        {
            return Send(Requests.Result(action.Number, ok, text));
        }

        /// <summary>Something happens: "A soaked sailor comes in."</summary>
        public bool Happen(string text, TownsfolkEntity source = null)
        {
            return Send(Requests.Event(text, null, null, source == null ? null : source.Id));
        }

        /// <summary>What camera or headset know of the player.</summary>
        public bool Perceive(Perception seen)
        {
            return Send(Requests.Perceive(seen));
        }

        /// <summary>
        /// Any of <see cref="Requests"/>. False where there is no session: then it is not sent at all.
        /// </summary>
        public bool Send(string request)
        {
            return client != null && Conversation.Send(request);
        }

        private void OnEnable()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            Debug.LogError("Townsfolk: Unity's WebGL player has neither sockets nor an audio thread for scripts; "
                + "see docs/clients-unity.md.", this);
            return;
#else
            var conversation = new Conversation(settings, AudioSettings.outputSampleRate);
            conversation.Link.Changed += state => onState.Invoke(state);
            conversation.Opened += Begin;
            conversation.Heard += heard => onHeard.Invoke(heard.Text, heard.Final);
            conversation.Hearing += hearing => onHearing.Invoke(hearing.State);
            conversation.Missed += missed => onMissed.Invoke(missed.Npc, missed.Text);
            conversation.Failed += Fail;
            client = new Client(url, conversation, () => new SocketTransport());
            client.Open(WallClock.Now);
#endif
        }

        private void OnDisable()
        {
            if (client != null) client.Dispose();
            client = null;
        }

        private void Update()
        {
            if (client != null) client.Update(WallClock.Now);
        }

        // A phone that was asleep has lost its connection, and would find out only much later.
        private void OnApplicationPause(bool paused)
        {
            if (!paused && client != null) client.Reconnect(WallClock.Now);
        }

        private void Begin(Ready ready)
        {
            if (ready.Resumed) return; // the server has kept all of it
            TellScene();
            if (verbs.Count > 0) OfferActions();
        }

        private void Fail(Error error)
        {
            Debug.LogWarning("Townsfolk: " + error, this);
            onError.Invoke(error.ToString());
        }
    }
}
