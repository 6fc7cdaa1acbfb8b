import type { Migration } from "kysely";
import * as first from "./001-first.js";

/** The gradebook's versions, oldest first. Never edit one that was released: add the next. */
export const migrations: Readonly<Record<string, Migration>> = {
  "001-first": first,
};
