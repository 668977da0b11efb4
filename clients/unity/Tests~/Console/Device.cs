using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace Townsfolk.Console
{
    /// <summary>
    /// A loudspeaker that nobody hears: asks for blocks of 10 ms in real time, from a thread of its own, and keeps
    /// what it got and when.
    /// </summary>
    internal sealed class Device : IDisposable
    {
        public const int Rate = 24000, Block = 240;

        private static readonly Stopwatch Watch = Stopwatch.StartNew();
        private readonly Func<IEnumerable<Voice>> voices;
        private readonly BinaryWriter heard;
        private readonly Thread thread;
        private volatile bool over;

        /// <summary>
        /// Plays all <paramref name="voices"/>, into the file <paramref name="path"/>: time, then a block.
        /// </summary>
        public Device(Func<IEnumerable<Voice>> voices, string path)
        {
            this.voices = voices;
            heard = new BinaryWriter(File.Create(path));
            thread = new Thread(Run) { IsBackground = true };
            thread.Start();
        }

        public static double Now
        {
            get { return Watch.Elapsed.TotalSeconds; }
        }

        /// <summary>Loudest sample of the latest block.</summary>
        public float Loudest { get; private set; }

        public void Dispose()
        {
            over = true;
            thread.Join();
            heard.Dispose();
        }

        private void Run()
        {
            float[] block = new float[Block], sum = new float[Block];
            for (double due = Now; !over; due += (double)Block / Rate)
            {
                while (Now < due) Thread.Sleep(1);
                if (Now - due > 0.1) due = Now; // the machine was busy elsewhere: a device goes on from where it is
                double now = Now;
                Array.Clear(sum, 0, Block);
                foreach (Voice voice in voices())
                {
                    voice.Render(block, Block, now);
                    for (int i = 0; i < Block; i++) sum[i] += block[i];
                }
                heard.Write(now);
                foreach (float sample in sum) heard.Write(sample);
                Loudest = sum.Max(sample => Math.Abs(sample));
            }
        }
    }
}
