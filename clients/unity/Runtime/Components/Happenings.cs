using System;
using UnityEngine.Events;

namespace Townsfolk
{
    // Unity shows only events of a named type in the inspector of all versions that this package supports.

    [Serializable]
    public sealed class StateEvent : UnityEvent<LinkState>
    {
    }

    /// <summary>What was heard, and whether it is final.</summary>
    [Serializable]
    public sealed class HeardEvent : UnityEvent<string, bool>
    {
    }

    [Serializable]
    public sealed class TextEvent : UnityEvent<string>
    {
    }

    /// <summary>Id of a character, and a text.</summary>
    [Serializable]
    public sealed class MissedEvent : UnityEvent<string, string>
    {
    }

    [Serializable]
    public sealed class LineEvent : UnityEvent<Line>
    {
    }

    [Serializable]
    public sealed class ActEvent : UnityEvent<Act>
    {
    }

    /// <summary>Name of the emotion, and its intensity (0 to 1).</summary>
    [Serializable]
    public sealed class FeelingEvent : UnityEvent<string, float>
    {
    }
}
