// The agent prints the platform that it runs on.
using System.Runtime.InteropServices;

Console.WriteLine($"agent on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
