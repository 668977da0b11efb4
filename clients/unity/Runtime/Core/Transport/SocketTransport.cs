using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Townsfolk
{
    /// <summary>
    /// A connection by System.Net.WebSockets, served by the thread pool. Not there in a browser.
    /// </summary>
    public sealed class SocketTransport : ITransport
    {
        // A pong of its own now and then keeps routers from forgetting a player who listens.
        private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

        // Five seconds of microphone: a network that is behind by more is not caught up with.
        private const int MostWaiting = 250;

        // Of text or media in one message; the protocol stays far below.
        private const int LargestMessage = 1 << 22;

        private readonly ClientWebSocket socket = new ClientWebSocket();
        private readonly CancellationTokenSource over = new CancellationTokenSource();
        private readonly ConcurrentQueue<Arrival> arrivals = new ConcurrentQueue<Arrival>();
        private readonly ConcurrentQueue<Data> outgoing = new ConcurrentQueue<Data>();
        private readonly SemaphoreSlim more = new SemaphoreSlim(0);

        public void Open(string url)
        {
            Task.Run(() => Serve(url));
        }

        public void Send(Data data)
        {
            if (data.Bytes != null && outgoing.Count > MostWaiting) return;
            outgoing.Enqueue(data);
            more.Release();
        }

        public bool TryReceive(out Arrival arrival)
        {
            return arrivals.TryDequeue(out arrival);
        }

        /// <summary>End the connection, in peace if it is open: the server learns of it.</summary>
        public void Dispose()
        {
            Task.Run(Close);
        }

        private async Task Close()
        {
            try
            {
                // One who cannot say goodbye within a second is gone already.
                using (var patience = new CancellationTokenSource(1000))
                    if (socket.State == WebSocketState.Open)
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
            }
            catch (Exception)
            {
                // It was gone already, which is what was wanted.
            }
            over.Cancel();
        }

        private async Task Serve(string url)
        {
            string reason = "";
            Task sending = null;
            try
            {
                socket.Options.KeepAliveInterval = KeepAlive;
                await socket.ConnectAsync(new Uri(url), over.Token).ConfigureAwait(false);
                arrivals.Enqueue(new Arrival { Kind = ArrivalKind.Opened });
                sending = Transmit();
                while (await Receive().ConfigureAwait(false))
                {
                }
            }
            catch (Exception error)
            {
                // Whatever it was: the game hears of it as a connection that is gone, and tries another.
                reason = error.GetBaseException().Message;
            }
            bool inPeace = socket.CloseStatus == WebSocketCloseStatus.NormalClosure;
            arrivals.Enqueue(new Arrival { Kind = ArrivalKind.Closed, InPeace = inPeace, Reason = reason });
            over.Cancel();
            if (sending != null) await sending.ConfigureAwait(false);
            socket.Dispose();
        }

        private async Task<bool> Receive()
        {
            var buffer = new ArraySegment<byte>(new byte[1 << 14]);
            using (var whole = new MemoryStream())
            {
                WebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer, over.Token).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close) return false;
                    whole.Write(buffer.Array, 0, part.Count);
                    if (whole.Length > LargestMessage) throw new IOException("a message is too large");
                } while (!part.EndOfMessage);
                bool text = part.MessageType == WebSocketMessageType.Text;
                byte[] bytes = whole.ToArray();
                Data data = text ? new Data(Encoding.UTF8.GetString(bytes)) : new Data(bytes);
                arrivals.Enqueue(new Arrival { Kind = ArrivalKind.Data, Data = data });
                return true;
            }
        }

        private async Task Transmit()
        {
            try
            {
                while (true)
                {
                    await more.WaitAsync(over.Token).ConfigureAwait(false);
                    if (!outgoing.TryDequeue(out Data data)) continue;
                    bool text = data.Text != null;
                    byte[] bytes = text ? Encoding.UTF8.GetBytes(data.Text) : data.Bytes;
                    WebSocketMessageType type = text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                    await socket.SendAsync(new ArraySegment<byte>(bytes), type, true, over.Token).ConfigureAwait(false);
                }
            }
            catch (Exception)
            {
                over.Cancel(); // wakes the one who receives, and that one tells of the end
            }
        }
    }
}
