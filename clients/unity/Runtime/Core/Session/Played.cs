namespace Townsfolk
{
    /// <summary>How much of a reply was played, in samples.</summary>
    public struct Played
    {
        public long Reply;
        public long At;
    }
}
