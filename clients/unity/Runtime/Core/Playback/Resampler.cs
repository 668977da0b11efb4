using System;

namespace Townsfolk
{
    /// <summary>
    /// Brings a stream of blocks from one rate to another with a windowed sinc, so that nothing above half the
    /// lower rate folds back into speech. Delays by its reach: 16 zero crossings, about 1 ms at 16 kHz.
    /// </summary>
    public sealed class Resampler
    {
        // Zero crossings on either side: stop band below -60 dB, where a microphone's own noise is.
        private const int Crossings = 16;

        // Of the lower Nyquist frequency: the transition ends just below it.
        private const double Cutoff = 0.92;

        // Between two of these positions the nearest is taken: an error of -60 dB, without a table per ratio.
        private const int Phases = 256;

        private readonly double step;
        private readonly int reach;
        private readonly float[][] kernel;
        private float[] past;
        private double at;

        /// <summary>From <paramref name="from"/> hertz to <paramref name="to"/> hertz.</summary>
        public Resampler(int from, int to)
        {
            if (from <= 0 || to <= 0) throw new ArgumentException("rates are above 0 hertz");
            step = (double)from / to;
            double band = Cutoff * Math.Min(1, 1 / step);
            reach = from == to ? 0 : (int)Math.Ceiling(Crossings / band);
            kernel = from == to ? null : Kernel(band);
            past = new float[2 * reach];
        }

        /// <summary>What <paramref name="block"/> adds to the stream.</summary>
        public float[] Push(float[] block)
        {
            if (kernel == null) return block;
            var input = new float[past.Length + block.Length];
            past.CopyTo(input, 0);
            block.CopyTo(input, past.Length);
            int last = input.Length - 2 * reach;
            var output = new float[Math.Max(0, (int)Math.Ceiling((last - at) / step))];
            for (int i = 0; i < output.Length; i++, at += step) output[i] = Sample(input);
            int used = Math.Min((int)at, last);
            at -= used;
            past = new float[input.Length - used];
            Array.Copy(input, used, past, 0, past.Length);
            return output;
        }

        private float Sample(float[] input)
        {
            var whole = (int)at;
            float[] taps = kernel[(int)((at - whole) * Phases)];
            float sum = 0;
            for (int i = 0; i < taps.Length; i++) sum += taps[i] * input[whole + i];
            return sum;
        }

        private float[][] Kernel(double band)
        {
            var phases = new float[Phases][];
            for (int phase = 0; phase < Phases; phase++)
            {
                var taps = new double[2 * reach];
                double sum = 0;
                for (int i = 0; i < taps.Length; i++)
                    sum += taps[i] = Tap(i - reach + 1 - (phase + 0.5) / Phases, band);
                // Every phase passes a constant unchanged; else their differences would be heard as a whistle.
                phases[phase] = Array.ConvertAll(taps, tap => (float)(tap / sum));
            }
            return phases;
        }

        private double Tap(double distance, double band)
        {
            double x = Math.PI * distance * band;
            double window = 0.5 + 0.5 * Math.Cos(Math.PI * distance / reach);
            return Math.Abs(distance) >= reach ? 0 : window * (Math.Abs(x) < 1e-9 ? 1 : Math.Sin(x) / x);
        }
    }
}
