using System.Text;
using LstmTorch.Data;
using LstmTorch.Runtime;
using LstmTorch.Runtime.Model;
using Xunit;

namespace LstmTorch.Tests.Data;

public sealed class SeriesReaderTests
{
    private const string Daily = "date,a,note,b\n2024-01-01,1.5,x,10\n2024-01-02,-2e1,y,20\n2024-01-03,3,z,30\n";

    [Fact]
    public void Read_APlainFile_GivesTimesColumnsAndWhatWasLeftOut()
    {
        TimeSeriesSet set = Read(Daily);
        TimeSeries series = Assert.Single(set.Series);
        Assert.Equal("date", set.TimeColumn);
        Assert.Equal(["a", "b"], set.Inputs);
        Assert.Equal(["a"], set.Targets);
        Assert.Equal(["note"], set.IgnoredColumns);
        Assert.Equal([1.5, -20, 3], series.Column("a").ToArray());
        Assert.Equal([10.0, 20, 30], series.Column("b").ToArray());
        Assert.Equal(["2024-01-01", "2024-01-03", "2024-01-05"], new[] { 0, 2, 4 }.Select(series.Time.Format));
    }

    [Theory]
    [InlineData("a;b\n1;2\n3;4\n")]
    [InlineData("a\tb\n1\t2\n3\t4\n")]
    [InlineData("a|b\n1|2\n3|4\n")]
    [InlineData("\uFEFFa,b\r\n1,2\r\n3,4\r\n")]
    [InlineData("\"a\",\"b\"\n\"1\",\"2\"\n\n3,4\n")]
    [InlineData("a, b \n 1,2 \n3 , 4")]
    public void Read_OtherSpellings_GiveTheSameNumbers(string text)
    {
        TimeSeriesSet set = Read(text, new ReadOptions { Targets = ["b"] });
        Assert.Equal(["a", "b"], set.Inputs);
        Assert.Equal([1.0, 3], set.Series[0].Column("a").ToArray());
        Assert.Equal([2.0, 4], set.Series[0].Column("b").ToArray());
    }

    [Fact]
    public void Read_QuotedFields_KeepDelimitersAndQuotes()
    {
        TimeSeriesSet set = Read("\"a,b\",\"say \"\"c\"\"\"\n1,2\n3,4\n", new ReadOptions { Targets = ["say \"c\""] });
        Assert.Equal(["a,b", "say \"c\""], set.Inputs);
    }

