using System;

namespace Townsfolk
{
    /// <summary>
    /// When a block of a sound device is due. Devices ask for blocks in bursts; their own clock counts evenly but
    /// starts anywhere. This is that even count, on the clock of the rest of the game.
    /// </summary>
    public sealed class SteadyTime
    {
        // Follows a device that drifts within a second of blocks, and hides the bursts.
        private const double Follow = 0.02;

        // More is no burst: the device has stood still, or is another one.
        private const double Jump = 0.2;

        private double offset = double.NaN;

        /// <summary>
        /// The even time of a block of <paramref name="device"/> time that is asked for at <paramref
        /// name="wall"/>.
        /// </summary>
        public double Of(double device, double wall)
        {
            double seen = wall - device;
            bool jumped = double.IsNaN(offset) || Math.Abs(seen - offset) > Jump;
            offset = jumped ? seen : offset + Follow * (seen - offset);
            return device + offset;
        }
    }
}
