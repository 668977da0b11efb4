using System;

namespace Townsfolk
{
    /// <summary>How it stands with the server: to be shown to the player.</summary>
    public enum LinkState
    {
        /// <summary>Not wanted, or ended by the server in peace.</summary>
        Closed,

        /// <summary>On the way to a first session.</summary>
        Connecting,

        /// <summary>In a new session.</summary>
        Connected,

        /// <summary>The connection was lost; another is tried by itself.</summary>
        Reconnecting,

        /// <summary>In a session again, whose conversations go on.</summary>
        Resumed,

        /// <summary>The server refuses this client, and would again.</summary>
        Refused
    }

    /// <summary>Whether there is a connection, and when the next is tried. Knows no socket.</summary>
    public sealed class Link
    {
        // A hiccup of the network is over at once; a server that is down is not asked more than every five seconds.
        private const double ShortestWait = 0.25, LongestWait = 5;

        // A handshake that takes longer than the server waits for a hello will not end well.
        private const double Patience = 10;

        private double wait = ShortestWait;
        private double dialAt = double.PositiveInfinity;
        private double giveUpAt = double.PositiveInfinity;

        public LinkState State { get; private set; }

        /// <summary>Token of the session; null before the first.</summary>
        public string Token { get; private set; }

        /// <summary>There is a session: messages can be sent.</summary>
        public bool IsOpen
        {
            get { return State == LinkState.Connected || State == LinkState.Resumed; }
        }

        /// <summary>There should be a session.</summary>
        public bool IsWanted
        {
            get { return State != LinkState.Closed && State != LinkState.Refused; }
        }

        public event Action<LinkState> Changed;

        /// <summary>From now on there should be a session.</summary>
        public void Open(double now)
        {
            if (IsWanted) return;
            wait = ShortestWait;
            dialAt = now;
            Change(Token == null ? LinkState.Connecting : LinkState.Reconnecting);
        }

        /// <summary>True, once, when a connection is to be opened.</summary>
        public bool Dial(double now)
        {
            if (!IsWanted || now < dialAt) return false;
            dialAt = double.PositiveInfinity;
            giveUpAt = now + Patience;
            return true;
        }

        /// <summary>True where the server has not answered in time: the connection is as good as lost.</summary>
        public bool Overdue(double now)
        {
            return !IsOpen && now >= giveUpAt;
        }

        /// <summary>The server has answered.</summary>
        public void Ready(Ready ready)
        {
            giveUpAt = double.PositiveInfinity;
            wait = ShortestWait;
            Token = ready.Resume;
            Change(ready.Resumed ? LinkState.Resumed : LinkState.Connected);
        }

        /// <summary>The connection is gone, or could not be made.</summary>
        public void Lost(double now)
        {
            if (!IsWanted) return;
            giveUpAt = double.PositiveInfinity;
            dialAt = now + wait;
            wait = Math.Min(2 * wait, LongestWait);
            Change(Token == null ? LinkState.Connecting : LinkState.Reconnecting);
        }

        /// <summary>Over: nothing more is tried until the next Open.</summary>
        public void End(bool refused)
        {
            if (IsWanted) Change(refused ? LinkState.Refused : LinkState.Closed);
        }

        private void Change(LinkState state)
        {
            if (State == state) return;
            State = state;
            Changed?.Invoke(state);
        }
    }
}
