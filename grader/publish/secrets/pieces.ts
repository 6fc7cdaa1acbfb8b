import { literalsIn } from "./literals.js";

/** A readable part of a file, and where in the file it is. */
export interface Piece {
  readonly text: string;
  /** Of the piece in the file, as in "cells.3.source"; empty for the whole file. */
  readonly place: string;
}

/**
 * A file's texts, as a person or a program would read them out of it: of JSON (notebooks too) each string, and
 * each list of strings as one text; of TypeScript the strings also as they are meant.
 */
export function piecesOf(name: string, content: Uint8Array): Piece[] {
  const text = Buffer.from(content).toString("utf8");
  if (/\.(json|ipynb)$/i.test(name)) return jsonPieces(text);
  const whole = { text, place: "" };
  if (!/\.[cm]?tsx?$/i.test(name)) return [whole];
  return [
    whole,
    {
      text: literalsIn(text)
        .map(({ value }) => value)
        .join("\n"),
      place: "its strings",
    },
  ];
}

function jsonPieces(text: string): Piece[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [{ text, place: "" }];
  }
  const pieces: Piece[] = [];
  walk(value, [], pieces);
  return pieces;
}

function walk(value: unknown, path: readonly string[], pieces: Piece[]): void {
  const place = path.join(".");
  if (typeof value === "string" || typeof value === "number") pieces.push({ text: String(value), place });
  else if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "string")) pieces.push({ text: value.join(""), place });
    else for (const [index, item] of value.entries()) walk(item, [...path, String(index)], pieces);
  } else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) {
      pieces.push({ text: key, place });
      walk(item, [...path, key], pieces);
    }
}

/** Whether a file is to be read as text. What is hidden in a picture's points is not looked for. */
export function isText(content: Uint8Array): boolean {
  return !content.subarray(0, 8192).includes(0);
}
