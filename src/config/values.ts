// Special kinds of values: headers, variables, secrets, signature schemes, templates, runbooks and tables of anything.
import { ExactNumber } from "../lib/exact-number.ts";
import { isHeaderName, isHeaderValue } from "../lib/header.ts";
import type { Json, JsonObject } from "../lib/json.ts";
import { literalParts, type Reference } from "../model/reference.ts";
import type { Template } from "../model/template.ts";
import { webAddress } from "../presets/links.ts";
import { headersOf, SIGNATURES, type Signature } from "../signature/schemes.ts";
import { compileTemplate } from "../template/compile.ts";
import { TemplateError } from "../template/tags.ts";
import { isTable, type Table, type Value } from "./fields.ts";
import { choice, type Kind, oneOrMany, REFERENCE, readItems, readReference, TEXT } from "./keys.ts";
import type { Path } from "./positions.ts";
import { quote } from "./words.ts";

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
 * `accept-encoding` too: responses are not decoded.
 */
const RESERVED: readonly string[] = [
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
];

/** These identify a delivery. */
const IDENTITY: readonly string[] = ["x-rocky-event", "x-rocky-delivery"];

/** Whether `headers` cannot have such a header. */
export function isReserved(header: string): boolean {
	return [...RESERVED, ...IDENTITY].includes(header.toLowerCase());
}

/** Headers with a meaning of their own, which a signature cannot replace. */
const TAKEN: readonly string[] = [...RESERVED, ...IDENTITY, "content-type", "user-agent", ...headersOf("standard")];

/** The names of variables in POSIX shells. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const HEADERS: Kind<Headers> = {
	type: { type: "object", additionalProperties: { type: "string" } },
	parse: (value) => {
		const table = value.fields();
		if (table === undefined) return undefined;
		const found = new Map<string, Header>();
		for (const [name, item] of table.entries()) {
			const lower = name.toLowerCase();
			const content = readReference(item);
			const twin = found.get(lower);
			if (!isHeaderName(name)) {
				table.wrong(name, "headers has an invalid header name", "use letters, digits and hyphens, as in X-Team");
			} else if (RESERVED.includes(lower)) {
				item.wrong("is set by the connection itself", "remove it");
			} else if (IDENTITY.includes(lower)) {
				item.wrong("is sent with every webhook already", "remove it");
			} else if (twin !== undefined) {
				item.wrong(`is the same header as ${twin.name}`, "keep one of the two: case makes no difference");
			} else if (content !== undefined && !literalParts(content).every(isHeaderValue)) {
				const remedy = "use one line of Latin-1 characters; remove a trailing line break";
				item.wrong("has a character that is not allowed in headers", remedy);
			} else if (content !== undefined) {
				found.set(lower, { name, value: content, path: item.path });
			}
		}
		return found;
	},
};

export const ENV: Kind<ReadonlyMap<string, Reference>> = {
	type: {
		type: "object",
		propertyNames: { pattern: VARIABLE_NAME.source },
		additionalProperties: { type: "string" },
	},
	parse: (value) => {
		const table = value.fields();
		if (table === undefined) return undefined;
		const found = new Map<string, Reference>();
		for (const [name, item] of table.entries()) {
			const content = readReference(item);
			if (!VARIABLE_NAME.test(name)) {
				table.wrong(name, "env has an invalid variable name", "use letters, digits and underscores");
			} else if (content !== undefined) {
				found.set(name, content);
			}
		}
		return found;
	},
};

/** A signature for each must fit into the headers that servers accept, often 8 KB in all. */
const MAX_SIGNATURES = 10;

/** A secret, and where it is. */
export interface Secret {
	readonly reference: Reference;
	readonly path: Path;
}

export const SECRETS: Kind<readonly Secret[]> = {
	type: oneOrMany(TEXT.type, { maxItems: MAX_SIGNATURES }),
	parse: (value) => {
		const found = readItems(value, MAX_SIGNATURES, "name one").flatMap((item) => {
			const reference = REFERENCE.parse(item);
			return reference === undefined ? [] : [{ reference, path: item.path }];
		});
		return found.length === 0 ? undefined : found;
	},
};

const SCHEME = choice(SIGNATURES);

