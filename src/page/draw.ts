// What draws a message of one service.
import type { JsonObject } from "../lib/json.ts";
import type { Html } from "./html.ts";
import type { Sheet } from "./sheet.ts";

/** The message as its service shows it; undefined for a body in which nothing of that is found. */
export type Draw = (body: JsonObject, sheet: Sheet) => Html | undefined;
