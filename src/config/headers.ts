// The tables of names and values: `headers`, which may be sent, and `env`, which shells take.
import { isHeaderName, isHeaderValue } from "../lib/header.ts";
import { literalParts, type Reference } from "../model/reference.ts";
import type { Fields } from "./fields.ts";
import { readReference } from "./keys.ts";
import type { Path } from "./positions.ts";

/** One header as it is written, and where. */
interface Header {
	readonly name: string;
	readonly value: Reference;
	readonly path: Path;
}

/** Headers by their names in lower case. */
export type Headers = ReadonlyMap<string, Header>;

/**
 * What the connection and the framing of the bodies need for themselves (RFC 9110, 7.6.1; RFC 9112, 6; RFC 9113, 8.2.2).
 * An encoding is not for a hook to ask for: responses are read as they are.
 */
export const RESERVED: ReadonlySet<string> = new Set([
	"accept-encoding",
	"connection",
	"content-length",
	"expect",
	"host",
	"http2-settings",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);

/** By these a receiver knows what it got. */
export const IDENTITY: readonly string[] = ["x-rocky-event", "x-rocky-delivery"];

/** What POSIX shells take as a variable's name. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The table's own `headers`. */
export function readHeaders(fields: Fields): Headers | undefined {
	const table = fields.nested("headers");
	if (table === undefined) return undefined;
	const found = new Map<string, Header>();
	for (const name of table.keys()) {
		const lower = name.toLowerCase();
		const value = readReference(table, name);
		const wrong = (message: string, remedy: string) => table.wrong(name, message, remedy);
		const twin = found.get(lower);
		if (!isHeaderName(name)) {
			wrong("headers has an invalid header name", "use letters, digits and hyphens, as in X-Team");
		} else if (RESERVED.has(lower)) {
			wrong(`headers.${name} is set by the connection itself`, "take it out");
		} else if (IDENTITY.includes(lower)) {
			wrong(`headers.${name} is sent with every webhook already`, "take it out");
		} else if (twin !== undefined) {
			wrong(`headers.${name} is the same header as ${twin.name}`, "keep one of the two: case makes no difference");
		} else if (value !== undefined && !literalParts(value).every(isHeaderValue)) {
			const remedy = "use one line of Latin-1 characters; take a trailing line break away";
			wrong(`headers.${name} has a character that no header can carry`, remedy);
		} else if (value !== undefined) {
			found.set(lower, { name, value, path: table.at(name) });
		}
	}
	return found;
}

/** The table's own `env`. */
export function readEnv(fields: Fields): ReadonlyMap<string, Reference> | undefined {
	const table = fields.nested("env");
	if (table === undefined) return undefined;
	const found = new Map<string, Reference>();
	for (const name of table.keys()) {
		const value = readReference(table, name);
		if (!VARIABLE_NAME.test(name)) {
			table.wrong(name, "env has an invalid variable name", "use letters, digits and underscores");
		} else if (value !== undefined) {
			found.set(name, value);
		}
	}
	return found;
}
