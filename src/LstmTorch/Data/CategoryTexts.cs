namespace LstmTorch.Data;

/// <summary>The texts of one column row by row, each kept once, as long as there are few.</summary>
internal sealed class CategoryTexts
{
    private const int Most = 10_000, NoText = -1;

    private readonly Dictionary<string, int> _codes = [];
    private readonly List<string> _texts = [];
    private readonly List<int> _rows = [];
    private bool _tooMany;

    /// <summary>Takes the text of a row; rows between the last one and this have none.</summary>
    public void Add(int row, string text)
    {
        if (_tooMany)
            return;
        if (!_codes.TryGetValue(text, out int code))
        {
            _codes.Add(text, code = _texts.Count);
            _texts.Add(text);
        }

        _tooMany = _texts.Count > Most;
        while (_rows.Count < row)
            _rows.Add(NoText);
        _rows.Add(code);
    }

    /// <summary>The text of a row; null where it has none, or there are too many to keep.</summary>
    public string? At(int row) => !_tooMany && row < _rows.Count && _rows[row] != NoText ? _texts[_rows[row]] : null;
}
