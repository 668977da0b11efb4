using System;
using System.Collections.Generic;

namespace Townsfolk
{
    /// <summary>What a client asks for in its hello. The defaults suit a desktop game.</summary>
    [Serializable]
    public sealed class Settings
    {
        /// <summary>Name and version of the game, for the server's log; up to 128 characters.</summary>
        public string Client = "townsfolk-unity";

        /// <summary>Names the player across sessions; 1 to 64 characters.</summary>
        public string PlayerId = "player";

        /// <summary>What characters may call the player; up to 64 characters.</summary>
        public string PlayerName = "traveller";

        /// <summary>BCP 47; empty to have the server find out.</summary>
        public string Language = "";

        /// <summary>How many times as long as usual characters wait for the player to go on: 0.5 to 4.</summary>
        public float Patience = 1;

        /// <summary>The player has agreed to be looked at: faces and camera frames are taken, never stored.</summary>
        public bool Camera;

        /// <summary>The player has agreed that other players see their face and head move.</summary>
        public bool Double;

        /// <summary>Ids of the characters that are wanted, up to 32; empty for all there are.</summary>
        public List<string> Cast = new List<string>();

        /// <summary>Hertz of the microphone on the wire, 8000 to 96000; recordings are resampled to it.</summary>
        public int MicrophoneRate = 16000;

        /// <summary>
        /// Something removes the characters' voices from the microphone: a headset, an echo canceller.
        /// </summary>
        public bool EchoCancelled;

        /// <summary>Hertz of the voices: 16000, 24000, 44100 or 48000.</summary>
        public int VoiceRate = 24000;

        /// <summary>Face frames a second: 30 or 60.</summary>
        public int Fps = 60;

        /// <summary>What the weights are of: arkit, mediapipe, ovr or vrm.</summary>
        public string Shapes = "arkit";

        /// <summary>Each frame also says how head and eyes turn.</summary>
        public bool Pose;

        /// <summary>Faces also live between replies: they listen, think, blink and look about.</summary>
        public bool Rest;
    }
}
