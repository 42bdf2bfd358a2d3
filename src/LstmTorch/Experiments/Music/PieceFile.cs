using System.Text.Json;
using LstmTorch.Data;
using LstmTorch.Runtime;

namespace LstmTorch.Experiments.Music;

/// <summary>
/// Reads pieces from JSON, plain or packed by gzip: <c>{"train": […], "valid": […], "test": […]}</c>, each a list of pieces, a piece
/// a list of frames, a frame a list of the MIDI numbers that sound in it.
/// </summary>
public static class PieceFile
{
    private const string Schema = """a file of pieces is {"train": pieces, "valid": pieces, "test": pieces}, a piece a list of frames, a frame a list of MIDI numbers""";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; whether it is packed is recognized by its first bytes.</param>
    /// <exception cref="LstmTorchException">It is not there, or is no such file; the message names part, piece and frame.</exception>
    public static PieceSet Read(string path)
    {
        if (Directory.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: this is a folder; name a file of pieces in it");
        if (!File.Exists(path))
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: there is no such file");
        try
        {
            using FileStream file = File.OpenRead(path);
            using var document = JsonDocument.Parse(GzipFile.Unpack(file, path));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Bad(path, $"this is JSON, but {Schema}");
            return new PieceSet(Part(path, root, "train"), Part(path, root, "valid"), Part(path, root, "test"));
        }
        catch (JsonException error)
        {
            throw new LstmTorchException(ErrorKind.BadData, $"{path}: this is not JSON: {error.Message}; {Schema}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LstmTorchException(ErrorKind.NotFound, $"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static PianoRoll[] Part(string path, JsonElement root, string part)
    {
        if (!root.TryGetProperty(part, out JsonElement pieces))
            throw Bad(path, $"there is no \"{part}\"; {Schema}");
        PianoRoll[] rolls = [.. Items(pieces, path, $"\"{part}\"").Select((piece, n) => Piece(path, piece, $"\"{part}\", piece {n + 1}"))];
        return rolls.Length > 0 ? rolls : throw Bad(path, $"\"{part}\" holds no piece; each part needs one at least");
    }

    private static PianoRoll Piece(string path, JsonElement piece, string where)
    {
        IReadOnlyList<int>[] frames = [.. Items(piece, path, where).Select((frame, t) => Frame(path, frame, $"{where}, frame {t + 1}"))];
        return frames.Length > 1
            ? new PianoRoll(frames)
            : throw Bad(path, $"{where} has {frames.Length} frames, and a frame is predicted from those before it; leave out pieces of less than 2");
    }

    private static int[] Frame(string path, JsonElement frame, string where) =>
        [.. Items(frame, path, where).Select(note => Key(path, note, where)).Distinct()];

    private static int Key(string path, JsonElement note, string where)
    {
        if (note.ValueKind != JsonValueKind.Number || !note.TryGetInt32(out int number))
            throw Bad(path, $"{where}: {Shown(note)} is no MIDI number; {Schema}");
        return number is >= PianoRoll.LowestNote and <= PianoRoll.HighestNote
            ? number - PianoRoll.LowestNote
            : throw Bad(path, $"{where}: note {number} is none of a piano's; move the piece, or leave the note out: MIDI numbers are from {PianoRoll.LowestNote} to {PianoRoll.HighestNote}");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string path, string where) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Bad(path, $"{where}: {Shown(list)} is no list; {Schema}");

    private static string Shown(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => element.GetRawText(),
    };

    private static LstmTorchException Bad(string path, string what) => new(ErrorKind.BadData, $"{path}: {what}");
}
