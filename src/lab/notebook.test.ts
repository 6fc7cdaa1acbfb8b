import { expect } from "chai";
import fc from "fast-check";
import { LabError } from "../core/errors.js";
import { notebookLimits, parseNotebook } from "./notebook.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const bytes = (value: unknown) => bytesOf(JSON.stringify(value));
const cell = (extra: object = {}) => ({
  cell_type: "code",
  source: "f();",
  metadata: {},
  outputs: [],
  ...extra,
});
const notebook = (cells: unknown, extra: object = {}) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells,
  ...extra,
});

function failure(content: Uint8Array): LabError {
  try {
    parseNotebook(content);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("it was parsed");
}

describe("parseNotebook", () => {
  it("reads ids, types, sources and edgelab's own metadata", () => {
    const read = parseNotebook(
      bytes(
        notebook([cell({ id: "q1", metadata: { edgelab: { id: "q1", role: "answer" }, other: [1] } })], {
          metadata: { edgelab: { lab: "01-x", release: "abc" }, kernelspec: {} },
        }),
      ),
    );
    expect(read).to.deep.equal({
      edgelab: { lab: "01-x", release: "abc" },
      cells: [{ id: "q1", type: "code", source: "f();", edgelab: { id: "q1" } }],
    });
  });

  it("joins a source that is a list of lines", () => {
    expect(parseNotebook(bytes(notebook([cell({ source: ["a\n", "b"] })]))).cells[0]?.source).to.equal(
      "a\nb",
    );
  });

  it("reads a notebook that begins with a byte order mark", () => {
    expect(parseNotebook(bytesOf(`\uFEFF${JSON.stringify(notebook([cell()]))}`)).cells).to.have.length(1);
  });

  it("takes a cell id that nbformat does not allow for none", () => {
    const ids = ["", "a b", "x".repeat(65), 7, null, "../q1"];
    const read = parseNotebook(bytes(notebook(ids.map((id) => cell({ id })))));
    expect(read.cells.map(({ id }) => id)).to.deep.equal(ids.map(() => undefined));
  });

  it("does without metadata that is of the wrong type", () => {
    const wrong = [
      null,
      3,
      "x",
      [],
      { edgelab: 3 },
      { edgelab: { id: {} } },
      { edgelab: { id: "x".repeat(101) } },
    ];
    const read = parseNotebook(
      bytes(
        notebook(
          wrong.map((metadata) => cell({ metadata })),
          { metadata: "x" },
        ),
      ),
    );
    expect(read.edgelab).to.equal(undefined);
    for (const { edgelab } of read.cells) expect(edgelab).to.equal(undefined);
  });

  it("takes no prototype from the file", () => {
    const text = `{"nbformat":4,"__proto__":{"polluted":1},"cells":[
      {"cell_type":"code","source":"f();","__proto__":{"id":"q1"},"metadata":{"__proto__":{"edgelab":{"id":"q1"}}}}]}`;
    const read = parseNotebook(bytesOf(text));
    expect(read.cells[0]).to.deep.equal({ id: undefined, type: "code", source: "f();", edgelab: undefined });
    expect(Object.getPrototypeOf(read.cells[0])).to.equal(Object.prototype);
    expect("polluted" in {}).to.equal(false);
  });

  const refused: [what: string, content: Uint8Array, code: string, says: string][] = [
    ["an empty file", bytesOf(""), "NOTEBOOK_EMPTY", "empty"],
    ["a file of blanks", bytesOf("\uFEFF \n"), "NOTEBOOK_EMPTY", "empty"],
    ["text that is not JSON", bytesOf("<html>"), "NOTEBOOK_NOT_JSON", '"<html>"'],
    ["JSON that ends early", bytesOf('{"nbformat": 4, "cells": ['), "NOTEBOOK_NOT_JSON", "not JSON"],
    ["bytes that are not UTF-8", new Uint8Array([0xff, 0xfe, 0x7b, 0]), "NOTEBOOK_NOT_JSON", "UTF-8"],
    ["nbformat 3", bytes({ nbformat: 3, worksheets: [] }), "NOTEBOOK_FORMAT", "save it in JupyterLab 4"],
    ["nbformat 5", bytes(notebook([], { nbformat: 5 })), "NOTEBOOK_FORMAT", "nbformat 5"],
    ["an nbformat that is no number", bytes(notebook([], { nbformat: "4" })), "NOT_A_NOTEBOOK", "nbformat"],
    ["JSON that is a list", bytes([1]), "NOT_A_NOTEBOOK", "not a notebook"],
    ["JSON that is null", bytesOf("null"), "NOT_A_NOTEBOOK", "not a notebook"],
    ["cells that are no list", bytes(notebook({})), "NOT_A_NOTEBOOK", "cells"],
    ["a cell that is null", bytes(notebook([cell(), null])), "NOT_A_NOTEBOOK", "cell 2"],
    [
      "a cell of an unknown type",
      bytes(notebook([cell({ cell_type: "heading" })])),
      "NOT_A_NOTEBOOK",
      "cell 1",
    ],
    ["a source that is a number", bytes(notebook([cell({ source: 3 })])), "NOT_A_NOTEBOOK", "source"],
    [
      "a source of lines that are lists",
      bytes(notebook([cell({ source: [["a"]] })])),
      "NOT_A_NOTEBOOK",
      "source",
    ],
    ["a cell without source", bytes(notebook([{ cell_type: "code" }])), "NOT_A_NOTEBOOK", "source"],
    [
      "501 cells",
      bytes(notebook(Array.from({ length: 501 }, () => cell()))),
      "NOTEBOOK_TOO_LARGE",
      "501 cells",
    ],
    ["a huge cell", bytes(notebook([cell({ source: "x".repeat(262_145) })])), "NOTEBOOK_TOO_LARGE", "cell 1"],
    ["nested JSON", bytesOf("[".repeat(1_000_000)), "NOTEBOOK_TOO_LARGE", "100 levels"],
    ["nested metadata", bytesOf(`{"a":`.repeat(1_000_000)), "NOTEBOOK_TOO_LARGE", "100 levels"],
    ["a million lists", bytesOf(`[${"[],".repeat(1_000_000)}1]`), "NOTEBOOK_TOO_LARGE", "lists and objects"],
    ["a file of 17 MiB", new Uint8Array(17 * 1024 * 1024), "NOTEBOOK_TOO_LARGE", "bytes"],
  ];
  for (const [what, content, code, says] of refused)
    it(`refuses ${what}`, () => {
      const error = failure(content);
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(says);
    });

  it("shows no control character of the file in its message", () => {
    expect(failure(bytesOf("\u001b[2J\u202Eevil\u0007")).message).to.match(/^[\x20-\x7e]*$/);
  });

  it("counts no bracket in a string, however it is escaped", () => {
    const source = `${"[{".repeat(200)}\\"[\\\\`;
    expect(parseNotebook(bytes(notebook([cell({ source })]))).cells[0]?.source).to.equal(source);
  });

  it("either reads any JSON or refuses it with a LabError of one line", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ nbformat: fc.constant(4), cells: fc.array(fc.jsonValue()), metadata: fc.jsonValue() }),
      fc.record({
        nbformat: fc.constant(4),
        cells: fc.array(
          fc.record({ cell_type: fc.constant("code"), source: fc.jsonValue(), id: fc.jsonValue() }),
        ),
      }),
    );
    fc.assert(
      fc.property(anything, (value) => {
        try {
          expect(parseNotebook(bytes(value)).cells.length).to.be.at.most(notebookLimits.cells);
        } catch (error) {
          expect(error).to.be.instanceOf(LabError);
          expect(String(error)).not.to.contain("\n");
        }
      }),
    );
  });
});
