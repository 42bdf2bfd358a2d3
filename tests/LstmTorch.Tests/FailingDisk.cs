using LstmTorch.Runtime.Model;

namespace LstmTorch.Tests;

/// <summary>A disk on which some of the writes, flushes and renames of this thread fail, counted from 1, until it is disposed of.</summary>
internal sealed class FailingDisk : IFileFaults, IDisposable
{
    private readonly Func<int, bool> _fails;

    /// <summary>The disk fails for the operations that are chosen.</summary>
    public FailingDisk(Func<int, bool> fails)
    {
        _fails = fails;
        AtomicFile.Faults = this;
    }

    /// <summary>How many operations there were.</summary>
    public int Operations { get; private set; }

    public Stream Through(Stream file) => new Watched(file, this);

    public void Before(string operation)
    {
        if (_fails(++Operations))
            throw new IOException($"No space left on device ({operation})");
    }

    public void Dispose() => AtomicFile.Faults = null;

    private sealed class Watched(Stream file, FailingDisk disk) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        /// <summary>A failing write leaves its first half, as a full disk does.</summary>
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                disk.Before("write");
            }
            catch (IOException)
            {
                file.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }

            file.Write(buffer);
        }
    }
}
