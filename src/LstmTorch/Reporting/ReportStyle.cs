namespace LstmTorch.Reporting;

/// <summary>How the report looks: readable on a phone, light or dark as the reader prefers, and on paper.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet of the page.</summary>
    public const string Css = """
        :root {
          --back: #ffffff; --panel: #f5f7f9; --line: #dde2e7;
          --text: #1f2933; --faint: #5f6b78; --good: #12805c; --bad: #b42318;
          --actual: #1f2933; --model: #c2410c; --base: #2563a8; --context: #7b8794;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --back: #161a1f; --panel: #1e242b; --line: #2f3740;
            --text: #e1e7ed; --faint: #98a4b1; --good: #4cc38a; --bad: #ff8a7a;
            --actual: #e8edf2; --model: #ff8a4c; --base: #7ab3f0; --context: #8794a1;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--back); color: var(--text);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
        }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
        h4 { font-size: .95rem; margin: 1rem 0 .4rem; }
        p { max-width: 45rem; color: var(--faint); overflow-wrap: anywhere; }
        .headline {
          max-width: none; margin: .5rem 0; padding: .75rem 1rem; font-size: 1.1rem;
          color: var(--text); background: var(--panel); border-left: .3rem solid var(--good);
        }
        .headline.loses { border-left-color: var(--bad); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { font-weight: 500; color: var(--faint); }
        th[scope=row] { text-align: left; }
        td b { color: var(--good); }
        .metrics, .list { width: 100%; }
        .metrics th:first-child, .list th:first-child { text-align: left; }
        nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1.2rem 0; }
        a { color: var(--base); }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem; margin: 1rem 0; }
        .plot { margin: 0; padding: .5rem; }
        .plot svg { display: block; width: 100%; height: auto; font-size: 12px; }
        .plot figcaption { padding: .35rem .4rem .2rem; font-size: .88rem; color: var(--faint); overflow-wrap: anywhere; }
        .plot text { fill: var(--faint); }
        .plot line.grid { stroke: var(--line); }
        .mark { stroke: var(--faint); stroke-dasharray: 3 3; }
        .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        .bar { stroke-width: 4; }
        .band { opacity: .2; stroke: none; }
        .line.actual { stroke: var(--actual); } .line.context { stroke: var(--context); }
        .line.model, .bar.model { stroke: var(--model); } .line.base { stroke: var(--base); stroke-dasharray: 6 3; }
        .band.model { fill: var(--model); }
        .cell { fill: var(--model); } .cell.below { fill: var(--base); }
        .plot.map { margin: 1.25rem 0; } .plot.map svg { font-size: 10px; }
        .bars { text-align: left; } .bars svg { display: block; width: 12.5rem; height: .75rem; } .spread { stroke: var(--text); stroke-width: 1.5; }
        .key { white-space: nowrap; margin-right: .7rem; }
        .key::before { content: ""; display: inline-block; width: 1.1em; height: .2em; margin-right: .35em; vertical-align: middle; background: var(--faint); }
        .key.model::before { background: var(--model); } .key.base::before { background: var(--base); }
        .key.actual::before { background: var(--actual); } .key.context::before { background: var(--context); }
        .entries { width: 100%; }
        .entries th { vertical-align: top; width: 1%; }
        .entries td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
        figure { margin: 0 0 1.25rem; border: 1px solid var(--line); border-radius: .4rem; overflow: hidden; }
        img { display: block; width: 100%; max-width: 46rem; height: auto; margin: 0 auto; }
        summary { cursor: pointer; color: var(--faint); margin: .5rem 0; }
        pre { background: var(--panel); padding: .75rem 1rem; border-radius: .4rem; font-size: .88rem; overflow-x: auto; }
        @media (max-width: 30rem) { th, td { padding: .35rem .4rem; } .plot svg { font-size: 15px; } .plot.map svg { font-size: 13px; } .bars svg { width: 7rem; } }
        @media print { .scroll { overflow: visible; } figure, table { break-inside: avoid; } }
        """;
}
