import { expect } from "chai";
import { table, tableView } from "./table.js";
import { tableHtml, tableText } from "./table-view.js";

const rows = [
  { name: "float32", bytes: 36_864, errorDb: Number.POSITIVE_INFINITY },
  { name: "int8", bytes: 9472, errorDb: 41.234 },
  { name: "int4", bytes: 4864, errorDb: -0.5 },
];

describe("a table", () => {
  it("has numbers at the right, three significant digits, the unit in the header, and its row marked", () => {
    const view = tableView(rows, {
      columns: [
        "name",
        { key: "bytes", title: "size", unit: "bytes" },
        { key: "errorDb", title: "SQNR", unit: "dB" },
      ],
      mark: ({ name }) => name === "int8",
      caption: "A quarter of the bytes",
    });
    expect(tableText(view).split("\n")).to.deep.equal([
      "A quarter of the bytes",
      "  name     size (bytes)  SQNR (dB)",
      "  float32        36,864          ∞",
      "▸ int8            9,472       41.2",
      "  int4            4,864     −0.500",
    ]);
    const html = tableHtml(view);
    expect(html).to.include('<th scope="col" class="number">size (bytes)</th>');
    expect(html.match(/<tr class="marked">/g)).to.have.length(1);
    expect(html).to.include('<span role="img" aria-label="marked">▸</span> int8');
    expect(html).to.include("<caption>A quarter of the bytes</caption>");
  });

  it("takes the columns from all rows, and shows what is missing as a dash", () => {
    const view = tableView([{ a: 1 }, { a: Number.NaN, b: "x" }, { b: undefined, c: null }], {});
    expect(view.columns.map(({ header }) => header)).to.deep.equal(["a", "b", "c"]);
    expect(view.columns.map(({ cells }) => cells.join(" "))).to.deep.equal(["1 NaN –", "– x –", "– – –"]);
    expect(view.columns.map(({ isNumeric }) => isNumeric)).to.deep.equal([true, false, false]);
  });

  it("reads lists and typed arrays as rows, and shortens them as values", () => {
    const view = tableView([Float32Array.of(0.5, 2), [1, 3]], {});
    expect(view.columns.map(({ header, cells }) => [header, ...cells])).to.deep.equal([
      ["0", "0.500", "1.00"],
      ["1", "2", "3"],
    ]);
    const nested = tableView([{ codes: Int8Array.of(1, 2, 3, 4, 5), big: 12_345n, when: new Date(0) }], {});
    expect(nested.columns.map(({ cells }) => cells[0])).to.deep.equal([
      "1; 2; 3; 4; … (5 values)",
      "12,345",
      "1970-01-01T00:00:00.000Z",
    ]);
  });

  it("looks into a list once, which may hold itself", () => {
    const knot: unknown[] = [1, "a"];
    knot.push(knot);
    expect(tableView([{ knot }], {}).columns[0]?.cells).to.deep.equal(["1; a; …"]);
  });

  it("folds more than seven columns away, and counts more rows than it shows", () => {
    const wide = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, i]));
    const view = tableView(
      Array.from({ length: 250 }, () => wide),
      {},
    );
    const html = tableHtml(view);
    expect(html.split("<details>")[0]).not.to.include("c7");
    expect(html.split("<details>")[1]).to.include("All 9 columns").and.to.include("c8");
    expect(html).to.include("and 50 more rows");
    expect(tableText(view)).to.include("… and 2 more columns: c7, c8");
    expect(tableHtml(tableView(rows, {}))).not.to.include("<details>");
  });

  it("survives no rows, and rows that are none", () => {
    expect(tableText(tableView([], { columns: ["a"] }))).to.equal("a\n(no rows)");
    expect(tableHtml(tableView([], {}))).to.include("no rows");
    const broken = [null, 3, { a: 1 }] as unknown as { a: number }[];
    expect(tableView(broken, {}).columns[0]?.cells).to.deep.equal(["–", "–", "1"]);
  });

  it("escapes everything, and keeps a text in its line", () => {
    const hostile = `<img src=x onerror="alert(1)">\n`;
    const view = tableView([{ [hostile]: hostile }], { caption: hostile });
    expect(tableHtml(view)).not.to.include("<img");
    expect(tableText(view).split("\n")).to.have.length(3);
  });

  it("prints the table where nothing can be shown", () => {
    const lines: string[] = [];
    const log = console.log;
    console.log = (line: string) => lines.push(line);
    try {
      table(rows, { columns: ["name"], mark: 0 });
    } finally {
      console.log = log;
    }
    expect(lines).to.deep.equal(["  name\n▸ float32\n  int8\n  int4"]);
  });
});
