using System;
using System.Collections.Generic;
using UnityEngine;

namespace Townsfolk.Samples
{
    /// <summary>
    /// An egg with a mouth and two eyes: the fewest blend shapes that show that everything works.
    /// </summary>
    internal static class HeadShape
    {
        private const int Rings = 48, Segments = 64;
        private const float Radius = 0.11f;

        /// <summary>A head under <paramref name="parent"/>, looking along z.</summary>
        public static SkinnedMeshRenderer Build(Transform parent)
        {
            var mesh = new Mesh { name = "head" };
            Vector3[] points = Points();
            mesh.vertices = points;
            mesh.triangles = Triangles();
            mesh.RecalculateNormals();
            Add(mesh, points, "jawOpen", Below(-0.02f, 0.03f), new Vector3(0, -0.035f, -0.005f));
            Add(mesh, points, "mouthSmileLeft", Near(-0.03f, -0.035f), new Vector3(-0.012f, 0.014f, 0));
            Add(mesh, points, "mouthSmileRight", Near(0.03f, -0.035f), new Vector3(0.012f, 0.014f, 0));
            Add(mesh, points, "mouthPucker", Near(0, -0.035f), new Vector3(0, 0, 0.02f));
            Add(mesh, points, "eyeBlinkLeft", Near(-0.04f, 0.035f), new Vector3(0, -0.008f, -0.012f));
            Add(mesh, points, "eyeBlinkRight", Near(0.04f, 0.035f), new Vector3(0, -0.008f, -0.012f));
            Add(mesh, points, "browInnerUp", Near(0, 0.06f), new Vector3(0, 0.015f, 0.005f));
            var head = new GameObject("head");
            head.transform.SetParent(parent, false);
            var renderer = head.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = mesh;
            renderer.material = new Material(Shader.Find("Standard"));
            return renderer;
        }

        private static Vector3[] Points()
        {
            var points = new Vector3[(Rings + 1) * (Segments + 1)];
            for (int i = 0; i < points.Length; i++)
            {
                float up = Mathf.PI * (i / (Segments + 1)) / Rings, around = 2 * Mathf.PI * (i % (Segments + 1)) / Segments;
                float wide = Radius * Mathf.Sin(up);
                points[i] = new Vector3(wide * Mathf.Sin(around), 1.3f * Radius * Mathf.Cos(up), wide * Mathf.Cos(around));
            }
            return points;
        }

        private static int[] Triangles()
        {
            var corners = new List<int>();
            for (int ring = 0; ring < Rings; ring++)
                for (int segment = 0; segment < Segments; segment++)
                {
                    int here = ring * (Segments + 1) + segment, below = here + Segments + 1;
                    corners.AddRange(new[] { here, here + 1, below, here + 1, below + 1, below });
                }
            return corners.ToArray();
        }

        private static void Add(Mesh mesh, Vector3[] points, string name, Func<Vector3, float> weight, Vector3 move)
        {
            Vector3[] moves = Array.ConvertAll(points, point => point.z > 0 ? move * weight(point) : Vector3.zero);
            mesh.AddBlendShapeFrame(name, 100, moves, null, null);
        }

        // A bump 2 cm wide on the front of the head.
        private static Func<Vector3, float> Near(float x, float y)
        {
            return point => Mathf.Exp(-((point.x - x) * (point.x - x) + (point.y - y) * (point.y - y)) / 0.0004f);
        }

        private static Func<Vector3, float> Below(float y, float soft)
        {
            return point => Mathf.Clamp01((y - point.y) / soft);
        }
    }
}