    [Fact]
    public void Read_Utf16WithAMark_IsRecoded()
    {
        byte[] bytes = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("zeit,höhe\n2024-01-01,1\n2024-01-02,2\n")];
        Assert.Equal([1.0, 2], SeriesReader.Read(new MemoryStream(bytes), "x.csv", new ReadOptions()).Series[0].Column("höhe").ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0, 0, 1 }, "this gzip file is damaged or cut off; fetch it again")]
    [InlineData(new byte[] { 0x50, 0x4b, 3, 4, 20, 0, 0x0a, 0 }, "this is a zip archive or a spreadsheet")]
    [InlineData(new byte[] { 0x50, 0x4b, 3, 4, (byte)'a', (byte)'"', 0x0a }, "this is a zip archive or a spreadsheet")]
    [InlineData(new byte[] { (byte)'B', (byte)'Z', (byte)'h', (byte)'9', 0 }, "this file is packed by bzip2, xz or zstd")]
    [InlineData(new byte[] { 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0 }, "this file is packed by bzip2, xz or zstd")]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 4 }, "this file is packed by bzip2, xz or zstd")]
    [InlineData(new byte[] { 0x50, 0x41, 0x52, 0x31, 0x15, 0, 0x0a }, "this Parquet file cannot be read")]
    public void Read_AnotherFormat_SaysWhichAndWhatToDo(byte[] bytes, string expected)
    {
        var error = Assert.Throws<LstmTorchException>(() => SeriesReader.Read(new MemoryStream(bytes), "x.csv", new ReadOptions()));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.StartsWith($"x.csv: {expected}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "x.csv: the file is empty")]
    [InlineData("a,b\n", "there is a header but no row")]
    [InlineData("a,b\n1,2,3\n", "line 2: the row has 3 fields, the header names 2 columns")]
    [InlineData("a\n1\n1,2\n", "line 3: the row has 2 fields, the header names 1 column (is 'a' the header? remove what stands above")]
    [InlineData("# exported by ACME 3.2, in 2024\ndate,sales,temp\n", "line 2: the row has 3 fields, the header names 2 columns (is '# exported by ACME 3.2' the header?")]
    [InlineData("a,a\n1,2\n", "columns 1 and 2 are both named 'a'")]
    [InlineData("1,2\n3,4\n", "the first line holds numbers, not names")]
    [InlineData("a\n1\n\0\n", "line 3: there is a NUL byte")]
    [InlineData("a\n1\n1e999\n", "line 3: column 'a' (number 1): '1e999' is infinite")]
    [InlineData("a\n1\n-inf\n", "line 3: column 'a' (number 1): '-inf' is infinite")]
    [InlineData("date,a\n2024-01-01,1\n2024-01-01,2\n", "line 3: column 'date': 2024-01-01 stands here and in line 2")]
    [InlineData("date,time,a\n2024-01-01,00:00,1\n2024-01-01,01:00,2\n", "with --series-id, or write 'date' and 'time' as one column, such as 2024-01-31 18:00")]
    [InlineData("made,date,a\n2024-06-01,2024-01-01,1\n2024-06-01,2024-01-02,2\n", "with --series-id, or choose 'date' with --time")]
    [InlineData("date,a\n2024-01-02,1\n\n2024-01-01,2\n", "line 4: column 'date': 2024-01-01 stands below the later 2024-01-02 in line 2; turn the rows round, so that the oldest comes first")]
    [InlineData("date,a\n2024-01-01,1\n2024-01-02,2\n2024-01-01,3\n2024-01-02,3\n", "line 4: column 'date': 2024-01-01 stands below the later 2024-01-02 in line 3; sort the rows by time, or name the column that tells series apart with --series-id")]
    [InlineData("date,a\n2024-10-27 01:00,1\n2024-10-27 02:00,2\n2024-10-27 02:00,3\n", "line 4: column 'date': 2024-10-27 02:00 stands below 2024-10-27 02:00 in line 3: the hour that comes twice when summer time ends? write UTC or the offset")]
    [InlineData("date,a\n2024-11-03 01:30,1\n2024-11-03 01:00,3\n", "the hour that comes twice when summer time ends?")]
    [InlineData("date,a\n2024-10-27 05:00,2\n2024-10-27 05:00,3\n", "2024-10-27 05:00 stands here and in line 2; keep one row a moment")]
    [InlineData("date,a\n2024-10-27T02:00Z,2\n2024-10-27T02:00Z,3\n", "2024-10-27T02:00Z stands here and in line 2; keep one row a moment")]
    [InlineData("date,a\n2024-10-27,2\n2024-10-27,3\n", "2024-10-27 stands here and in line 2; keep one row a moment")]
    [InlineData("date,a\n2024-01-02,1\n2024-02-30,2\n", "line 3: column 'date': '2024-02-30' is not a date like the ones before (yyyy-MM-dd)")]
    [InlineData("a;b\n1;2,5\n2;3,5\n", "line 2: column 'b' (number 2): '2,5' has a decimal comma")]
    [InlineData("a;b\n1;1,502\n2;1,734\n", "line 2: column 'b' (number 2): '1,502' has a comma; write 1502 if it groups thousands, 1.502 if it is a decimal comma")]
    [InlineData("a;b\n1;1,502\n2;14,85\n", "line 3: column 'b' (number 2): '14,85' has a decimal comma; write 14.85")]
    [InlineData("a\n\"1,5\"\n\"2,5\"\n", "line 2: column 'a' (number 1): '1,5' has a decimal comma")]
    [InlineData("a,b\n1,x\n2,y\n", "column 'b' (number 2) holds text ('x'), not numbers", "b")]
    [InlineData("a,b\n1,\n2,NA\n", "column 'b' (number 2) has no value at all", "b")]
    [InlineData("name,more\nx,u\ny,v\n", "there is no column of numbers to predict")]
    [InlineData("date v\n2024-01-01 1\n2024-01-02 2\n", "there is no column of numbers to predict; name the character between the fields with --delimiter")]
    [InlineData("a\n\"1\n2\n", "line 2: a quote is not closed on its line")]
    [InlineData("a\n\"1\"x\n2\n", "line 2: a quote stands where none may be")]
    public void Read_BadContent_SaysWhereAndWhat(string text, string expected, string? target = null)
    {
        var error = Assert.Throws<LstmTorchException>(() => Read(text, new ReadOptions { Targets = target is null ? [] : [target] }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.csv", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("NA")]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("-")]
    [InlineData("?")]
    public void Read_AMissingValue_IsNamedWithTheWaysOut(string token)
    {
        var error = Assert.Throws<LstmTorchException>(() => Read($"t,a\n1,1\n2,{token}\n3,\n4,1\n", new ReadOptions { Targets = ["a"] }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("line 3: column 'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("one of 2; choose --missing interpolate, forward-fill or drop", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AMostlyNumericColumnWithAnOddWord_IsAnErrorAndDoesNotVanish()
    {
        string rows = string.Concat(Enumerable.Range(0, 50).Select(row => row == 30 ? "1,oops\n" : "1,2\n"));
        var error = Assert.Throws<LstmTorchException>(() => Read($"a,b\n{rows}"));
        Assert.Contains("line 32: column 'b' (number 2): 'oops' is not a number", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"1,002.84\"", "line 2: column 'sales' looks like numbers, but '1,002.84' has thousands separators; write 1002.84, or name the column to predict with --target")]
    [InlineData("$12.5", "line 2: column 'sales' looks like numbers, but '$12.5' has a currency sign; write 12.5, or")]
    [InlineData("50.1%", "line 2: column 'sales' looks like numbers, but '50.1%' has a percent sign; write 50.1, or")]
    [InlineData("closed", "line 2: column 'sales' holds 2 numbers, but text in 3 rows ('closed'); leave those fields empty and choose --missing, or")]
    public void Read_ATargetByDefaultInAnUnreadForm_IsNotReplacedByTheNextColumn(string field, string expected)
    {
        string text = $"date,sales,temp\n2024-01-01,{field},1\n2024-01-02,{field},2\n2024-01-03,{field},3\n2024-01-04,5,4\n2024-01-05,6,5\n";
        var error = Assert.Throws<LstmTorchException>(() => Read(text));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);

        // Where the target is named the column is only left out, and a remark says so.
        TimeSeriesSet set = Read(text, new ReadOptions { Targets = ["temp"] });
        Assert.Equal(["temp"], set.Inputs);
        Assert.Contains("column 'sales'", Assert.Single(set.Remarks), StringComparison.Ordinal);
        Assert.Empty(set.IgnoredColumns);
    }

    [Theory]
    [InlineData("date;a\n2024-01-01;850\n2024-01-02;1.002\n", true)]
    [InlineData("date;a\n2024-01-01;8.734\n2024-01-02;-1.002\n", true)]
    [InlineData("date,a\n31.01.2024,8.734\n01.02.2024,1.002\n", true)]
    [InlineData("date,a\n2024-01-01,8.734\n2024-01-02,1.002\n", false)]
    [InlineData("date;a\n2024-01-01;8.734\n2024-01-02;14.85\n", false)]
    [InlineData("date;a\n2024-01-01;0.734\n2024-01-02;1.002\n", false)]
    [InlineData("date;a\n2024-01-01;1234.734\n2024-01-02;1.002\n", false)]
    [InlineData("date;a\n2024-01-01;8.73\n2024-01-02;1.0e3\n", false)]
    public void Read_APointThatMayGroupThousands_IsRemarked(string text, bool remarked)
    {
        IReadOnlyList<string> remarks = Read(text).Remarks;
        Assert.Equal(remarked, remarks.Count == 1);
        if (remarked)
            Assert.Contains("is read with a decimal point; if the point groups thousands, write ", remarks[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TextBeforeTheNumbers_StillLetsTheFirstNumbersBeTheTarget() =>
        Assert.Equal(["b"], Read("note,b\nfine,1\nwet,2\n3 of 5,4\n").Targets);

    [Fact]
    public void Read_Latin1_SaysToSaveAsUtf8()
    {
        byte[] bytes = [.. "ort,a\nK"u8, 0xF6, .. "ln,1\n"u8];
        var error = Assert.Throws<LstmTorchException>(() => SeriesReader.Read(new MemoryStream(bytes), "x.csv", new ReadOptions()));
        Assert.Contains("line 2: there are bytes that are not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n\"")]
    [InlineData("a\n")]
    public void Read_AFieldOfAHundredMegabytes_FailsEarlyAndSmall(string start)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("large.csv");
        using (FileStream stream = File.Create(file))
        {
            stream.Write(Encoding.UTF8.GetBytes(start));
            byte[] block = [.. Enumerable.Repeat((byte)'x', 1 << 20)];
            for (int n = 0; n < 100; n++)
                stream.Write(block);
        }

        long before = GC.GetTotalAllocatedBytes();
        var error = Assert.Throws<LstmTorchException>(() => SeriesReader.Read(file, new ReadOptions()));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("the row is longer than 16 MB", error.Message, StringComparison.Ordinal);

        // The record's limit is 16 MB; a buffer that doubles on its way there stays far below the file's size.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100 << 20);
    }

    [Fact]
    public void Read_AsManySeriesAsRows_TakesTimeInProportion()
    {
        const int rows = 100_000;
        string text = "id,value\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{row:x},1\n"));
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Assert.Equal(rows, Read(text, new ReadOptions { SeriesIdColumn = "id" }).Series.Count);

        // 0.3 s; a pass over all rows for each series would take half a minute. The processor's time, since other programs run too.
        Assert.InRange(Environment.CpuUsage.TotalTime - before, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData("date,a\u001b[31m\n2024-01-01,1\n", null)]
    [InlineData("id,a\nx\u001b]0;y,1\n", "id")]
    public void Read_ANameThatCouldDriveATerminal_IsRefused(string text, string? id)
    {
        var error = Assert.Throws<LstmTorchException>(() => Read(text, new ReadOptions { SeriesIdColumn = id }));
        Assert.Contains("holds a control character", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Read_MoreColumnsThanAnyDataHas_IsRefusedAtTheHeader()
    {
        var error = Assert.Throws<LstmTorchException>(() => Read(string.Join(',', Enumerable.Range(0, 100_001)) + "\n"));
        Assert.Contains("100001 columns; at most 100000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnUnknownColumn_SuggestsTheNearest()
    {
        var error = Assert.Throws<LstmTorchException>(() => Read("temp_max,temp_min,wind\n1,2,3\n", new ReadOptions { Targets = ["temp_mx"] }));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("--target 'temp_mx': there is no such column; did you mean 'temp_max' or 'temp_min'?", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<LstmTorchException>(() => Read("a,b\n1,2\n", new ReadOptions { Inputs = ["wind"], ForModel = true }));
        Assert.Equal(ErrorKind.BadData, error.Kind);
        Assert.Contains("the model needs the column 'wind', which is not there; the columns are a, b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PathsThatAreNoFile_AreNotFound()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in new[] { folder.Path, folder.File("none.csv") })
        {
            var error = Assert.Throws<LstmTorchException>(() => SeriesReader.Read(path, new ReadOptions()));
            Assert.Equal(ErrorKind.NotFound, error.Kind);
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(MissingValues.Interpolate, new double[] { 2, 3, 4, 5, 5 }, 3)]
    [InlineData(MissingValues.ForwardFill, new double[] { 2, 2, 2, 5, 5 }, 3)]
    public void Read_WithGaps_FillsThem(MissingValues policy, double[] expected, int filled)
    {
        TimeSeriesSet set = Read("t,a\n1,\n2,2\n3,NA\n4,\n5,5\n6,nan\n", new ReadOptions { Missing = policy, Targets = ["a"], Inputs = ["a"] });
        Assert.Equal(expected, set.Series[0].Column("a").ToArray());
        Assert.Equal(filled, set.MissingFilled);
        Assert.Equal([false, true, true, false, true], set.Series[0].Filled("a").ToArray());

        // What came before the first value is not known, and the values after it are the future.
        Assert.Equal((1, "2"), (set.RowsLeftOut, set.Series[0].Time.Format(0)));
        Assert.Contains("left out the first 1 row: column 'a' has no value before line 3", set.Remarks);
    }

    [Fact]
    public void Read_RowsBeforeTheFirstValue_AreLeftOutSeriesBySeries()
    {
        const string text = "t,id,a,b\n1,x,1,\n1,y,1,1\n2,x,,2\n2,y,,2\n3,x,3,3\n";
        TimeSeriesSet set = Read(text, new ReadOptions { SeriesIdColumn = "id", TimeColumn = "t", Targets = ["a"], Missing = MissingValues.ForwardFill });

        // In x, b begins in row 2, where a is missing: it has the value of row 1, which itself is left out.
        Assert.Equal([2, 2], set.Series.Select(series => series.Length));
        Assert.Equal([1.0, 3], set.Series[0].Column("a").ToArray());
        Assert.Equal([true, false], set.Series[0].Filled("a").ToArray());
        Assert.Equal([1.0, 1], set.Series[1].Column("a").ToArray());
        Assert.Equal(1, set.RowsLeftOut);
    }

    [Fact]
    public void Read_MuchThatIsMissing_IsRemarked()
    {
        string Column(Func<int, bool> isMissing) => string.Concat(Enumerable.Range(0, 200).Select(row => $"{row},{(isMissing(row) ? string.Empty : row % 7)}\n"));
        IReadOnlyList<string> Remarks(Func<int, bool> isMissing) =>
            Read($"t,a\n{Column(isMissing)}", new ReadOptions { TimeColumn = "t", Missing = MissingValues.Interpolate }).Remarks;

        Assert.Empty(Remarks(row => row % 10 == 1 || row is >= 50 and < 70));
        Assert.Equal("column 'a': 25 % of the values are missing and were filled", Assert.Single(Remarks(row => row % 4 == 1)));
        Assert.Equal("column 'a': 30 values in a row are missing from line 52 on and were filled", Assert.Single(Remarks(row => row is >= 50 and < 80)));

        // Where a model goes on from the end, that alone is worth a word.
        var model = new ReadOptions { TimeColumn = "t", Targets = ["a"], Inputs = ["a"], Missing = MissingValues.ForwardFill, ForModel = true };
        Assert.Equal("column 'a': 2 values missing at the end: what follows is forecast from the last known one", Assert.Single(Read($"t,a\n{Column(row => row >= 198)}", model).Remarks));
    }

    [Fact]
    public void Read_DroppingGaps_LeavesTheRowsOutAndKeepsTheirTimes()
    {
        TimeSeriesSet set = Read("t,a,b\n1,1,1\n2,,2\n3,3,3\n4,4,\n", new ReadOptions { Missing = MissingValues.Drop, Targets = ["a"] });
        Assert.Equal([1.0, 3], set.Series[0].Column("b").ToArray());
        Assert.Equal("3", set.Series[0].Time.Format(1));
        Assert.Equal(2, set.RowsDropped);
    }

    [Fact]
    public void Read_InterleavedSeries_AreTakenApartAndCheckedApart()
    {
        const string text = "day,shop,a\n2024-01-01,B,1\n2024-01-01,A,10\n2024-01-02,B,2\n2024-01-02,A,20\n";
        TimeSeriesSet set = Read(text, new ReadOptions { SeriesIdColumn = "shop" });
        Assert.Equal(["B", "A"], set.Series.Select(series => series.Id));
        Assert.Equal([1.0, 2], set.Series[0].Column("a").ToArray());
        Assert.Equal([10.0, 20], set.Series[1].Column("a").ToArray());
        Assert.Equal(["a"], set.Inputs);
        var error = Assert.Throws<LstmTorchException>(() => Read(text));
        Assert.Contains("--series-id", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<LstmTorchException>(() => Read(text + "2024-01-02,A,3\n", new ReadOptions { SeriesIdColumn = "shop" }));
        Assert.Contains("of series 'A'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n,a\n7,1\n8,5\n", "n", TimeAxisKind.Step, "9")]
    [InlineData("a,n\n5,7\n1,8\n", null, TimeAxisKind.RowNumber, "3")]
    [InlineData("a,when\n5,2024-01\n1,2024-02\n", "when", TimeAxisKind.Date, "2024-03")]
    [InlineData("when,a\n2024-01-01 22:00,1\n2024-01-01 23:00,2\n", "when", TimeAxisKind.Date, "2024-01-02 00:00")]
    [InlineData("when,a\n2024-01-01T22:00:00Z,1\n2024-01-01T23:00:00Z,2\n", "when", TimeAxisKind.Date, "2024-01-02T00:00:00Z")]
    [InlineData("when,a\n2024-01-01T22:00:00+02:00,1\n2024-01-01T23:00:00+02:00,2\n", "when", TimeAxisKind.Date, "2024-01-02T00:00:00+02:00")]
    public void Read_TheTimeColumn_IsRecognized(string text, string? name, TimeAxisKind kind, string next)
    {
        TimeSeriesSet set = Read(text, new ReadOptions { Targets = ["a"] });
        Assert.Equal(name, set.TimeColumn);
        Assert.Equal(kind, set.Series[0].Time.Kind);
        Assert.Equal(next, set.Series[0].Time.Format(2));
    }

    [Fact]
    public void Read_AnExplicitTimeColumnOfText_SaysWhatTimesLookLike()
    {
        var error = Assert.Throws<LstmTorchException>(() => Read("a,when\n1,soon\n2,later\n", new ReadOptions { TimeColumn = "when" }));
        Assert.Contains("line 2: column 'when': 'soon' is neither a date", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<LstmTorchException>(() => Read("a,when\n1,1\n2,1.5\n", new ReadOptions { TimeColumn = "when" }));
        Assert.Contains("line 3: column 'when': '1.5' is neither", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WordsForInputs_ChooseColumns()
    {
        const string text = "a,b,c\n1,2,3\n2,3,5\n";
        Assert.Equal(["a", "b"], Read(text, new ReadOptions { Inputs = ["all-but-last"], TimeColumn = null, Targets = ["a"] }).Inputs);
        Assert.Equal(["c"], Read(text, new ReadOptions { Inputs = ["target"], Targets = ["c"] }).Inputs);
        Assert.Equal(["c", "b"], Read(text, new ReadOptions { Inputs = ["c", "b"], Targets = ["a"] }).Inputs);
    }

    [Fact]
    public void Read_AConstantColumn_IsAllowed() =>
        Assert.Equal([4.0, 4], Read("a,b\n1,4\n3,4\n").Series[0].Column("b").ToArray());

    [Fact]
    public void SampleData_HasItsRows()
    {
        TimeSeriesSet set = SampleData.Read(new ReadOptions { Targets = ["temp_max"] });
        TimeSeries series = Assert.Single(set.Series);
        Assert.Equal(1461, series.Length);
        Assert.Equal(["precipitation", "temp_max", "temp_min", "wind"], set.Inputs);
        Assert.Equal((12.8, 5.6), (series.Column("temp_max")[0], series.Column("temp_max")[^1]));
        Assert.Equal("0845078a290b48e3149ab8639966824110a251db4e06fc144c06ebb534af23be", set.Sha256);
        Assert.Equal("2016-01-01", series.Time.Format(1461));
    }

    private static TimeSeriesSet Read(string text, ReadOptions? options = null) =>
        SeriesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv", options ?? new ReadOptions());
}
