// The part of Unity's API that the package uses, with nothing behind it: only to compile against. Signatures are
// those of the Unity 2021.3 scripting reference.
#pragma warning disable 67, 169, 649
using System;
using System.Collections;
using System.Collections.Generic;

namespace UnityEngine
{
    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute { }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute { public TooltipAttribute(string tooltip) { } }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class HeaderAttribute : Attribute { public HeaderAttribute(string header) { } }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenu : Attribute { public AddComponentMenu(string menuName) { } }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RequireComponent : Attribute { public RequireComponent(Type requiredComponent) { } }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DefaultExecutionOrder : Attribute { public DefaultExecutionOrder(int order) { } }

    public class Object
    {
        public string name { get; set; }
        public static T FindObjectOfType<T>() where T : Object { return null; }
        public static T[] FindObjectsOfType<T>() where T : Object { return null; }
        public static bool operator ==(Object a, Object b) { return ReferenceEquals(a, b); }
        public static bool operator !=(Object a, Object b) { return !ReferenceEquals(a, b); }
        public override bool Equals(object other) { return base.Equals(other); }
        public override int GetHashCode() { return base.GetHashCode(); }
    }

    public class Component : Object
    {
        public Transform transform { get { return null; } }
        public GameObject gameObject { get { return null; } }
        public T GetComponent<T>() { return default(T); }
        public T GetComponentInParent<T>() { return default(T); }
        public T[] GetComponentsInChildren<T>(bool includeInactive) { return null; }
        public void GetComponentsInChildren<T>(bool includeInactive, List<T> result) { }
    }

    public class Behaviour : Component { public bool enabled { get; set; } }

    public class MonoBehaviour : Behaviour { }

    public sealed class GameObject : Object
    {
        public GameObject(string name) { }
        public Transform transform { get { return null; } }
        public void SetActive(bool value) { }
        public T AddComponent<T>() where T : Component { return null; }
    }

    public class Transform : Component
    {
        public Vector3 position { get; set; }
        public Quaternion rotation { get; set; }
        public Quaternion localRotation { get; set; }
        public Transform parent { get; set; }
        public void SetParent(Transform parent, bool worldPositionStays) { }
        public Vector3 InverseTransformPoint(Vector3 position) { return position; }
    }

    public struct Vector3
    {
        public float x, y, z;
        public Vector3(float x, float y, float z) { this.x = x; this.y = y; this.z = z; }
        public static Vector3 zero { get { return default(Vector3); } }
        public static Vector3 operator *(Vector3 a, float d) { return a; }
    }

    public struct Quaternion
    {
        public static Quaternion identity { get { return default(Quaternion); } }
        public static Quaternion Euler(float x, float y, float z) { return default(Quaternion); }
        public static Quaternion Inverse(Quaternion rotation) { return rotation; }
        public static Quaternion operator *(Quaternion lhs, Quaternion rhs) { return lhs; }
    }

    public struct Rect { public Rect(float x, float y, float width, float height) { } }

    public struct Mathf
    {
        public const float PI = 3.14159274F;
        public static float Sin(float f) { return 0; }
        public static float Cos(float f) { return 0; }
        public static float Exp(float power) { return 0; }
        public static float Clamp01(float value) { return 0; }
        public static int Clamp(int value, int min, int max) { return 0; }
    }

    public sealed class Mesh : Object
    {
        public Vector3[] vertices { get; set; }
        public int[] triangles { get; set; }
        public int blendShapeCount { get { return 0; } }
        public string GetBlendShapeName(int shapeIndex) { return null; }
        public void RecalculateNormals() { }
        public void AddBlendShapeFrame(string shapeName, float frameWeight, Vector3[] deltaVertices,
            Vector3[] deltaNormals, Vector3[] deltaTangents) { }
    }

    public class Shader : Object { public static Shader Find(string name) { return null; } }

    public class Material : Object { public Material(Shader shader) { } }

    public class Renderer : Component { public Material material { get; set; } }

    public class SkinnedMeshRenderer : Renderer
    {
        public Mesh sharedMesh { get; set; }
        public void SetBlendShapeWeight(int index, float value) { }
    }

    public sealed class AudioClip : Object
    {
        public int samples { get { return 0; } }
        public int channels { get { return 0; } }
        public int frequency { get { return 0; } }
        public static AudioClip Create(string name, int lengthSamples, int channels, int frequency, bool stream)
        { return null; }
        public bool SetData(float[] data, int offsetSamples) { return true; }
        public bool GetData(float[] data, int offsetSamples) { return true; }
    }

    public sealed class AudioSource : Behaviour
    {
        public AudioClip clip { get; set; }
        public bool loop { get; set; }
        public int priority { get; set; }
        public void Play() { }
    }

    public sealed class AudioSettings
    {
        public static int outputSampleRate { get; set; }
        public static double dspTime { get { return 0; } }
        public static void GetDSPBufferSize(out int bufferLength, out int numBuffers) { bufferLength = numBuffers = 0; }
    }

    public sealed class Microphone
    {
        public static string[] devices { get { return null; } }
        public static void GetDeviceCaps(string deviceName, out int minFreq, out int maxFreq) { minFreq = maxFreq = 0; }
        public static AudioClip Start(string deviceName, bool loop, int lengthSec, int frequency) { return null; }
        public static int GetPosition(string deviceName) { return 0; }
        public static void End(string deviceName) { }
    }

    public class AsyncOperation { }

    public enum UserAuthorization { WebCam = 1, Microphone = 2 }

    public class Application
    {
        public static bool isPlaying { get { return false; } }
        public static AsyncOperation RequestUserAuthorization(UserAuthorization mode) { return null; }
    }

    public enum KeyCode { None = 0, V = 118 }

    public class Input
    {
        public static bool GetKeyDown(KeyCode key) { return false; }
        public static bool GetKeyUp(KeyCode key) { return false; }
    }

    public sealed class Screen
    {
        public static int width { get { return 0; } }
        public static int height { get { return 0; } }
    }

    public class GUI
    {
        public static void Label(Rect position, string text) { }
        public static string TextField(Rect position, string text) { return text; }
        public static bool Button(Rect position, string text) { return false; }
    }

    public class GUILayoutOption { }

    public class GUILayout { public static bool Button(string text, params GUILayoutOption[] options) { return false; } }

    public class Debug
    {
        public static void LogWarning(object message, Object context) { }
        public static void LogError(object message, Object context) { }
    }
}

namespace UnityEngine.Events
{
    public delegate void UnityAction<T0>(T0 arg0);

    public delegate void UnityAction<T0, T1>(T0 arg0, T1 arg1);

    [Serializable]
    public class UnityEvent<T0>
    {
        public void AddListener(UnityAction<T0> call) { }
        public void Invoke(T0 arg0) { }
    }

    [Serializable]
    public class UnityEvent<T0, T1>
    {
        public void AddListener(UnityAction<T0, T1> call) { }
        public void Invoke(T0 arg0, T1 arg1) { }
    }
}

namespace UnityEditor
{
    using UnityEngine;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute { public CustomEditor(Type inspectedType) { } }

    public enum MessageType { None, Info, Warning, Error }

    public class Editor
    {
        public UnityEngine.Object target { get; set; }
        public bool DrawDefaultInspector() { return false; }
        public virtual void OnInspectorGUI() { }
        public virtual bool RequiresConstantRepaint() { return false; }
    }

    public sealed class EditorGUILayout
    {
        public static void HelpBox(string message, MessageType type) { }
        public static void LabelField(string label, string label2, params GUILayoutOption[] options) { }
        public static string TextField(string label, string text, params GUILayoutOption[] options) { return text; }
    }
}
