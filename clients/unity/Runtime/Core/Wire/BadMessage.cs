using System;

namespace Townsfolk
{
    /// <summary>Text or bytes from the server that are not what the protocol says.</summary>
    public sealed class BadMessage : Exception
    {
        public BadMessage(string what) : base(what)
        {
        }
    }
}
