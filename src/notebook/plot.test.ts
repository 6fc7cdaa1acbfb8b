import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import type { PlotOptions, Series } from "./plot.js";
import { plot } from "./plot.js";
import { plotFigure } from "./plot-figure.js";
import { plotHtml } from "./plot-html.js";
import { plotlySource } from "./plotly-source.js";

const series = (rest: Partial<Series> = {}): Series => ({
  label: "a",
  kind: "measured",
  x: [1, 2, 3],
  y: Float32Array.of(1, 4, 9),
  ...rest,
});
const options = (...all: Series[]): PlotOptions => ({
  title: "It grows",
  x: { title: "step" },
  y: { title: "error (dB)" },
  series: all,
  alt: "A curve that grows.",
});

describe("a plot's figure", () => {
  it("draws measured solid and filled, simulated dashed and hollow, recorded dotted", () => {
    const { data } = plotFigure(
      options(series(), series({ kind: "simulated" }), series({ kind: "recorded" })),
    );
    expect(data.map(({ line }) => (line as { dash: string }).dash)).to.deep.equal(["solid", "dash", "dot"]);
    const symbols = data.map(({ marker }) => (marker as { symbol: string }).symbol);
    expect(symbols).to.deep.equal(["circle", "square-open", "diamond-open"]);
  });

  it("says of everything that is not measured what it is", () => {
    const { data } = plotFigure(options(series(), series({ kind: "simulated" })));
    expect(data.map(({ name }) => name)).to.deep.equal(["a", "a (simulated)"]);
  });

  it("labels up to four series at their ends, apart from each other, and uses a legend for more", () => {
    const four = plotFigure(options(series(), series(), series(), series()));
    const shifts = (four.layout.annotations as { y: number; yshift: number }[]).map(({ yshift }) => yshift);
    expect(four.layout.showlegend).to.equal(false);
    expect(shifts).to.deep.equal([0, 18, 36, 54]);
    const five = plotFigure(options(...Array.from({ length: 5 }, () => series())));
    expect(five.layout.showlegend).to.equal(true);
    expect(five.layout.annotations).to.deep.equal([]);
  });

  it("shows everything that is finite, and survives when nothing is", () => {
    const { layout } = plotFigure(options(series({ y: [0, Number.POSITIVE_INFINITY, 10] })));
    expect((layout.yaxis as { range: number[] }).range).to.deep.equal([-0.5, 10.5]);
    expect(
      (plotFigure(options(series({ x: [], y: [] }))).layout.xaxis as { range: number[] }).range,
    ).to.deep.equal([-1, 1]);
  });

  it("draws points without lines, and many points without markers", () => {
    const many = Array.from({ length: 100 }, (_, i) => i);
    const { data } = plotFigure(options(series(), series({ mark: "points" }), series({ x: many, y: many })));
    expect(data.map(({ mode }) => mode)).to.deep.equal(["lines+markers", "markers", "lines"]);
  });
});

describe("a plot's HTML", () => {
  it("carries the alternative text, and lets no text end the script or begin a tag", () => {
    const hostile = `</script><img src=x onerror="alert(1)">`;
    const html = plotHtml({ ...options(series({ label: hostile })), title: hostile, alt: hostile }, "");
    expect(html).to.include('aria-label="&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"');
    expect(html).not.to.include("<img");
    expect(html.match(/<\/script>/g)).to.have.length(1);
  });

  it("uses nothing in the page that is not in it", () => {
    expect(plotHtml(options(series()), "")).not.to.include("__name");
  });

  it("brings plotly.js, packed, and small enough to be handed in", () => {
    const source = plotlySource();
    expect(source.length).to.be.within(1_000_000, 4_000_000);
    expect(gunzipSync(Buffer.from(source, "base64")).toString()).to.include("window.Plotly = Plotly");
  });
});

describe("plot", () => {
  it("prints its title and alternative text where nothing can be shown", () => {
    const lines: string[] = [];
    const log = console.log;
    console.log = (line: string) => lines.push(line);
    try {
      plot(options(series()));
    } finally {
      console.log = log;
    }
    expect(lines).to.deep.equal(["It grows\nA curve that grows."]);
  });

  it("sends the library with the first plot that is shown, and not again", () => {
    const shown: string[] = [];
    const display = { html: (html: string) => shown.push(html) };
    Object.assign(globalThis, { __tslab__: { require: () => ({ display }) } });
    try {
      plot(options(series()));
      plot(options(series()));
    } finally {
      Reflect.deleteProperty(globalThis, "__tslab__");
    }
    expect(shown[0]?.length).to.be.greaterThan(1_000_000);
    expect(shown[1]?.length).to.be.lessThan(10_000);
  });
});
