// The agent says where it runs.
using System.Runtime.InteropServices;

Console.WriteLine($"agent on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
