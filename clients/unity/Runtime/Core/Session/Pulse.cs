using System;

namespace Townsfolk
{
    /// <summary>
    /// Whether the line is alive: asks by `ping` when nothing has come for a while, as sockets keep their own pings
    /// to themselves, and counts how long nothing answers.
    /// </summary>
    public sealed class Pulse
    {
        // Seconds of silence before a question, and between two.
        private const double Ask = 1;

        // Five questions went unanswered: a machine that is merely busy answers one of them.
        private const double Dead = 5;

        // A game that stood still (a level was loaded) says nothing about the network.
        private const double LongestFrame = 0.5;

        private double looked;
        private double quiet;
        private double asked;

        /// <summary>A connection is open.</summary>
        public void Begin(double now)
        {
            looked = now;
            Heard();
        }

        /// <summary>Something came.</summary>
        public void Heard()
        {
            quiet = asked = 0;
        }

        /// <summary>Let time pass; true where the line is dead.</summary>
        public bool Look(double now)
        {
            quiet += Math.Min(now - looked, LongestFrame);
            looked = now;
            return quiet > Dead;
        }

        /// <summary>True, once a second of silence, where it is time to ask.</summary>
        public bool IsTimeToAsk()
        {
            if (quiet - asked < Ask) return false;
            asked = quiet;
            return true;
        }
    }
}
