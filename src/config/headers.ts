// The `headers` of a webhook: names and values that may stand on the wire, merged whatever their case.
import { isHeaderName, isHeaderValue } from "../lib/header.ts";
import { literalParts, type Reference } from "../model/reference.ts";
import type { Fields } from "./fields.ts";
import type { Path } from "./locate.ts";

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
 * An encoding is not for a hook to ask for: answers are read as they are.
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

/** The table's `headers` over the given ones. */
export function readHeaders(fields: Fields, base: Headers): Headers {
	const table = fields.nested("headers");
	if (table === undefined) return base;
	const own = new Map<string, Header>();
	for (const name of table.keys()) {
		const lower = name.toLowerCase();
		const value = table.reference(name);
		const wrong = (message: string, remedy: string) => table.wrong(name, message, remedy);
		const twin = own.get(lower);
		if (!isHeaderName(name)) {
			wrong("headers has a name that is no header name", "use letters, digits and hyphens, as in X-Team");
		} else if (RESERVED.has(lower)) {
			wrong(`headers.${name} is set by the connection itself`, "take it out");
		} else if (IDENTITY.includes(lower)) {
			wrong(`headers.${name} is sent with every webhook already`, "take it out");
		} else if (twin !== undefined) {
			wrong(`headers.${name} is the same header as ${twin.name}`, "keep one of the two: case makes no difference");
		} else if (value !== undefined && !literalParts(value).every(isHeaderValue)) {
			wrong(
				`headers.${name} has a character that no header can carry`,
				"use one line of Latin-1 characters; take a trailing line break away",
			);
		} else if (value !== undefined) {
			own.set(lower, { name, value, path: table.at(name) });
		}
	}
	return new Map([...base, ...own]);
}
