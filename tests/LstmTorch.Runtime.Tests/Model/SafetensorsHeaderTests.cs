using System.Text;
using LstmTorch.Runtime.Model;
using Xunit;
using static LstmTorch.Runtime.Tests.Model.SafetensorsBytes;

namespace LstmTorch.Runtime.Tests.Model;

/// <summary>The rules about the JSON header, through the reader that adds the file's name to the error.</summary>
public class SafetensorsHeaderTests
{
    [Fact]
    public void Parse_NotUtf8_IsRefused() =>
        Assert.Contains("not UTF-8", Refused(Of([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)'}'])), StringComparison.Ordinal);

    [Fact]
    public void Parse_SurrogateEncodedAsUtf8_IsRefused() =>
        Assert.Contains("not UTF-8", Refused(Of([.. "{\"__metadata__\":{\""u8, 0xed, 0xa0, 0x80, .. "\":\"\"}}"u8])), StringComparison.Ordinal);

    [Fact]
    public void Parse_ByteOrderMark_IsRefused() => Refused("\uFEFF{}");

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{}}")]
    [InlineData("{}{}")]
    [InlineData("{},")]
    [InlineData("{}\0")]
    [InlineData("{} // end")]
    [InlineData("{/**/}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("{\"x\"}")]
    [InlineData("{\"x\":}")]
    [InlineData("{'x':{}}")]
    [InlineData("{\"__metadata__\":{},}")]
    public void Parse_NotOneJsonObject_IsRefused(string header) => Refused(header);

    [Theory]
    [InlineData("\n\t {}")]
    [InlineData("{} \r\n\t")]
    [InlineData("  {  }  ")]
    [InlineData("{ \"__metadata__\" : { } }")]
    public void Parse_WhiteSpace_IsRead(string header) => Assert.Empty(Parse(header).Tensors);

    [Theory]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1]}""", null)]
    [InlineData("""{"shape":[1],"data_offsets":[0,1]}""", "needs dtype")]
    [InlineData("""{"dtype":"U8","data_offsets":[0,1]}""", "needs dtype")]
    [InlineData("""{"dtype":"U8","shape":[1]}""", "needs dtype")]
    [InlineData("{}", "needs dtype")]
    [InlineData("null", "Null")]
    [InlineData("[]", "StartArray")]
    [InlineData("1", "Number")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1],"strides":[1]}""", "unknown field 'strides'")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1],"Dtype":"U8"}""", "unknown field 'Dtype'")]
    [InlineData("""{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}""", "'dtype' twice")]
    [InlineData("""{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}""", "'shape' twice")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}""", "'data_offsets' twice")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1],"\u0073hape":[1]}""", "'shape' twice")]
    [InlineData("""{"dtype":"u8","shape":[1],"data_offsets":[0,1]}""", "unknown dtype 'u8'")]
    [InlineData("""{"dtype":"1","shape":[1],"data_offsets":[0,1]}""", "unknown dtype '1'")]
    [InlineData("""{"dtype":"","shape":[1],"data_offsets":[0,1]}""", "unknown dtype ''")]
    [InlineData("""{"dtype":"U8, I8","shape":[1],"data_offsets":[0,1]}""", "unknown dtype")]
    [InlineData("""{"dtype":1,"shape":[1],"data_offsets":[0,1]}""", "Number")]
    [InlineData("""{"dtype":null,"shape":[1],"data_offsets":[0,1]}""", "Null")]
    [InlineData("""{"dtype":"U8","shape":1,"data_offsets":[0,1]}""", "Number")]
    [InlineData("""{"dtype":"U8","shape":null,"data_offsets":[0,1]}""", "Null")]
    [InlineData("""{"dtype":"U8","shape":"1","data_offsets":[0,1]}""", "String")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":{"0":1}}""", "StartObject")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[]}""", "two data_offsets")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0]}""", "two data_offsets")]
    [InlineData("""{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}""", "two data_offsets")]
    public void Parse_Tensor_NeedsItsThreeFieldsOnce(string tensor, string? expected)
    {
        string header = $$"""{"x":{{tensor}}}""";
        if (expected is null)
            Assert.Equal([1], Assert.Single(Parse(header, 5).Tensors).Shape);
        else
            Assert.Contains(expected, Refused(header, 5), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("1.0")]
    [InlineData("1.5")]
    [InlineData("1e0")]
    [InlineData("1E0")]
    [InlineData("10e-1")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("0x1")]
    [InlineData("18446744073709551616")]
    [InlineData("18446744073709551617")] // 1 modulo 2^64
    [InlineData("\"1\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("NaN")]
    [InlineData("")]
    public void Parse_NumberThatIsNotAWholeOne_IsRefused(string number)
    {
        Refused($$$"""{"x":{"dtype":"U8","shape":[1,{{{number}}}],"data_offsets":[0,1]}}""", 5);
        Refused($$$"""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,{{{number}}}]}}""", 5);
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("x", "\\u0078")]
    [InlineData("", "")]
    [InlineData("é", "\\u00e9")]
    public void Parse_NameTwice_IsRefused(string first, string second) => Assert.Contains(
        $"'{first}' occurs twice",
        Refused($$$"""{"{{{first}}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"{{{second}}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"""),
        StringComparison.Ordinal);

    [Fact]
    public void Parse_MetadataTwice_IsRefused() => Refused("""{"__metadata__":{},"__metadata__":{}}""");

    [Fact]
    public void Parse_MetadataKeyTwice_IsRefused() =>
        Assert.Contains("'config' occurs twice", Refused("""{"__metadata__":{"config":"1","config":"1"}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"pt\"")]
    [InlineData("""{"format":1}""")]
    [InlineData("""{"format":null}""")]
    [InlineData("""{"format":true}""")]
    [InlineData("""{"format":["pt"]}""")]
    [InlineData("""{"format":{"format":"pt"}}""")]
    public void Parse_MetadataOtherThanStrings_IsRefused(string metadata) => Refused($$"""{"__metadata__":{{metadata}}}""");

    [Fact]
    public void Parse_TextWithEscapes_IsReadAsItsCharacters()
    {
        SafetensorsFile file = Parse("""{"__metadata__":{"\u00e9\n":"\"\\\ud83d\ude00"},"a\/b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""");

        Assert.Equal("\"\\😀", file.Metadata["é\n"]);
        Assert.Equal("a/b", Assert.Single(file.Tensors).Name);
    }

    [Theory]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"__metadata__":{"a":"\udc00"}}""")]
    [InlineData("""{"x":{"dtype":"\ud800","shape":[0],"data_offsets":[0,0]}}""")]
    public void Parse_HalfASurrogatePair_IsRefused(string header) => Refused(header);

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"x\":", "}")]
    public void Parse_DeeplyNested_IsRefusedWithoutRecursion(string open, string close)
    {
        const int depth = 100_000;
        Refused(new StringBuilder().Insert(0, open, depth).ToString());
        Refused($"{{\"x\":{new StringBuilder().Insert(0, open, depth)}1{new StringBuilder().Insert(0, close, depth)}}}");
    }

    [Fact]
    public void Parse_NameThatWouldDriveTheTerminal_IsShownWithoutItsControlCharacters() =>
        Assert.Contains("'a\uFFFD[2J\uFFFDb'", Refused("""{"a\u001b[2J\nb":{"dtype":"?"}}"""), StringComparison.Ordinal);
}
