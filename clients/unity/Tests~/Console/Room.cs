using System;
using System.Collections.Generic;
using System.IO;

namespace Townsfolk.Console
{
    /// <summary>
    /// The player's microphone: silence, or what a file of mono PCM16 at 48 kHz holds, in real time.
    /// </summary>
    internal sealed class Room
    {
        private const int Rate = 48000;

        private readonly Queue<float> said = new Queue<float>();
        private Ears ears;
        private Ready begun;
        private double recordedTo;

        public bool IsOn { get; private set; }

        /// <summary>Nobody says anything yet.</summary>
        public void Open()
        {
            IsOn = true;
        }

        public void Play(string path)
        {
            byte[] bytes = File.ReadAllBytes(path);
            for (int i = 0; i + 1 < bytes.Length; i += 2) said.Enqueue(BitConverter.ToInt16(bytes, i) / 32768f);
            Open();
        }

        public void Record(Conversation conversation, double now)
        {
            if (!IsOn || !conversation.Link.IsOpen) return;
            if (begun != conversation.Ready)
            {
                begun = conversation.Ready;
                ears = new Ears(Rate, begun.MicrophoneRate);
                recordedTo = now;
            }
            var block = new float[(int)((now - recordedTo) * Rate)];
            recordedTo += (double)block.Length / Rate;
            for (int i = 0; i < block.Length && said.Count > 0; i++) block[i] = said.Dequeue();
            foreach (byte[] packet in ears.Push(block, conversation.IsAudible(now))) conversation.Send(packet);
        }
    }
}
