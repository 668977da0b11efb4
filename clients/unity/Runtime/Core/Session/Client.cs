using System;

namespace Townsfolk
{
    /// <summary>
    /// A conversation over real connections, which are opened again by themselves. Call <see cref="Update"/> once a
    /// frame; all events come from there.
    /// </summary>
    public sealed class Client : IDisposable
    {
        private readonly string url;
        private readonly Func<ITransport> connect;
        private ITransport transport;

        /// <summary>
        /// To <paramref name="url"/> (ws://HOST:8765/ws), over what <paramref name="connect"/> makes.
        /// </summary>
        public Client(string url, Conversation conversation, Func<ITransport> connect)
        {
            this.url = url;
            this.connect = connect;
            Conversation = conversation;
        }

        public Conversation Conversation { get; }

        /// <summary>Why the last connection ended, in the words of the system.</summary>
        public string Reason { get; private set; } = "";

        public void Open(double now)
        {
            Conversation.Link.Open(now);
        }

        /// <summary>End the session. Its token is kept: Open goes on with it.</summary>
        public void Close()
        {
            Conversation.Link.End(false);
            HangUp();
        }

        public void Dispose()
        {
            Close();
        }

        /// <summary>
        /// Exchange what there is; <paramref name="now"/> in seconds, on the clock that the voices are rendered with.
        /// </summary>
        public void Update(double now)
        {
            if (Conversation.Link.Dial(now))
            {
                HangUp();
                transport = connect();
                transport.Open(url);
            }
            while (transport != null && transport.TryReceive(out Arrival arrival)) Take(arrival, now);
            if (Conversation.Update(now)) Lose("the server has fallen silent", false, now);
            if (!Conversation.Link.IsWanted) HangUp();
            while (transport != null && Conversation.Outbox.Count > 0) transport.Send(Conversation.Outbox.Dequeue());
        }

        /// <summary>
        /// The network has changed or the device was asleep: do not wait to find the connection dead.
        /// </summary>
        public void Reconnect(double now)
        {
            if (Conversation.Link.IsOpen) Lose("another connection was asked for", false, now);
        }

        private void Take(Arrival arrival, double now)
        {
            switch (arrival.Kind)
            {
                case ArrivalKind.Opened:
                    Conversation.Connected(now);
                    break;
                case ArrivalKind.Data:
                    Conversation.Receive(arrival.Data, now);
                    break;
                case ArrivalKind.Closed:
                    Lose(arrival.Reason, arrival.InPeace, now);
                    break;
            }
        }

        private void Lose(string reason, bool inPeace, double now)
        {
            Reason = reason;
            HangUp();
            Conversation.Disconnected(inPeace, now);
        }

        private void HangUp()
        {
            transport?.Dispose();
            transport = null;
        }
    }
}
