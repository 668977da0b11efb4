namespace Townsfolk
{
    /// <summary>One websocket message: a text, or bytes.</summary>
    public struct Data
    {
        public readonly string Text;
        public readonly byte[] Bytes;

        public Data(string text)
        {
            Text = text;
            Bytes = null;
        }

        public Data(byte[] bytes)
        {
            Text = null;
            Bytes = bytes;
        }
    }
}
