using System.Collections;
using UnityEngine;

namespace Townsfolk
{
    /// <summary>
    /// The player's microphone, for the session beside it. By key, or hands-free with a headset.
    /// </summary>
    [AddComponentMenu("Townsfolk/Townsfolk Microphone")]
    [RequireComponent(typeof(TownsfolkSession))]
    public sealed class TownsfolkMicrophone : MonoBehaviour
    {
        // Of the ring that Unity records into: a hitch of the game may last this long and nothing is lost.
        private const int RingSeconds = 2;

        [Tooltip("Name of the device; the system's own choice where empty.")]
        [SerializeField] private string device = "";

        [Tooltip("Turns begin and end with Talk. Else they are found in the sound: only with a headset.")]
        [SerializeField] private bool pushToTalk = true;

        [Tooltip("Held down to talk, with Unity's old input system. None: call Talk from your own.")]
        [SerializeField] private KeyCode key = KeyCode.V;

        private TownsfolkSession session;
        private AudioClip ring;
        private Ears ears;
        private Ready begun;
        private int readTo;

        /// <summary>It records.</summary>
        public bool IsOn
        {
            get { return ring != null; }
        }

        /// <summary>The key goes down (true) or comes up.</summary>
        public void Talk(bool down)
        {
            session.Send(Requests.Talk(down));
        }

        private void Awake()
        {
            session = GetComponent<TownsfolkSession>();
        }

        private IEnumerator Start()
        {
            // Asks on iOS, macOS and in a browser; on Android ask for Permission.Microphone before this is enabled.
            yield return Application.RequestUserAuthorization(UserAuthorization.Microphone);
            if (enabled) Record();
        }

        private void OnDisable()
        {
            if (ring != null) Microphone.End(device);
            ring = null;
        }

        private void Record()
        {
            if (Microphone.devices.Length == 0)
            {
                Debug.LogWarning("Townsfolk: there is no microphone; typing still works.", this);
                return;
            }
            Microphone.GetDeviceCaps(device, out int lowest, out int highest);
            int rate = session.Settings.MicrophoneRate;
            if (highest > 0) rate = Mathf.Clamp(rate, lowest, highest); // both 0: it takes any rate
            ring = Microphone.Start(device, true, RingSeconds, rate);
            readTo = 0;
        }

        private void Update()
        {
            Conversation conversation = session.Conversation;
            if (ring == null || conversation == null || !conversation.Link.IsOpen) return;
            if (begun != conversation.Ready) Begin(conversation.Ready);
#if ENABLE_LEGACY_INPUT_MANAGER
            if (pushToTalk && Input.GetKeyDown(key)) Talk(true);
#endif
            int at = Microphone.GetPosition(device);
            if (at != readTo) Send(conversation, Mono((at - readTo + ring.samples) % ring.samples));
            readTo = at;
#if ENABLE_LEGACY_INPUT_MANAGER
            if (pushToTalk && Input.GetKeyUp(key)) Talk(false);
#endif
        }

        // Its clock counts from the start of each connection.
        private void Begin(Ready ready)
        {
            begun = ready;
            ears = new Ears(ring.frequency, ready.MicrophoneRate);
            readTo = Microphone.GetPosition(device);
            // The server takes a client for hands-free until it is told of a key, which is up now.
            if (pushToTalk) Talk(false);
        }

        private void Send(Conversation conversation, float[] block)
        {
            bool audible = conversation.IsAudible(WallClock.Now);
            foreach (byte[] packet in ears.Push(block, audible)) conversation.Send(packet);
        }

        private float[] Mono(int count)
        {
            var all = new float[count * ring.channels];
            ring.GetData(all, readTo);
            var block = new float[count];
            for (int i = 0; i < all.Length; i++) block[i / ring.channels] += all[i] / ring.channels;
            return block;
        }
    }
}
