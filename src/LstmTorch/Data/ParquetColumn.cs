using System.Globalization;
using System.Numerics;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace LstmTorch.Data;

/// <summary>Reads one column of a Parquet file: numbers as they are, dates and text as the fields that a CSV file would have.</summary>
internal sealed class ParquetColumn
{
    private readonly ParquetReader _reader;
    private readonly DataField _field;
    private readonly Table _table;
    private readonly TableColumn _column;

    private ParquetColumn(ParquetReader reader, DataField field, Table table)
    {
        (_reader, _field, _table) = (reader, field, table);
        _column = table.AddColumn(field.Name, null);
    }

    /// <summary>Reads the column into the table; false if it is of a type that is not read.</summary>
    public static async Task<bool> TryRead(ParquetReader reader, DataField field, Table table)
    {
        Func<ParquetColumn, Task>? read = Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Double => column => column.ReadNumbers<double>(value => value),
            TypeCode.Single => column => column.ReadNumbers<float>(AsWritten),
            TypeCode.Decimal => column => column.ReadNumbers<decimal>(value => (double)value),
            TypeCode.Boolean => column => column.ReadNumbers<bool>(value => value ? 1 : 0),
            TypeCode.SByte => column => column.ReadIntegers<sbyte>(),
            TypeCode.Int16 => column => column.ReadIntegers<short>(),
            TypeCode.Int32 => column => column.ReadIntegers<int>(),
            TypeCode.Int64 => column => column.ReadIntegers<long>(),
            TypeCode.Byte => column => column.ReadIntegers<byte>(),
            TypeCode.UInt16 => column => column.ReadIntegers<ushort>(),
            TypeCode.UInt32 => column => column.ReadIntegers<uint>(),
            TypeCode.UInt64 => column => column.ReadIntegers<ulong>(),
            TypeCode.DateTime => column => column.ReadDates(),
            _ when field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>) => column => column.ReadTexts(),
            _ => null,
        };
        if (read is null)
            return false;
        await read(new ParquetColumn(reader, field, table)).ConfigureAwait(false);
        return true;
    }

    /// <summary>0.1f as 0.1, as its file would have it as text, and not as 0.10000000149011612.</summary>
    private static double AsWritten(float value)
    {
        Span<byte> text = stackalloc byte[32];
        return value.TryFormat(text, out int length, default, CultureInfo.InvariantCulture)
            ? double.Parse(text[..length], CultureInfo.InvariantCulture)
            : value;
    }

    private Task ReadIntegers<T>()
        where T : struct, IBinaryInteger<T> => ReadNumbers<T>(double.CreateChecked);

    private async Task ReadNumbers<T>(Func<T, double> toDouble)
        where T : struct
    {
        foreach (T? value in await Values<T>().ConfigureAwait(false))
            _table.AddNumber(_column, value is { } known ? toDouble(known) : double.NaN, _column.Values.Length + 1);
    }

    /// <summary>Moments as text, as short as all of the column can be written.</summary>
    private async Task ReadDates()
    {
        DateTime?[] moments = await Values<DateTime>().ConfigureAwait(false);
        bool isUtc = _field is DateTimeDataField { IsAdjustedToUTC: true, DateTimeFormat: not DateTimeFormat.Date };
        string format = ShortestFormat(moments, isUtc);
        byte[] text = new byte[64];
        foreach (DateTime? moment in moments)
        {
            int length = 0;
            moment?.TryFormat(text, out length, format, CultureInfo.InvariantCulture);
            _table.AddField(_column, text.AsSpan(0, length), _column.Values.Length + 1);
        }
    }

    private static string ShortestFormat(DateTime?[] moments, bool isUtc)
    {
        bool AllAre(long multiplesOf) => Array.TrueForAll(moments, moment => moment is null || moment.Value.Ticks % multiplesOf == 0);
        string zone = isUtc ? "'Z'" : string.Empty;
        return AllAre(TimeSpan.TicksPerDay) ? "yyyy-MM-dd"
            : AllAre(TimeSpan.TicksPerMinute) ? $"yyyy-MM-dd HH:mm{zone}"
            : AllAre(TimeSpan.TicksPerSecond) ? $"yyyy-MM-dd HH:mm:ss{zone}"
            : AllAre(TimeSpan.TicksPerMillisecond) ? $"yyyy-MM-dd HH:mm:ss.fff{zone}"
            : $"yyyy-MM-dd HH:mm:ss.fffffff{zone}";
    }

    private async Task ReadTexts()
    {
        foreach (ParquetRowGroupReader group in _reader.RowGroups)
        {
            string[] texts = new string[group.RowCount];
            await group.ReadAsync(_field, texts).ConfigureAwait(false);
            foreach (string? text in texts)
                _table.AddField(_column, Encoding.UTF8.GetBytes(text ?? string.Empty), _column.Values.Length + 1);
        }
    }

    /// <summary>The values of all rows; null where there is none.</summary>
    private async Task<T?[]> Values<T>()
        where T : struct
    {
        var all = new T?[_table.RowNumbers.Count];
        int row = 0;
        foreach (ParquetRowGroupReader group in _reader.RowGroups)
        {
            Memory<T?> rows = all.AsMemory(row, (int)group.RowCount);
            if (_field.IsNullable)
                await group.ReadAsync(_field, rows).ConfigureAwait(false);
            else
                await ReadRequired(group, rows).ConfigureAwait(false);
            row += rows.Length;
        }

        return all;
    }

    private async Task ReadRequired<T>(ParquetRowGroupReader group, Memory<T?> rows)
        where T : struct
    {
        var values = new T[rows.Length];
        await group.ReadAsync<T>(_field, values).ConfigureAwait(false);
        for (int row = 0; row < values.Length; row++)
            rows.Span[row] = values[row];
    }
}
