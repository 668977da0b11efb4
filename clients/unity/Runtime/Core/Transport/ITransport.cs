using System;

namespace Townsfolk
{
    /// <summary>
    /// One connection, used once. Nothing here blocks, and nothing throws; what happens is asked for.
    /// </summary>
    public interface ITransport : IDisposable
    {
        void Open(string url);

        void Send(Data data);

        /// <summary>The next thing that happened; false where there is none.</summary>
        bool TryReceive(out Arrival arrival);
    }

    public enum ArrivalKind
    {
        Opened,
        Data,

        /// <summary>The last there is.</summary>
        Closed
    }

    /// <summary>What came of a connection.</summary>
    public struct Arrival
    {
        public ArrivalKind Kind;
        public Data Data;

        /// <summary>Of Closed: the server closed the connection as agreed (code 1000).</summary>
        public bool InPeace;

        /// <summary>Of Closed: why, in the words of the system.</summary>
        public string Reason;
    }
}
