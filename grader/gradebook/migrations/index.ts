import type { Migration } from "kysely";
import * as first from "./001-first.js";
import * as written from "./002-written.js";

/** The gradebook's versions, oldest first. Never edit one that was released: add the next. */
export const migrations: Readonly<Record<string, Migration>> = {
  "001-first": first,
  "002-written": written,
};
