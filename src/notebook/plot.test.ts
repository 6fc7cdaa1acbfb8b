import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { sessionKey } from "./kernel/session-state.js";
import type { PlotOptions, Series } from "./plot.js";
import { plot } from "./plot.js";
import { plotFigure } from "./plot-figure.js";
import { plotHtml } from "./plot-html.js";
import { plotlyDrawing } from "./plotly-figure.js";
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

const none = { source: "", carrier: "First" };

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

  it("gives labels the stroke of their lines, and points a legend: a label beside a point looks like another", () => {
    const lines = plotFigure(options(series(), series({ kind: "simulated" }), series({ kind: "recorded" })));
    const texts = (lines.layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts.map((text) => />(.*)</.exec(text)?.[1])).to.deep.equal(["—", "- -", "···"]);
    const points = plotFigure(options(series({ mark: "points" }), series({ mark: "points" })));
    expect(points.layout.showlegend).to.equal(true);
    expect(points.layout.annotations).to.deep.equal([]);
  });

  it("shows everything that is finite, and survives when nothing is", () => {
    const { layout } = plotFigure(options(series({ y: [0, Number.POSITIVE_INFINITY, 10] })));
    expect((layout.yaxis as { range: number[] }).range).to.deep.equal([-0.5, 10.5]);
    expect(
      (plotFigure(options(series({ x: [], y: [] }))).layout.xaxis as { range: number[] }).range,
    ).to.deep.equal([-1, 1]);
  });

  it("gives bars a foot at zero, and names on the axis", () => {
    const bars = series({ mark: "bar", x: ["a<b", "c"], y: [3, 5] });
    const { data, layout } = plotFigure(options(bars, { ...bars, kind: "simulated" }));
    expect((layout.yaxis as { range: number[] }).range).to.deep.equal([0, 5.25]);
    expect(layout.xaxis).to.include({ type: "category" });
    expect(data[0]).to.include({ type: "bar" });
    expect(data[0]?.x).to.deep.equal(["a&lt;b", "c"]);
    expect(data[1]?.marker).to.have.nested.property("pattern.shape", "/");
    expect(layout.showlegend).to.equal(true);
    const below = plotFigure(options(series({ mark: "bar", y: [-1, -2, -3] })));
    expect((below.layout.yaxis as { range: number[] }).range[1]).to.equal(0);
  });

  it("draws uncertainty where it is known, and makes room for it", () => {
    const { data, layout } = plotFigure(
      options(series({ y: [1, 2, 3], uncertainty: Float32Array.of(0, 1, 1) })),
    );
    expect(data[0]?.error_y).to.deep.include({ array: [0, 1, 1] });
    expect((layout.yaxis as { range: number[] }).range).to.deep.equal([0.85, 4.15]);
    expect(plotFigure(options(series())).data[0]).not.to.have.property("error_y");
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
    const html = plotHtml(
      plotFigure({ ...options(series({ label: hostile })), title: hostile, alt: hostile }),
      none,
    );
    expect(html).to.include('aria-label="&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"');
    expect(html).not.to.include("<img");
    expect(html.match(/<\/script>/g)).to.have.length(1);
  });

  it("uses nothing in the page that is not in it", () => {
    expect(plotHtml(plotFigure(options(series())), none)).not.to.include("__name");
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

  describe("in a kernel", () => {
    const shown: string[] = [];
    const page = globalThis as { __tslab__?: unknown };
    const run = (cell: object, show: () => void): number[] => {
      Object.defineProperty(globalThis, sessionKey, {
        value: { running: { ...cell }, executed: new Map() },
        configurable: true,
      });
      shown.length = 0;
      show();
      return shown.map((html) => (html.length > 1_000_000 ? 1 : 0));
    };
    beforeEach(() => {
      const display = { html: (html: string) => shown.push(html) };
      page.__tslab__ = { require: () => ({ display }) };
    });
    afterEach(() => {
      Reflect.deleteProperty(globalThis, sessionKey);
      delete page.__tslab__;
    });

    it("sends the library with the first plot, and again when that plot's cell is run again", async () => {
      const { plot } = await import(`./plot.js?${Math.random()}`);
      const two = () => {
        plot(options(series()));
        plot(options(series()));
      };
      expect(run({ cellId: "a", code: "1" }, two)).to.deep.equal([1, 0]);
      expect(run({ cellId: "b", code: "2" }, two)).to.deep.equal([0, 0]);
      expect(run({ cellId: "a", code: "changed" }, two)).to.deep.equal([1, 0]);
      expect(run({ cellId: "a", code: "changed" }, two)).to.deep.equal([1, 0]);
      expect(run({ cellId: "b", code: "2" }, two)).to.deep.equal([0, 0]);
      expect(shown[0]).to.include("came with the plot “It grows”. Run the cell of that plot again.");
    });

    it("goes by the cell's code, where the editor names no cell", async () => {
      const { plot } = await import(`./plot.js?${Math.random()}`);
      const one = () => plot(options(series()));
      expect(run({ code: "1" }, one)).to.deep.equal([1]);
      expect(run({ code: "2" }, one)).to.deep.equal([0]);
      expect(run({ code: "1" }, one)).to.deep.equal([1]);
    });
  });

  it("refuses series that do not fit, and says which", () => {
    expect(() => plot(options(series({ x: [1] })))).to.throw(
      'the series "a" has 1 values of x, 3 of y and 3 of uncertainty',
    );
    expect(() => plot(options())).to.throw("a plot shows 1 to 6 series, got 0");
  });
});

describe("a figure of Plotly's own", () => {
  it("becomes plain data, in the frame of all plots", () => {
    const { title, alt, data, layout } = plotlyDrawing({
      data: [{ type: "heatmap", z: [Float32Array.of(1, Number.NaN), [2n]], click: () => 1 }],
      layout: { title: { text: "Errors" }, height: 200 },
    });
    expect({ title, alt }).to.deep.equal({ title: "Errors", alt: "Errors" });
    expect(data).to.deep.equal([{ type: "heatmap", z: [[1, null], [2]] }]);
    expect(layout).to.include({ height: 200, paper_bgcolor: "rgba(0,0,0,0)" });
  });

  it("says what can't be shown", () => {
    const knot: Record<string, unknown> = {};
    knot.self = knot;
    expect(() => plot({ data: [knot] })).to.throw("plot can't show this figure: ");
  });
});
