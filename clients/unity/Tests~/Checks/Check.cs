using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Townsfolk.Checks
{
    /// <summary>What is expected, and the program that looks whether it is so.</summary>
    internal static class Check
    {
        public static void That(bool holds, string what)
        {
            if (!holds) throw new Exception(what);
        }

        public static void Equal(object expected, object actual, string what)
        {
            That(Equals(expected, actual), what + ": " + actual + ", not " + expected);
        }

        public static void Near(double expected, double actual, double tolerance, string what)
        {
            That(Math.Abs(expected - actual) <= tolerance, what + ": " + actual + ", not " + expected);
        }

        public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what)
        {
            That(expected.SequenceEqual(actual), what + ": " + string.Join(", ", actual.Select(each => "" + each)));
        }

        /// <summary>False where it throws BadMessage; what else it throws is an error.</summary>
        public static bool Reads(Action read)
        {
            try
            {
                read();
                return true;
            }
            catch (BadMessage)
            {
                return false;
            }
        }

        // checks.exe GOLDEN: run every public static method of the classes whose name ends in Checks.
        // checks.exe requests: print one of each request, for the server's own decoder.
        private static int Main(string[] arguments)
        {
            if (arguments[0] == "requests")
            {
                foreach (string request in RequestChecks.Examples()) Console.WriteLine(request);
                return 0;
            }
            WireChecks.Golden = arguments[0];
            IEnumerable<MethodInfo> checks = Assembly.GetExecutingAssembly().GetTypes()
                .Where(type => type.Name.EndsWith("Checks") && type.IsAbstract)
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
                .Where(method => method.ReturnType == typeof(void) && method.GetParameters().Length == 0);
            return checks.Count(check => !Run(check)) > 0 ? 1 : 0;
        }

        private static bool Run(MethodInfo check)
        {
            string name = check.DeclaringType.Name + "." + check.Name;
            try
            {
                check.Invoke(null, null);
                Console.WriteLine("ok " + name);
                return true;
            }
            catch (TargetInvocationException failure)
            {
                Console.WriteLine("FAILED " + name + ": " + failure.InnerException);
                return false;
            }
        }
    }
}
