using System;
using System.Collections.Generic;
using System.Linq;

namespace Townsfolk.Checks
{
    /// <summary>A device of 24 kHz that asks for blocks of 240 samples: 10 ms.</summary>
    internal sealed class Device
    {
        public const int Rate = 24000, Block = 240;

        private readonly Voice voice;
        private readonly float[] block = new float[Block];

        public Device(Voice voice)
        {
            this.voice = voice;
        }

        public double Now { get; private set; }

        public List<float> Out { get; } = new List<float>();

        public List<Report> Reports { get; } = new List<Report>();

        public void Run(int blocks)
        {
            for (int i = 0; i < blocks; i++, Now += (double)Block / Rate)
            {
                voice.Render(block, Block, Now);
                Out.AddRange(block);
                while (voice.TryReport(out Report report)) Reports.Add(report);
            }
        }

        public Report Last(Sound state)
        {
            return Reports.Last(report => report.State == state);
        }

        public bool Any(Sound state)
        {
            return Reports.Any(report => report.State == state);
        }

        /// <summary>A ramp, so that every sample says where in the reply it is.</summary>
        public static float[] Ramp(int from, int count)
        {
            return Enumerable.Range(from, count).Select(i => i / 100000f).ToArray();
        }
    }

    internal static class VoiceChecks
    {
        public static void NothingBeginsBeforeTheCushionIsThere()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Device.Ramp(0, 1000)); // 42 ms, and 70 are wanted
            device.Run(2);
            Check.That(!device.Any(Sound.Started), "it began");
            voice.Add(1, 1000, Device.Ramp(1000, 1000));
            device.Run(1);
            Check.That(device.Any(Sound.Started), "it has not begun");
        }

        public static void AfterTheCushionsTimeItBeginsWithWhatThereIs()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Device.Ramp(0, 1000));
            device.Run(7);
            Check.That(!device.Any(Sound.Started), "it began");
            device.Run(1);
            Check.That(device.Any(Sound.Started), "it has not begun");
        }

        public static void EverySampleIsPlayedOnceInItsPlace()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            for (int at = 0; at < 4800; at += 480) voice.Add(3, at, Device.Ramp(at, 480));
            voice.Add(3, 960, Device.Ramp(0, 480)); // once more: what is there stays
            voice.End(3, 4800);
            device.Run(25);
            for (int i = 200; i < 4800; i++) Check.Near(i / 100000.0, device.Out[i], 1e-6, "sample " + i); // 144 are the fade
            for (int i = 4800; i < 6000; i++) Check.Equal(0f, device.Out[i], "sample " + i);
            Check.Equal(4800L, device.Last(Sound.Finished).At, "finished");
            Check.Equal(1, device.Reports.Count(report => report.State == Sound.Finished), "finished");
        }

        public static void AGapIsSilence()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Device.Ramp(0, 1000));
            voice.Add(1, 2000, Device.Ramp(2000, 1000));
            voice.End(1, 3000);
            device.Run(13);
            Check.Equal(0f, device.Out[1500], "in the gap");
            Check.Near(0.025, device.Out[2500], 1e-6, "behind it");
        }

        public static void OtherRatesKeepTheTime()
        {
            var voice = new Voice(24000, 48000);
            var device = new Device(voice);
            voice.Add(1, 0, Device.Ramp(0, 2400));
            voice.End(1, 2400);
            device.Run(20);
            Check.Near(0.010, device.Out[2001], 1e-5, "half way between two samples"); // 1000.5
            Check.Equal(2400L, device.Last(Sound.Finished).At, "finished");
        }

        public static void WhenTheNetworkIsLateTheClockStands()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Device.Ramp(0, 2400));
            device.Run(30);
            Check.Equal(2400L, device.Last(Sound.Dry).At, "dry");
            voice.Add(1, 2400, Device.Ramp(2400, 2400));
            voice.End(1, 4800);
            int from = device.Out.Count;
            device.Run(15);
            Check.Near(0.0264, device.Out[from + 240], 1e-4, "it goes on with what comes");
            Check.Equal(4800L, device.Last(Sound.Finished).At, "finished");
        }

        public static void HoldStopsAndReleaseGoesOnFromTheVerySample()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Enumerable.Repeat(0.5f, 9600).ToArray());
            voice.End(1, 9600);
            device.Run(10);
            voice.Hold(1);
            device.Run(2); // 6 ms fade within the first block
            Check.Equal(2400L, device.Last(Sound.Held).At, "held at");
            Check.Equal(0f, device.Out[2400 + 240], "silent 10 ms after the hold");
            int silent = device.Out.Count;
            device.Run(50);
            Check.That(device.Out.Skip(silent).All(sample => sample == 0), "something sounds in a hold");
            voice.Release(1);
            int from = device.Out.Count;
            device.Run(31);
            Check.Near(0.5, device.Out[from + 200], 1e-6, "back after the fade");
            Check.Equal(9600L, device.Last(Sound.Finished).At, "all of it");
            // What faded out and what rises add up: 9600 samples of 0.5, less the first fade in.
            Check.Near(9600 * 0.5, device.Out.Sum(), 50, "nothing is lost");
        }

        public static void ADroppedReplyIsSilentWithinEightMilliseconds()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            voice.Add(1, 0, Enumerable.Repeat(0.5f, 48000).ToArray());
            device.Run(20);
            voice.Drop(1);
            device.Run(10);
            Check.Equal(4800L, device.Last(Sound.Interrupted).At, "interrupted at");
            Check.That(device.Out.Skip(4800 + 192).All(sample => sample == 0), "it sounds on");
            for (int i = 4801; i < 4992; i++)
                Check.That(Math.Abs(device.Out[i] - device.Out[i - 1]) < 0.01, "a click at " + i);
        }

        public static void NoPositionIsReportedAfterTheEnd()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var block = new float[4800];
            voice.Add(1, 0, new float[48000]);
            voice.Render(block, 4800, 0);
            voice.Drop(1);
            Check.That(voice.TryReport(out Report first) && first.State == Sound.Started, "started");
            Check.That(voice.TryReport(out Report last) && last.State == Sound.Interrupted, "and interrupted");
            Check.Equal(4800L, last.At, "at");
        }

        public static void RepliesFollowOneAnother()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            var device = new Device(voice);
            foreach (long reply in new[] { 1L, 2L })
            {
                voice.Add(reply, 0, Device.Ramp(0, 2400));
                voice.End(reply, 2400);
            }
            voice.End(3, 0);
            device.Run(30);
            var told = device.Reports.Where(report => report.State != Sound.Position);
            Check.Same(new[] { "Started 1", "Finished 1", "Started 2", "Finished 2", "Started 3", "Finished 3" },
                told.Select(report => report.State + " " + report.Reply), "order");
        }

        public static void MemoryIsBounded()
        {
            var voice = new Voice(Device.Rate, Device.Rate);
            voice.Add(1, uint.MaxValue, new float[100]); // 50 hours ahead
            voice.End(1, 10);
            var device = new Device(voice);
            device.Run(5);
            Check.Equal(0L, device.Last(Sound.Finished).At, "it was dropped");
        }

        public static void TheClockRunsOnButNotAway()
        {
            var clock = new Clock(24000);
            Check.Equal(null, clock.Reply, "in silence");
            clock.Take(new Report { State = Sound.Started, Reply = 5, At = 0, Time = 10 });
            Check.Near(480, clock.At(10.02), 0.01, "after 20 ms");
            Check.Near(1440, clock.At(11), 0.01, "a device that stalls");
            clock.Latency = 0.03;
            Check.Near(0, clock.At(10.02), 0.01, "not yet at the ear");
            Check.Near(240, clock.At(10.04), 0.01, "10 ms at the ear");
            clock.Take(new Report { State = Sound.Held, Reply = 5, At = 900, Time = 10.05 });
            Check.Near(900, clock.At(12), 0.01, "held");
            clock.Take(new Report { State = Sound.Finished, Reply = 4, At = 7, Time = 11 });
            Check.Equal(5L, clock.Reply, "another's end");
            clock.Take(new Report { State = Sound.Interrupted, Reply = 5, At = 900, Time = 11 });
            Check.Equal(null, clock.Reply, "over");
        }

        public static void BurstsAreEvenedOut()
        {
            var steady = new SteadyTime();
            double worst = 0, last = 0;
            for (int i = 0; i < 400; i++)
            {
                double device = 5000 + i * 0.0213, burst = i / 4 * 4 * 0.0213; // four blocks at once
                double even = steady.Of(device, burst);
                if (i > 200) worst = Math.Max(worst, Math.Abs(even - last - 0.0213));
                last = even;
            }
            Check.That(worst < 0.002, "uneven by " + worst);
        }
    }
}