export const SCHEMES: Kind<readonly Signature[]> = {
	type: oneOrMany(SCHEME.type, { maxItems: MAX_SIGNATURES, uniqueItems: true }),
	parse: (value) => {
		const found: Signature[] = [];
		for (const item of readItems(value, MAX_SIGNATURES, "name one")) {
			const scheme = SCHEME.parse(item);
			if (scheme === undefined) continue;
			const [header] = headersOf(scheme);
			const same = found.find((other) => headersOf(other)[0] === header);
			if (same === undefined) found.push(scheme);
			else if (same === scheme) item.wrong(`has ${quote(scheme)} twice`, "remove one of the two");
			else item.wrong(`has ${quote(same)} and ${quote(scheme)}, which both go into ${header}`, "remove one of the two");
		}
		return found.length === 0 ? undefined : found;
	},
};

export const SIGNATURE_HEADER: Kind<string> = {
	type: { type: "string", pattern: "^\\S+$" },
	parse: (value) => {
		const header = TEXT.parse(value);
		if (header === undefined) return undefined;
		if (!isHeaderName(header)) {
			return value.wrong("is an invalid header name", "use letters, digits and hyphens, as in X-Signature");
		}
		if (!TAKEN.includes(header.toLowerCase())) return header;
		return value.wrong(`is ${quote(header)}, a header with a meaning of its own`, "choose another name");
	},
};

export const RUNBOOK: Kind<string> = {
	type: { type: "string", pattern: "^\\s*[Hh][Tt][Tt][Pp][Ss]://[^\\s{}]+\\s*$" },
	parse: (value) => {
		const text = TEXT.parse(value)?.trim();
		if (text === undefined) return undefined;
		// Nothing is inserted: it is shown also where no event is.
		const address = /[\s{}]/.test(text) ? undefined : webAddress(text, ["https:"]);
		const remedy = 'write it as "https://…"; an address that depends on the event goes into links';
		return address ?? value.wrong("is not an https:// address", remedy);
	},
};

/** Any table, as JSON: a date, and a number that JSON does not have, becomes a text. Nothing is inserted in it. */
export const CUSTOM: Kind<JsonObject> = {
	type: { type: "object" },
	parse: (value) => {
		const table = value.fields('write it as { key = "value" }');
		return table && objectOf(table.table);
	},
};

function objectOf(table: Table): JsonObject {
	return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, jsonOf(item)]));
}

function jsonOf(raw: unknown): Json {
	if (typeof raw === "string" || typeof raw === "boolean") return raw;
	if (typeof raw === "number") return Number.isFinite(raw) ? raw : String(raw);
	if (Array.isArray(raw)) return raw.map(jsonOf);
	if (isTable(raw)) return objectOf(raw);
	if (typeof raw === "bigint") return new ExactNumber(String(raw));
	return raw instanceof Date ? raw.toISOString() : String(raw);
}

export const TEMPLATE: Kind<Template> = { type: TEXT.type, parse: readTemplate };

function readTemplate(value: Value): Template | undefined {
	const source = REFERENCE.parse(value);
	return source === undefined ? undefined : compileAt(value, source);
}

/** The template in a string. Errors have their own line and column inside the string. */
export function compileAt(value: Value, source: Reference): Template | undefined {
	try {
		return compileTemplate(source, value.problems.dialect === "rocky");
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		const { problems, label } = value;
		problems.addAt("template", offsetIn(value, error.offset), `${label}: ${error.message}`, error.remedy);
		return undefined;
	}
}

/** The offset in the file of the character at `index` of a string. */
export function offsetIn({ problems, path }: Value, index: number): number {
	const start = problems.positions.find(path)?.value?.start ?? 0;
	return offsetInString(problems.source, start, index);
}

/** A backslash at the end of a line, which removes the white space after it, or another escape. */
const ESCAPE = /\\(?:([ \t]*\r?\n[ \t\r\n]*)|U([0-9A-Fa-f]{8})|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)/y;

/**
 * The offset in `source` of the character at `index` of the TOML string that begins at `start`.
 * See https://toml.io/en/v1.1.0#string
 */
function offsetInString(source: string, start: number, index: number): number {
	const quotes = /(?:"""|''')(?:\r?\n)?|["']/y;
	quotes.lastIndex = start;
	const opening = quotes.exec(source)?.[0] ?? "";
	const escapes = opening.startsWith('"');
	let offset = start + opening.length;
	for (let decoded = 0; offset < source.length; ) {
		ESCAPE.lastIndex = offset;
		const found = escapes ? ESCAPE.exec(source) : null;
		const continuation = found?.[1] !== undefined;
		if (decoded >= index && !continuation) break;
		offset += found?.[0].length ?? 1;
		if (continuation) continue;
		const astral = found?.[2] !== undefined && Number.parseInt(found[2], 16) > 0xffff;
		decoded += astral ? 2 : 1;
	}
	return offset;
}
