using System.IO;

namespace Townsfolk.Console
{
    /// <summary>A connection that keeps a copy of every packet that arrives: its length, then its bytes.</summary>
    internal sealed class Tap : ITransport
    {
        private readonly ITransport inner = new SocketTransport();
        private readonly BinaryWriter packets;

        public Tap(BinaryWriter packets)
        {
            this.packets = packets;
        }

        public void Open(string url)
        {
            inner.Open(url);
        }

        public void Send(Data data)
        {
            inner.Send(data);
        }

        public bool TryReceive(out Arrival arrival)
        {
            bool any = inner.TryReceive(out arrival);
            if (any && arrival.Data.Bytes != null)
            {
                packets.Write(arrival.Data.Bytes.Length);
                packets.Write(arrival.Data.Bytes);
            }
            return any;
        }

        public void Dispose()
        {
            inner.Dispose();
        }
    }
}
