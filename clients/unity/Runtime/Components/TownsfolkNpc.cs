using UnityEngine;

namespace Townsfolk
{
    /// <summary>
    /// One character: its voice comes from the AudioSource beside this, its face goes to a TownsfolkFace. Events are
    /// raised at the very sample at which the player hears what they are about.
    /// </summary>
    [AddComponentMenu("Townsfolk/Townsfolk NPC")]
    [RequireComponent(typeof(AudioSource))]
    public sealed class TownsfolkNpc : MonoBehaviour
    {
        [Tooltip("The session; the first of the scene where empty.")]
        [SerializeField] private TownsfolkSession session;

        [Tooltip("Name of the character's folder on the server.")]
        [SerializeField] private string id = "innkeeper";

        [Header("Events")]
        [SerializeField] private TextEvent onSaid = new TextEvent();
        [SerializeField] private LineEvent onLine = new LineEvent();
        [SerializeField] private ActEvent onAction = new ActEvent();
        [SerializeField] private FeelingEvent onFeeling = new FeelingEvent();
        [SerializeField] private TextEvent onCancelled = new TextEvent();

        private readonly SteadyTime blocks = new SteadyTime();
        private float[] mono = new float[0];
        private Character character;
        private volatile Voice voice;

        /// <summary>The session; set it before this is enabled.</summary>
        public TownsfolkSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>The character's id; set it before the session begins.</summary>
        public string Id
        {
            get { return id; }
            set { id = value; }
        }

        /// <summary>Voice, clock and face; null before the session has begun.</summary>
        public Character Character
        {
            get { return character; }
        }

        /// <summary>A clause begins to be heard: a caption.</summary>
        public TextEvent OnSaid
        {
            get { return onSaid; }
        }

        /// <summary>The same with the samples of its words; Character.Clock says which one sounds.</summary>
        public LineEvent OnLine
        {
            get { return onLine; }
        }

        /// <summary>It does something: play it, then call TownsfolkSession.Result.</summary>
        public ActEvent OnAction
        {
            get { return onAction; }
        }

        public FeelingEvent OnFeeling
        {
            get { return onFeeling; }
        }

        /// <summary>It was interrupted, or failed; the reason.</summary>
        public TextEvent OnCancelled
        {
            get { return onCancelled; }
        }

        /// <summary>The player types this to the character.</summary>
        public bool Say(string text)
        {
            return session.Say(text, id);
        }

        /// <summary>The player comes up to it; it speaks first.</summary>
        public bool Greet()
        {
            return session.Greet(id);
        }

        /// <summary>What it feels from now on (neutral: back to its mood), and what it looks at.</summary>
        public bool Direct(string emotion, float intensity = 1, string look = null)
        {
            return session.Send(Requests.Direct(id, emotion, intensity, look));
        }

        /// <summary>
        /// Where something is that it may look at, seen from <paramref name="head"/> (z ahead, y up).
        /// </summary>
        public bool Place(string entity, Transform head, Vector3 world)
        {
            Vector3 seen = head.InverseTransformPoint(world);
            return session.Send(Requests.Place(id, entity, -seen.x, seen.y, seen.z));
        }

        private void OnEnable()
        {
            if (session == null) session = FindObjectOfType<TownsfolkSession>();
            if (session == null) Debug.LogError("Townsfolk: there is no TownsfolkSession in the scene.", this);
            Sound();
        }

        private void OnDisable()
        {
            Leave();
        }

        private void Update()
        {
            Conversation conversation = session == null ? null : session.Conversation;
            Character found = null;
            if (conversation != null) conversation.Cast.TryGetValue(id, out found);
            if (found == character) return;
            Leave();
            if (found != null) Join(found);
        }

        private void Join(Character found)
        {
            character = found;
            AudioSettings.GetDSPBufferSize(out int length, out int count);
            character.Clock.Latency = (double)length * count / AudioSettings.outputSampleRate;
            character.Said += Say;
            character.Acted += Act;
            character.Felt += Feel;
            character.Cancelled += Cancel;
            voice = character.Voice;
        }

        private void Leave()
        {
            voice = null;
            if (character == null) return;
            character.Said -= Say;
            character.Acted -= Act;
            character.Felt -= Feel;
            character.Cancelled -= Cancel;
            character = null;
        }

        private void Say(Line line)
        {
            onSaid.Invoke(line.Text);
            onLine.Invoke(line);
        }

        private void Act(Act action)
        {
            onAction.Invoke(action);
        }

        private void Feel(Feeling feeling)
        {
            onFeeling.Invoke(feeling.Emotion, feeling.Intensity);
        }

        private void Cancel(Cancel cancel)
        {
            onCancelled.Invoke(cancel.Reason);
        }

        // A clip of ones: what Unity makes of it on its way (distance, panning, volume) the voice is multiplied with.
        private void Sound()
        {
            var source = GetComponent<AudioSource>();
            var ones = new float[AudioSettings.outputSampleRate];
            for (int i = 0; i < ones.Length; i++) ones[i] = 1;
            source.clip = AudioClip.Create("voice", ones.Length, 1, AudioSettings.outputSampleRate, false);
            source.clip.SetData(ones, 0);
            source.loop = true;
            source.priority = 0; // a voice that Unity thinks inaudible and drops would stop the clock of the lips
            source.Play();
        }

        private void OnAudioFilterRead(float[] data, int channels)
        {
            int count = data.Length / channels;
            if (mono.Length < count) mono = new float[count];
            Voice sounding = voice;
            if (sounding == null) System.Array.Clear(mono, 0, count);
            else sounding.Render(mono, count, blocks.Of(AudioSettings.dspTime, WallClock.Now));
            for (int i = 0; i < data.Length; i++) data[i] *= mono[i / channels];
        }
    }
}
